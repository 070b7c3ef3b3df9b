#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/run/stopper.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace {

using paipa::run_state;
using paipa::detail::run_core;
using paipa::detail::stopper;
using paipa::detail::worker_context;

/// A run that has begun, and three items that nobody has taken yet, in one simulated schedule.
void with_run(const std::function<void(run_core&)>& body, paipa::pipeline_options options = {}) {
    paipa::testing::simulation sim(1);
    options.runtime = &sim;
    sim.run([&] {
        const auto run = run_case::two_steps(options);
        run->start("test");
        for (int i = 0; i < 3; ++i) {
            run_case::put(*run, i);
        }
        body(*run);
    });
}

TEST(stopper, drains_what_is_inside) {
    with_run([](run_core& run) {
        stopper(run).drain();
        run.wait_end(paipa::never, "test");
        const paipa::report r = run.books();
        EXPECT_EQ(r.state, run_state::drained);
        EXPECT_EQ(r.delivered, 3U);
        EXPECT_EQ(r.abandoned(), 0U);
    });
}

TEST(stopper, cancels_what_is_inside) {
    with_run([](run_core& run) {
        stopper(run).cancel("enough", true);
        run.wait_end(paipa::never, "test");
        const paipa::report r = run.books();
        EXPECT_EQ(r.state, run_state::cancelled);
        EXPECT_EQ(r.delivered + r.abandoned(), 3U);
        EXPECT_GT(r.abandoned(), 0U);
        EXPECT_TRUE(r.balanced());
        EXPECT_EQ(run.parts().lifecycle.closed_why(), "enough");
    });
}

TEST(stopper, settles_a_run_that_is_cancelled_before_its_start) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run_case::put(*run, 1);
        stopper(*run).cancel("never mind", false);
        EXPECT_TRUE(run->has_ended());
        EXPECT_EQ(run->books().abandoned(), 1U);
        EXPECT_FALSE(run->parts().lifecycle.was_cancel_asked());
    });
}

TEST(stopper, ends_only_the_steps_whose_outputs_nobody_wants) {
    with_run([](run_core& run) {
        stopper(run).end_early("the second step stopped reading", *run.parts().graph.steps[0]);
        const auto& steps = run.parts().graph.steps;
        EXPECT_TRUE(steps[0]->in().is_cancelled());
        EXPECT_FALSE(steps[1]->in().is_cancelled());
        run.wait_end(paipa::never, "test");
        EXPECT_EQ(run.state(), run_state::ended_early);
    });
}

TEST(stopper, cancels_edges_before_a_source_hears_of_an_early_end) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run->add_source(run_case::numbers(*run, 3), "test");
        std::vector<bool> cancelled;
        const std::stop_callback heard(run->parts().intake.source(0)->stop.hand_out(),
                                       [&] { cancelled.push_back(run->intake().is_cancelled()); });
        run->start("test");
        stopper(*run).end_early("enough", *run->parts().graph.steps[1]);
        run->wait_end(paipa::never, "test");
        EXPECT_EQ(cancelled, std::vector<bool>{true});
    });
}

TEST(stopper, tells_the_program_of_the_first_failure_only) {
    std::vector<std::string> told;
    const auto fails = [](run_core& run) {
        const worker_context& at = run.parts().graph.steps[1]->core(0);
        for (const char* const what : {"first", "second"}) {
            stopper(run).fail(at, "process", 1, std::make_exception_ptr(std::runtime_error(what)),
                              {});
        }
        EXPECT_EQ(run.state(), run_state::failed);
        EXPECT_THROW(run.stop(), std::runtime_error);
        EXPECT_EQ(run.books().failure_count, 2U);
    };
    with_run(fails, {.fail_callback = [&](const paipa::failure& f) {
                 told.push_back(f.step + ": " + f.what);
             }});
    EXPECT_EQ(told, std::vector<std::string>{"b: first"});
}

/// Whatever comes first: one of the ends is told, every item is counted, and nobody waits for ever.
TEST(stopper, a_failure_a_cancel_and_the_end_of_a_source_may_come_together) {
    std::uint64_t cancelled = 0;
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            int callbacks = 0;
            const auto run = run_case::two_steps(paipa::pipeline_options{
                .fail_callback = [&](const paipa::failure&) { ++callbacks; }, .runtime = &sim});
            run->add_source(run_case::numbers(*run, 5), "test");
            run->start("test");
            const auto fails = sim.spawn("fails", [&] {
                stopper(*run).fail(run->parts().graph.steps[1]->core(0), "process", 1,
                                   std::make_exception_ptr(seed), {});
            });
            const auto cancels =
                sim.spawn("cancels", [&] { stopper(*run).cancel("enough", true); });
            fails->join();
            cancels->join();
            run->wait_end(paipa::never, "test");
            const paipa::report r = run->books();
            EXPECT_TRUE(r.balanced()) << "seed " << seed << "\n" << r.text();
            EXPECT_EQ(r.state, run_state::failed) << "seed " << seed;
            EXPECT_EQ(callbacks, 1);
            cancelled += run->parts().lifecycle.was_cancel_asked() ? 1U : 0U;
        });
    }
    EXPECT_GT(cancelled, 0U) << "no cancel came first";
    EXPECT_LT(cancelled, 500U) << "no failure came first";
}

TEST(stopper, names_the_failure_by_the_given_text) {
    with_run([](run_core& run) {
        const worker_context& at = run.parts().graph.steps[0]->core(0);
        stopper(run).fail(at, "process", 2, std::make_exception_ptr(1), "too late");
        ASSERT_TRUE(run.first_failure());
        EXPECT_EQ(run.first_failure()->what, "too late");
        EXPECT_EQ(run.first_failure()->attempt, 2U);
        EXPECT_THROW(run.stop(), int);
    });
}

}  // namespace
