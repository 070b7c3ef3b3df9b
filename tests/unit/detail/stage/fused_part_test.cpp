#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>

#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace {

namespace detail = paipa::detail;

TEST(fused_part, makes_a_worker_for_each_of_its_stage) {
    stage_case::kept_run run;
    detail::fused_part part("b", paipa::step_options{});
    for (std::size_t i = 0; i < 3; ++i) {
        part.add_worker(run, 3);
    }
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(part.worker(i).core.index, i);
        EXPECT_EQ(part.worker(i).core.step, &part);
        EXPECT_EQ(&part.worker(i).core.run, &run);
    }
}

TEST(fused_part, leaves_a_worker_where_it_is_when_it_makes_another_one) {
    stage_case::kept_run run;
    detail::fused_part part("b", paipa::step_options{});
    part.add_worker(run, 3);
    const detail::fused_worker* const first = &part.worker(0);
    part.add_worker(run, 3);
    part.add_worker(run, 3);
    EXPECT_EQ(&part.worker(0), first);
}

TEST(fused_part, has_options_of_its_own) {
    stage_case::kept_run run;
    detail::fused_part keeping("b", {.on_failure = paipa::failure_action::dead_letter});
    detail::fused_part failing("c", {.on_failure = paipa::failure_action::fail});
    keeping.add_worker(run, 1);
    failing.add_worker(run, 1);
    EXPECT_TRUE(keeping.worker(0).policy().keeps_items());
    EXPECT_FALSE(failing.worker(0).policy().keeps_items());
}

}  // namespace
