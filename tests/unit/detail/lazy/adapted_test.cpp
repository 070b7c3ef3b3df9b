#include <paipa/detail/lazy/adapted.hpp>
#include <paipa/detail/lazy/cursor.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::adapt;
using paipa::detail::adaptor;
using paipa::detail::asked;
using paipa::detail::cursor_of;
using paipa::detail::cursor_view;
using paipa::detail::looks_at;
using paipa::detail::only_looks;
using paipa::detail::passes_on;
using paipa::detail::piped_t;
using paipa::detail::range_maker;
using paipa::detail::takes_once;

using texts = std::vector<std::string>;
using box = std::unique_ptr<int>;

const std::string long_text = "a text that is too long for the string itself";

/// A view of items that may be moved from.
template <class T>
auto own(std::vector<T> items) {
    return cursor_view(cursor_over(std::move(items)));
}

using own_texts = decltype(own(texts()));
using own_boxes = decltype(own(std::vector<box>()));

constexpr auto take_text = [](std::string s) { return s; };
constexpr auto is_text = [](std::string s) {  // NOLINT(performance-unnecessary-value-param)
    const std::string mine = std::move(s);
    return !mine.empty();
};
constexpr auto is_box = [](const box& b) { return b != nullptr; };

constexpr auto by_taking = std::views::transform(take_text);
constexpr auto if_text = std::views::filter(is_text);
constexpr auto if_box = std::views::filter(is_box);
constexpr auto two = std::views::take(2);

template <class S, class View = own_texts>
using over = piped_t<const S, View>;

static_assert(takes_once<own_texts, own_texts>);
static_assert(takes_once<over<decltype(by_taking)>, own_texts>);
static_assert(takes_once<over<decltype(by_taking | two)>, own_texts>);
static_assert(!takes_once<over<decltype(if_text)>, own_texts>);
static_assert(!takes_once<over<decltype(if_text | by_taking)>, own_texts>);

static_assert(passes_on<over<decltype(if_text)>, own_texts>);
static_assert(passes_on<over<decltype(if_text | two)>, own_texts>);
static_assert(!passes_on<over<decltype(by_taking)>, own_texts>);
static_assert(!passes_on<over<decltype(by_taking | if_text)>, own_texts>);

static_assert(only_looks<over<decltype(by_taking)>>);
static_assert(!only_looks<over<decltype(if_text)>>);
static_assert(!only_looks<over<decltype(if_text | two)>>);
static_assert(only_looks<over<decltype(if_box), own_boxes>>);

/// Needs an item that it may consume, behind a predicate that takes it by value.
constexpr auto if_text_by_moving =
    if_text | std::views::transform([](std::string&& s) { return std::string(std::move(s)); });
static_assert(!looks_at<const decltype(if_text_by_moving), own_texts>);
static_assert(looks_at<const decltype(if_text | by_taking), own_texts>);
static_assert(looks_at<const decltype(if_box), own_boxes>);

template <class View>
auto items_of(View view) {
    return pulled(cursor_of(std::move(view)));
}

TEST(adapt, shows_a_predicate_that_takes_the_item_by_value_a_copy) {
    const texts all{long_text, "", long_text};
    const texts kept{long_text, long_text};
    EXPECT_EQ(items_of(adapt(own(all), if_text)), kept);
    EXPECT_EQ(items_of(adapt(own(all), std::as_const(if_text))), kept);
    const auto chain = if_text | by_taking;
    EXPECT_EQ(items_of(adapt(own(all), chain)), kept);
    const auto first = std::views::take_while(is_text);
    EXPECT_EQ(items_of(adapt(own(all), first)), texts{long_text});
}

template <class S>
void expect_no_copy(S step) {
    texts all{long_text};
    const char* const place = all[0].data();
    const texts out = items_of(adapt(own(std::move(all)), step));
    EXPECT_EQ(out.at(0).data(), place);
}

TEST(adapt, passes_an_item_on_without_a_copy) {
    expect_no_copy(if_text);
    expect_no_copy(by_taking);
    using view = decltype(adapt(std::declval<own_texts>(), if_text));
    static_assert(std::is_same_v<std::ranges::range_reference_t<view>, std::string&&>);
}

TEST(adapt, lets_a_function_consume_an_item_that_it_takes_once) {
    std::vector<box> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    const auto open = std::views::transform([](box b) { return *b; });
    EXPECT_EQ(items_of(adapt(own(std::move(boxes)), open)), (std::vector{1, 2}));
}

TEST(adapt, filters_items_that_cannot_be_copied) {
    std::vector<box> boxes;
    boxes.push_back(nullptr);
    boxes.push_back(std::make_unique<int>(2));
    const auto out = items_of(adapt(own(std::move(boxes)), if_box));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(*out[0], 2);
}

TEST(adapt, leaves_the_items_of_another_container_alone) {
    texts all{long_text, ""};
    auto view = adapt(std::ranges::ref_view(all), if_text);
    EXPECT_EQ(&*view.begin(), &all[0]);
    EXPECT_EQ(items_of(std::move(view)), texts{long_text});
    EXPECT_EQ(all, (texts{long_text, ""}));
}

TEST(adaptor, makes_a_callable_of_a_range_adaptor) {
    adaptor<std::remove_const_t<decltype(if_text)>> f(if_text);
    EXPECT_EQ(items_of(f(own(texts{"a", "", "b"}))), (texts{"a", "b"}));
    const auto callable = [](auto range) { return range; };
    using filter = std::remove_const_t<decltype(if_text)>;
    static_assert(std::is_same_v<range_maker<filter, own_texts>, adaptor<filter>>);
    using function = std::remove_const_t<decltype(callable)>;
    static_assert(std::is_same_v<range_maker<function, own_texts>, function>);
}

TEST(one_by_one, pulls_an_item_when_it_is_asked_for) {
    using numbers = std::ranges::iota_view<int, int>;
    static_assert(std::is_same_v<asked<numbers>, numbers>);
    static_assert(std::is_same_v<asked<own_texts>, own_texts>);
    int pulls = 0;
    auto once = cursor_view(counted_cursor(3, &pulls)) |
                std::views::transform([](int n) { return std::to_string(n); });
    auto view = paipa::detail::one_by_one(once);
    static_assert(paipa::detail::is_cursor_view<decltype(view)>);
    auto i = view.begin();
    EXPECT_EQ(pulls, 0);
    EXPECT_EQ(*i, "1");
    ++i;
    EXPECT_EQ(pulls, 1);
}

}  // namespace
