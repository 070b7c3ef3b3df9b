#include <paipa/combine.hpp>
#include <paipa/generator.hpp>
#include <paipa/pipeline.hpp>
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
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::combine;
using paipa::generator;

generator<int> pass(generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n;
    }
}

const auto same = [](int x) { return x; };
const auto all = [](int) { return true; };

// An item is pulled when it is asked for

/// Walks three items of a chain, each pulled when it is asked for.
template <class... Steps>
void expect_pulled_one_by_one(Steps... steps) {
    int pulled = 0;
    auto chain = combine(counting(&pulled), std::move(steps)...);
    EXPECT_EQ(pulled, 0);
    auto at = chain.begin();
    for (int n = 0; n < 3; ++n, ++at) {
        EXPECT_EQ(pulled, n);
        EXPECT_EQ(*at, n);
        EXPECT_EQ(pulled, n + 1);
        EXPECT_FALSE(at == chain.end());
        EXPECT_EQ(pulled, n + 1);
    }
    EXPECT_EQ(pulled, 3);
    ++at;  // passes one that nobody has looked at
    EXPECT_EQ(*at, 4);
}

TEST(combine_lazy, pulls_an_item_when_it_is_asked_for) {
    expect_pulled_one_by_one();
    expect_pulled_one_by_one(pass, pass);
    expect_pulled_one_by_one([](auto range) { return range; });
    expect_pulled_one_by_one(std::views::filter([](int) { return true; }),
                             std::views::transform(same));
    expect_pulled_one_by_one(paipa::map(same), paipa::filter([](int) { return true; }),
                             paipa::identity(), paipa::chunk(1), paipa::flatten(),
                             paipa::flat_map([](int x) { return std::vector{x}; }));
    expect_pulled_one_by_one(paipa::step("a", same), paipa::step("c", paipa::chunk(1)),
                             paipa::step("f", paipa::flatten()));
    expect_pulled_one_by_one(paipa::step("g", [](int x) -> generator<int> { co_yield x; }));
    expect_pulled_one_by_one(paipa::iter_step("i", pass), paipa::iter_step("j", pass, pass));
    expect_pulled_one_by_one(paipa::step("a", same) | paipa::map(same) | paipa::step("b", same));
}

TEST(combine_lazy, pulls_for_a_chunk_what_it_holds) {
    int pulled = 0;
    auto chain = combine(counting(&pulled), paipa::chunk(3));
    auto at = chain.begin();
    EXPECT_EQ((*at).size(), 3U);
    EXPECT_EQ(pulled, 3);
    ++at;
    EXPECT_EQ(pulled, 3);
    EXPECT_EQ(*at, (std::vector{3, 4, 5}));
    EXPECT_EQ(pulled, 6);
}

/// Walks all of a range that takes three of a chain's items, which is endless.
template <class... Steps>
void expect_three_pulled(Steps... steps) {
    int pulled = 0;
    EXPECT_EQ(items_of(combine(counting(&pulled), steps..., std::views::take(3))),
              (std::vector{0, 1, 2}));
    EXPECT_EQ(pulled, 3) << "as the last step";
    pulled = 0;
    EXPECT_EQ(items_of(combine(counting(&pulled), steps...) | std::views::take(3)),
              (std::vector{0, 1, 2}));
    EXPECT_EQ(pulled, 3) << "behind the chain";
    pulled = 0;
    EXPECT_EQ(items_of(combine(counting(&pulled), std::views::take(3), steps...)),
              (std::vector{0, 1, 2}));
    EXPECT_EQ(pulled, 3) << "in front";
    pulled = 0;
    EXPECT_EQ(items_of(combine(counting(&pulled), steps...) | std::views::take(0)),
              (std::vector<int>{}));
    EXPECT_EQ(pulled, 0);
}

generator<int> three_of(generator<int> numbers) {
    for (const int n : std::move(numbers) | std::views::take(3)) {
        co_yield n;
    }
}

TEST(combine_lazy, takes_as_many_items_as_a_take_passes_on) {
    expect_three_pulled();
    expect_three_pulled(pass, pass);
    expect_three_pulled([](auto range) { return range; });
    expect_three_pulled([](auto&& range) -> generator<int> {
        for (const int x : range) {
            co_yield x;
        }
    });
    expect_three_pulled(std::views::transform(same), std::views::filter(all));
    expect_three_pulled(std::views::filter(all), std::views::transform(same));
    expect_three_pulled(paipa::map(same), paipa::filter(all), paipa::identity(), paipa::chunk(1),
                        paipa::flatten(), paipa::flat_map([](int x) { return std::vector{x}; }));
    expect_three_pulled(paipa::step("a", same), paipa::step("c", paipa::chunk(1)),
                        paipa::step("f", paipa::flatten()));
    expect_three_pulled(paipa::iter_step("i", pass), paipa::iter_step("j", pass, pass));
    expect_three_pulled(paipa::iter_step("t", three_of));
    expect_three_pulled(paipa::iter_step("t", std::views::take(3)));
    expect_three_pulled([](auto range) { return std::move(range) | std::views::take(3); });
}

TEST(combine_lazy, leaves_in_its_source_what_a_take_does_not_pass_on) {
    std::istringstream in("1 2 3 4");
    EXPECT_EQ(items_of(combine(std::views::istream<int>(in), std::views::take(2))),
              (std::vector{1, 2}));
    EXPECT_EQ(items_of(std::views::istream<int>(in)), (std::vector{3, 4}));
}

/// The input of an iter step waits with each item; it can be nested, left and passed by all the
/// same.
TEST(combine_lazy, gives_iter_steps_a_generator_that_does_all_a_generator_does) {
    const auto nests = [](generator<int> in) -> generator<int> {
        co_yield -1;
        co_yield paipa::elements_of(std::move(in));
    };
    const auto twice = [nests](generator<int> in) { return nests(nests(std::move(in))); };
    const auto but_two = [](generator<int> in) -> generator<int> {
        auto at = in.begin();
        ++at;
        ++at;
        for (; at != in.end(); ++at) {
            co_yield *at;
        }
    };
    const auto numbers = std::views::iota(0, 4);
    EXPECT_EQ(items_of(combine(numbers, paipa::iter_step("n", twice))),
              (std::vector{-1, -1, 0, 1, 2, 3}));
    auto passed = combine(numbers, paipa::iter_step("d", but_two));
    EXPECT_EQ(items_of(passed), (std::vector{2, 3}));
    EXPECT_EQ(passed.report().steps[0].finished, 4U);
    EXPECT_EQ(items_of(combine(numbers, paipa::iter_step("b", but_two), nests,
                               paipa::iter_step("c", but_two))),
              (std::vector{3}));
    paipa::pipeline p{paipa::iter_step("n", twice) | paipa::iter_step("d", but_two),
                      {.quiet = true}};
    p.put_iterable(numbers);
    EXPECT_EQ(items_of(p.results()), items_of(numbers));
    EXPECT_EQ(p.report().steps[1].finished, 6U);
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0), paipa::iter_step("n", twice)), 4), 4U);
}

// A chain ends with what it throws

generator<int> two_then_throw(generator<int> numbers) {
    for (const int n : numbers) {
        if (n == 2) {
            throw std::runtime_error("two");
        }
        co_yield n;
    }
}

int at_two(int x) {
    return x == 2 ? throw std::runtime_error("two") : x;
}

/// Two items come, then an error, and then nothing, however often one asks.
template <class Chain>
void expect_end_behind_a_throw(Chain chain, std::size_t items = 2) {
    auto at = chain.begin();
    for (std::size_t i = 0; i < items; ++i, ++at) {
        EXPECT_FALSE(at == chain.end());
    }
    EXPECT_EQ(refusal<std::runtime_error>([&] { (void)(at == chain.end()); }), "two");
    for (int i = 0; i < 3; ++i, ++at) {
        EXPECT_TRUE(at == chain.end());
    }
}

TEST(combine_lazy, is_at_its_end_behind_what_any_step_throws) {
    const auto numbers = std::views::iota(0, 9);
    const auto text = [](int x) { return std::to_string(at_two(x)); };
    expect_end_behind_a_throw(combine(numbers, two_then_throw));
    expect_end_behind_a_throw(combine(numbers, two_then_throw, pass));
    expect_end_behind_a_throw(combine(numbers, pass, two_then_throw, paipa::identity()));
    expect_end_behind_a_throw(combine(numbers, paipa::map(at_two)));
    expect_end_behind_a_throw(combine(numbers, paipa::map(text)));
    expect_end_behind_a_throw(
        combine(numbers, paipa::map(text), paipa::map([](std::string s) { return s; })));
    expect_end_behind_a_throw(
        combine(numbers, paipa::map([](int x) { return std::optional(at_two(x)); })));
    expect_end_behind_a_throw(
        combine(numbers, paipa::filter([](int x) { return at_two(x) >= 0; })));
    expect_end_behind_a_throw(
        combine(numbers, paipa::flat_map([](int x) { return std::vector{at_two(x)}; })));
    expect_end_behind_a_throw(
        combine(numbers, paipa::flat_map([](int x) -> generator<int> { co_yield at_two(x); })));
    expect_end_behind_a_throw(combine(
        numbers, paipa::map([](int x) { return std::vector{at_two(x)}; }), paipa::flatten()));
    expect_end_behind_a_throw(combine(numbers, paipa::map(at_two), paipa::chunk(2)), 1);
    expect_end_behind_a_throw(combine(numbers, paipa::map(text), paipa::chunk(2)), 1);
    expect_end_behind_a_throw(combine(numbers, paipa::step("a", at_two)));
    expect_end_behind_a_throw(combine(numbers, paipa::step("a", at_two) | paipa::map(same)));
    expect_end_behind_a_throw(combine(numbers, paipa::iter_step("a", two_then_throw)));
    expect_end_behind_a_throw(combine(numbers, std::views::transform(at_two)));
    expect_end_behind_a_throw(
        combine(numbers, std::views::filter([](int x) { return at_two(x) >= 0; })));
    expect_end_behind_a_throw(
        combine(numbers, std::views::take_while([](int x) { return at_two(x) >= 0; })));
    expect_end_behind_a_throw(combine(numbers | std::views::transform(at_two), pass));
    expect_end_behind_a_throw(combine([]() -> generator<int> {
        co_yield 0;
        co_yield 1;
        throw std::runtime_error("two");
    }()));
}

/// A step that catches what its input throws finds that at its end, too.
TEST(combine_lazy, ends_the_input_of_a_step_behind_what_comes_through_it) {
    const auto goes_on = [](auto range) -> generator<int> {
        auto at = range.begin();
        bool more = at != range.end();
        while (more) {
            co_yield int(*at);
            try {
                ++at;
                more = at != range.end();
            } catch (const std::runtime_error&) {
                more = at != range.end();
            }
        }
    };
    const auto as_generator = [goes_on](generator<int> in) { return goes_on(std::move(in)); };
    const std::vector expected{0, 1};
    const auto numbers = std::views::iota(0, 9);
    EXPECT_EQ(items_of(combine(numbers, paipa::map(at_two), goes_on)), expected);
    EXPECT_EQ(items_of(combine(numbers, paipa::map(at_two), as_generator)), expected);
    EXPECT_EQ(items_of(combine(numbers, two_then_throw, as_generator)), expected);
    EXPECT_EQ(items_of(combine(numbers, paipa::step("a", same), two_then_throw, goes_on)),
              expected);
}

}  // namespace
