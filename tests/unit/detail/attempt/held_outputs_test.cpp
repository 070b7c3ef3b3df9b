#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::step_options;
using paipa::detail::holds_outputs;
using paipa::detail::keeps_items;

/// Options that leave nothing to the pipeline: one try, and a failure ends the run.
step_options resolved() {
    return {.retry = {.attempts = 1}, .on_failure = failure_action::fail};
}

step_options with_tries(unsigned n) {
    step_options options = resolved();
    options.retry.attempts = n;
    return options;
}

step_options with_rules(paipa::failure_rules rules) {
    step_options options = resolved();
    options.on_failure = std::move(rules);
    return options;
}

step_options with_timeout(paipa::duration time) {
    step_options options = resolved();
    options.item_timeout = time;
    return options;
}

TEST(held_outputs, leave_at_once_where_a_failure_ends_the_run) {
    EXPECT_FALSE(holds_outputs(resolved()));
}

TEST(held_outputs, wait_for_the_end_of_a_try_that_may_be_repeated) {
    EXPECT_TRUE(holds_outputs(with_tries(2)));
}

TEST(held_outputs, wait_where_the_run_goes_on_without_an_item) {
    EXPECT_TRUE(holds_outputs(with_rules(failure_action::dead_letter)));
    EXPECT_TRUE(holds_outputs(with_rules(failure_action::drop)));
    EXPECT_TRUE(holds_outputs(with_rules(
        {paipa::drop_on<std::runtime_error>(), paipa::failure_rule(failure_action::fail)})));
}

TEST(held_outputs, wait_where_a_try_may_be_late) {
    EXPECT_TRUE(holds_outputs(with_timeout(1ns)));
    EXPECT_TRUE(paipa::detail::has_timeout(with_timeout(1ns)));
    EXPECT_FALSE(holds_outputs(with_timeout(0ns)));
    EXPECT_FALSE(paipa::detail::has_timeout(with_timeout(0ns)));
}

TEST(held_outputs, leave_at_once_where_the_step_says_so) {
    step_options options = with_rules(failure_action::drop);
    options.retry.attempts = 3;
    options.item_timeout = 1s;
    options.outputs = paipa::outputs::at_once;
    EXPECT_FALSE(holds_outputs(options));
}

TEST(held_outputs, need_whole_items_only_for_further_tries_and_dead_letters) {
    EXPECT_FALSE(keeps_items(resolved()));
    EXPECT_TRUE(keeps_items(with_tries(2)));
    EXPECT_TRUE(keeps_items(with_rules(failure_action::dead_letter)));
    EXPECT_FALSE(keeps_items(with_rules(failure_action::drop)));
    EXPECT_FALSE(keeps_items(with_timeout(1s)));
}

TEST(held_outputs, are_refused_when_they_are_too_many) {
    EXPECT_FALSE(paipa::detail::check_held(paipa::detail::most_held_outputs, "a"));
    std::string text;
    try {
        paipa::detail::check_held(paipa::detail::most_held_outputs + 1, "a");
    } catch (const paipa::state_error& e) {
        text = e.what();
    }
    EXPECT_EQ(text,
              "step 'a': outputs of one item: expected at most 1048576, which are held until the "
              "item has succeeded, got more; use .outputs = paipa::outputs::at_once, or make "
              "smaller items");
}

}  // namespace
