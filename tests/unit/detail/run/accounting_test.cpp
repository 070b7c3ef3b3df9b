#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/accounting.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/fuse.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace {

using namespace std::chrono_literals;
using paipa::report;
using paipa::run_state;

TEST(accounting, has_a_row_for_each_step_edge_and_source) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run->add_source(run_case::numbers(*run, 5), "test");
        run->run();
        const report r = run->parts().accounting.books("name");
        EXPECT_EQ(r.name, "name");
        EXPECT_EQ(r.state, run_state::finished);
        EXPECT_EQ(r.delivered, 5U);
        EXPECT_EQ(r.processors, 0U) << "a simulation has none";
        ASSERT_EQ(r.steps.size(), 2U);
        EXPECT_EQ(r.steps[1].received, 5U);
        EXPECT_EQ(r.steps[1].emitted, 5U);
        EXPECT_EQ(r.steps[1].threads, 2U);
        ASSERT_EQ(r.edges.size(), 3U);
        EXPECT_EQ(r.edges[0].from, "intake");
        EXPECT_EQ(r.edges[2].to, "results");
        ASSERT_EQ(r.sources.size(), 1U);
        EXPECT_EQ(r.sources[0].emitted, 5U);
        EXPECT_TRUE(r.balanced());
    });
}

TEST(accounting, items_that_are_not_gone_are_inside_while_it_runs) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        bool go = false;
        const auto waits = [&](int n) {
            while (!go) {
                sim.sleep_for(1ms);
            }
            return n;
        };
        const auto run = paipa::detail::make_run<int, void>(
            paipa::step("a", waits), paipa::pipeline_options{.quiet = true, .runtime = &sim});
        run_case::put(*run, 1);
        run->start("test");
        sim.sleep_for(10ms);
        const report r = run->parts().accounting.books("p");
        EXPECT_EQ(r.steps[0].inside, 1U);
        EXPECT_EQ(r.steps[0].finished, 0U);
        EXPECT_EQ(r.elapsed, 10ms);
        EXPECT_TRUE(r.balanced());
        go = true;
        EXPECT_EQ(run->stop().steps[0].inside, 0U);
    });
}

TEST(accounting, a_fused_step_receives_what_the_one_before_it_emits) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto odd = [](int n) {
            if (n % 2 == 0) {
                throw paipa::skip_entry();
            }
            return n;
        };
        const auto same = [](int n) { return n; };
        const auto run = paipa::detail::make_run<int, int>(
            paipa::fuse(paipa::step("a", odd), paipa::step("b", same)),
            paipa::pipeline_options{.quiet = true, .runtime = &sim});
        run->add_source(run_case::numbers(*run, 5), "test");
        run->run();
        const report r = run->parts().accounting.books("p");
        ASSERT_EQ(r.steps.size(), 2U);
        EXPECT_EQ(r.steps[0].skipped, 3U);
        EXPECT_EQ(r.steps[0].emitted, 2U);
        EXPECT_TRUE(r.steps[1].fused);
        EXPECT_EQ(r.steps[1].received, 2U);
        EXPECT_EQ(r.steps[1].emitted, 2U);
    });
}

/// The worker's clock is read before that of the report, and the other way round.
TEST(accounting, tells_no_time_that_is_less_than_the_one_before) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run->start("test");
        sim.sleep_for(10ms);
        const auto waited = [&] {
            return run->parts().accounting.books("p").steps[0].time.waiting_for_input;
        };
        const paipa::duration first = waited();
        EXPECT_EQ(first, 20ms) << "two workers";
        // One of them starts again at zero: the report keeps what it has told.
        run->parts().graph.steps[0]->core(0).times.change(paipa::activity::running,
                                                          paipa::time_point{});
        EXPECT_GE(waited(), first);
        run->stop();
    });
}

TEST(accounting, the_figures_of_a_whole_run_need_no_memory) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run->add_source(run_case::numbers(*run, 5), "test");
        run->run();
        report r;
        run->parts().accounting.fill_without_memory(r);
        EXPECT_EQ(r.state, run_state::finished);
        EXPECT_EQ(r.delivered, 5U);
        EXPECT_EQ(r.failure_count, 0U);
        EXPECT_TRUE(r.steps.empty());
    });
}

}  // namespace
