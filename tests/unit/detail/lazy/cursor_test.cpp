#include <paipa/detail/lazy/cursor.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <array>
#include <iterator>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::cursor_of;
using paipa::detail::cursor_view;
using paipa::detail::for_each_while;
using paipa::detail::handed;
using paipa::detail::range_cursor;

static_assert(std::is_same_v<handed<int>, int&&>);
static_assert(std::is_same_v<handed<int&&>, int&&>);
static_assert(std::is_same_v<handed<const int&>, const int&>);

// range_cursor

TEST(range_cursor, lets_items_of_an_own_container_be_moved_from) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    range_cursor<std::vector<std::unique_ptr<int>>> cursor(std::move(boxes));
    static_assert(std::is_same_v<decltype(cursor)::reference, std::unique_ptr<int>&&>);
    const auto all = pulled(std::move(cursor));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(*all[0], 1);
    EXPECT_EQ(*all[1], 2);
}

TEST(range_cursor, tells_where_the_items_of_another_container_lie) {
    std::vector<std::string> texts{"a", "b"};
    auto cursor = cursor_of(std::ranges::ref_view(texts));
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(&cursor.item(), &texts[0]);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(&cursor.item(), &texts[1]);
    EXPECT_FALSE(cursor.next());
}

TEST(range_cursor, makes_an_item_once_and_tells_it_often) {
    int calls = 0;
    auto texts = std::views::iota(0, 3) | std::views::transform([&calls](int n) {
                     ++calls;
                     return std::to_string(n);
                 });
    auto owner = cursor_of(texts);
    ASSERT_TRUE(owner.next());
    ASSERT_TRUE(owner.next());
    EXPECT_EQ(owner.item(), "1");
    EXPECT_EQ(owner.item(), "1");
    EXPECT_EQ(calls, 2);
    calls = 0;
    auto borrower = cursor_of(std::ranges::subrange(texts.begin(), texts.end()));
    ASSERT_TRUE(borrower.next());
    EXPECT_EQ(borrower.item(), "0");
    EXPECT_EQ(borrower.item(), "0");
    EXPECT_EQ(looped(std::move(borrower)), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(calls, 3);
}

TEST(range_cursor, may_be_moved_between_pulls) {
    using texts = std::array<std::string, 3>;
    range_cursor<texts> cursor(texts{"a", "b", "c"});
    ASSERT_TRUE(cursor.next());
    range_cursor<texts> moved(std::move(cursor));
    EXPECT_EQ(moved.item(), "a");
    EXPECT_EQ(pulled(std::move(moved)), (std::vector<std::string>{"b", "c"}));
}

TEST(range_cursor, has_no_item_of_an_empty_range) {
    EXPECT_FALSE(cursor_of(std::views::iota(0, 0)).next());
    EXPECT_FALSE(range_cursor<std::vector<int>>({}).next());
    EXPECT_TRUE(looped(cursor_of(std::views::iota(0, 0))).empty());
}

// for_each_while

template <class Cursor>
void expect_to_go_on_behind_the_last_item(Cursor cursor) {
    EXPECT_EQ(some_looped(cursor, 2), (std::vector{1, 2}));
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 3);
    EXPECT_THROW(
        for_each_while(cursor, [](int n) -> bool { throw std::runtime_error(std::to_string(n)); }),
        std::runtime_error);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 5);
    EXPECT_EQ(looped(std::move(cursor)), (std::vector{6}));
}

TEST(for_each_while, goes_on_behind_the_last_item) {
    int pulls = 0;
    expect_to_go_on_behind_the_last_item(counted_cursor(6, &pulls));
    EXPECT_EQ(pulls, 7);
    expect_to_go_on_behind_the_last_item(cursor_of(std::views::iota(1, 7)));
    std::vector numbers{1, 2, 3, 4, 5, 6};
    expect_to_go_on_behind_the_last_item(cursor_of(std::ranges::ref_view(numbers)));
}

template <class Cursor>
void expect_to_tell_whether_there_may_be_more(Cursor cursor) {
    EXPECT_TRUE(for_each_while(cursor, [](int n) { return n < 2; }));
    EXPECT_FALSE(for_each_while(cursor, [](int) { return true; }));
}

TEST(for_each_while, tells_whether_there_may_be_more) {
    int pulls = 0;
    expect_to_tell_whether_there_may_be_more(counted_cursor(3, &pulls));
    expect_to_tell_whether_there_may_be_more(cursor_of(std::views::iota(1, 4)));
}

// cursor_view

TEST(cursor_view, pulls_an_item_when_it_is_asked_for) {
    int pulls = 0;
    cursor_view view(counted_cursor(9, &pulls));
    auto i = view.begin();
    EXPECT_EQ(pulls, 0);
    EXPECT_EQ(*i, 1);
    EXPECT_EQ(*i, 1);
    EXPECT_EQ(pulls, 1);
    ++i;
    EXPECT_EQ(pulls, 1);
    EXPECT_FALSE(i == std::default_sentinel);
    EXPECT_EQ(pulls, 2);
    ++i;
    ++i;
    EXPECT_EQ(*i, 4);
}

TEST(cursor_view, does_not_pull_again_behind_the_end) {
    int pulls = 0;
    cursor_view view(counted_cursor(0, &pulls));
    auto i = view.begin();
    EXPECT_TRUE(i == std::default_sentinel);
    ++i;
    EXPECT_TRUE(i == std::default_sentinel);
    EXPECT_EQ(pulls, 1);
}

TEST(cursor_view, is_at_its_end_when_something_has_thrown) {
    int pulls = 0;
    cursor_view view(counted_cursor(9, &pulls, 1));
    auto i = view.begin();
    EXPECT_THROW((void)(i == std::default_sentinel), std::runtime_error);
    EXPECT_TRUE(i == std::default_sentinel);
    EXPECT_EQ(pulls, 1);
}

TEST(cursor_view, gives_its_cursor_back) {
    int pulls = 0;
    cursor_view view(counted_cursor(3, &pulls));
    auto i = view.begin();
    EXPECT_EQ(*i, 1);
    auto rest = std::move(i).take();
    static_assert(std::is_same_v<decltype(rest), counted_cursor>);
    EXPECT_EQ(pulled(rest), (std::vector{2, 3}));
    static_assert(std::is_same_v<decltype(cursor_of(view)), counted_cursor>);
}

}  // namespace
