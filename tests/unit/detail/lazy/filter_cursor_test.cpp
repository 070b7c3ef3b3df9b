#include <paipa/detail/lazy/filter_cursor.hpp>
#include <paipa/error.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::detail::cursor_of;
using paipa::detail::filter_cursor;
using paipa::detail::for_each_while;

/// Those of the numbers from 1 on that the predicate keeps.
template <class Predicate>
auto filtered(int last, Predicate keeps) {
    return filter_cursor(cursor_of(std::views::iota(1, last + 1)), std::move(keeps));
}

TEST(filter_cursor, passes_on_what_the_predicate_keeps) {
    const auto odd = [](int n) { return n % 2 == 1; };
    EXPECT_EQ(pulled(filtered(5, odd)), (std::vector{1, 3, 5}));
    EXPECT_EQ(looped(filtered(5, odd)), (std::vector{1, 3, 5}));
    EXPECT_TRUE(pulled(filtered(0, odd)).empty());
    EXPECT_TRUE(looped(filtered(5, [](int) { return false; })).empty());
}

TEST(filter_cursor, asks_once_for_each_item_and_not_ahead) {
    int asked = 0;
    auto cursor = filtered(9, [&asked](int n) {
        ++asked;
        return n % 3 == 0;
    });
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 3);
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(some_looped(cursor, 1), (std::vector{6}));
    EXPECT_EQ(asked, 6);
}

TEST(filter_cursor, passes_an_item_on_whole_whatever_the_predicate_takes) {
    const std::vector<std::string> texts{"a text that is too long for the string itself"};
    const auto keeps = [](std::string s) { return !s.empty(); };  // NOLINT: by value
    EXPECT_EQ(pulled(filter_cursor(cursor_over(texts), keeps)), texts);
    EXPECT_EQ(looped(filter_cursor(cursor_over(texts), keeps)), texts);
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(nullptr);
    boxes.push_back(std::make_unique<int>(2));
    const auto all = looped(filter_cursor(
        cursor_over(std::move(boxes)), [](const std::unique_ptr<int>& b) { return b != nullptr; }));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(*all[0], 2);
}

TEST(filter_cursor, drops_an_item_at_skip_entry) {
    const auto odd = [](int n) { return n % 2 == 1 ? true : throw paipa::skip_entry(); };
    EXPECT_EQ(pulled(filtered(3, odd)), (std::vector{1, 3}));
    EXPECT_EQ(looped(filtered(3, odd)), (std::vector{1, 3}));
}

TEST(filter_cursor, does_not_take_a_skip_entry_of_the_sink_for_its_own) {
    auto cursor = filtered(3, [](int) { return true; });
    EXPECT_THROW(for_each_while(cursor, [](int) -> bool { throw paipa::skip_entry(); }),
                 paipa::skip_entry);
    EXPECT_EQ(pulled(std::move(cursor)), (std::vector{2, 3}));
}

TEST(filter_cursor, goes_on_behind_an_item_whose_predicate_has_thrown) {
    auto cursor =
        filtered(3, [](int n) { return n != 2 ? true : throw std::runtime_error("two"); });
    ASSERT_TRUE(cursor.next());
    EXPECT_THROW(cursor.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(cursor)), (std::vector{3}));
}

}  // namespace
