#include <paipa/detail/run/failure_log.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/one_reader.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::run_state;
using paipa::detail::failure_log;
using paipa::detail::lifecycle;
using paipa::detail::one_reader;
using paipa::detail::stall_watch;
using cancelled = lifecycle::cancelled;

/// Calls `body` in simulations, with a lifecycle of its own, and a run for the stall watch.
void simulate(const std::function<void(paipa::testing::simulation&, lifecycle&)>& body) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            lifecycle life(sim);
            body(sim, life);
        });
    }
}

class lifecycle_test : public testing::Test {
protected:
    lifecycle life{paipa::default_runtime()};
    failure_log failures;
};

TEST_F(lifecycle_test, begins_once) {
    EXPECT_EQ(life.state(), run_state::ready);
    EXPECT_EQ(life.begin(1), run_state::ready);
    EXPECT_EQ(life.state(), run_state::running);
    EXPECT_EQ(life.begin(1), run_state::running);
    EXPECT_TRUE(life.thread_left()) << "the second call has added threads";
}

TEST_F(lifecycle_test, knows_the_last_thread) {
    life.begin(2);
    EXPECT_FALSE(life.thread_left());
    EXPECT_TRUE(life.add_thread_to_others());
    EXPECT_FALSE(life.thread_left());
    EXPECT_TRUE(life.thread_left());
    EXPECT_FALSE(life.add_thread_to_others()) << "there is no other one";
}

TEST_F(lifecycle_test, threads_that_will_not_come_are_taken_off) {
    life.begin(3);
    life.remove_threads(2);
    EXPECT_TRUE(life.thread_left());
}

TEST_F(lifecycle_test, keeps_the_first_reason_to_take_no_more) {
    life.begin(1);
    EXPECT_FALSE(life.is_finishing());
    life.finish();
    EXPECT_TRUE(life.is_finishing());
    EXPECT_EQ(life.closed_why(), "finish was called");
    life.drain();
    EXPECT_EQ(life.closed_why(), "the pipeline drains") << "a run that goes on is drained";
    life.finish();
    EXPECT_EQ(life.closed_why(), "the pipeline drains");
}

TEST_F(lifecycle_test, a_run_that_has_ended_early_is_not_drained) {
    life.begin(1);
    life.end_early("enough");
    life.drain();
    EXPECT_EQ(life.state(), run_state::ended_early);
    EXPECT_EQ(life.closed_why(), "enough");
}

TEST_F(lifecycle_test, tells_whether_a_cancel_came_before_the_start) {
    EXPECT_EQ(life.cancel("no", false), cancelled::before_the_start);
    EXPECT_EQ(life.state(), run_state::cancelled);
    EXPECT_FALSE(life.was_cancel_asked());
    life.settle();
    EXPECT_EQ(life.cancel("no", false), cancelled::too_late);
}

TEST_F(lifecycle_test, tells_whether_a_cancel_came_in_time) {
    life.begin(1);
    EXPECT_EQ(life.cancel("no", true), cancelled::in_time);
    EXPECT_TRUE(life.was_cancel_asked());
    EXPECT_EQ(life.closed_why(), "no");
    life.settle();
    EXPECT_EQ(life.cancel("no", false), cancelled::too_late);
}

TEST_F(lifecycle_test, a_failure_is_stronger_than_a_cancel) {
    life.begin(1);
    life.cancel("no", true);
    EXPECT_TRUE(life.fail(failures, {}, "it failed"));
    EXPECT_EQ(life.state(), run_state::failed);
    EXPECT_EQ(life.closed_why(), "it failed");
    EXPECT_EQ(life.cancel("no", true), cancelled::too_late);
    EXPECT_FALSE(life.fail(failures, {}, "again"));
    EXPECT_EQ(life.closed_why(), "it failed");
    EXPECT_EQ(failures.count(), 2U);
}

TEST_F(lifecycle_test, a_source_counts_as_a_thread_from_the_start_on) {
    EXPECT_TRUE(life.add_source());
    life.begin(1);
    EXPECT_TRUE(life.add_source());
    EXPECT_FALSE(life.thread_left());
    EXPECT_TRUE(life.thread_left());
}

TEST_F(lifecycle_test, takes_no_source_when_it_finishes) {
    life.begin(1);
    life.finish();
    EXPECT_FALSE(life.add_source());
    EXPECT_TRUE(life.thread_left());
}

TEST_F(lifecycle_test, the_last_source_ends_the_input_when_nobody_may_add_any) {
    life.begin(1);
    EXPECT_FALSE(life.sources_ended(false));
    EXPECT_FALSE(life.is_finishing());
    EXPECT_TRUE(life.sources_ended(true));
    EXPECT_TRUE(life.is_finishing());
    EXPECT_TRUE(life.sources_ended(false));
}

TEST_F(lifecycle_test, a_run_that_settles_is_finished_unless_something_else_has_ended_it) {
    life.begin(1);
    EXPECT_FALSE(life.has_settled());
    life.settle();
    EXPECT_TRUE(life.has_settled());
    EXPECT_EQ(life.state(), run_state::finished);
    EXPECT_EQ(life.why_no_more(), "its pipeline has ended");

    lifecycle other(paipa::default_runtime());
    other.begin(1);
    other.fail(failures, {}, "it failed");
    other.settle();
    EXPECT_EQ(other.state(), run_state::failed);
    EXPECT_EQ(other.why_no_more(), "its pipeline has ended: it failed");
}

TEST(lifecycle, knows_how_long_it_ran) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        EXPECT_EQ(life.ran().from, paipa::never);
        life.begin(1);
        sim.sleep_for(2s);
        EXPECT_EQ(life.ran().to - life.ran().from, 2s);
        life.settle();
        sim.sleep_for(1s);
        EXPECT_EQ(life.ran().to - life.ran().from, 2s);
    });
}

TEST(lifecycle, all_who_wait_hear_of_the_end_when_the_threads_are_joined) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        const auto run = run_case::two_steps(sim);
        bool is_done = false;
        life.begin(1);
        life.spawn("worker", [&] {
            sim.sleep_for(1s);
            EXPECT_TRUE(life.thread_left());
            life.settle();
            life.tell_end();
            sim.sleep_for(1s);
            is_done = true;
        });
        const auto waits = [&] {
            stall_watch watch(*run, "test");
            EXPECT_TRUE(life.wait(paipa::never, watch));
            EXPECT_TRUE(is_done);
        };
        std::vector<std::unique_ptr<paipa::runtime::thread>> others;
        for (int i = 0; i < 3; ++i) {
            others.push_back(sim.spawn("waits", waits));
        }
        waits();
        for (const auto& t : others) {
            t->join();
        }
    });
}

TEST(lifecycle, nobody_waits_for_a_run_that_was_cancelled_before_its_start) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        const auto run = run_case::two_steps(sim);
        stall_watch watch(*run, "test");
        life.cancel("no", true);
        EXPECT_TRUE(life.wait(sim.now() + 1s, watch));
        EXPECT_FALSE(life.has_settled());
    });
}

TEST(lifecycle, a_wait_ends_at_its_time) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        const auto run = run_case::two_steps(sim);
        life.begin(1);
        stall_watch watch(*run, "test");
        const paipa::time_point before = sim.now();
        EXPECT_FALSE(life.wait(before + 500ms, watch));
        EXPECT_EQ(sim.now() - before, 500ms);
    });
}

TEST(lifecycle, a_wait_ends_when_the_results_have_no_reader_any_more) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        const auto run = run_case::two_steps(sim);
        one_reader reader(sim);
        const auto reads = sim.spawn("reads", [&] {
            EXPECT_TRUE(reader.come());
            sim.sleep_for(100ms);
            reader.leave(true);
            life.wake();
        });
        while (!reader.has_range()) {
            sim.yield();
        }
        life.begin(1);
        stall_watch watch(*run, "test");
        EXPECT_FALSE(life.wait(paipa::never, watch, &reader));
        EXPECT_FALSE(reader.has_range());
        reads->join();
    });
}

TEST(lifecycle, nobody_waits_for_threads_that_were_left) {
    simulate([](paipa::testing::simulation& sim, lifecycle& life) {
        const auto run = run_case::two_steps(sim);
        life.begin(1);
        bool go = false;
        bool is_done = false;
        life.spawn("worker", [&] {
            while (!go) {
                sim.sleep_for(1ms);
            }
            is_done = true;
        });
        life.leave_threads();
        stall_watch watch(*run, "test");
        EXPECT_TRUE(life.wait(paipa::never, watch));
        EXPECT_FALSE(is_done);
        go = true;
        while (!is_done) {
            sim.sleep_for(1ms);
        }
    });
}

}  // namespace
