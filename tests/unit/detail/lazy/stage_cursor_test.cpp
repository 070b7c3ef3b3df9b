#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/stage_cursor.hpp>
#include <paipa/report.hpp>

#include "cursor_case.hpp"
#include "inline_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::run_state;
using paipa::detail::guarded_cursor;
using paipa::detail::inline_run;
using paipa::detail::segment_cursor;
using paipa::detail::stage_cursor;

TEST(stage_cursor, gives_the_outputs_of_its_step_as_rvalues) {
    diary notes;
    inline_run run;
    const stage_cursor cursor(add_noted(run, "a", notes));
    static_assert(std::is_same_v<decltype(cursor)::reference, int&&>);
    EXPECT_EQ(pulled(cursor), (std::vector{1, 2, 3}));
}

TEST(guarded_cursor, ends_the_run_when_the_walk_ends) {
    diary notes;
    inline_run run;
    add_noted(run, "a", notes);
    run.start();
    int pulls = 0;
    guarded_cursor cursor(counted_cursor(1, &pulls), run);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 1);
    EXPECT_FALSE(run.is_over());
    EXPECT_FALSE(cursor.next());
    EXPECT_TRUE(run.is_over());
    EXPECT_EQ(notes.back(), "a give_up");
}

TEST(guarded_cursor, fails_the_run_with_what_its_input_throws) {
    diary notes;
    inline_run run;
    add_noted(run, "a", notes);
    run.start();
    int pulls = 0;
    guarded_cursor cursor(counted_cursor(9, &pulls, 2), run);
    ASSERT_TRUE(cursor.next());
    EXPECT_THROW(cursor.next(), std::runtime_error);
    const paipa::report books = run.books();
    EXPECT_EQ(books.state, run_state::failed);
    EXPECT_EQ(books.failures.at(0).step, "source");
    EXPECT_EQ(books.failures.at(0).where, "source");
    EXPECT_EQ(books.failures.at(0).what, "bad number");
    EXPECT_EQ(notes.back(), "a give_up");
}

TEST(guarded_cursor, lets_out_what_a_hook_throws_at_the_end_of_the_walk) {
    diary notes;
    inline_run run;
    add_noted(run, "a", notes, "step_shutdown");
    run.start();
    int pulls = 0;
    guarded_cursor cursor(counted_cursor(0, &pulls), run);
    EXPECT_THROW(cursor.next(), std::runtime_error);
    EXPECT_EQ(run.books().failure_count, 1U);
    EXPECT_EQ(run.books().failures.at(0).step, "a");
}

TEST(segment_cursor, starts_its_run_with_the_first_pull) {
    diary notes;
    inline_run run;
    add_noted(run, "a", notes);
    int pulls = 0;
    segment_cursor cursor(counted_cursor(2, &pulls), run);
    EXPECT_FALSE(run.has_started());
    ASSERT_TRUE(cursor.next());
    EXPECT_TRUE(run.has_started());
    EXPECT_EQ(cursor.item(), 1);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(std::count(notes.begin(), notes.end(), "a make"), 1);
    EXPECT_FALSE(cursor.next());
    EXPECT_TRUE(run.is_over());
}

TEST(segment_cursor, ends_its_run_when_it_is_left) {
    diary notes;
    inline_run run;
    add_noted(run, "a", notes);
    int pulls = 0;
    {
        auto cursor =
            std::make_unique<segment_cursor<counted_cursor>>(counted_cursor(9, &pulls), run);
        ASSERT_TRUE(cursor->next());
        const segment_cursor moved(std::move(*cursor));
        cursor.reset();
        EXPECT_FALSE(run.is_over());
    }
    EXPECT_TRUE(run.is_over());
    EXPECT_EQ(run.books().state, run_state::ended_early);
}

}  // namespace
