#include <paipa/detail/lazy/flat_cursor.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <list>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::cursor_of;
using paipa::detail::flat_cursor;
using paipa::detail::open_by_call;
using paipa::detail::open_itself;

using numbers = std::vector<int>;

/// The elements of the items themselves.
template <class Base>
auto flat(Base base) {
    return flat_cursor<Base, open_itself>(std::move(base), open_itself{});
}

/// The elements of what `f` returns for 1, 2 and so on.
template <class F>
auto flat_map(int last, F f) {
    auto base = cursor_of(std::views::iota(1, last + 1));
    using open = open_by_call<F>;
    return flat_cursor<decltype(base), open>(std::move(base), open(f));
}

paipa::generator<int> count_to(int n) {
    for (int i = 1; i <= n; ++i) {
        co_yield i;
    }
}

template <class Container>
void expect_elements_in_order() {
    const std::vector<Container> all{{}, {1, 2}, {}, {}, {3}, {}};
    EXPECT_EQ(pulled(flat(cursor_over(all))), (numbers{1, 2, 3}));
    EXPECT_EQ(looped(flat(cursor_over(all))), (numbers{1, 2, 3}));
    EXPECT_TRUE(pulled(flat(cursor_over(std::vector<Container>(3)))).empty());
    EXPECT_TRUE(looped(flat(cursor_over(std::vector<Container>()))).empty());
}

TEST(flat_cursor, passes_on_the_elements_of_each_item) {
    expect_elements_in_order<std::vector<int>>();
    expect_elements_in_order<std::list<int>>();
}

TEST(flat_cursor, passes_on_the_elements_of_what_a_function_returns) {
    EXPECT_EQ(pulled(flat_map(3, count_to)), (numbers{1, 1, 2, 1, 2, 3}));
    EXPECT_EQ(pulled(flat_map(3, [](int n) { return numbers(2, n); })),
              (numbers{1, 1, 2, 2, 3, 3}));
    EXPECT_EQ(looped(flat_map(3, [](int n) { return numbers(2, n); })),
              (numbers{1, 1, 2, 2, 3, 3}));
    EXPECT_EQ(pulled(flat_map(2, [](int n) { return std::list<int>(2, n); })),
              (numbers{1, 1, 2, 2}));
}

template <class Container>
void expect_own_elements_to_move_and_those_of_others_to_stay() {
    const std::string text = "a text that is too long for the string itself";
    std::vector<Container> all{{text}, {text}};
    const auto copies = pulled(flat(cursor_of(std::ranges::ref_view(all))));
    EXPECT_EQ(copies, (std::vector{text, text}));
    EXPECT_EQ(all.front().front(), text);
    auto own = flat(cursor_over(std::move(all)));
    static_assert(std::is_same_v<typename decltype(own)::reference, std::string&&>);
    ASSERT_TRUE(own.next());
    const std::string taken = own.item();
    EXPECT_EQ(taken, text);
    EXPECT_TRUE(own.item().empty());
}

TEST(flat_cursor, lets_elements_of_own_containers_be_moved_from) {
    expect_own_elements_to_move_and_those_of_others_to_stay<std::vector<std::string>>();
    expect_own_elements_to_move_and_those_of_others_to_stay<std::list<std::string>>();
}

TEST(flat_cursor, goes_on_behind_the_last_element_also_when_it_was_moved) {
    auto cursor = flat(cursor_over(std::vector<numbers>{{1, 2, 3}, {4, 5, 6}, {7}}));
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 1);
    EXPECT_EQ(some_looped(cursor, 3), (numbers{2, 3, 4}));
    auto moved = std::move(cursor);
    EXPECT_EQ(pulled(std::move(moved)), (numbers{5, 6, 7}));
    auto generated = flat_map(3, count_to);
    EXPECT_EQ(some_looped(generated, 2), (numbers{1, 1}));
    auto other = std::move(generated);
    EXPECT_EQ(other.item(), 1);
    EXPECT_EQ(pulled(std::move(other)), (numbers{2, 1, 2, 3}));
}

TEST(flat_cursor, opens_an_item_when_the_one_before_it_is_used_up) {
    int opened = 0;
    auto cursor = flat_map(3, [&opened](int n) {
        ++opened;
        return numbers(2, n);
    });
    EXPECT_EQ(opened, 0);
    EXPECT_TRUE(cursor.next());
    EXPECT_TRUE(cursor.next());
    EXPECT_EQ(opened, 1);
    EXPECT_TRUE(cursor.next());
    EXPECT_EQ(opened, 2);
}

paipa::generator<int> one_and_then_skip(int n) {
    co_yield n;
    throw paipa::skip_entry();
}

template <class Container>
Container only_odd(int n) {
    return n % 2 == 1 ? Container{n} : throw paipa::skip_entry();
}

TEST(flat_cursor, skips_an_item_or_the_rest_of_one_at_skip_entry) {
    EXPECT_EQ(pulled(flat_map(3, only_odd<numbers>)), (numbers{1, 3}));
    EXPECT_EQ(looped(flat_map(3, only_odd<numbers>)), (numbers{1, 3}));
    EXPECT_EQ(pulled(flat_map(3, only_odd<std::list<int>>)), (numbers{1, 3}));
    EXPECT_EQ(pulled(flat_map(3, one_and_then_skip)), (numbers{1, 2, 3}));
}

TEST(flat_cursor, goes_on_with_the_next_item_when_opening_one_has_thrown) {
    auto row =
        flat_map(3, [](int n) { return n != 2 ? numbers{n} : throw std::runtime_error("two"); });
    ASSERT_TRUE(row.next());
    EXPECT_THROW(row.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(row)), (numbers{3}));
    auto list = flat_map(
        3, [](int n) { return n != 2 ? std::list<int>{n} : throw std::runtime_error("two"); });
    ASSERT_TRUE(list.next());
    EXPECT_THROW(list.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(list)), (numbers{3}));
}

paipa::generator<int> one_and_then_throw(int n) {
    co_yield n + 0;
    if (n == 1) {
        throw std::runtime_error("one");
    }
}

TEST(flat_cursor, goes_on_with_the_next_item_when_the_rest_of_one_has_thrown) {
    auto cursor = flat_map(2, one_and_then_throw);
    ASSERT_TRUE(cursor.next());
    EXPECT_EQ(cursor.item(), 1);
    EXPECT_THROW(cursor.next(), std::runtime_error);
    EXPECT_EQ(pulled(std::move(cursor)), (numbers{2}));
}

}  // namespace
