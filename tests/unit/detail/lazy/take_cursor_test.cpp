#include <paipa/detail/lazy/take_cursor.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace {

using paipa::detail::for_each_while;
using paipa::detail::take_cursor;

/// The first `count` of nine numbers.
auto taken(std::size_t count, int* pulls) {
    return take_cursor(counted_cursor(9, pulls), count);
}

TEST(take_cursor, passes_on_the_first_items_and_pulls_none_after_them) {
    int pulls = 0;
    EXPECT_EQ(pulled(taken(3, &pulls)), (std::vector{1, 2, 3}));
    EXPECT_EQ(pulls, 3);
    pulls = 0;
    EXPECT_EQ(looped(taken(3, &pulls)), (std::vector{1, 2, 3}));
    EXPECT_EQ(pulls, 3);
}

TEST(take_cursor, pulls_nothing_for_no_items) {
    int pulls = 0;
    EXPECT_TRUE(pulled(taken(0, &pulls)).empty());
    EXPECT_TRUE(looped(taken(0, &pulls)).empty());
    EXPECT_EQ(pulls, 0);
}

TEST(take_cursor, ends_with_its_input_if_that_has_fewer_items) {
    int pulls = 0;
    EXPECT_EQ(pulled(taken(20, &pulls)).size(), 9U);
    EXPECT_EQ(looped(taken(20, &pulls)).size(), 9U);
}

TEST(take_cursor, counts_items_that_are_pulled_and_looped_together) {
    int pulls = 0;
    auto cursor = taken(5, &pulls);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 1);
    EXPECT_EQ(some_looped(cursor, 2), (std::vector{2, 3}));
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 4);
    EXPECT_EQ(looped(cursor), (std::vector{5}));
    EXPECT_EQ(pulls, 5);
}

TEST(take_cursor, counts_an_item_at_which_the_sink_has_thrown) {
    int pulls = 0;
    auto cursor = taken(3, &pulls);
    EXPECT_THROW(for_each_while(cursor, [](int) -> bool { throw std::runtime_error("no"); }),
                 std::runtime_error);
    EXPECT_EQ(pulled(cursor), (std::vector{2, 3}));
}

TEST(take_cursor, tells_that_there_is_no_more_behind_the_last_item) {
    int pulls = 0;
    auto cursor = taken(2, &pulls);
    EXPECT_TRUE(for_each_while(cursor, [](int) { return false; }));
    EXPECT_FALSE(for_each_while(cursor, [](int) { return false; }));
}

}  // namespace
