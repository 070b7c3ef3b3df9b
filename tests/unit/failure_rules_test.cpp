#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>

namespace {

using paipa::failure_action;
using paipa::failure_rules;

const std::exception_ptr number = std::make_exception_ptr(1);
const std::exception_ptr logic = std::make_exception_ptr(std::logic_error("x"));

TEST(failure_rules, are_made_of_an_action_a_rule_or_a_list) {
    const paipa::step_options action{.on_failure = failure_action::drop};
    const paipa::step_options braces{.on_failure = {failure_action::drop}};
    const paipa::step_options rule{.on_failure = paipa::drop_on<int>()};
    const paipa::step_options list{
        .on_failure = {paipa::dead_letter_on<std::logic_error>(), failure_action::drop}};
    for (const auto& o : {action, braces, rule, list}) {
        EXPECT_FALSE(o.on_failure.empty());
        EXPECT_EQ(o.on_failure.action_for(number), failure_action::drop);
    }
    EXPECT_EQ(rule.on_failure.action_for(logic), failure_action::fail);
    EXPECT_EQ(list.on_failure.action_for(logic), failure_action::dead_letter);
    EXPECT_TRUE(paipa::step_options{}.on_failure.empty());
    EXPECT_EQ(failure_rules{}.action_for(number), failure_action::fail);
}

TEST(failure_rules, know_what_they_may_do) {
    const failure_rules rules{paipa::fail_on<int>(), failure_action::drop,
                              failure_action::dead_letter};
    EXPECT_TRUE(rules.may(failure_action::fail));
    EXPECT_TRUE(rules.may(failure_action::drop));
    EXPECT_FALSE(rules.may(failure_action::dead_letter));
    EXPECT_EQ(rules.last_action(), failure_action::drop);
    EXPECT_TRUE(rules.has_idle_rules());
    EXPECT_FALSE(failure_rules(failure_action::drop).may(failure_action::fail));
    EXPECT_TRUE(failure_rules(paipa::drop_on<int>()).may(failure_action::fail));
    EXPECT_FALSE(failure_rules(paipa::drop_on<int>()).has_idle_rules());
    EXPECT_EQ(failure_rules(paipa::drop_on<int>()).last_action(), failure_action::fail);
}

TEST(failure_rules, go_on_with_what_is_added) {
    failure_rules rules{paipa::drop_on<int>()};
    rules.add(failure_action::dead_letter);
    EXPECT_EQ(rules.action_for(number), failure_action::drop);
    EXPECT_EQ(rules.action_for(logic), failure_action::dead_letter);
}

}  // namespace
