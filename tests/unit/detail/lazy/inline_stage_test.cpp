#include <paipa/abstract_step.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/inline_stage.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>

#include "cursor_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::generator;
using paipa::run_state;
using paipa::step_report;
using paipa::detail::cursor_of;

/// The numbers from 1 on.
auto numbers(int last) {
    return cursor_of(std::views::iota(1, last + 1));
}

/// Throws at the number 2.
int but_two(int n) {
    return n != 2 ? n : throw std::runtime_error("two");
}

/// Emits the sum of its items at the end.
struct summing : paipa::abstract_step<int, int, void> {
    void process(int n) override { sum += n; }

    void step_shutdown() override { emit(sum); }

    int sum = 0;
};

TEST(inline_stage, passes_on_what_hooks_emit_at_the_end) {
    lone_step three(paipa::step<summing>("a"), numbers(3));
    EXPECT_EQ(pulled(three.outputs()), std::vector{6});
    EXPECT_EQ(three.row().finished, 3U);
    EXPECT_EQ(three.row().emitted, 1U);
    EXPECT_EQ(three.run.books().state, run_state::finished);
    lone_step none(paipa::step<summing>("a"), numbers(0));
    EXPECT_EQ(pulled(none.outputs()), std::vector{0});
}

TEST(inline_stage, passes_on_what_is_kept_back_at_the_end_of_the_input) {
    lone_step step(paipa::step("a", paipa::chunk(2)), numbers(3));
    EXPECT_EQ(pulled(step.outputs()), (std::vector<std::vector<int>>{{1, 2}, {3}}));
    EXPECT_TRUE(step.row().balanced());
    EXPECT_EQ(step.row().inside, 0U);
}

TEST(inline_stage, leaves_one_mark_for_each_item_where_the_function_returns_nothing) {
    int sum = 0;
    lone_step step(paipa::step("a", [&sum](int n) { sum += n; }), numbers(3));
    EXPECT_EQ(pulled(step.outputs()).size(), 3U);
    EXPECT_EQ(sum, 6);
    EXPECT_EQ(step.row().finished, 3U);
    EXPECT_EQ(step.row().emitted, 0U);
}

int made = 0;

generator<int> twice(int n) {
    ++made;
    co_yield n;
    ++made;
    co_yield 10 * n;
}

TEST(inline_stage, pulls_the_outputs_of_an_item_one_by_one) {
    made = 0;
    lone_step step(paipa::step("a", twice), numbers(2));
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_EQ(outputs.item(), 1);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(step.row().inside, 1U);
    EXPECT_EQ(pulled(outputs), (std::vector{10, 2, 20}));
    EXPECT_EQ(step.row().finished, 2U);
}

TEST(inline_stage, abandons_the_item_in_hand_when_the_walk_ends) {
    lone_step step(paipa::step("a", twice), numbers(2));
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    step.run.end_walk();
    EXPECT_EQ(step.row().abandoned, 1U);
    EXPECT_EQ(step.row().inside, 0U);
    EXPECT_FALSE(outputs.next());
}

TEST(inline_stage, fails_the_run_with_what_the_step_throws) {
    lone_step step(paipa::step("a", but_two), numbers(3));
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_THROW(outputs.next(), std::runtime_error);
    EXPECT_FALSE(outputs.next());
    const paipa::failure failed = step.run.books().failures.at(0);
    EXPECT_EQ(failed.step, "a");
    EXPECT_EQ(failed.where, "process");
    EXPECT_EQ(failed.what, "two");
    EXPECT_EQ(failed.attempt, 1U);
    EXPECT_EQ(step.row().inside, 0U);
    EXPECT_TRUE(step.row().balanced());
}

TEST(inline_stage, fails_the_run_with_what_its_input_throws) {
    int pulls = 0;
    lone_step step(paipa::step("a", but_two), counted_cursor(3, &pulls, 1));
    auto outputs = step.outputs();
    EXPECT_THROW(outputs.next(), std::runtime_error);
    EXPECT_FALSE(outputs.next());
    EXPECT_EQ(pulls, 1);
    EXPECT_EQ(step.run.books().failures.at(0).step, "source");
    EXPECT_EQ(step.run.books().failures.at(0).where, "source");
}

TEST(inline_stage, goes_on_behind_an_item_that_is_given_up) {
    lone_step drop(paipa::step("a", but_two, {.on_failure = failure_action::drop}), numbers(3));
    EXPECT_EQ(pulled(drop.outputs()), (std::vector{1, 3}));
    EXPECT_EQ(drop.row().dropped, 1U);
    lone_step keep(paipa::step("a", but_two, {.on_failure = failure_action::dead_letter}),
                   numbers(3));
    EXPECT_EQ(pulled(keep.outputs()), (std::vector{1, 3}));
    EXPECT_EQ(keep.row().dead, 1U);
    ASSERT_EQ(keep.run.dead_letters().size(), 1U);
    EXPECT_EQ(keep.run.dead_letters()[0].reason(), "two");
    const auto skip = [](int n) { return n != 2 ? n : throw paipa::skip_entry(); };
    lone_step skipping(paipa::step("a", skip), numbers(3));
    EXPECT_EQ(pulled(skipping.outputs()), (std::vector{1, 3}));
    EXPECT_EQ(skipping.row().skipped, 1U);
}

/// Fails each first try when it has emitted something.
struct flaky : paipa::abstract_step<int, int, void> {
    void process(int n) override {
        emit(n);
        if (self().attempt() == 1) {
            throw std::runtime_error("first try");
        }
        emit(10 * n);
    }
};

TEST(inline_stage, passes_on_nothing_of_a_try_that_has_failed) {
    lone_step step(paipa::step<flaky>("a", {.retry = {.attempts = 2}, .ordered = true}),
                   numbers(2));
    EXPECT_EQ(pulled(step.outputs()), (std::vector{1, 10, 2, 20}));
    EXPECT_EQ(step.row().retries, 2U);
    EXPECT_EQ(step.row().finished, 2U);
    EXPECT_EQ(step.row().emitted, 4U);
}

TEST(inline_stage, waits_for_an_item_that_comes_back_behind_its_input) {
    lone_step step(paipa::step<flaky>("a", {.retry = {.attempts = 2, .delay = 1ms}}), numbers(1));
    EXPECT_EQ(pulled(step.outputs()), (std::vector{1, 10}));
    EXPECT_EQ(step.row().finished, 1U);
}

/// Emits each item, and gives it back once.
struct giving_back : paipa::abstract_step<int, int, void> {
    void process(int n) override {
        emit(n);
        if (n < 10) {
            self().requeue(10 * n);
        }
    }
};

TEST(inline_stage, processes_an_item_again_that_was_given_back) {
    lone_step step(paipa::step<giving_back>("a"), numbers(3));
    auto outputs = step.outputs();
    ASSERT_TRUE(outputs.next());
    EXPECT_EQ(outputs.item(), 1);
    EXPECT_EQ(step.row().inside, 1U);
    EXPECT_EQ(step.row().finished, 0U);
    std::vector<int> rest = pulled(outputs);
    std::ranges::sort(rest);
    EXPECT_EQ(rest, (std::vector{2, 3, 10, 20, 30}));
    EXPECT_EQ(step.row().finished, 3U);
    EXPECT_EQ(step.row().received, 3U);
    EXPECT_EQ(step.row().retries, 0U);
}

}  // namespace
