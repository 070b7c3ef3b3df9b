#include <paipa/detail/flow/retry_check.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/error_filter.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>

namespace {

using namespace std::chrono_literals;
using paipa::step_options;
using paipa::detail::as_step_options;
using paipa::detail::class_parameter;
using paipa::detail::consumes_item;
using paipa::detail::consuming_options;
using paipa::detail::options_for;
using paipa::detail::unknown;

using pointer = std::unique_ptr<int>;

TEST(consumes_item, holds_for_a_step_that_takes_a_move_only_item_by_value) {
    static_assert(consumes_item<pointer>);
    static_assert(consumes_item<pointer&&>);
    static_assert(!consumes_item<const pointer&>);
    static_assert(!consumes_item<std::string>);
    static_assert(!consumes_item<unknown>);
}

TEST(options_for, leave_out_retries_where_an_item_is_consumed) {
    static_assert(std::is_same_v<options_for<pointer>, consuming_options>);
    static_assert(std::is_same_v<options_for<const pointer&>, step_options>);
    static_assert(std::is_same_v<options_for<int>, step_options>);
}

TEST(as_step_options, keeps_what_the_options_of_a_consuming_step_say) {
    const consuming_options given{.threads = 3,
                                  .capacity = 7,
                                  .retry = {.on = paipa::retry_on<int>(), .budget = {.ratio = 0.5}},
                                  .on_failure = paipa::failure_action::drop,
                                  .ordered = true,
                                  .idle_interval = 2s,
                                  .outputs = paipa::outputs::at_once,
                                  .item_timeout = 3s};
    const step_options made = as_step_options(given);
    EXPECT_EQ(made.threads, 3);
    EXPECT_EQ(made.capacity, 7);
    EXPECT_EQ(made.retry.attempts, 0);  // as the pipeline says, which is refused later
    EXPECT_FALSE(made.retry.on.accepts_all());
    EXPECT_EQ(made.retry.budget.ratio, 0.5);
    EXPECT_EQ(made.on_failure.last_action(), paipa::failure_action::drop);
    EXPECT_TRUE(made.ordered);
    EXPECT_EQ(made.idle_interval, 2s);
    EXPECT_EQ(made.outputs, paipa::outputs::at_once);
    EXPECT_EQ(made.item_timeout, 3s);
}

TEST(as_step_options, passes_the_options_of_other_steps_on) {
    EXPECT_EQ(as_step_options(step_options{.retry = {.attempts = 4}}).retry.attempts, 4);
}

struct with_parameter {
    using parameter = const std::string&;
};

TEST(class_parameter, is_unknown_for_a_class_that_is_no_step) {
    static_assert(std::is_same_v<class_parameter<with_parameter>, const std::string&>);
    static_assert(std::is_same_v<class_parameter<std::string>, unknown>);
}

}  // namespace
