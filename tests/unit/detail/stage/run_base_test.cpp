#include <paipa/detail/stage/run_base.hpp>
#include <paipa/testing/simulation.hpp>

#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace {

// Workers keep references to their run.
static_assert(!std::is_copy_constructible_v<stage_case::a_run>);
static_assert(!std::is_move_constructible_v<stage_case::a_run>);
// Nobody owns a run by this base, whose destructor is not virtual.
static_assert(!std::is_destructible_v<paipa::detail::run_base>);

TEST(run_base, gives_its_workers_the_runtime_that_it_was_made_with) {
    paipa::testing::simulation sim;
    const stage_case::a_run run(sim);
    const paipa::detail::run_base& base = run;
    EXPECT_EQ(&base.rt, &sim);
}

}  // namespace
