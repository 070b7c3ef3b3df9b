#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/inline_runs.hpp>
#include <paipa/failure.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>

#include "../run_case.hpp"
#include "inline_case.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::run_state;
using paipa::detail::inline_run;

class inline_runs : public testing::Test {
protected:
    static run_case::run_pointer threads() {
        return run_case::two_steps(paipa::pipeline_options{});
    }

    static paipa::dead_letter letter(const std::string& step) {
        paipa::dead_letter l;
        l.step = step;
        return l;
    }

    static std::vector<std::string> names(const paipa::report& books) {
        std::vector<std::string> all;
        all.reserve(books.steps.size());
        for (const paipa::step_report& row : books.steps) {
            all.push_back(row.name);
        }
        return all;
    }

    diary notes;  // ends after the steps
    paipa::detail::inline_runs runs;
};

TEST_F(inline_runs, begin_a_run_behind_each_part_on_threads) {
    inline_run* const first = &runs.last();
    EXPECT_EQ(&runs.last(), first);
    runs.begin_next(threads());
    EXPECT_NE(&runs.last(), first);
}

TEST_F(inline_runs, give_a_step_a_name_that_no_other_one_has) {
    add_noted(runs.last(), "map", notes);
    EXPECT_EQ(runs.unique_name("chunk", false), "chunk");
    EXPECT_EQ(runs.unique_name("map", false), "map#2");
    runs.begin_next(threads());
    add_noted(runs.last(), "map#2", notes);
    EXPECT_EQ(runs.unique_name("map", false), "map#3");
    EXPECT_EQ(runs.unique_name("map", true), "map");
}

TEST_F(inline_runs, tell_the_books_of_a_run_in_front_of_threads_when_it_is_over) {
    inline_run& front = runs.last();
    add_noted(front, "front", notes);
    runs.begin_next(threads());
    auto& behind = add_noted(runs.last(), "behind", notes);
    front.start();
    runs.last().start();
    ASSERT_TRUE(behind.next());
    EXPECT_EQ(names(runs.books()), (std::vector<std::string>{"a", "b", "behind"}));
    front.end_walk();
    const paipa::report books = runs.books();
    EXPECT_EQ(names(books), (std::vector<std::string>{"front", "a", "b", "behind"}));
    EXPECT_EQ(books.name, "combine");
    EXPECT_EQ(books.delivered, 1U);
    EXPECT_EQ(books.state, run_state::running);  // that of the last run
}

TEST_F(inline_runs, count_a_failure_once_that_goes_through_several_runs) {
    const auto error = [](const std::string& text) {
        return std::make_exception_ptr(std::runtime_error(text));
    };
    inline_run& front = runs.last();
    runs.begin_next(threads());
    const std::exception_ptr later = error("later");
    runs.last().fail("behind", "process", 1, error("first"));
    front.fail("front", "process", 1, later);
    runs.begin_next(threads());
    runs.last().fail("source", "source", 0, later);
    const paipa::report books = runs.books();
    EXPECT_EQ(books.failure_count, 2U);
    ASSERT_EQ(books.failures.size(), 2U);
    EXPECT_EQ(books.failures[0].what, "first");
    EXPECT_EQ(books.failures[1].what, "later");
    EXPECT_EQ(books.failures[1].step, "front");
    EXPECT_EQ(books.state, run_state::failed);
}

TEST_F(inline_runs, tell_dead_letters_in_the_order_of_the_chain) {
    inline_run& front = runs.last();
    runs.begin_next(threads());
    runs.last().add_dead_letter(letter("behind"));
    front.add_dead_letter(letter("front"));
    front.start();
    EXPECT_EQ(runs.dead_letters().size(), 1U);
    front.stop();
    const std::vector<paipa::dead_letter> all = runs.dead_letters();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].step, "front");
    EXPECT_EQ(all[1].step, "behind");
}

/// Its steps hold results of the threads, and those hold items of the steps in front.
TEST_F(inline_runs, end_from_the_last_one_on) {
    std::weak_ptr<paipa::detail::run_core> watched;
    {
        paipa::detail::inline_runs all;
        add_noted(all.last(), "front", notes);
        run_case::run_pointer run = threads();
        watched = run;
        all.begin_next(std::move(run));
        add_noted(all.last(), "behind", notes);
    }
    EXPECT_TRUE(watched.expired());
    EXPECT_EQ(notes, (diary{"behind destroyed", "front destroyed"}));
}

}  // namespace
