#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/generator.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stop_token>

namespace {

using paipa::detail::graph;
using paipa::detail::run_core;
using which = paipa::detail::graph::which;

/// Two steps with two workers each, in one simulated schedule.
void with_graph(const std::function<void(run_core&, graph&)>& body) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        body(*run, run->parts().graph);
        run->cancel("the test is over");
    });
}

TEST(graph, knows_its_first_edge_and_all_threads) {
    with_graph([](run_core& run, graph& g) {
        EXPECT_EQ(&g.intake(), g.edges[0].get());
        EXPECT_EQ(&g.intake(), &run.intake());
        EXPECT_EQ(g.threads(), 4U);
        EXPECT_EQ(g.steps.size(), 2U);
        EXPECT_NE(g.results, nullptr);
    });
}

TEST(graph, counts_what_the_last_step_has_handed_on) {
    with_graph([](run_core& run, graph& g) {
        for (int i = 0; i < 3; ++i) {
            run_case::put(run, i);
        }
        EXPECT_EQ(g.delivered(), 0U);
        run.finish();
        run.run();
        EXPECT_EQ(g.delivered(), 3U);
    });
}

paipa::generator<int> twice(int n) {
    co_yield n;
    co_yield n;
}

TEST(graph, counts_outputs_and_not_items_where_the_last_step_has_outputs) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = paipa::detail::make_run<int, int>(
            paipa::step("a", twice), paipa::pipeline_options{.quiet = true, .runtime = &sim});
        run_case::put(*run, 1);
        run->finish();
        run->run();
        EXPECT_EQ(run->parts().graph.delivered(), 2U);
    });
}

TEST(graph, holds_items_that_are_queued) {
    with_graph([](run_core& run, graph& g) {
        EXPECT_FALSE(g.holds_items());
        run_case::put(run, 1);
        EXPECT_TRUE(g.holds_items());
        run.finish();
        run.run();
        EXPECT_FALSE(g.holds_items());
    });
}

TEST(graph, cancels_what_is_unwanted_or_all) {
    with_graph([](run_core&, graph& g) {
        g.cancel("enough", which::unwanted);
        EXPECT_FALSE(g.steps[0]->in().is_cancelled());
        EXPECT_TRUE(g.give_up(*g.steps[0]));
        g.cancel("enough", which::unwanted);
        EXPECT_TRUE(g.steps[0]->in().is_cancelled());
        EXPECT_FALSE(g.steps[1]->in().is_cancelled());
        g.cancel("enough", which::all);
        EXPECT_TRUE(g.steps[1]->in().is_cancelled());
    });
}

TEST(graph, gives_up_all_steps_in_front_of_one_on_a_line) {
    with_graph([](run_core&, graph& g) {
        EXPECT_TRUE(g.give_up(*g.steps[1]));
        EXPECT_TRUE(g.steps[0]->unwanted.load());
    });
}

TEST(graph, asks_unwanted_steps_to_stop) {
    with_graph([](run_core&, graph& g) {
        const std::stop_token first = g.steps[0]->stop.hand_out();
        const std::stop_token second = g.steps[1]->stop.hand_out();
        g.give_up(*g.steps[0]);
        g.request_stops(which::none);
        EXPECT_FALSE(first.stop_requested());
        g.request_stops(which::unwanted);
        EXPECT_TRUE(first.stop_requested());
        EXPECT_FALSE(second.stop_requested());
        g.request_stops(which::all);
        EXPECT_TRUE(second.stop_requested());
    });
}

TEST(graph, no_user_code_listens_where_no_token_was_handed_out) {
    with_graph([](run_core&, graph& g) {
        EXPECT_FALSE(g.stops_may_run_user_code(which::all));
        const std::stop_token second = g.steps[1]->stop.hand_out();
        g.give_up(*g.steps[0]);
        EXPECT_FALSE(g.stops_may_run_user_code(which::unwanted));
        EXPECT_TRUE(g.stops_may_run_user_code(which::all));
    });
}

}  // namespace
