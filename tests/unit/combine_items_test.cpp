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

#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
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

TEST(combine_items, move_the_items_of_a_container_given_away) {
    const auto value = paipa::map([](box b) { return *b; });
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

}  // namespace
