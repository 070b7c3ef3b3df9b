#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "clock_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>

namespace {

using namespace std::chrono_literals;

/// When the stop of this token was requested.
struct note {
    paipa::testing::simulation* sim;
    std::optional<paipa::duration>* when;

    void operator()() const { *when = sim->elapsed(); }
};

using noted = std::stop_callback<note>;

class item_timer : public clock_case {
protected:
    /// Runs `body` while the timer runs on its thread.
    void run_beside(const std::function<void()>& body) {
        sim.run([&] {
            const auto thread = sim.spawn("timer", [&] { timer.run(); });
            body();
            timer.stop();
            thread->join();
        });
    }
};

TEST_F(item_timer, requests_the_token_of_an_item_at_its_deadline) {
    std::optional<paipa::duration> when;
    run_beside([&] {
        sim.sleep_for(1s);
        clock.begin();
        const noted at(clock.token(), note{&sim, &when});
        sim.sleep_for(10s);
        clock.end();
    });
    EXPECT_EQ(when, 3s);
}

TEST_F(item_timer, leaves_items_alone_that_end_in_time) {
    std::optional<paipa::duration> when;
    run_beside([&] {
        clock.begin();
        const noted at(clock.token(), note{&sim, &when});
        sim.sleep_for(1s);
        clock.end();
        sim.sleep_for(10s);
    });
    EXPECT_EQ(when, std::nullopt);
}

TEST_F(item_timer, is_woken_for_an_earlier_deadline_of_another_worker) {
    paipa::detail::worker_context other{run, &step, 1};
    paipa::detail::item_clock short_one(other, 500ms, timer);
    std::optional<paipa::duration> first;
    std::optional<paipa::duration> second;
    run_beside([&] {
        clock.begin();
        const noted late(clock.token(), note{&sim, &second});
        sim.sleep_for(1s);
        short_one.begin();
        const noted early(short_one.token(), note{&sim, &first});
        sim.sleep_for(10s);
        short_one.end();
        clock.end();
    });
    EXPECT_EQ(first, 1500ms);
    EXPECT_EQ(second, 2s);
}

TEST_F(item_timer, finds_an_item_that_was_begun_before_it_ran) {
    std::optional<paipa::duration> when;
    sim.run([&] {
        clock.begin();
        const noted at(clock.token(), note{&sim, &when});
        const auto thread = sim.spawn("timer", [&] { timer.run(); });
        sim.sleep_for(10s);
        timer.stop();
        thread->join();
        clock.end();
    });
    EXPECT_EQ(when, 2s);
}

/// At two seconds an item ends and the next one begins, while the timer looks at the clock.
std::optional<paipa::duration> stop_of_the_next_item(std::uint64_t seed) {
    paipa::testing::simulation sim(seed);
    a_run run{sim};
    a_step step{"a", {}};
    paipa::detail::worker_context worker{run, &step, 0};
    paipa::detail::item_timer timer{sim};
    paipa::detail::item_clock clock{worker, 2s, timer};
    std::optional<paipa::duration> when;
    sim.run([&] {
        clock.begin();
        const auto thread = sim.spawn("timer", [&] { timer.run(); });
        sim.sleep_for(2s);
        clock.end();
        clock.begin();
        const noted at(clock.token(), note{&sim, &when});
        sim.sleep_for(10s);
        clock.end();
        timer.stop();
        thread->join();
    });
    return when;
}

TEST_F(item_timer, misses_no_item_that_begins_while_it_looks) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        EXPECT_EQ(stop_of_the_next_item(seed), 4s) << "seed " << seed;
    }
}

TEST_F(item_timer, returns_at_once_where_it_was_stopped_before_it_ran) {
    timer.stop();
    sim.run([&] { timer.run(); });
    EXPECT_EQ(sim.elapsed(), 0s);
}

TEST_F(item_timer, sleeps_for_good_while_no_item_is_in_hand) {
    run_beside([&] { sim.sleep_for(24h); });
    EXPECT_EQ(sim.elapsed(), 24h);
    EXPECT_LT(sim.switches(), 100U);
}

}  // namespace
