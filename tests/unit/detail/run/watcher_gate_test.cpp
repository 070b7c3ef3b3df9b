#include <paipa/detail/run/watcher_gate.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::time_point;
using paipa::detail::watcher_gate;

TEST(watcher_gate, lets_one_in_and_counts_the_others) {
    watcher_gate gate;
    EXPECT_EQ(gate.busy_since(), std::nullopt);
    EXPECT_TRUE(gate.enter(time_point{5s}));
    EXPECT_EQ(gate.busy_since(), time_point{5s});
    EXPECT_FALSE(gate.enter(time_point{6s}));
    EXPECT_EQ(gate.busy_since(), time_point{5s});
    EXPECT_EQ(gate.skipped(), 1U);
    gate.leave();
    EXPECT_EQ(gate.busy_since(), std::nullopt);
    EXPECT_TRUE(gate.enter(time_point{7s}));
    EXPECT_EQ(gate.skipped(), 1U);
}

TEST(watcher_gate, what_one_thread_did_inside_the_next_one_sees) {
    watcher_gate gate;
    int inside = 0;  // guarded by the gate
    std::atomic<int> entered = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2'000; ++i) {
                if (gate.enter(time_point{1s})) {
                    ++inside;
                    ++entered;
                    gate.leave();
                }
            }
        });
    }
    for (std::thread& t : threads) {
        t.join();
    }
    EXPECT_EQ(inside, entered.load());
    EXPECT_EQ(static_cast<std::uint64_t>(inside) + gate.skipped(), 6'000U);
}

}  // namespace
