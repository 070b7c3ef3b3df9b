#ifndef PAIPA_TESTS_PROMISES_POLICY_HPP
#define PAIPA_TESTS_PROMISES_POLICY_HPP
#include "support.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

// What the tests of failure policies share.

namespace promises {

struct busy_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct parse_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct http_error : std::runtime_error {
    explicit http_error(int s) : std::runtime_error("HTTP " + std::to_string(s)), status(s) {}

    [[nodiscard]] bool is_theirs() const { return status >= 500; }

    int status;
};

/// Counts calls by item; from any thread.
class calls_by_item {
public:
    /// Returns how many there have been, this one included.
    int call(int item) {
        const std::lock_guard lock(mutex_);
        return ++calls_[item];
    }

    [[nodiscard]] int of(int item) const {
        const std::lock_guard lock(mutex_);
        const auto found = calls_.find(item);
        return found == calls_.end() ? 0 : found->second;
    }

private:
    mutable std::mutex mutex_;  // guards calls_
    std::map<int, int> calls_;
};

/// The text of the last attempt's error, by item.
inline std::map<int, std::string> reasons(const std::vector<paipa::dead_letter>& letters) {
    std::map<int, std::string> all;
    for (const paipa::dead_letter& letter : letters) {
        all[*letter.item_as<int>()] = letter.reason();
    }
    return all;
}

/// Whether the failure was thrown as an `E`.
template <class E>
bool is_a(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const E&) {
        return true;
    } catch (...) {
        return false;
    }
}

/// Tests that run with so many threads, ordered or not; 0 threads: in `combine`, on the caller's.
class with_policies : public testing::TestWithParam<std::tuple<std::size_t, bool>> {
protected:
    [[nodiscard]] static bool is_inline() { return std::get<0>(GetParam()) == 0; }

    [[nodiscard]] static std::size_t threads() {
        return std::max<std::size_t>(1, std::get<0>(GetParam()));
    }

    [[nodiscard]] static bool ordered() { return std::get<1>(GetParam()); }

    /// The options of a step, with the test's threads and order.
    [[nodiscard]] static paipa::step_options with(paipa::step_options o) {
        o.threads = threads();
        o.ordered = ordered();
        return o;
    }

    /// Runs the flow to its end, and checks the books.
    template <class Flow>
    void run(const Flow& flow, const std::vector<int>& items) {
        if (is_inline()) {
            auto chain = paipa::combine(items, flow);
            collect(chain);
            report = chain.report();
            letters = chain.dead_letters();
        } else {
            paipa::pipeline p{flow, {.quiet = true}};
            p.put_iterable(items);
            auto all = p.results();
            collect(all);
            refusal<std::exception>([&] { p.stop(); });  // the callbacks have returned, too
            report = p.report();
            letters = p.dead_letters();
        }
        for (const paipa::step_report& step : report.steps) {
            EXPECT_EQ(step.inside, 0U) << report;
        }
        EXPECT_TRUE(report.balanced()) << report;
        if (thrown == nullptr) {
            EXPECT_EQ(report.steps[0].received, items.size()) << report;
        }
        if (!ordered()) {
            std::sort(results.begin(), results.end());
        }
    }

    std::vector<int> results;
    std::exception_ptr thrown;
    paipa::report report;
    std::vector<paipa::dead_letter> letters;

private:
    template <class Range>
    void collect(Range& range) {
        try {
            for (int x : range) {
                results.push_back(x);
            }
        } catch (...) {
            thrown = std::current_exception();
        }
    }
};

inline std::string name_of_way(const testing::TestParamInfo<std::tuple<std::size_t, bool>>& way) {
    const auto [threads, ordered] = way.param;
    return (threads == 0 ? "in_combine" : std::to_string(threads) + "_threads") +
           (ordered ? "_ordered" : "");
}

}  // namespace promises

#define PAIPA_WITH_POLICIES(suite)                                                               \
    INSTANTIATE_TEST_SUITE_P(ways, suite,                                                        \
                             testing::Combine(testing::Values(0U, 1U, 2U, 8U), testing::Bool()), \
                             promises::name_of_way)
#endif
