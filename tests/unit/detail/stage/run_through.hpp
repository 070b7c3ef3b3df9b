#ifndef PAIPA_TESTS_UNIT_DETAIL_STAGE_RUN_THROUGH_HPP
#define PAIPA_TESTS_UNIT_DETAIL_STAGE_RUN_THROUGH_HPP
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

// Runs of the numbers from 0 on through the workers of a step that a test looks at.

namespace stage_case {

/// Its threads have ended. The failure of the run may be looked at.
template <class Flow>
run_case::run_pointer ended_run(const Flow& f, int numbers, paipa::pipeline_options o) {
    o.name = "p";
    o.quiet = true;
    const auto run = paipa::detail::make_run<int, void>(f, std::move(o));
    run->add_source(run_case::numbers(*run, numbers), "test");
    try {
        run->run();
    } catch (const std::runtime_error&) {
        EXPECT_EQ(run->state(), paipa::run_state::failed);
    }
    EXPECT_TRUE(run->books().balanced()) << run->books();
    return run;
}

/// On threads: items of which nothing is to be told take the short way.
template <class Flow>
paipa::report books_on_threads(const Flow& f, int numbers, paipa::pipeline_options o = {}) {
    return ended_run(f, numbers, std::move(o))->books();
}

/// In many schedules. `make_flow` makes the flow of a simulation, and `look` sees the run and the
/// simulation.
template <class MakeFlow, class Look>
void simulate(MakeFlow make_flow, int numbers, Look look, paipa::pipeline_options o = {}) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            o.runtime = &sim;
            const auto run = ended_run(make_flow(sim), numbers, o);
            look(*run, sim);
        });
    }
}

/// Asks for a second at the first two tries of each item.
struct patient {
    int operator()(int n) {
        if (++tries % 3 != 0) {
            throw paipa::retry_after(std::chrono::seconds{1});
        }
        return n;
    }

    int tries = 0;
};

}  // namespace stage_case
#endif
