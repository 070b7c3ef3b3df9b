#include <paipa/detail/run/in_run.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

using paipa::detail::in_run;
using paipa::detail::worker_context;

TEST(in_run, makes_the_calling_thread_one_of_the_run) {
    const auto run = run_case::two_steps(paipa::pipeline_options{});
    EXPECT_FALSE(run->on_own_thread());
    {
        worker_context here(*run, nullptr, 0);
        const in_run inside(run->rt, here);
        EXPECT_TRUE(run->on_own_thread());
        bool elsewhere = true;
        std::thread([&] { elsewhere = run->on_own_thread(); }).join();
        EXPECT_FALSE(elsewhere);
    }
    EXPECT_FALSE(run->on_own_thread());
    run->cancel("the test is over");
}

TEST(in_run, a_run_inside_of_another_one_belongs_to_both) {
    const auto outer = run_case::two_steps(paipa::pipeline_options{});
    const auto inner = run_case::two_steps(paipa::pipeline_options{});
    worker_context around(*outer, nullptr, 0);
    const in_run in_outer(outer->rt, around);
    {
        worker_context here(*inner, nullptr, 0);
        const in_run in_inner(inner->rt, here);
        EXPECT_EQ(here.around, &around);
        EXPECT_TRUE(inner->on_own_thread());
        EXPECT_TRUE(outer->on_own_thread());
    }
    EXPECT_FALSE(inner->on_own_thread());
    EXPECT_TRUE(outer->on_own_thread());
    inner->cancel("the test is over");
    outer->cancel("the test is over");
}

}  // namespace
