#include <paipa/detail/run/source.hpp>
#include <paipa/error.hpp>
#include <paipa/queue.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <ranges>
#include <stop_token>
#include <utility>
#include <vector>

namespace {

using paipa::detail::queue_source;
using paipa::detail::range_source;
using paipa::detail::run_core;

void simulate(const std::function<void(paipa::testing::simulation&, run_core&)>& body) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = run_case::two_steps(sim);
            body(sim, *run);
        });
    }
}

template <class R>
auto source_of(run_core& run, R range) {
    return std::make_unique<range_source<int, R>>(run, "range", run.intake(), std::move(range));
}

TEST(range_source, feeds_what_a_range_has) {
    simulate([](auto&, run_core& run) {
        run.add_source(source_of(run, std::views::iota(0, 4)), "test");
        const paipa::report r = run.run();
        EXPECT_EQ(r.sources.at(0).emitted, 4U);
        EXPECT_EQ(r.delivered, 4U);
    });
}

TEST(range_source, calls_what_makes_its_range_on_its_own_thread) {
    simulate([](paipa::testing::simulation& sim, run_core& run) {
        const auto* const here = &sim.here();
        const paipa::seat* there = nullptr;
        run.add_source(source_of(run,
                                 [&] {
                                     there = &sim.here();
                                     return std::vector{1, 2};
                                 }),
                       "test");
        EXPECT_EQ(run.run().delivered, 2U);
        EXPECT_NE(there, nullptr);
        EXPECT_NE(there, here);
    });
}

TEST(range_source, tells_what_makes_its_range_when_to_stop) {
    simulate([](paipa::testing::simulation& sim, run_core& run) {
        bool asked = false;
        run.add_source(source_of(run,
                                 [&](std::stop_token token) {
                                     while (!token.stop_requested()) {
                                         sim.sleep_for(std::chrono::milliseconds{1});
                                     }
                                     asked = true;
                                     return std::vector<int>{};
                                 }),
                       "test");
        run.start("test");
        run.drain(std::chrono::hours{1});
        EXPECT_TRUE(asked);
    });
}

TEST(queue_source, takes_what_is_inside_when_the_run_finishes_and_no_more) {
    simulate([](paipa::testing::simulation& sim, run_core& run) {
        const auto queue = std::make_shared<paipa::queue<int>>(10, &sim);
        run.add_source(std::make_unique<queue_source<int>>(run, run.intake(), queue), "test");
        for (int i = 0; i < 4; ++i) {
            queue->push(i);
        }
        run.start("test");
        const paipa::report r = run.stop();
        EXPECT_EQ(r.delivered, 4U);
        EXPECT_THROW(queue->push(5), paipa::closed_error);
    });
}

TEST(queue_source, ends_by_itself_when_the_queue_is_closed) {
    simulate([](paipa::testing::simulation& sim, run_core& run) {
        const auto queue = std::make_shared<paipa::queue<int>>(10, &sim);
        queue_source<int> source(run, run.intake(), queue);
        EXPECT_FALSE(source.ends_by_itself());
        queue->close();
        EXPECT_TRUE(source.ends_by_itself());
        run.cancel("the test is over");
    });
}

TEST(queue_source, leaves_its_items_in_the_queue_when_the_run_drains) {
    std::size_t most_left = 0;
    simulate([&](paipa::testing::simulation& sim, run_core& run) {
        const auto queue = std::make_shared<paipa::queue<int>>(10, &sim);
        run.add_source(std::make_unique<queue_source<int>>(run, run.intake(), queue), "test");
        for (int i = 0; i < 4; ++i) {
            queue->push(i);
        }
        run.start("test");
        const paipa::report r = run.drain(std::chrono::hours{1});
        EXPECT_EQ(r.delivered + queue->size(), 4U);
        most_left = std::max(most_left, queue->size());
    });
    EXPECT_GT(most_left, 0U);
}

}  // namespace
