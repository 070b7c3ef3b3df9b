#include <paipa/combine.hpp>
#include <paipa/consume.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::combine;
using paipa::consume;

using number_chain = decltype(combine(std::vector<int>{}, paipa::identity()));

// A chain has its ways for `consume`, which are not for users, and only `combine` makes one.
template <class Chain>
concept hands_out_all = requires(Chain c) { c.each([](int) {}); };
template <class Chain>
concept can_be_left = requires(Chain c) { c.leave_at(c.begin()); };
template <class Chain>
concept hands_out_all_to_consume =
    requires(Chain c) { paipa::detail::combined_access::each(c, [](int) {}); };
template <class Chain>
concept can_be_left_by_consume =
    requires(Chain c) { paipa::detail::combined_access::leave_at(c, c.begin()); };
static_assert(!hands_out_all<number_chain> && !can_be_left<number_chain>);
static_assert(hands_out_all_to_consume<number_chain> && can_be_left_by_consume<number_chain>);

template <class Chain>
inline constexpr bool can_be_made = false;
template <class Source, class Probe, class... Steps>
inline constexpr bool can_be_made<paipa::combined<Source, Probe, Steps...>> =
    std::is_constructible_v<paipa::combined<Source, Probe, Steps...>, Source, Probe,
                            std::tuple<Steps...>>;
static_assert(!can_be_made<number_chain>);

paipa::generator<int> plus_one(paipa::generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n + 1;
    }
}

TEST(consume, says_how_many_items_came) {
    const std::vector<int> numbers{1, 2, 3};
    EXPECT_EQ(consume(numbers), 3U);
    EXPECT_EQ(consume(std::vector<int>{}), 0U);
    EXPECT_EQ(consume(std::views::iota(0, 10)), 10U);
    EXPECT_EQ(
        consume(combine(std::views::iota(0, 10), std::views::filter([](int x) { return x > 6; }))),
        3U);
}

TEST(consume, walks_for_the_effects) {
    std::vector<int> seen;
    EXPECT_EQ(consume(combine(std::views::iota(0, 3),
                              paipa::step("a", [&seen](int x) { seen.push_back(x); }))),
              3U);
    EXPECT_EQ(seen, (std::vector{0, 1, 2}));
}

TEST(consume, takes_at_most_so_many) {
    const std::vector<int> numbers{1, 2, 3};
    EXPECT_EQ(consume(numbers, 0), 0U);
    EXPECT_EQ(consume(numbers, 2), 2U);
    EXPECT_EQ(consume(numbers, 3), 3U);
    EXPECT_EQ(consume(numbers, 4), 3U);
    EXPECT_EQ(consume(combine(std::views::iota(0, 3)), 5), 3U);
}

TEST(consume, pulls_no_further_item) {
    int pulled = 0;
    EXPECT_EQ(consume(counting(&pulled), 3), 3U);
    EXPECT_EQ(pulled, 3);
    auto chain = combine(counting(&pulled), paipa::map([](int x) { return x; }));
    EXPECT_EQ(consume(chain, 0), 0U);
    EXPECT_EQ(pulled, 3);
    EXPECT_EQ(consume(chain, 5), 5U);
    EXPECT_EQ(pulled, 8);
}

TEST(consume, leaves_a_named_chain_to_go_on_behind_what_it_took) {
    int pulled = 0;
    auto chain = combine(counting_to(&pulled, 10), plus_one);
    EXPECT_EQ(consume(chain, 3), 3U);
    EXPECT_EQ(pulled, 3);
    EXPECT_EQ(consume(chain, 2), 2U);
    EXPECT_EQ(pulled, 5);
    EXPECT_EQ(items_of(chain), (std::vector{6, 7, 8, 9, 10}));
    EXPECT_EQ(pulled, 10);
}

TEST(consume, goes_on_in_chains_with_books) {
    int pulled = 0;
    diary notes;
    auto chain = combine(counting_to(&pulled, 6), paipa::step<noting>("a", {}, &notes),
                         paipa::step("c", paipa::chunk(2)));
    EXPECT_EQ(consume(chain, 1), 1U);
    EXPECT_EQ(pulled, 2);
    EXPECT_EQ(chain.report().steps[0].finished, 2U);
    EXPECT_EQ(chain.report().state, paipa::run_state::running);
    EXPECT_EQ(consume(chain, 1), 1U);
    EXPECT_EQ(pulled, 4);
    EXPECT_EQ(items_of(chain), (std::vector<std::vector<int>>{{4, 5}}));
    EXPECT_EQ(chain.report().state, paipa::run_state::finished);
    EXPECT_EQ(notes,
              (diary{"a step_initialize", "a initialize", "a thread_initialize", "a 0", "a 1",
                     "a 2", "a 3", "a 4", "a 5", "a thread_shutdown", "a step_shutdown"}));
}

TEST(consume, finds_nothing_behind_a_chain_that_it_took_to_its_last_item) {
    auto chain = combine(std::views::iota(0, 4), paipa::step("a", [](int x) { return x; }));
    EXPECT_EQ(consume(chain, 4), 4U);
    EXPECT_EQ(chain.report().state, paipa::run_state::running);
    EXPECT_EQ(consume(chain, 4), 0U);
    EXPECT_EQ(chain.report().state, paipa::run_state::finished);
}

/// What `consume` hands over is what a loop gets, whichever steps there are.
template <class Make>
void expect_as_a_loop(Make make) {
    auto chain = make();
    const auto expected = items_of(make());
    auto seen = expected;
    seen.clear();
    consume(chain, [&seen](auto&& x) { seen.push_back(std::forward<decltype(x)>(x)); });
    EXPECT_EQ(seen, expected);
    EXPECT_FALSE(seen.empty());
    EXPECT_EQ(consume(make()), expected.size());
}

TEST(consume, hands_every_item_to_a_function) {
    const auto numbers = std::views::iota(0, 20);
    const auto odd = paipa::filter([](int x) { return x % 2 == 1; });
    const auto text = paipa::map([](int x) { return std::to_string(x); });
    const auto skips = paipa::map([](int x) { return x < 5 ? throw paipa::skip_entry{} : x; });
    const auto maybe = paipa::map([](int x) { return x > 2 ? std::optional(x) : std::nullopt; });
    const auto many = paipa::flat_map([](int x) { return std::vector{x, -x}; });
    const auto same = paipa::step("s", [](int x) { return x; });
    expect_as_a_loop([&] { return combine(numbers); });
    expect_as_a_loop([&] { return combine(numbers, odd, text); });
    expect_as_a_loop([&] { return combine(numbers, skips, maybe, paipa::chunk(3)); });
    expect_as_a_loop(
        [&] { return combine(numbers, many, paipa::chunk(7), paipa::flatten(), odd); });
    expect_as_a_loop([&] { return combine(numbers, plus_one, many, plus_one, text); });
    expect_as_a_loop([&] { return combine(numbers, std::views::take(7), many, odd); });
    expect_as_a_loop([&] { return combine(numbers, many, same, odd, text); });
    expect_as_a_loop([&] { return combine(std::vector<std::string>{"a", "b"}, paipa::chunk(1)); });
    expect_as_a_loop([&] { return std::vector{1, 2}; });
}

TEST(consume, moves_items_that_are_nobody_elses_into_the_function) {
    std::vector<std::unique_ptr<int>> kept;
    consume(
        combine(std::views::iota(0, 2), paipa::map([](int x) { return std::make_unique<int>(x); })),
        [&kept](std::unique_ptr<int> p) { kept.push_back(std::move(p)); });
    EXPECT_EQ(*kept.at(1), 1);
    const std::vector<std::string> texts(2, std::string(40, 'x'));
    auto mine = texts;
    consume(combine(mine, paipa::filter([](const std::string&) { return true; })),
            [](const std::string& s) { EXPECT_EQ(s.size(), 40U); });
    EXPECT_EQ(mine, texts);
}

TEST(consume, hands_over_what_comes_behind_the_items_that_it_took_before) {
    auto chain = combine(std::views::iota(0, 6), paipa::map([](int x) { return x; }));
    EXPECT_EQ(consume(chain, 2), 2U);
    std::vector<int> seen;
    consume(chain, [&seen](int x) { seen.push_back(x); });
    EXPECT_EQ(seen, (std::vector{2, 3, 4, 5}));
    auto rows = combine(std::views::iota(0, 9), paipa::chunk(4), paipa::flatten());
    EXPECT_EQ(consume(rows, 3), 3U);
    seen.clear();
    consume(rows, [&seen](int x) { seen.push_back(x); });
    EXPECT_EQ(seen, (std::vector{3, 4, 5, 6, 7, 8}));
}

TEST(consume, lets_out_what_the_function_throws) {
    int seen = 0;
    const auto stop_at_two = [&seen](int x) {
        if (x == 2) {
            throw paipa::skip_entry{};  // means nothing here, and is nobody's to catch
        }
        ++seen;
    };
    const auto same = paipa::map([](int x) { return x; });
    const auto one = paipa::flat_map([](int x) { return std::vector{x}; });
    EXPECT_THROW(
        consume(combine(std::views::iota(0, 9), same, paipa::filter([](int) { return true; }), one),
                stop_at_two),
        paipa::skip_entry);
    EXPECT_EQ(seen, 2);
    diary notes;
    {
        auto chain = combine(std::views::iota(0, 9), paipa::step<noting>("a", {}, &notes), same);
        EXPECT_THROW(consume(chain, stop_at_two), paipa::skip_entry);
    }
    EXPECT_EQ(notes, (diary{"a step_initialize", "a initialize", "a thread_initialize", "a 0",
                            "a 1", "a 2", "a thread_shutdown", "a step_shutdown"}));
}

TEST(consume, lets_exceptions_out) {
    auto chain =
        combine(std::views::iota(0, 4),
                paipa::map([](int x) { return x < 2 ? x : throw std::runtime_error("two"); }));
    EXPECT_EQ(consume(chain, 2), 2U);
    EXPECT_EQ(refusal<std::runtime_error>([&] { consume(chain); }), "two");
}

}  // namespace
