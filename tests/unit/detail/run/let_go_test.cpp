#include <paipa/detail/run/let_go.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/log.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using paipa::run_state;
using paipa::detail::let_go;
using paipa::detail::run_core;

/// Lets a run go that `prepare` has prepared; returns what was logged.
std::vector<std::string> logged(const std::function<void(run_core&)>& prepare, run_state expected,
                                paipa::pipeline_options options = {}) {
    const run_case::log_kept log;
    paipa::testing::simulation sim(1);
    options.runtime = &sim;
    sim.run([&] {
        const auto run = run_case::two_steps(options);
        prepare(*run);
        let_go(run);
        EXPECT_EQ(run->state(), expected);
        EXPECT_TRUE(run->has_ended() || options.daemon);
    });
    return log.lines;
}

TEST(let_go, finishes_a_run) {
    EXPECT_TRUE(logged(
                    [](run_core& run) {
                        run.start("test");
                        run_case::put(run, 1);
                    },
                    run_state::finished)
                    .empty());
}

TEST(let_go, says_what_a_run_that_never_started_has_abandoned) {
    EXPECT_EQ(logged([](run_core& run) { run_case::put(run, 1); }, run_state::cancelled),
              std::vector<std::string>{"paipa::pipeline 'p': 1 items abandoned: the pipeline was "
                                       "destroyed before it ran"});
}

TEST(let_go, says_a_failure_that_nobody_has_heard_of) {
    const auto fail = [](run_core& run) {
        run.start("test");
        run.fail(run.parts().graph.steps[0]->core(0), "process",
                 std::make_exception_ptr(std::runtime_error("no")));
    };
    const std::vector<std::string> lines = logged(fail, run_state::failed);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].rfind("paipa::pipeline 'p': failed in step 'a'", 0), 0U) << lines[0];
}

TEST(let_go, is_silent_about_a_failure_that_was_thrown) {
    const auto fail = [](run_core& run) {
        run.start("test");
        run.fail(run.parts().graph.steps[0]->core(0), "process",
                 std::make_exception_ptr(std::runtime_error("no")));
        EXPECT_THROW(run.stop(), std::runtime_error);
    };
    EXPECT_TRUE(logged(fail, run_state::failed).empty());
}

TEST(let_go, cancels_a_daemon) {
    logged([](run_core& run) { run.start("test"); }, run_state::cancelled, {.daemon = true});
}

}  // namespace
