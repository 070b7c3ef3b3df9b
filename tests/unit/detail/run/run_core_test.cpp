#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>

namespace {

using paipa::run_state;
using paipa::detail::run_core;

// What a pipeline's calls promise is tested by `promises`; these are the seams between the parts.

void simulate(const std::function<void(run_core&)>& body) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = run_case::two_steps(sim);
            body(*run);
        });
    }
}

std::string refusal(const std::function<void()>& call) {
    try {
        call();
    } catch (const paipa::error& e) {
        return e.what();
    }
    return "not refused";
}

TEST(run_core, refuses_a_run_that_nothing_would_end) {
    simulate([](run_core& run) {
        EXPECT_NE(refusal([&] { run.run(); }).find("nothing would ever end this run"),
                  std::string::npos);
        run.finish();
        EXPECT_EQ(run.run().state, run_state::finished);
    });
}

TEST(run_core, names_the_call_that_comes_too_late) {
    simulate([](run_core& run) {
        run.finish();
        EXPECT_EQ(refusal([&] { run.check_put("put"); }),
                  "paipa::pipeline 'p': put: no more items are taken: finish was called");
        EXPECT_EQ(refusal([&] { run.add_source(run_case::numbers(run, 1), "put_iterable"); }),
                  "paipa::pipeline 'p': put_iterable: no more items are taken: finish was called");
        run.run();
    });
}

TEST(run_core, starts_once) {
    simulate([](run_core& run) {
        run.start("start");
        EXPECT_EQ(
            refusal([&] { run.start("run"); }).rfind("paipa::pipeline 'p': run: a pipeline", 0),
            0U);
        run.stop();
    });
}

TEST(run_core, a_reader_gets_the_results_and_then_the_failure) {
    simulate([](run_core& run) {
        run.reader_came();
        EXPECT_NE(refusal([&] { run.reader_came(); }).find("got a second one"), std::string::npos);
        run_case::put(run, 1);
        run.begin_reading();
        EXPECT_NE(run.next_result(), nullptr);
        run.fail(run.parts().graph.steps[0]->core(0), "process",
                 std::make_exception_ptr(std::runtime_error("no")));
        EXPECT_THROW(run.next_result(), std::runtime_error);
        run.reader_left();
        EXPECT_THROW(run.stop(), std::runtime_error);
        EXPECT_TRUE(run.books().balanced());
    });
}

TEST(run_core, explains_itself_by_its_parts) {
    simulate([](run_core& run) {
        run.start("start");
        const std::string text = run.explain();
        EXPECT_EQ(text.rfind("paipa::pipeline 'p' is running\n", 0), 0U) << text;
        EXPECT_NE(text.find("    a/1: "), std::string::npos) << text;
        run.stop();
    });
}

}  // namespace
