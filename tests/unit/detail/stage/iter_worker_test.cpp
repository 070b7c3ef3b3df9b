#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/stage/iter_stage.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/options.hpp>
#include <paipa/testing/simulation.hpp>

#include "../edge/edge_case.hpp"
#include "iter_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>

namespace {

using namespace std::chrono_literals;
namespace detail = paipa::detail;
using stage_case::range_worker;

/// Runs the worker of a step, three numbers in front of it, an hour after it was made.
void run_worker(const range_worker::body& body, bool has_edge_behind = true) {
    paipa::testing::simulation sim;
    sim.run([&] {
        stage_case::kept_run run(sim);
        number_edge front(sim, 16);
        number_edge behind(sim, 16);
        front.put({1, 2, 3});
        front.edge.close({});
        const auto step = stage_case::range_step(
            {}, front.edge, has_edge_behind ? &behind.edge : nullptr, [&](range_worker& w) {
                EXPECT_EQ(w.to().to, has_edge_behind ? &behind.edge : nullptr);
                body(w);
            });
        step->make_workers(run);
        sim.sleep_for(1h);
        step->work(0);
        step->clean_up(0);
    });
}

TEST(iter_worker, knows_the_edge_behind_its_step) {
    bool has_run = false;
    run_worker([&](range_worker&) { has_run = true; }, false);
    EXPECT_TRUE(has_run);
}

TEST(iter_worker, has_one_item_at_a_time_in_hand) {
    run_worker([](range_worker& w) {
        EXPECT_FALSE(w.in_hand);
        for (const int expected : {1, 2, 3}) {
            EXPECT_EQ(w.next(), expected);
            EXPECT_TRUE(w.in_hand);
        }
        EXPECT_EQ(w.next(), -1);
        EXPECT_FALSE(w.in_hand);
    });
}

TEST(iter_worker, notes_that_its_range_has_asked_for_an_item) {
    run_worker([](range_worker& w) {
        EXPECT_FALSE(w.asked);
        w.next();
        EXPECT_TRUE(w.asked);
    });
}

TEST(iter_worker, does_not_measure_the_time_before_its_input_begins) {
    run_worker([](range_worker& w) {
        w.next();
        w.next();
        EXPECT_EQ(w.in.want, 2U);  // the first item took no time
    });
}

}  // namespace
