#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>

#include "../run_case.hpp"
#include "inline_case.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

using paipa::run_state;

/// Two steps, `a` and `b`, whose hooks go into a diary.
class inline_run : public testing::Test {
protected:
    /// What has been noted since the last call.
    diary news() { return std::exchange(notes, {}); }

    static std::exception_ptr error(const std::string& text) {
        return std::make_exception_ptr(std::runtime_error(text));
    }

    diary notes;  // ends after the steps
    paipa::detail::inline_run run;
};

const diary end_of_a_and_b{"a thread_shutdown", "a step_shutdown", "a give_up",
                           "b thread_shutdown", "b step_shutdown", "b give_up"};

TEST_F(inline_run, makes_all_instances_before_it_calls_hooks_in_the_order_of_the_chain) {
    add_noted(run, "a", notes);
    add_noted(run, "b", notes);
    EXPECT_TRUE(run.has_step("b"));
    EXPECT_FALSE(run.has_step("c"));
    EXPECT_FALSE(run.has_started());
    EXPECT_TRUE(notes.empty());
    run.start();
    EXPECT_TRUE(run.has_started());
    EXPECT_EQ(news(),
              (diary{"a make", "b make", "a step_initialize", "a initialize", "b step_initialize",
                     "b initialize", "a thread_initialize", "b thread_initialize"}));
    EXPECT_EQ(run.books().state, run_state::running);
}

TEST_F(inline_run, finishes_when_its_last_step_has_passed_on_everything) {
    auto& a = add_noted(run, "a", notes);
    auto& b = add_noted(run, "b", notes);
    run.start();
    a.end(false);
    EXPECT_EQ(run.books().state, run_state::running);
    EXPECT_FALSE(run.is_over());
    b.end(false);
    EXPECT_EQ(run.books().state, run_state::finished);
    EXPECT_TRUE(run.is_over());
    news();
    run.end_walk();
    run.stop();
    EXPECT_TRUE(notes.empty());
    EXPECT_EQ(run.books().state, run_state::finished);
}

TEST_F(inline_run, ends_the_steps_in_front_of_one_that_wants_no_more) {
    auto& a = add_noted(run, "a", notes);
    auto& b = add_noted(run, "b", notes);
    auto& c = add_noted(run, "c", notes);
    a.in_hand = 2;
    c.in_hand = 1;
    run.start();
    news();
    b.end(true);
    EXPECT_EQ(news(), (diary{"b thread_shutdown", "b step_shutdown", "a thread_shutdown",
                             "a step_shutdown", "a give_up", "b give_up"}));
    EXPECT_FALSE(run.is_over());
    c.in_hand = 0;
    c.end(false);
    EXPECT_TRUE(run.is_over());
    const paipa::report books = run.books();
    EXPECT_EQ(books.state, run_state::ended_early);
    EXPECT_EQ(books.steps.at(0).abandoned, 2U);
    EXPECT_EQ(books.steps.at(2).abandoned, 0U);
}

TEST_F(inline_run, calls_the_hooks_that_are_due_when_the_walk_ends_early) {
    add_noted(run, "a", notes);
    add_noted(run, "b", notes);
    run.start();
    news();
    run.end_walk();
    EXPECT_EQ(news(), end_of_a_and_b);
    EXPECT_EQ(run.books().state, run_state::ended_early);
    run.end_walk();
    EXPECT_TRUE(notes.empty());
}

TEST_F(inline_run, ends_nothing_that_has_not_started) {
    add_noted(run, "a", notes);
    run.stop();
    EXPECT_TRUE(notes.empty());
    EXPECT_FALSE(run.is_over());
    EXPECT_EQ(run.books().state, run_state::ready);
}

TEST_F(inline_run, ends_at_its_first_failure) {
    add_noted(run, "a", notes).in_hand = 1;
    auto& b = add_noted(run, "b", notes);
    run.start();
    news();
    run.fail("b", "process", 2, error("first"));
    run.fail("a", "source", 0, error("second"));
    EXPECT_EQ(news(), end_of_a_and_b);
    EXPECT_TRUE(b.stop.token().stop_requested());
    EXPECT_TRUE(run.is_over());
    const paipa::report books = run.books();
    EXPECT_EQ(books.state, run_state::failed);
    EXPECT_EQ(books.failure_count, 1U);
    ASSERT_EQ(books.failures.size(), 1U);
    EXPECT_EQ(books.failures[0].step, "b");
    EXPECT_EQ(books.failures[0].where, "process");
    EXPECT_EQ(books.failures[0].what, "first");
    EXPECT_EQ(books.failures[0].attempt, 2U);
    EXPECT_EQ(books.steps.at(0).abandoned, 1U);
}

TEST_F(inline_run, keeps_the_text_of_a_failure_that_has_one_of_its_own) {
    run.fail("a", "process", 1, error("text of the error"), "text of the failure");
    EXPECT_EQ(run.books().failures.at(0).what, "text of the failure");
}

TEST_F(inline_run, ends_the_hooks_that_had_begun_when_one_of_the_start_throws) {
    add_noted(run, "a", notes);
    add_noted(run, "b", notes, "initialize");
    add_noted(run, "c", notes);
    EXPECT_THROW(run.start(), std::runtime_error);
    const diary end(notes.end() - 5, notes.end());
    EXPECT_EQ(end,
              (diary{"a step_shutdown", "a give_up", "b step_shutdown", "b give_up", "c give_up"}));
    const paipa::failure failed = run.books().failures.at(0);
    EXPECT_EQ(failed.step, "b");
    EXPECT_EQ(failed.where, "initialize");
    EXPECT_EQ(failed.what, "b initialize");
}

TEST_F(inline_run, calls_the_other_hooks_although_one_has_thrown) {
    const run_case::log_kept log;
    add_noted(run, "a", notes, "thread_shutdown");
    add_noted(run, "b", notes, "step_shutdown");
    run.start();
    news();
    EXPECT_THROW(run.end_walk(), std::runtime_error);
    EXPECT_EQ(news(), end_of_a_and_b);
    const paipa::report books = run.books();
    EXPECT_EQ(books.state, run_state::failed);
    EXPECT_EQ(books.failure_count, 2U);
    EXPECT_EQ(books.failures.at(0).step, "a");
    EXPECT_EQ(books.failures.at(0).where, "thread_shutdown");
    EXPECT_EQ(log.lines, diary{"paipa::combine: step 'b': a hook of its end threw: "
                               "b step_shutdown"});
}

TEST_F(inline_run, logs_what_a_hook_throws_when_nobody_will_pull_any_more) {
    const run_case::log_kept log;
    add_noted(run, "a", notes, "step_shutdown");
    run.start();
    run.stop();
    EXPECT_EQ(log.lines, diary{"paipa::combine: step 'a': a hook of its end threw: "
                               "a step_shutdown"});
    EXPECT_TRUE(run.is_over());
}

TEST_F(inline_run, tells_the_books_of_its_steps) {
    add_noted(run, "a", notes).in_hand = 2;
    auto& b = add_noted(run, "b", notes);
    run.start();
    ASSERT_TRUE(b.next());
    ++b.core.skipped;
    const paipa::report books = run.books();
    EXPECT_EQ(books.name, "combine");
    EXPECT_EQ(books.delivered, 1U);
    ASSERT_EQ(books.steps.size(), 2U);
    EXPECT_EQ(books.steps[0].name, "a");
    EXPECT_EQ(books.steps[0].inside, 2U);
    EXPECT_EQ(books.steps[0].received, 2U);
    EXPECT_EQ(books.steps[1].received, 2U);
    EXPECT_EQ(books.steps[1].finished, 1U);
    EXPECT_EQ(books.steps[1].skipped, 1U);
    EXPECT_EQ(books.steps[1].emitted, 1U);
    EXPECT_TRUE(books.steps[1].balanced());
}

TEST_F(inline_run, cancels_the_threads_in_front_of_it_when_nobody_will_pull_any_more) {
    const run_case::run_pointer threads = run_case::two_steps(paipa::pipeline_options{});
    threads->start("test");
    {
        paipa::detail::inline_run behind(threads);
        behind.start();
        EXPECT_EQ(threads->state(), run_state::running);
        behind.stop();
    }
    EXPECT_EQ(threads->state(), run_state::cancelled);
}

}  // namespace
