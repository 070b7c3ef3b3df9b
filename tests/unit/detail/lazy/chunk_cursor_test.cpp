#include <paipa/detail/lazy/chunk_cursor.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::detail::chunk_cursor;
using paipa::detail::cursor_of;

using numbers = std::vector<int>;
using texts = std::vector<std::string>;

/// Chunks of the numbers from 1 on.
auto chunks_of_numbers(int last, std::size_t size) {
    return chunk_cursor(cursor_of(std::views::iota(1, last + 1)), size);
}

TEST(chunk_cursor, groups_items_of_which_the_last_group_may_have_fewer) {
    EXPECT_EQ(pulled(chunks_of_numbers(5, 2)), (std::vector<numbers>{{1, 2}, {3, 4}, {5}}));
    EXPECT_EQ(pulled(chunks_of_numbers(4, 2)), (std::vector<numbers>{{1, 2}, {3, 4}}));
    EXPECT_EQ(pulled(chunk_cursor(cursor_over(texts{"a", "b", "c"}), 2)),
              (std::vector<texts>{{"a", "b"}, {"c"}}));
    EXPECT_EQ(pulled(chunk_cursor(cursor_over(texts{"a", "b"}), 2)),
              (std::vector<texts>{{"a", "b"}}));
}

TEST(chunk_cursor, makes_no_chunk_of_no_items) {
    EXPECT_TRUE(pulled(chunks_of_numbers(0, 2)).empty());
    EXPECT_TRUE(pulled(chunk_cursor(cursor_over(texts{}), 2)).empty());
}

TEST(chunk_cursor, takes_items_that_cannot_be_copied) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    const auto all = pulled(chunk_cursor(cursor_over(std::move(boxes)), 9));
    ASSERT_EQ(all.size(), 1U);
    ASSERT_EQ(all[0].size(), 2U);
    EXPECT_EQ(*all[0][1], 2);
}

template <class Cursor>
void expect_the_same_vector_again(Cursor cursor) {
    ASSERT_TRUE(cursor.next());
    auto&& chunk = cursor.item();
    chunk.reserve(10'000);
    const auto* const place = chunk.data();
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(chunk.data(), place);
    EXPECT_EQ(chunk.capacity(), 10'000U);
    EXPECT_EQ(chunk.size(), 1U);
}

TEST(chunk_cursor, fills_a_vector_again_that_nobody_moved_away) {
    expect_the_same_vector_again(chunks_of_numbers(3, 2));
    expect_the_same_vector_again(chunk_cursor(cursor_over(texts{"a", "b", "c"}), 2));
}

/// Small values get a first part of 16 KiB, and then the double of it each time.
TEST(chunk_cursor, makes_chunks_that_are_larger_than_what_it_reserves) {
    constexpr int many = 50'000;
    const auto all = pulled(chunks_of_numbers(many, 40'000));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].size(), 40'000U);
    EXPECT_EQ(all[0].front(), 1);
    EXPECT_EQ(all[0].back(), 40'000);
    EXPECT_EQ(all[1].size(), 10'000U);
    EXPECT_EQ(all[1].back(), many);
    const std::vector<std::string> words(5'000, "word");
    const auto other = pulled(chunk_cursor(cursor_over(words), 4'000));
    ASSERT_EQ(other.size(), 2U);
    EXPECT_EQ(other[0].size(), 4'000U);
    EXPECT_EQ(other[1].size(), 1'000U);
}

TEST(chunk_cursor, pulls_no_item_ahead_and_none_behind_the_end) {
    int pulls = 0;
    chunk_cursor cursor(counted_cursor(5, &pulls), 3);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(pulls, 3);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(pulls, 6);
    EXPECT_FALSE(cursor.next());
    EXPECT_EQ(pulls, 6);
}

TEST(chunk_cursor, lets_an_exception_of_its_input_out) {
    int pulls = 0;
    chunk_cursor cursor(counted_cursor(5, &pulls, 2), 2);
    EXPECT_THROW(cursor.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(cursor)), (std::vector<numbers>{{3, 4}, {5}}));
}

}  // namespace
