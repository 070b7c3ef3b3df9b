#ifndef PAIPA_TESTS_PROMISES_SUPPORT_HPP
#define PAIPA_TESTS_PROMISES_SUPPORT_HPP
#include <paipa/paipa.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// What the tests of promises share. Waits are bounded: a broken promise fails a test, it does not
// hang it.

namespace promises {

using namespace std::chrono_literals;

inline constexpr auto patience = 8s;

/// Opens once, for everybody.
class gate {
public:
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        opened_.notify_all();
    }

    /// False when it stayed closed.
    bool wait() {
        std::unique_lock lock(mutex_);
        return opened_.wait_for(lock, patience, [this] { return open_; });
    }

private:
    std::mutex mutex_;  // guards open_
    std::condition_variable opened_;
    bool open_ = false;
};

/// False when it never became true.
template <class F>
bool eventually(F holds) {
    const auto limit = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > limit) {
            return false;
        }
        std::this_thread::yield();
    }
    return true;
}

/// The whole message of the `E` that `f` throws.
template <class E, class F>
std::string refusal(F f) {
    try {
        f();
    } catch (const E& e) {
        return e.what();
    }
    return "nothing was thrown";
}

/// Items that several threads collect.
template <class T>
class bag {
public:
    void add(T item) {
        const std::lock_guard lock(mutex_);
        items_.push_back(std::move(item));
    }

    [[nodiscard]] std::vector<T> items() const {
        const std::lock_guard lock(mutex_);
        return items_;
    }

    [[nodiscard]] std::vector<T> sorted() const {
        auto all = items();
        std::sort(all.begin(), all.end());
        return all;
    }

private:
    mutable std::mutex mutex_;  // guards items_
    std::vector<T> items_;
};

inline std::vector<int> numbers(int from, int to) {
    std::vector<int> all;
    for (int i = from; i < to; ++i) {
        all.push_back(i);
    }
    return all;
}

/// The books of a run that has ended: they balance, nothing is left inside, and what leaves one
/// step is what arrives in front of the next.
inline void expect_closed(const paipa::report& r) {
    EXPECT_TRUE(r.balanced()) << r;
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        EXPECT_EQ(r.steps[i].inside, 0U) << r;
        EXPECT_EQ(r.steps[i].received, r.edges[i].popped) << r;
        if (i + 1 < r.edges.size()) {
            EXPECT_EQ(r.steps[i].emitted, r.edges[i + 1].pushed) << r;
        }
    }
    for (const paipa::edge_report& e : r.edges) {
        EXPECT_EQ(e.queued, 0U) << r;
    }
}

/// Tests that run with so many threads per step.
class with_threads : public testing::TestWithParam<std::size_t> {
protected:
    [[nodiscard]] static std::size_t threads() { return GetParam(); }
};

}  // namespace promises

#define PAIPA_WITH_THREADS(suite)                                             \
    INSTANTIATE_TEST_SUITE_P(threads, suite, testing::Values(1U, 2U, 4U, 8U), \
                             testing::PrintToStringParamName())
#endif
