#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/failure_policy.hpp>
#include <paipa/detail/item/item_type.hpp>
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
#include <cstdint>
#include <exception>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::duration;
using paipa::failure_action;
using paipa::item_outcome;
using paipa::detail::attempt;
using paipa::detail::comes_back;
using paipa::detail::failed_try;
using paipa::detail::failure_policy;
using paipa::detail::retry_entry;
using paipa::detail::retry_pause;
using paipa::detail::waiting_place;

constexpr paipa::time_point start{1h};
constexpr duration usual_pause = 7s;

/// A failed try of the token 5, the 42nd item of its step.
class failed_tries : public testing::Test {
protected:
    failed_tries() { options_.retry = {.attempts = 3, .delay = usual_pause, .factor = 1}; }

    static void SetUpTestSuite() { tokens() = {}; }

    static void TearDownTestSuite() {
        EXPECT_TRUE(tokens().living.empty());
        EXPECT_EQ(tokens().faults, 0U);
    }

    template <class E>
    failed_try try_of(unsigned index, E error, retry_entry* before = nullptr) {
        tried_ = {};
        tried_.take(42, before);
        tried_.index = index;
        return {.type = paipa::detail::type_of<token>,
                .cell = &item_,
                .tried = tried_,
                .error = std::make_exception_ptr(std::move(error))};
    }

    item_outcome apply(failed_try& f) {
        return failure_policy(options_).apply(
            f, 3, start, back_, [this](paipa::dead_letter d) { dead_.push_back(std::move(d)); });
    }

    template <class E>
    item_outcome apply(unsigned index, E error) {
        failed_try f = try_of(index, std::move(error));
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

    attempt tried_{};
    paipa::detail::slot<token> item_{std::in_place, 5};
    paipa::step_options options_{};
    std::vector<retry_entry> back_;
    std::vector<paipa::dead_letter> dead_;
};

TEST_F(failed_tries, keep_the_item_for_another_try_after_the_pause) {
    EXPECT_EQ(apply(2, std::runtime_error("bad")), item_outcome::retried);
    ASSERT_EQ(back_.size(), 1U);
    const retry_entry& e = back_.front();
    EXPECT_EQ(number_in(e), 5);
    EXPECT_EQ(item_.get().number, -1);
    EXPECT_EQ(e.sequence, 42U);
    EXPECT_EQ(e.attempt, 2U);
    EXPECT_EQ(e.due, start + usual_pause);
    EXPECT_EQ(e.why, comes_back::after_a_failure);
    ASSERT_EQ(e.errors.size(), 1U);
    EXPECT_EQ(e.errors.front().what, "bad");
    EXPECT_EQ(e.errors.front().when, start);
    EXPECT_TRUE(dead_.empty());
}

TEST_F(failed_tries, end_with_the_last_one) {
    EXPECT_EQ(apply(3, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    options_.on_failure = failure_action::drop;
    EXPECT_EQ(apply(3, std::runtime_error("bad")), item_outcome::dropped);
    expect_not_kept();
}

TEST_F(failed_tries, are_one_where_none_more_are_asked_for) {
    for (const unsigned most : {0U, 1U}) {
        options_.retry.attempts = most;
        EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
        expect_not_kept();
    }
}

TEST_F(failed_tries, go_on_only_for_errors_that_are_worth_it) {
    options_.retry.on = paipa::retry_on<std::logic_error>();
    EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    EXPECT_EQ(apply(1, std::invalid_argument("bad")), item_outcome::retried);
    EXPECT_EQ(back_.size(), 1U);
}

TEST_F(failed_tries, take_the_errors_of_earlier_tries_along_to_the_dead_letter) {
    options_.on_failure = failure_action::dead_letter;
    retry_entry before{.item = {}, .sequence = 42, .attempt = 2, .errors = {}, .due = start};
    before.errors.push_back({"first", nullptr, start - 2s});
    before.errors.push_back({"second", nullptr, start - 1s});
    failed_try f = try_of(3, std::runtime_error("third"), &before);
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

TEST_F(failed_tries, are_followed_by_what_the_first_rule_says_that_accepts_the_error) {
    options_.retry.attempts = 1;
    options_.on_failure = {paipa::drop_on<std::out_of_range>(),
                           paipa::dead_letter_on<std::logic_error>()};
    EXPECT_EQ(apply(1, std::out_of_range("far")), item_outcome::dropped);
    EXPECT_EQ(apply(1, std::runtime_error("bad")), item_outcome::failed);
    expect_not_kept();
    EXPECT_EQ(apply(1, std::invalid_argument("bad")), item_outcome::dead);
    EXPECT_EQ(dead_.size(), 1U);
}

TEST_F(failed_tries, end_at_once_when_the_step_gives_up) {
    failed_try f = try_of(1, paipa::give_up("hopeless"));
    EXPECT_EQ(apply(f), item_outcome::failed);
    EXPECT_EQ(paipa::describe(f.error), "hopeless");
    expect_not_kept();
}

TEST_F(failed_tries, blame_what_the_step_handled_when_it_gave_up) {
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

TEST_F(failed_tries, are_not_used_up_by_an_item_that_asks_to_come_back) {
    EXPECT_EQ(apply(3, paipa::retry_after(2s)), item_outcome::retried);
    ASSERT_EQ(back_.size(), 1U);
    EXPECT_EQ(number_in(back_.front()), 5);
    EXPECT_EQ(back_.front().attempt, 2U);
    EXPECT_EQ(back_.front().due, start + 2s);
    EXPECT_EQ(back_.front().waited, 2s);
    EXPECT_EQ(back_.front().why, comes_back::as_it_asked);
    EXPECT_TRUE(back_.front().errors.empty());
}

TEST_F(failed_tries, leave_an_item_that_asks_to_come_back_with_its_worker_if_it_must) {
    failed_try f = try_of(1, paipa::retry_after(0s));
    f.place = waiting_place::worker;
    tried_.waited = 3s;
    EXPECT_EQ(apply(f), item_outcome::retried);
    EXPECT_EQ(tried_.due, start + 1ms);  // no two tries follow each other at once
    EXPECT_EQ(tried_.waited, 3s + 1ms);
    expect_not_kept();
}

TEST_F(failed_tries, are_used_up_by_an_item_that_has_asked_for_too_much_time) {
    options_.retry.retry_after_limit = 10s;
    retry_entry before{.item = {}, .sequence = 42, .attempt = 1, .errors = {}, .due = start};
    before.waited = 6s;
    failed_try f = try_of(1, paipa::retry_after(4s), &before);
    EXPECT_EQ(apply(f), item_outcome::retried);
    EXPECT_EQ(back_.back().waited, 10s);
    back_.clear();
    item_.get().number = 5;
    options_.retry.attempts = 1;
    failed_try late = try_of(1, paipa::retry_after(4s + 1ns, "busy"), &before);
    EXPECT_EQ(apply(late), item_outcome::failed);
    EXPECT_EQ(late.what, "busy: the item may wait no longer: its retry_after_limit is used up");
    expect_not_kept();
}

TEST_F(failed_tries, are_used_up_by_an_item_that_cannot_come_back) {
    failed_try f = try_of(3, paipa::retry_after(1s, "busy"));
    f.place = waiting_place::none;
    EXPECT_EQ(apply(f), item_outcome::failed);
    EXPECT_EQ(f.what,
              "busy: the item cannot come back, as its call has consumed it: give the step "
              ".retry.attempts, or take the item by const reference");
    expect_not_kept();
}

TEST_F(failed_tries, blame_a_predicate_that_throws) {
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

TEST_F(failed_tries, report_what_the_receiver_of_dead_letters_throws) {
    options_.on_failure = failure_action::dead_letter;
    failed_try f = try_of(3, std::runtime_error("bad"));
    const item_outcome o = failure_policy(options_).apply(
        f, 3, start, back_, [](const paipa::dead_letter&) { throw std::logic_error("receiver"); });
    EXPECT_EQ(o, item_outcome::failed);
    EXPECT_EQ(paipa::describe(f.error), "receiver");
}

/// Options that leave nothing to the pipeline: one try, and a failure ends the run.
paipa::step_options resolved() {
    return {.retry = {.attempts = 1}, .on_failure = failure_action::fail};
}

paipa::step_options with_tries(unsigned n) {
    paipa::step_options options = resolved();
    options.retry.attempts = n;
    return options;
}

paipa::step_options with_rules(paipa::failure_rules rules) {
    paipa::step_options options = resolved();
    options.on_failure = std::move(rules);
    return options;
}

paipa::step_options with_timeout(paipa::duration time) {
    paipa::step_options options = resolved();
    options.item_timeout = time;
    return options;
}

TEST(failure_policy, lets_outputs_leave_at_once_where_a_failure_ends_the_run) {
    EXPECT_FALSE(failure_policy(resolved()).holds_outputs(true));
    EXPECT_FALSE(failure_policy(resolved()).holds_outputs(false));
}

TEST(failure_policy, holds_many_outputs_until_the_end_of_a_try_that_may_be_repeated) {
    EXPECT_TRUE(failure_policy(with_tries(2)).holds_outputs(true));
    EXPECT_FALSE(failure_policy(with_tries(2)).holds_outputs(false));  // it comes with the end
}

TEST(failure_policy, holds_many_outputs_where_the_run_goes_on_without_an_item) {
    const paipa::step_options some = with_rules(
        {paipa::drop_on<std::runtime_error>(), paipa::failure_rule(failure_action::fail)});
    for (const paipa::step_options& o :
         {with_rules(failure_action::dead_letter), with_rules(failure_action::drop), some}) {
        EXPECT_TRUE(failure_policy(o).holds_outputs(true));
        EXPECT_TRUE(failure_policy(o).goes_on_without_items());
    }
    EXPECT_FALSE(failure_policy(with_tries(2)).goes_on_without_items());
}

TEST(failure_policy, holds_all_outputs_where_a_try_may_be_late) {
    EXPECT_TRUE(failure_policy(with_timeout(1ns)).has_timeout());
    EXPECT_TRUE(failure_policy(with_timeout(1ns)).holds_outputs(true));
    EXPECT_TRUE(failure_policy(with_timeout(1ns)).holds_outputs(false));
    EXPECT_FALSE(failure_policy(with_timeout(0ns)).has_timeout());
    EXPECT_FALSE(failure_policy(with_timeout(0ns)).holds_outputs(true));
}

TEST(failure_policy, lets_many_outputs_leave_at_once_where_the_step_says_so) {
    paipa::step_options options = with_rules(failure_action::drop);
    options.retry.attempts = 3;
    options.item_timeout = 1s;
    options.outputs = paipa::outputs::at_once;
    EXPECT_FALSE(failure_policy(options).holds_outputs(true));
    EXPECT_TRUE(failure_policy(options).holds_outputs(false));  // of a late try none may leave
    EXPECT_TRUE(failure_policy(options).discards_outputs());
    EXPECT_FALSE(failure_policy(resolved()).discards_outputs());
}

TEST(failure_policy, needs_whole_items_only_for_further_tries_and_dead_letters) {
    EXPECT_FALSE(failure_policy(resolved()).keeps_items());
    EXPECT_TRUE(failure_policy(with_tries(2)).keeps_items());
    EXPECT_TRUE(failure_policy(with_rules(failure_action::dead_letter)).keeps_items());
    EXPECT_FALSE(failure_policy(with_rules(failure_action::drop)).keeps_items());
    EXPECT_FALSE(failure_policy(with_timeout(1s)).keeps_items());
}

TEST(failure_policy, finds_no_place_to_wait_for_an_item_that_its_call_has_consumed) {
    EXPECT_EQ(failure_policy(resolved()).place(false, waiting_place::edge), waiting_place::none);
    EXPECT_EQ(failure_policy(resolved()).place(true, waiting_place::edge), waiting_place::edge);
    EXPECT_EQ(failure_policy(with_tries(2)).place(false, waiting_place::worker),
              waiting_place::worker);
}

TEST(retry_pause, grows_by_the_factor_from_try_to_try_up_to_the_longest) {
    const paipa::retry_policy p{.attempts = 9, .delay = 100ms, .max_delay = 1s, .factor = 3};
    std::vector<duration> pauses;
    for (unsigned attempt = 1; attempt < 6; ++attempt) {
        pauses.push_back(retry_pause(p, attempt, 0));
    }
    EXPECT_EQ(pauses, (std::vector<duration>{100ms, 300ms, 900ms, 1s, 1s}));
}

TEST(retry_pause, stays_the_same_with_a_factor_of_one) {
    const paipa::retry_policy p{.attempts = 9, .delay = 5ms, .factor = 1};
    EXPECT_EQ(retry_pause(p, 1, 0), 5ms);
    EXPECT_EQ(retry_pause(p, 1000, 0), 5ms);
}

TEST(retry_pause, is_bounded_also_where_the_delay_or_its_growth_is_beyond_all_numbers) {
    paipa::retry_policy p{.attempts = 9, .delay = 1ns, .max_delay = duration::max(), .factor = 1e9};
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), duration::max());
    p.max_delay = 7s;
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), 7s);
    p.delay = 0s;
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), 0s);
    p.delay = 8s;
    EXPECT_EQ(retry_pause(p, 1, 0), 7s);
}

TEST(retry_pause, is_spread_by_jitter_from_half_to_whole) {
    const paipa::retry_policy p{
        .attempts = 9, .delay = 100ms, .max_delay = 1s, .factor = 10, .jitter = true};
    std::set<duration> first;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const duration pause = retry_pause(p, 1, seed);
        EXPECT_GE(pause, 50ms);
        EXPECT_LE(pause, 100ms);
        EXPECT_EQ(retry_pause(p, 1, seed), pause);  // the seed decides
        first.insert(pause);
        const duration bounded = retry_pause(p, 3, seed);  // a second, and not ten
        EXPECT_GE(bounded, 500ms);
        EXPECT_LE(bounded, 1s);
    }
    EXPECT_LT(*first.begin(), 55ms);
    EXPECT_GT(*first.rbegin(), 95ms);
    EXPECT_GT(first.size(), 900U);
}

}  // namespace
