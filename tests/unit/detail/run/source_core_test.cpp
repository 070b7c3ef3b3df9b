#include <paipa/detail/run/source_core.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace {

TEST(source_core, begins_with_its_kind_as_its_name_and_with_no_wish_to_stop) {
    const auto run = run_case::two_steps(paipa::pipeline_options{});
    const std::unique_ptr<paipa::detail::source_core> source = run_case::numbers(*run, 3);
    EXPECT_EQ(source->kind, "numbers");
    EXPECT_EQ(source->name, "numbers");
    EXPECT_FALSE(source->stopping.load());
    EXPECT_EQ(&source->core.run, run.get());
    EXPECT_EQ(source->core.step, nullptr);
    run->cancel("the test is over");
}

}  // namespace
