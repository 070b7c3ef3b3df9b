#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

namespace {

namespace detail = paipa::detail;
using namespace std::chrono_literals;

/// Runs `body` in many schedules, while somebody else calls `meanwhile` a second later.
void simulate(const std::function<void(paipa::testing::simulation&)>& body,
              const std::function<void()>& meanwhile) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto other = sim.spawn("other", [&] {
                sim.sleep_for(1s);
                meanwhile();
            });
            body(sim);
            other->join();
        });
    }
}

TEST(sleep_until, ends_at_its_time) {
    const std::stop_source stop;
    simulate(
        [&](paipa::testing::simulation& sim) {
            EXPECT_TRUE(detail::sleep_until(sim, stop.get_token(), sim.now() + 5s));
            EXPECT_EQ(sim.elapsed(), 5s);
            EXPECT_TRUE(detail::sleep_until(sim, stop.get_token(), sim.now() - 1s));
            EXPECT_EQ(sim.elapsed(), 5s);
        },
        [] {});
}

TEST(sleep_until, ends_as_soon_as_a_stop_is_requested) {
    std::stop_source stop;
    simulate(
        [&](paipa::testing::simulation& sim) {
            stop = std::stop_source();
            EXPECT_FALSE(detail::sleep_until(sim, stop.get_token(), sim.now() + 1h));
            EXPECT_EQ(sim.elapsed(), 1s);
            EXPECT_FALSE(detail::sleep_until(sim, stop.get_token(), sim.now() + 1h));
            EXPECT_EQ(sim.elapsed(), 1s);
        },
        [&] { stop.request_stop(); });
}

TEST(sleep_until, goes_on_when_it_is_woken_too_early) {
    const std::stop_source stop;
    paipa::testing::simulation* sleeping_in = nullptr;
    paipa::seat* sleeper = nullptr;
    simulate(
        [&](paipa::testing::simulation& sim) {
            sleeping_in = &sim;
            sleeper = &sim.here();
            EXPECT_TRUE(detail::sleep_until(sim, stop.get_token(), sim.now() + 5s));
            EXPECT_EQ(sim.elapsed(), 5s);
        },
        [&] { sleeping_in->unpark(*sleeper); });
}

/// A worker that waits for five seconds with an item in its hand. After a second its step may be
/// stopped.
void wait_in_hand(bool is_stopped,
                  const std::function<void(bool went_on, const detail::time_sheet&)>& look) {
    std::optional<stage_case::a_step> step;
    simulate(
        [&](paipa::testing::simulation& sim) {
            step.emplace("a", paipa::step_options{});
            stage_case::a_run run(sim);
            detail::worker_context core(run, &*step, 0);
            const detail::in_run here(sim, core);
            core.times.begin(sim.now());
            const bool went_on = detail::wait_to_retry(sim, *step, sim.now() + 5s);
            look(went_on, core.times);
        },
        [&] {
            if (is_stopped) {
                step->stop.request();
            }
        });
}

paipa::time_by_state booked(const detail::time_sheet& times) {
    paipa::time_by_state sum;
    times.add_to(sum, times.since());
    return sum;
}

TEST(wait_to_retry, books_the_wait_of_the_worker) {
    wait_in_hand(false, [](bool went_on, const detail::time_sheet& times) {
        EXPECT_TRUE(went_on);
        EXPECT_EQ(times.state(), paipa::activity::running);
        EXPECT_EQ(booked(times).waiting_to_retry, 5s);
        EXPECT_EQ(booked(times).running, 0s);
    });
}

TEST(wait_to_retry, ends_when_nobody_wants_more_of_the_step) {
    wait_in_hand(true, [](bool went_on, const detail::time_sheet& times) {
        EXPECT_FALSE(went_on);
        EXPECT_EQ(times.state(), paipa::activity::running);
        EXPECT_EQ(booked(times).waiting_to_retry, 1s);
    });
}

}  // namespace
