#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/fuse.hpp>
#include <paipa/options.hpp>
#include <paipa/steps/map.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

namespace {

using paipa::detail::graph;
using paipa::detail::make_run;

int same(int n) {
    return n;
}

/// Calls `look` with the graph of a flow from number to `Out`.
template <class Out, class Flow, class F>
void built(const Flow& flow, paipa::pipeline_options options, F look) {
    const auto run = make_run<int, Out>(flow, std::move(options));
    look(run->parts().graph);
    run->cancel("the test is over");
}

TEST(run_builder, puts_an_edge_in_front_of_each_step) {
    built<void>(paipa::step("a", same) | paipa::step("b", same), {}, [](const graph& g) {
        ASSERT_EQ(g.steps.size(), 2U);
        ASSERT_EQ(g.edges.size(), 2U);
        EXPECT_EQ(g.results, nullptr);
        EXPECT_EQ(&g.steps[0]->in(), g.edges[0].get());
        ASSERT_EQ(g.steps[0]->ways().size(), 1U);
        EXPECT_EQ(g.steps[0]->ways()[0].to, g.edges[1].get());
        EXPECT_TRUE(g.steps[1]->ways().empty());
        EXPECT_EQ(g.edges[1]->figures().from, "a");
        EXPECT_EQ(g.edges[1]->figures().to, "b");
        EXPECT_EQ(g.steps[1]->position, 1U);
        EXPECT_FALSE(g.steps[0]->is_last);
        EXPECT_TRUE(g.steps[1]->is_last);
    });
}

TEST(run_builder, puts_an_edge_behind_the_last_step_where_results_are_wanted) {
    built<int>(paipa::step("a", same), {.capacity = 7}, [](const graph& g) {
        ASSERT_NE(g.results, nullptr);
        ASSERT_EQ(g.steps[0]->ways().size(), 1U);
        EXPECT_EQ(g.steps[0]->ways()[0].to, &g.results->edge);
        EXPECT_EQ(g.results->edge.figures().capacity, 7U);
    });
}

TEST(run_builder, gives_an_edge_the_capacity_of_its_step_or_that_of_the_pipeline) {
    built<void>(paipa::step("a", same, {.capacity = 3}) | paipa::step("b", same), {.capacity = 5},
                [](const graph& g) {
                    EXPECT_EQ(g.edges[0]->figures().capacity, 3U);
                    EXPECT_EQ(g.edges[1]->figures().capacity, 5U);
                });
}

TEST(run_builder, makes_one_stage_of_fused_steps) {
    built<void>(paipa::fuse(paipa::step("a", same, {.threads = 3}), paipa::step("b", same)) |
                    paipa::step("c", same),
                {}, [](const graph& g) {
                    ASSERT_EQ(g.steps.size(), 2U);
                    ASSERT_EQ(g.steps[0]->parts().size(), 1U);
                    EXPECT_EQ(g.steps[0]->parts()[0]->name, "b");
                    EXPECT_EQ(g.steps[0]->parts()[0]->options.threads, 3U);
                    EXPECT_EQ(g.edges[1]->figures().to, "c");
                });
}

TEST(run_builder, numbers_steps_without_a_name) {
    built<void>(paipa::map(same) | paipa::map(same), {}, [](const graph& g) {
        EXPECT_EQ(g.steps[0]->name, "map");
        EXPECT_EQ(g.steps[1]->name, "map#2");
    });
}

TEST(run_builder, refuses_a_flow_without_steps) {
    EXPECT_THROW((make_run<int, void>(paipa::flow<>(), {})), paipa::config_error);
}

TEST(run_builder, refuses_a_step_that_must_keep_items_and_cannot) {
    using owner = std::unique_ptr<int>;
    const auto consume = paipa::step("a", [](owner) {});
    EXPECT_THROW((make_run<owner, void>(consume, {.retry = {.attempts = 2}})), paipa::config_error);
}

}  // namespace
