#include <paipa/combine.hpp>
#include <paipa/generator.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/recursive_flatten.hpp>
#include <paipa/steps/timed_chunk.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// Whose items go through a chain: those of a container given by name stay, others are moved.

namespace {

using paipa::combine;
using paipa::generator;
using box = std::unique_ptr<int>;

generator<std::string> taking(generator<std::string> texts) {
    for (std::string&& text : texts) {
        std::string mine = std::move(text);
        co_yield std::move(mine);
    }
}

const std::string long_text(40, 'x');

/// Steps that consume whatever they may.
template <class Chain>
void expect_left_alone(Chain make) {
    std::vector<std::string> texts{long_text, long_text};
    auto chain = make(texts);
    EXPECT_EQ(paipa::consume(chain), 2U);
    EXPECT_EQ(texts, (std::vector{long_text, long_text}));
}

TEST(combine_items, leave_the_items_of_a_container_given_by_name) {
    const auto take = [](std::string s) { return s; };
    const auto take_reference = [](std::string&& s) { return std::string(std::move(s)); };
    const auto run = [](auto... steps) {
        expect_left_alone([&](auto& texts) { return combine(texts, steps...); });
        expect_left_alone([&](auto& texts) { return combine(std::as_const(texts), steps...); });
    };
    run(taking);
    run(paipa::map(take));
    run(paipa::map(take_reference));
    run(paipa::step("a", take));
    run(paipa::step("a", take_reference));
    run(paipa::iter_step("a", taking));
    run(paipa::filter([](const std::string&) { return true; }), paipa::map(take_reference));
    run(paipa::identity(), paipa::map(take_reference));
    run(paipa::chunk(1), paipa::flatten(), paipa::map(take_reference));
    run(paipa::flat_map([](std::string&& s) { return std::vector{std::move(s)}; }));
    run(std::views::filter([](const std::string&) { return true; }), paipa::map(take_reference));
    run(std::views::take(2), paipa::step("a", take_reference));
    run([](auto range) { return range; }, paipa::chunk(1));
}

TEST(combine_items, leave_the_elements_of_items_that_are_not_theirs) {
    std::vector<std::vector<std::string>> rows{{long_text}, {long_text, long_text}};
    const auto before = rows;
    const auto take = [](std::string&& s) { return std::string(std::move(s)); };
    EXPECT_EQ(paipa::consume(combine(rows, paipa::flatten(), paipa::map(take))), 3U);
    EXPECT_EQ(rows, before);
    EXPECT_EQ(paipa::consume(combine(rows, paipa::recursive_flatten(), paipa::chunk(9))), 1U);
    EXPECT_EQ(rows, before);
    std::vector<std::span<std::string>> windows{rows[0], rows[1]};
    EXPECT_EQ(paipa::consume(combine(std::move(windows), paipa::flatten(), paipa::map(take))), 3U);
    EXPECT_EQ(rows, before);
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0, 2),
                                     paipa::flat_map([&](int i) -> std::vector<std::string>& {
                                         return rows[static_cast<std::size_t>(i)];
                                     }),
                                     paipa::map(take))),
              3U);
    EXPECT_EQ(rows, before);
}

std::vector<box> boxes(int n) {
    std::vector<box> all;
    for (int i = 0; i < n; ++i) {
        all.push_back(std::make_unique<int>(i));
    }
    return all;
}

generator<box> pass_boxes(generator<box> items) {
    for (box&& b : items) {
        co_yield std::move(b);
    }
}

const auto value = paipa::map([](box b) { return *b; });

TEST(combine_items, move_the_items_of_a_container_given_away) {
    const auto run = [&](auto... steps) { return items_of(combine(boxes(3), steps..., value)); };
    const std::vector<int> expected{0, 1, 2};
    EXPECT_EQ(run(), expected);
    EXPECT_EQ(run(pass_boxes, pass_boxes), expected);
    EXPECT_EQ(run([](auto range) { return range; }), expected);
    EXPECT_EQ(run(paipa::filter([](const box&) { return true; }), paipa::identity()), expected);
    EXPECT_EQ(run(paipa::chunk(2), paipa::flatten()), expected);
    EXPECT_EQ(run(paipa::chunk(2), paipa::chunk(1), paipa::recursive_flatten()), expected);
    EXPECT_EQ(run(paipa::step("c", paipa::chunk(2)), paipa::step("f", paipa::flatten())), expected);
    EXPECT_EQ(run(paipa::map([](box&& b) { return std::move(b); })), expected);
    EXPECT_EQ(run(paipa::step("a", [](box b) { return b; }), paipa::iter_step("i", pass_boxes)),
              expected);
    EXPECT_EQ(run(paipa::step("a", [](box b) { return std::optional(std::move(b)); })), expected);
    EXPECT_EQ(run(paipa::flat_map([](box b) {
                  std::vector<box> all;
                  all.push_back(std::move(b));
                  return all;
              })),
              expected);
    EXPECT_EQ(run(paipa::timed_chunk({.size = 2}), paipa::flatten()), expected);
}

TEST(combine_items, move_the_elements_that_an_opened_view_makes) {
    const auto open = [](int n) {
        return std::views::iota(0, n) |
               std::views::transform([](int x) { return std::make_unique<int>(x); });
    };
    EXPECT_EQ(items_of(combine(std::views::iota(1, 3), paipa::flat_map(open),
                               paipa::filter([](const box&) { return true; }),
                               paipa::map([](box b) { return *b; }))),
              (std::vector{0, 0, 1}));
}

// Move-only items and the views of the standard library

generator<box> endless_boxes() {
    for (int i = 0;; ++i) {
        co_yield std::make_unique<int>(i);
    }
}

generator<const box&> look_at(generator<const box&> items) {
    for (const box& b : items) {
        co_yield b;
    }
}

generator<int> values_of(generator<const box&> items) {
    for (const box& b : items) {
        co_yield *b;
    }
}

const auto value_seen = paipa::map([](const box& b) { return *b; });
const auto even = std::views::filter([](const box& b) { return *b % 2 == 0; });
const auto same = std::views::transform([](box b) { return b; });
const auto boxed = std::views::transform([](int x) { return std::make_unique<int>(x); });
const auto four = std::views::take(4);
const auto but_two = std::views::drop(2);
const auto from_two = std::views::drop_while([](const box& b) { return *b < 2; });
const auto below_six = std::views::take_while([](const box& b) { return *b < 6; });

TEST(combine_items, move_through_standard_views_in_any_order) {
    const auto run = [](auto... steps) {
        return items_of(combine(endless_boxes(), steps..., std::views::take(8), value));
    };
    const std::vector<int> nothing;
    EXPECT_EQ(run(even, four, but_two, same), (std::vector{4, 6}));
    EXPECT_EQ(run(same, but_two, four, even), (std::vector{2, 4}));
    EXPECT_EQ(run(four, even, same, but_two), nothing);
    EXPECT_EQ(run(from_two, below_six, same, even, pass_boxes), (std::vector{2, 4}));
    EXPECT_EQ(run(std::tuple(even, same), but_two | four), (std::vector{4, 6, 8, 10}));
}

TEST(combine_items, move_through_standard_views_between_steps_of_every_kind) {
    const auto run = [](auto... steps) {
        return items_of(combine(endless_boxes(), steps..., four, value));
    };
    const std::vector<int> expected{4, 6, 8, 10};
    const auto one = [](auto&& items) -> generator<box> {
        for (box&& b : items) {
            co_yield std::move(b);
        }
    };
    const auto step = [](box b) { return b; };
    EXPECT_EQ(run(but_two, pass_boxes, even, paipa::identity(), same, std::views::drop(1)),
              expected);
    EXPECT_EQ(
        run(paipa::step("s", step), even, paipa::chunk(2), std::views::drop(1), paipa::flatten()),
        expected);
    EXPECT_EQ(run(paipa::iter_step("i", pass_boxes), even | same | but_two), expected);
    EXPECT_EQ(run(
                  same, one, even, [](auto range) { return range; }, paipa::map(step), but_two),
              expected);
    EXPECT_EQ(run(same, look_at, std::views::transform([](const box& b) { return *b; }), boxed,
                  even, but_two),
              expected);
}

TEST(combine_items, move_out_of_views_that_make_them_without_end) {
    const auto numbers = std::views::iota(0);
    EXPECT_EQ(items_of(combine(numbers | boxed, even, four, value)), (std::vector{0, 2, 4, 6}));
    EXPECT_EQ(items_of(combine(numbers, boxed, even, pass_boxes, four, value)),
              (std::vector{0, 2, 4, 6}));
    auto chain = combine(endless_boxes(), even, paipa::step("s", [](box b) { return b; }));
    EXPECT_EQ(items_of(std::move(chain) | four | std::views::transform([](box b) { return *b; })),
              (std::vector{0, 2, 4, 6}));
}

TEST(combine_items, are_looked_at_in_a_constant_container) {
    const std::vector<box> all = boxes(6);
    EXPECT_EQ(items_of(combine(all, even, but_two, value_seen)), (std::vector{4}));
    EXPECT_EQ(items_of(combine(all, four, look_at, even, values_of)), (std::vector{0, 2}));
    EXPECT_EQ(items_of(combine(all, std::views::reverse, four, look_at, paipa::identity(), even,
                               value_seen)),
              (std::vector{4, 2}));
    const auto view = std::views::all(all);
    EXPECT_EQ(items_of(combine(view, below_six, from_two, values_of)), (std::vector{2, 3, 4, 5}));
    EXPECT_EQ(items_of(combine(boxes(3), look_at, values_of)), (std::vector{0, 1, 2}));
}

TEST(combine_items, are_copied_out_of_a_constant_container_given_away) {
    const std::vector<std::string> texts{long_text, "a"};
    const auto take = paipa::map([](std::string&& s) { return std::string(std::move(s)); });
    EXPECT_EQ(items_of(combine(std::move(texts), take, std::views::take(1))),  // NOLINT: it is
              (std::vector{long_text}));
    EXPECT_EQ(texts.front(), long_text);
}

TEST(combine_items, are_made_once_by_a_view_that_consumes_them) {
    std::vector<std::string> texts{long_text, ""};
    EXPECT_EQ(items_of(combine(std::move(texts), taking,
                               std::views::transform([](std::string s) { return s; }),
                               std::views::filter([](const std::string& s) { return !s.empty(); }),
                               paipa::identity())),
              (std::vector{long_text}));
}

TEST(combine_items, move_strings_that_nobody_else_has) {
    const char* place = nullptr;
    std::vector<std::string> texts{long_text};
    place = texts.front().data();
    std::vector<std::string> out =
        items_of(combine(std::move(texts), taking, paipa::identity(), paipa::chunk(1),
                         paipa::flatten(), paipa::map([](std::string s) { return s; }),
                         paipa::step("a", [](std::string s) { return s; })));
    EXPECT_EQ(out.front().data(), place);
}

/// Items are `Item`s; the fifth is never made.
template <class Item>
void expect_no_chunks_behind_one_that_throws() {
    auto chain = combine(std::views::iota(0, 8), paipa::map([](int x) {
                             return x == 4 ? throw std::runtime_error("four") : Item{x};
                         }),
                         paipa::chunk(3));
    auto at = chain.begin();
    EXPECT_EQ((*at).size(), 3U);
    ++at;
    EXPECT_EQ(refusal<std::runtime_error>([&] { (void)*at; }), "four");
    EXPECT_TRUE(at == chain.end());  // what was in hand is lost
}

TEST(combine_items, are_not_chunked_on_behind_one_that_throws) {
    expect_no_chunks_behind_one_that_throws<int>();
    expect_no_chunks_behind_one_that_throws<std::vector<int>>();
}

TEST(combine_items, get_no_more_room_than_a_large_chunk_needs) {
    constexpr std::size_t huge = std::size_t{1} << 40;
    const auto text = paipa::map([](int x) { return std::to_string(x); });
    for (auto&& chunk : combine(std::views::iota(0, 3), paipa::chunk(huge))) {
        EXPECT_EQ(chunk, (std::vector{0, 1, 2}));
        EXPECT_LT(chunk.capacity(), 10'000U);
    }
    for (auto&& chunk : combine(std::views::iota(0, 3), text, paipa::chunk(huge))) {
        EXPECT_EQ(chunk, (std::vector<std::string>{"0", "1", "2"}));
        EXPECT_LT(chunk.capacity(), 10'000U);
    }
    const auto large = items_of(combine(std::views::iota(0, 50'000), paipa::chunk(30'000)));
    ASSERT_EQ(large.size(), 2U);
    EXPECT_EQ(large[0], items_of(std::views::iota(0, 30'000)));
    EXPECT_EQ(large[1], items_of(std::views::iota(30'000, 50'000)));
}

TEST(combine_items, fill_whatever_vector_is_left_in_the_place_of_a_chunk) {
    std::vector<std::vector<int>> got;
    for (auto&& chunk : combine(std::views::iota(0, 7), paipa::chunk(3))) {
        got.emplace_back(5, -1);
        std::swap(got.back(), chunk);
    }
    EXPECT_EQ(got, (std::vector<std::vector<int>>{{0, 1, 2}, {3, 4, 5}, {6}}));
}

TEST(combine_items, stay_for_coroutines_that_refer_to_them) {
    const auto twice = [](const auto& x) -> generator<int> {
        co_yield x * 1;
        co_yield x * 10;
    };
    EXPECT_EQ(items_of(combine(std::views::iota(1, 4), paipa::flat_map(twice), paipa::chunk(3))),
              (std::vector<std::vector<int>>{{1, 10, 2}, {20, 3, 30}}));
    EXPECT_EQ(items_of(combine(std::views::iota(1, 4), paipa::map([](int x) { return x; }),
                               paipa::flat_map(twice), paipa::chunk(1), paipa::flatten())),
              (std::vector{1, 10, 2, 20, 3, 30}));
}

TEST(combine_items, may_lie_in_rows_of_any_kind) {
    const auto fixed = paipa::flat_map([](int x) { return std::array{x, -x}; });
    EXPECT_EQ(items_of(combine(std::views::iota(0, 3), fixed)), (std::vector{0, 0, 1, -1, 2, -2}));
    const auto constant = paipa::flat_map([](int x) -> const std::vector<std::string> {
        return {static_cast<std::size_t>(x), long_text};
    });
    EXPECT_EQ(items_of(combine(std::views::iota(0, 3), constant)), std::vector(3, long_text));
    const std::string words[] = {"ab", "", "c"};
    const auto letters = paipa::flat_map([](std::string_view s) { return s; });
    EXPECT_EQ(items_of(combine(words, letters, paipa::chunk(2))),
              (std::vector<std::vector<char>>{{'a', 'b'}, {'c'}}));
    std::vector<std::vector<std::vector<int>>> deep{{{1}, {}}, {}, {{2, 3}}};
    auto chain = combine(deep, paipa::recursive_flatten());
    EXPECT_EQ(paipa::consume(chain, 2), 2U);
    auto moved = std::move(chain);
    EXPECT_EQ(items_of(moved), (std::vector{3}));
    for (int& x : combine(deep, paipa::recursive_flatten())) {
        x = -x;
    }
    EXPECT_EQ(deep, (std::vector<std::vector<std::vector<int>>>{{{-1}, {}}, {}, {{-2, -3}}}));
}

}  // namespace
