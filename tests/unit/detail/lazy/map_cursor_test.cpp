#include <paipa/detail/lazy/map_cursor.hpp>
#include <paipa/error.hpp>
#include <paipa/nothing.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::cursor_of;
using paipa::detail::for_each_while;
using paipa::detail::map_cursor;

/// The numbers from 1 on, mapped.
template <class F>
auto mapped(int last, F f) {
    return map_cursor(cursor_of(std::views::iota(1, last + 1)), std::move(f));
}

TEST(map_cursor, calls_the_function_once_for_each_item_that_is_pulled) {
    int calls = 0;
    auto cursor = mapped(9, [&calls](int n) {
        ++calls;
        return std::to_string(n);
    });
    EXPECT_EQ(calls, 0);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), "1");
    EXPECT_EQ(cursor.item(), "1");
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(some_looped(cursor, 2), (std::vector<std::string>{"2", "3"}));
    EXPECT_EQ(calls, 3);
}

template <class F>
void expect_odd_numbers(F f) {
    EXPECT_EQ(pulled(mapped(5, f)), (std::vector{1, 3, 5}));
    EXPECT_EQ(looped(mapped(5, f)), (std::vector{1, 3, 5}));
}

TEST(map_cursor, skips_at_an_empty_optional_and_at_skip_entry) {
    expect_odd_numbers([](int n) { return n % 2 == 1 ? std::optional(n) : std::nullopt; });
    expect_odd_numbers([](int n) { return n % 2 == 1 ? n : throw paipa::skip_entry(); });
}

TEST(map_cursor, makes_nothing_of_a_function_that_returns_nothing) {
    std::vector<int> seen;
    const auto note = [&seen](int n) {
        if (n == 2) {
            throw paipa::skip_entry();
        }
        seen.push_back(n);
    };
    const auto all = pulled(mapped(3, note));
    static_assert(std::is_same_v<decltype(all), const std::vector<paipa::nothing>>);
    EXPECT_EQ(all.size(), 2U);
    EXPECT_EQ(looped(mapped(3, note)).size(), 2U);
    EXPECT_EQ(seen, (std::vector{1, 3, 1, 3}));
}

TEST(map_cursor, goes_on_behind_an_item_whose_call_has_thrown) {
    const auto f = [](int n) { return n % 2 == 1 ? n : throw std::runtime_error("even"); };
    auto cursor = mapped(5, f);
    ASSERT_TRUE(cursor.next());
    EXPECT_THROW(cursor.next(), std::runtime_error);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 3);
    EXPECT_THROW(for_each_while(cursor, [](int) { return true; }), std::runtime_error);
    EXPECT_EQ(pulled(std::move(cursor)), (std::vector{5}));
}

TEST(map_cursor, hands_items_over_that_cannot_be_copied) {
    const auto boxes = [] {
        std::vector<std::unique_ptr<int>> all;
        all.push_back(std::make_unique<int>(1));
        all.push_back(std::make_unique<int>(2));
        return all;
    };
    const auto next = [](std::unique_ptr<int> box) {
        ++*box;
        return box;
    };
    const auto one = pulled(map_cursor(cursor_over(boxes()), next));
    const auto other = looped(map_cursor(cursor_over(boxes()), next));
    ASSERT_EQ(one.size(), 2U);
    ASSERT_EQ(other.size(), 2U);
    EXPECT_EQ(*one[1], 3);
    EXPECT_EQ(*other[1], 3);
}

TEST(map_cursor, keeps_its_item_when_it_is_moved) {
    auto cursor = mapped(2, [](int n) { return std::to_string(n); });
    ASSERT_TRUE(cursor.next());
    const std::string* const address = &static_cast<const std::string&>(cursor.item());
    auto moved = std::move(cursor);
    EXPECT_EQ(&static_cast<const std::string&>(moved.item()), address);
    EXPECT_EQ(moved.item(), "1");
    EXPECT_EQ(pulled(std::move(moved)), std::vector<std::string>{"2"});
}

}  // namespace
