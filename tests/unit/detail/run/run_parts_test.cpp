#include <paipa/detail/run/run_parts.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <exception>

namespace {

TEST(run_parts, know_each_other) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        paipa::detail::run_parts& parts = run->parts();
        run_case::put(*run, 1);
        parts.intake.add(run_case::numbers(*run, 3));
        paipa::failure f;
        f.error = std::make_exception_ptr(1);
        parts.lifecycle.fail(parts.failure_log, f, "it failed");

        const paipa::report r = parts.accounting.books("p");
        EXPECT_EQ(r.state, paipa::run_state::failed);
        EXPECT_EQ(r.failure_count, 1U);
        EXPECT_EQ(r.edges[0].pushed, 1U);
        EXPECT_EQ(r.sources.size(), 1U);
        EXPECT_NE(parts.explanation.text().find("numbers/0: "), std::string::npos);
        parts.graph.cancel("the test is over", paipa::detail::graph::which::all);
    });
}

}  // namespace
