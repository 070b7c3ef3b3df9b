#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <stop_token>

namespace {

using paipa::run_state;
using paipa::detail::intake;
using paipa::detail::lifecycle;
using paipa::detail::run_core;
using paipa::detail::source_core;
using paipa::detail::worker_context;

/// An intake of its own, in front of a run that never starts.
struct place {
    explicit place(run_core& r) : run(r), life(r.rt), in(life, r.parts().graph) {}

    source_core* add() {
        const intake::added added = in.add(run_case::numbers(run, 3));
        EXPECT_FALSE(added.is_late);
        return added.to_start;
    }

    run_core& run;
    lifecycle life;
    intake in;
};

void with_place(const std::function<void(place&)>& body) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        {
            place p(*run);
            body(p);
        }
        run->cancel("the test is over");
    });
}

TEST(intake, numbers_sources_of_one_kind) {
    with_place([](place& p) {
        p.add();
        p.add();
        EXPECT_EQ(p.in.source(0)->name, "numbers");
        EXPECT_EQ(p.in.source(1)->name, "numbers#2");
        EXPECT_EQ(p.in.source(2), nullptr);
        EXPECT_EQ(p.in.name_of(p.in.source(1)->core), "numbers#2");
        EXPECT_EQ(p.in.name_of(worker_context(p.run, nullptr, 0)), "source");
    });
}

TEST(intake, begins_with_a_thread_for_each_source) {
    with_place([](place& p) {
        p.add();
        EXPECT_EQ(p.in.begin(1), run_state::ready);
        EXPECT_FALSE(p.life.thread_left());
        EXPECT_TRUE(p.life.thread_left());
        EXPECT_EQ(p.in.begin(1), run_state::running);
    });
}

TEST(intake, a_source_starts_at_once_when_the_others_have_started) {
    with_place([](place& p) {
        EXPECT_EQ(p.add(), nullptr);
        p.in.begin(1);
        EXPECT_EQ(p.add(), nullptr) << "the start has not come to its sources";
        EXPECT_EQ(p.in.next_to_start(0), p.in.source(0));
        EXPECT_EQ(p.in.next_to_start(1), p.in.source(1));
        EXPECT_EQ(p.in.next_to_start(2), nullptr);
        EXPECT_NE(p.add(), nullptr);
    });
}

TEST(intake, takes_no_source_when_no_more_items_are_taken) {
    with_place([](place& p) {
        p.in.begin(1);
        p.in.finish();
        EXPECT_TRUE(p.in.add(run_case::numbers(p.run, 3)).is_late);
        EXPECT_EQ(p.in.source(0), nullptr);
    });
}

TEST(intake, ends_with_the_sources_that_were_there_at_the_start) {
    with_place([](place& p) {
        p.add();
        p.in.begin(1);
        p.add();
        p.in.source_left();
        EXPECT_FALSE(p.life.is_finishing());
        p.in.source_left();
        EXPECT_TRUE(p.life.is_finishing());
    });
}

TEST(intake, stays_open_behind_a_source_that_came_later) {
    with_place([](place& p) {
        p.in.begin(1);
        p.add();
        p.in.source_left();
        EXPECT_FALSE(p.life.is_finishing());
    });
}

TEST(intake, closes_its_edge_when_it_finishes_and_the_last_source_has_left) {
    with_place([](place& p) {
        p.add();
        p.in.begin(1);
        p.in.finish();
        EXPECT_NO_THROW(run_case::put(p.run, 1));
        p.in.source_left();
        EXPECT_THROW(run_case::put(p.run, 1), paipa::closed_error);
    });
}

TEST(intake, closes_its_edge_at_once_when_it_finishes_without_a_source) {
    with_place([](place& p) {
        p.in.begin(1);
        EXPECT_NO_THROW(run_case::put(p.run, 1));
        p.in.finish();
        EXPECT_THROW(run_case::put(p.run, 1), paipa::closed_error);
    });
}

TEST(intake, ends_by_itself_when_there_are_sources_and_each_of_them_does) {
    with_place([](place& p) {
        EXPECT_FALSE(p.in.ends_by_itself());
        p.add();
        EXPECT_TRUE(p.in.ends_by_itself());
    });
}

TEST(intake, tells_its_sources_to_stop) {
    with_place([](place& p) {
        p.add();
        source_core& source = *p.in.source(0);
        EXPECT_FALSE(p.in.stops_may_run_user_code());
        const std::stop_token token = source.stop.hand_out();
        EXPECT_TRUE(p.in.stops_may_run_user_code());
        p.in.stop_sources();
        EXPECT_TRUE(source.stopping.load());
        EXPECT_FALSE(token.stop_requested());
        p.in.request_stops();
        EXPECT_TRUE(token.stop_requested());
    });
}

TEST(intake, has_no_thread_for_a_source_when_the_start_is_given_up) {
    with_place([](place& p) {
        p.add();
        p.in.begin(1);
        p.in.give_up_start();
        EXPECT_TRUE(p.life.thread_left());
    });
}

/// One thread calls finish while the other one ends the last source: one of them closes the edge,
/// else the run would not end.
TEST(intake, closes_its_edge_whoever_comes_last) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = run_case::two_steps(sim);
            run->start("test");
            run->add_source(run_case::numbers(*run, 1), "test");
            run->finish();
            const paipa::report r = run->stop();
            EXPECT_EQ(r.state, run_state::finished) << "seed " << seed;
            EXPECT_TRUE(r.balanced());
        });
    }
}

}  // namespace
