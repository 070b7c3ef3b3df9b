#include <paipa/detail/attempt/attempts.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/error.hpp>
#include <paipa/error_filter.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::item_outcome;
using paipa::detail::comes_back;
using paipa::detail::failed_try;
using paipa::detail::retry_entry;
using paipa::detail::waiting_place;

constexpr paipa::time_point start{1h};
constexpr paipa::duration pause = 7s;

/// A failed try of the token 5, the 42nd item of its step.
class attempts : public testing::Test {
protected:
    attempts() { options_.retry.attempts = 3; }

    static void SetUpTestSuite() { tokens() = {}; }

    static void TearDownTestSuite() {
        EXPECT_TRUE(tokens().living.empty());
        EXPECT_EQ(tokens().faults, 0U);
    }

    template <class E>
    failed_try try_of(unsigned attempt, E error) {
        return {.type = paipa::detail::type_of<token>,
                .cell = &item_,
                .number = 42,
                .attempt = attempt,
                .before = nullptr,
                .error = std::make_exception_ptr(std::move(error))};
    }

    item_outcome apply(failed_try& f) {
        return paipa::detail::apply_failure_policy(
            f, options_, pause, start, back_,
            [this](paipa::dead_letter d) { dead_.push_back(std::move(d)); });
    }

    template <class E>
    item_outcome apply(unsigned attempt, E error) {
        failed_try f = try_of(attempt, std::move(error));
        return apply(f);
    }

    /// The item is where it was, and nowhere else.
    void expect_not_kept() {
        EXPECT_EQ(item_.get().number, 5);
        EXPECT_TRUE(back_.empty());
        EXPECT_TRUE(dead_.empty());
    }

    static int number_in(const retry_entry& e) {
        return paipa::detail::as_slots<token>(e.item.cell())->get().number;
    }

    paipa::detail::slot<token> item_{std::in_place, 5};
    paipa::step_options options_{};
    std::vector<retry_entry> back_;
    std::vector<paipa::dead_letter> dead_;
};

TEST_F(attempts, keep_the_item_for_another_try_after_the_pause) {
    EXPECT_EQ(apply(2, std::runtime_error("bad")), item_outcome::retried);
    ASSERT_EQ(back_.size(), 1U);
    const retry_entry& e = back_.front();
    EXPECT_EQ(number_in(e), 5);
    EXPECT_EQ(item_.get().number, -1);
    EXPECT_EQ(e.sequence, 42U);
    EXPECT_EQ(e.attempt, 2U);
    EXPECT_EQ(e.due, start + pause);
    EXPECT_EQ(e.why, comes_back::after_a_failure);
    ASSERT_EQ(e.errors.size(), 1U);
    EXPECT_EQ(e.errors.front().what, "bad");
    EXPECT_EQ(e.errors.front().when, start);
    EXPECT_TRUE(dead_.empty());
}

TEST_F(attempts, end_with_the_last_one) {
    EXPECT_EQ(apply(3, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    options_.on_failure = failure_action::drop;
    EXPECT_EQ(apply(3, std::runtime_error("bad")), item_outcome::dropped);
    expect_not_kept();
}

TEST_F(attempts, are_one_where_none_more_are_asked_for) {
    for (const unsigned most : {0U, 1U}) {
        options_.retry.attempts = most;
        EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
        expect_not_kept();
    }
}

TEST_F(attempts, go_on_only_for_errors_that_are_worth_it) {
    options_.retry.on = paipa::retry_on<std::logic_error>();
    EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    EXPECT_EQ(apply(1, std::invalid_argument("bad")), item_outcome::retried);
    EXPECT_EQ(back_.size(), 1U);
}

TEST_F(attempts, take_the_errors_of_earlier_tries_along_to_the_dead_letter) {
    options_.on_failure = failure_action::dead_letter;
    retry_entry before{.item = {}, .sequence = 42, .attempt = 2, .errors = {}, .due = start};
    before.errors.push_back({"first", nullptr, start - 2s});
    before.errors.push_back({"second", nullptr, start - 1s});
    failed_try f = try_of(3, std::runtime_error("third"));
    f.before = &before;
    EXPECT_EQ(apply(f), item_outcome::dead);
    EXPECT_TRUE(back_.empty());
    ASSERT_EQ(dead_.size(), 1U);
    const paipa::dead_letter& d = dead_.front();
    ASSERT_NE(d.item_as<token>(), nullptr);
    EXPECT_EQ(d.item_as<token>()->number, 5);
    EXPECT_EQ(d.item_as<int>(), nullptr);
    EXPECT_EQ(item_.get().number, -1);
    std::vector<std::string> texts;
    for (const paipa::attempt_error& e : d.attempts) {
        texts.push_back(e.what);
    }
    EXPECT_EQ(texts, (std::vector<std::string>{"first", "second", "third"}));
    EXPECT_EQ(d.attempts.back().when, start);
    EXPECT_EQ(d.reason(), "third");
}

TEST_F(attempts, are_followed_by_what_the_first_rule_says_that_accepts_the_error) {
    options_.retry.attempts = 1;
    options_.on_failure = {paipa::drop_on<std::out_of_range>(),
                           paipa::dead_letter_on<std::logic_error>()};
    EXPECT_EQ(apply(1, std::out_of_range("far")), item_outcome::dropped);
    EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    EXPECT_EQ(apply(1, std::invalid_argument("bad")), item_outcome::dead);
    EXPECT_EQ(dead_.size(), 1U);
}

TEST_F(attempts, end_at_once_when_the_step_gives_up) {
    failed_try f = try_of(1, paipa::give_up("hopeless"));
    EXPECT_EQ(apply(f), item_outcome::failed);
    EXPECT_EQ(paipa::describe(f.error), "hopeless");
    expect_not_kept();
}

TEST_F(attempts, blame_what_the_step_handled_when_it_gave_up) {
    failed_try f = try_of(1, 0);
    try {
        throw std::runtime_error("no answer");
    } catch (const std::runtime_error&) {
        f.error = std::make_exception_ptr(paipa::give_up("hopeless"));
    }
    failed_try inner = f;
    EXPECT_EQ(apply(f), item_outcome::failed);
    EXPECT_EQ(f.what, "hopeless: no answer");
    EXPECT_THROW(std::rethrow_exception(f.error), std::runtime_error);
    EXPECT_EQ(paipa::describe(f.error), "no answer");
    inner.around = f.error;  // the caller of the run handles it, and not the step
    EXPECT_EQ(apply(inner), item_outcome::failed);
    EXPECT_EQ(inner.what, "");
    EXPECT_EQ(paipa::describe(inner.error), "hopeless");
}

TEST_F(attempts, are_not_used_up_by_an_item_that_asks_to_come_back) {
    EXPECT_EQ(apply(3, paipa::retry_after(2s)), item_outcome::retried);
    ASSERT_EQ(back_.size(), 1U);
    EXPECT_EQ(number_in(back_.front()), 5);
    EXPECT_EQ(back_.front().attempt, 2U);
    EXPECT_EQ(back_.front().due, start + 2s);
    EXPECT_EQ(back_.front().waited, 2s);
    EXPECT_EQ(back_.front().why, comes_back::as_it_asked);
    EXPECT_TRUE(back_.front().errors.empty());
}

TEST_F(attempts, leave_an_item_that_asks_to_come_back_with_its_worker_if_it_must) {
    failed_try f = try_of(1, paipa::retry_after(0s));
    f.place = waiting_place::worker;
    f.waited = 3s;
    EXPECT_EQ(apply(f), item_outcome::retried);
    EXPECT_EQ(f.due, start + 1ms);  // no two tries follow each other at once
    EXPECT_EQ(f.waited, 3s + 1ms);
    expect_not_kept();
}

TEST_F(attempts, are_used_up_by_an_item_that_has_asked_for_too_much_time) {
    options_.retry.retry_after_limit = 10s;
    retry_entry before{.item = {}, .sequence = 42, .attempt = 1, .errors = {}, .due = start};
    before.waited = 6s;
    failed_try f = try_of(1, paipa::retry_after(4s));
    f.before = &before;
    EXPECT_EQ(apply(f), item_outcome::retried);
    EXPECT_EQ(back_.back().waited, 10s);
    back_.clear();
    item_.get().number = 5;
    options_.retry.attempts = 1;
    failed_try late = try_of(1, paipa::retry_after(4s + 1ns, "busy"));
    late.before = &before;
    EXPECT_EQ(apply(late), item_outcome::failed);
    EXPECT_EQ(late.what, "busy: the item may wait no longer: its retry_after_limit is used up");
    expect_not_kept();
}

TEST_F(attempts, are_used_up_by_an_item_that_cannot_come_back) {
    failed_try f = try_of(3, paipa::retry_after(1s, "busy"));
    f.place = waiting_place::none;
    EXPECT_EQ(apply(f), item_outcome::failed);
    EXPECT_EQ(f.what,
              "busy: the item cannot come back, as its call has consumed it: give the step "
              ".retry.attempts, or take the item by const reference");
    expect_not_kept();
}

TEST_F(attempts, blame_a_predicate_that_throws) {
    options_.retry.on = paipa::retry_on_if(
        [](const std::exception&) -> bool { throw std::logic_error("predicate"); });
    options_.on_failure = failure_action::drop;
    failed_try f = try_of(1, std::runtime_error("bad"));
    EXPECT_EQ(apply(f), item_outcome::dropped);
    EXPECT_EQ(paipa::describe(f.error), "predicate");
    options_.retry.on = {};
    options_.on_failure = {
        paipa::drop_on_if([](const std::exception&) -> bool { throw std::logic_error("rule"); })};
    failed_try last = try_of(3, std::runtime_error("bad"));
    EXPECT_EQ(apply(last), item_outcome::failed);
    EXPECT_EQ(paipa::describe(last.error), "rule");
    expect_not_kept();
}

TEST_F(attempts, report_what_the_receiver_of_dead_letters_throws) {
    options_.on_failure = failure_action::dead_letter;
    failed_try f = try_of(3, std::runtime_error("bad"));
    const item_outcome o = paipa::detail::apply_failure_policy(
        f, options_, pause, start, back_,
        [](const paipa::dead_letter&) { throw std::logic_error("receiver"); });
    EXPECT_EQ(o, item_outcome::failed);
    EXPECT_EQ(paipa::describe(f.error), "receiver");
}

TEST(attempt, tells_a_skip_from_other_exceptions) {
    bool is_skip = false;
    try {
        throw paipa::skip_entry{};
    } catch (...) {
        is_skip = paipa::detail::is_skip_in_flight();
    }
    EXPECT_TRUE(is_skip);
    try {
        throw std::runtime_error("bad");
    } catch (...) {
        is_skip = paipa::detail::is_skip_in_flight();
    }
    EXPECT_FALSE(is_skip);
}

TEST(attempt, tells_a_tracker_how_it_ended) {
    using paipa::detail::outcome;
    using paipa::detail::to_item_outcome;
    EXPECT_EQ(to_item_outcome(outcome::finished), item_outcome::finished);
    EXPECT_EQ(to_item_outcome(outcome::skipped), item_outcome::skipped);
    EXPECT_EQ(to_item_outcome(outcome::abandoned), item_outcome::abandoned);
}

}  // namespace
