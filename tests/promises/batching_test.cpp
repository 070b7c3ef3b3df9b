#include "support.hpp"
#include "virtual_time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

// Items travel in batches, and none of them waits for another one of its batch: on the virtual
// clock it arrives as soon as somebody can take it, whatever the item behind it is up to.

namespace {

using namespace promises;
using paipa::duration;

constexpr int items = 1000;
constexpr int later = 500;  // the rest comes after a pause, when everybody sleeps
constexpr int slow_one = 700;
constexpr duration bound = std::chrono::microseconds{50};

struct shape {
    std::size_t threads;  // of the first step
    bool ordered;
    std::size_t capacity;  // between the two steps
};

void PrintTo(const shape& s, std::ostream* to) {
    *to << s.threads << (s.ordered ? " threads, ordered, " : " threads, ") << s.capacity;
}

std::string name_of(const testing::TestParamInfo<shape>& s) {
    return std::to_string(s.param.threads) + "_to_" + std::to_string(s.param.capacity);
}

std::vector<shape> shapes(bool ordered) {
    std::vector<shape> all;
    for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
        for (const std::size_t capacity : {3U, 256U}) {
            all.push_back({threads, ordered, capacity});
        }
    }
    return all;
}

class batching : public testing::TestWithParam<shape> {
protected:
    [[nodiscard]] static paipa::step_options options() {
        return {.threads = GetParam().threads, .ordered = GetParam().ordered};
    }

    /// What one of the items does for an hour.
    int work(int x) {
        if (x == slow_one) {
            sim_->sleep_for(1h);
        }
        return x;
    }

    /// Numbers go through the step that `first()` makes, where one of them takes an hour, to a step
    /// that takes no time for each, and in another run a millisecond, so that it is busy while they
    /// are made and idle later. `one_by_one`: nobody else can take what lies behind the slow one.
    template <class MakeFirst>
    void expect_no_wait(MakeFirst first, bool one_by_one) {
        for (const duration each : {duration{0}, duration{1ms}}) {
            for (std::uint64_t seed = 1; seed <= 3; ++seed) {
                SCOPED_TRACE(testing::Message() << "seed " << seed << ", each " << each.count());
                expect_in_time(arrivals(first, each, seed), each, one_by_one);
            }
        }
    }

    static bool is_late(duration when, duration due, duration each) {
        return when > due + each * items + bound;
    }

    /// When each number arrived at the second step, for the last time.
    template <class MakeFirst>
    std::vector<duration> arrivals(MakeFirst first, duration each, std::uint64_t seed) {
        std::vector<duration> at(items, -1h);
        paipa::testing::simulation sim(seed);
        sim_ = &sim;
        sim.run([&] {
            const auto arrive = [&](int x) {
                at[static_cast<std::size_t>(x)] = sim.elapsed();
                if (each > 0s) {
                    sim.sleep_for(each);
                }
            };
            paipa::pipeline<int> p{
                first() | paipa::step("second", arrive, {.capacity = GetParam().capacity}),
                {.quiet = true, .runtime = &sim}};
            p.start();
            p.put_all(numbers(0, later));
            sim.sleep_for(1min);
            p.put_all(numbers(later, items));
            EXPECT_TRUE(p.stop().balanced());
        });
        return at;
    }

    paipa::testing::simulation* sim_ = nullptr;

private:
    static void expect_in_time(const std::vector<duration>& at, duration each, bool one_by_one) {
        int early = 0;
        int late = 0;
        for (int x = 0; x < items; ++x) {
            const bool waits = x == slow_one || (x > slow_one && one_by_one);
            const duration due = (x < later ? 0min : 1min) + (waits ? 1h : 0h);
            const duration when = at[static_cast<std::size_t>(x)];
            early += when < due ? 1 : 0;
            late += is_late(when, due, each) ? 1 : 0;
        }
        EXPECT_EQ(early, 0);
        EXPECT_EQ(late, 0);
    }
};

INSTANTIATE_TEST_SUITE_P(threads, batching, testing::ValuesIn(shapes(false)), name_of);
INSTANTIATE_TEST_SUITE_P(ordered, batching, testing::ValuesIn(shapes(true)), name_of);

/// An iter step keeps no order.
class batching_of_ranges : public batching {};

INSTANTIATE_TEST_SUITE_P(threads, batching_of_ranges, testing::ValuesIn(shapes(false)), name_of);

TEST_P(batching, keeps_no_item_of_a_function_step) {
    const auto first = [&] {
        return paipa::step("first", [this](int x) { return work(x); }, options());
    };
    expect_no_wait(first, options().ordered || options().threads == 1);
}

TEST_P(batching, keeps_no_item_of_a_step_with_several_outputs) {
    const auto first = [&] {
        return paipa::step("first",
                           paipa::flat_map([this](int x) { return std::views::single(work(x)); }),
                           options());
    };
    expect_no_wait(first, options().ordered || options().threads == 1);
}

/// One item sends its many outputs by itself in its turn, then goes on for a while. Others are done
/// meanwhile, and their workers deep in the slow one when it ends.
TEST_P(batching, keeps_no_item_behind_one_that_sends_by_itself) {
    constexpr int many = slow_one - 50;
    const auto outputs = [this](int x) -> paipa::generator<int> {
        for (int i = 0; i < (x == many ? 100 : 0); ++i) {
            co_yield x;
        }
        if (x == many) {
            sim_->sleep_for(10min);
        } else {
            co_yield work(x);
        }
    };
    for (const duration each : {duration{0}, duration{1ms}}) {
        for (std::uint64_t seed = 1; seed <= 8; ++seed) {
            const auto at =
                arrivals([&] { return paipa::step("first", outputs, options()); }, each, seed);
            for (int x = later; x < slow_one; ++x) {
                const duration due = x <= many ? 1min : 11min;
                EXPECT_FALSE(is_late(at[static_cast<std::size_t>(x)], due, each)) << x;
            }
        }
    }
}

TEST_P(batching, keeps_no_item_of_fused_steps) {
    const auto first = [&] {
        return paipa::fuse(paipa::step(
                               "first", [](int x) { return x; }, options()),
                           paipa::step("behind", [this](int x) { return work(x); }));
    };
    expect_no_wait(first, options().ordered || options().threads == 1);
}

TEST_P(batching, keeps_no_item_of_a_class_step) {
    struct worker final : paipa::abstract_step<int, int> {
        explicit worker(std::function<int(int)> f) : work(std::move(f)) {}

        int process(int x) override { return work(x); }

        std::function<int(int)> work;
    };

    const auto first = [&] {
        return paipa::step<worker>("first", options(), [this](int x) { return work(x); });
    };
    expect_no_wait(first, options().ordered || options().threads == 1);
}

TEST_P(batching_of_ranges, keeps_no_item_of_an_iter_step) {
    const auto first = [&] {
        const auto all = [this](auto&& in) {
            return std::forward<decltype(in)>(in) |
                   std::views::transform([this](int x) { return work(x); });
        };
        return paipa::iter_step("first", all, options());
    };
    expect_no_wait(first, options().threads == 1);
}

/// Counts how often one of them changes its place.
struct moving {
    moving() = default;

    moving(moving&& /*other*/) noexcept { ++moves; }

    moving(const moving&) = delete;
    moving& operator=(const moving&) = delete;
    moving& operator=(moving&&) = delete;
    ~moving() = default;

    static inline int moves = 0;
};

/// Outputs that are kept until their item has succeeded leave while its worker is busy with the
/// next one, a few at a time.
TEST(batching_of_outputs, moves_each_of_them_a_few_times_however_many_there_are) {
    constexpr int many = 5'000;
    moving::moves = 0;
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto outputs = [&](int x) -> paipa::generator<moving> {
            if (x == later) {
                moving one;
                co_yield std::move(one);  // which keeps the second step busy
            } else if (x == later + 1) {
                sim.sleep_for(1s);
                for (int i = 0; i < many; ++i) {
                    moving one;
                    co_yield std::move(one);
                }
            } else if (x > later) {
                sim.sleep_for(1h);
            }
        };
        const auto arrive = [&, busy = true](moving&&) mutable {
            if (std::exchange(busy, false)) {
                sim.sleep_for(1min);
            }
        };
        paipa::pipeline<int> p{
            paipa::step(
                "first", outputs,
                {.threads = 2, .on_failure = paipa::failure_action::drop, .ordered = true}) |
                paipa::step("second", arrive, {.capacity = 16}),
            {.quiet = true, .runtime = &sim}};
        p.start();
        p.put_all(numbers(0, later));  // from these the workers learn that items are fast
        sim.sleep_for(1min);
        p.put_all(numbers(later, later + 20));
        const auto r = p.stop();
        EXPECT_TRUE(r.balanced());
        EXPECT_EQ(r.steps[0].emitted, many + std::uint64_t{1});
    });
    EXPECT_LT(moving::moves, 12 * many);
}

}  // namespace
