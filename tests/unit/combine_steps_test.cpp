#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
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

#include <algorithm>
#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// Steps of every kind in a chain.

namespace {

using paipa::combine;
using paipa::generator;

generator<int> plus_one(generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n + 1;
    }
}

generator<long> halves(generator<double> numbers) {
    for (const double n : numbers) {
        co_yield static_cast<long>(n / 2);
    }
}

const auto is_even = [](int x) { return x % 2 == 0; };
const auto squared = [](int x) { return x * x; };

// Callables and view adaptors

TEST(combine_steps, may_be_generator_functions_of_what_the_items_become) {
    EXPECT_EQ(items_of(combine(std::views::iota(0, 4), plus_one, halves)),
              (std::vector<long>{0, 1, 1, 2}));
}

TEST(combine_steps, may_be_generic_lambdas) {
    const auto doubled = [](auto range) -> generator<int> {
        for (auto&& x : range) {
            co_yield 2 * x;
        }
    };
    const auto dropped = [](auto&& range) {
        return std::views::drop(std::forward<decltype(range)>(range), 1);
    };
    const auto sorted = [](auto range) {
        auto all = items_of(range);
        std::ranges::sort(all, std::greater());
        return all;
    };
    EXPECT_EQ(items_of(combine(std::list{1, 2, 3}, doubled, sorted, plus_one)),
              (std::vector{7, 5, 3}));
    EXPECT_EQ(items_of(combine(std::list{1, 2, 3}, dropped, plus_one)), (std::vector{3, 4}));
}

TEST(combine_steps, may_be_coroutines_over_any_kind_of_reference) {
    const auto forwarded = [](auto&& range) -> generator<int> {
        for (auto&& x : range) {
            co_yield 2 * x;
        }
    };
    const auto constant = [](const auto& range) -> generator<int> {
        for (const int x : std::views::all(range)) {
            co_yield x + 1;
        }
    };
    const std::list all{1, 2, 3};
    EXPECT_EQ(items_of(combine(all, forwarded)), (std::vector{2, 4, 6}));
    EXPECT_EQ(items_of(combine(std::list{1, 2, 3}, plus_one, forwarded, forwarded, plus_one)),
              (std::vector{9, 13, 17}));
    EXPECT_EQ(items_of(combine(all, constant, forwarded)), (std::vector{4, 6, 8}));
    EXPECT_EQ(items_of(combine(std::list{1, 2, 3}, std::views::take(2), forwarded)),
              (std::vector{2, 4}));
}

TEST(combine_steps, may_be_function_objects_and_pointers) {
    struct adding {
        generator<int> operator()(generator<int> numbers) const {
            return add(std::move(numbers), n);
        }

        static generator<int> add(generator<int> numbers, int n) {
            for (const int x : numbers) {
                co_yield x + n;
            }
        }

        int n;
    };

    EXPECT_EQ(items_of(combine(std::views::iota(0, 2), adding{10}, &plus_one,
                               std::function<generator<int>(generator<int>)>(plus_one))),
              (std::vector{12, 13}));
}

TEST(combine_steps, may_be_standard_views_in_any_order) {
    const auto even = std::views::filter(is_even);
    const auto square = std::views::transform(squared);
    const auto three = std::views::take(3);
    const auto numbers = std::views::iota(0, 20);
    EXPECT_EQ(items_of(combine(numbers, even, square, three)), (std::vector{0, 4, 16}));
    EXPECT_EQ(items_of(combine(numbers, even, three, square)), (std::vector{0, 4, 16}));
    EXPECT_EQ(items_of(combine(numbers, square, even, three)), (std::vector{0, 4, 16}));
    EXPECT_EQ(items_of(combine(numbers, square, three, even)), (std::vector{0, 4}));
    EXPECT_EQ(items_of(combine(numbers, three, even, square)), (std::vector{0, 4}));
    EXPECT_EQ(items_of(combine(numbers, three, square, even)), (std::vector{0, 4}));
    EXPECT_EQ(items_of(combine(numbers, plus_one, three, even, plus_one, square)),
              (std::vector{9}));
    EXPECT_EQ(items_of(combine(numbers, even | square | three, plus_one)), (std::vector{1, 5, 17}));
    EXPECT_EQ(items_of(combine(numbers, paipa::map(squared), three,
                               paipa::step("a", [](int x) { return x + 1; }),
                               std::views::drop_while(is_even), even)),
              (std::vector{2}));
}

// Stock steps, by themselves and with books

TEST(combine_steps, may_be_stock_steps_of_every_kind) {
    const auto run = [](auto... steps) {
        return items_of(combine(std::vector<std::vector<int>>{{1, 2}, {}, {3, 4, 5}}, steps...));
    };
    const std::vector<int> expected{4, 4, 16, 16};
    const auto twice = [](int x) { return std::vector{x, x}; };
    EXPECT_EQ(run(paipa::flatten(), paipa::filter(is_even), paipa::map(squared), paipa::identity(),
                  paipa::flat_map(twice)),
              expected);
    EXPECT_EQ(run(paipa::step("1", paipa::flatten()), paipa::step("2", paipa::filter(is_even)),
                  paipa::step("3", paipa::map(squared)), paipa::step("4", paipa::identity()),
                  paipa::step("5", paipa::flat_map(twice))),
              expected);
    EXPECT_EQ(run(paipa::flatten() | paipa::filter(is_even) | paipa::map(squared),
                  paipa::identity() | paipa::flat_map(twice)),
              expected);
    EXPECT_EQ(run(paipa::flatten(), paipa::timed_chunk({.size = 2}), paipa::recursive_flatten()),
              (std::vector{1, 2, 3, 4, 5}));
}

TEST(combine_steps, map_has_all_forms_of_a_function_step) {
    const auto numbers = std::views::iota(0, 5);
    const auto even = [](int x) { return is_even(x) ? std::optional(x) : std::nullopt; };
    const auto odd = [](int x) { return is_even(x) ? throw paipa::skip_entry{} : x; };
    const auto twice = [](int x) -> generator<int> {
        co_yield x;
        co_yield x;
    };
    EXPECT_EQ(items_of(combine(numbers, paipa::map(even))), (std::vector{0, 2, 4}));
    EXPECT_EQ(items_of(combine(numbers, paipa::map(odd))), (std::vector{1, 3}));
    EXPECT_EQ(items_of(combine(numbers, paipa::map(odd), paipa::map(twice))),
              (std::vector{1, 1, 3, 3}));
    int called = 0;
    EXPECT_EQ(paipa::consume(combine(numbers, paipa::map([&called](int) { ++called; }))), 5U);
    EXPECT_EQ(called, 5);
}

TEST(combine_steps, skip_entry_skips_in_stock_steps_with_and_without_books) {
    const auto run = [](auto step) {
        return items_of(combine(std::views::iota(0, 5), step, paipa::identity()));
    };
    const auto keeps = [](int x) { return x == 2 ? throw paipa::skip_entry{} : x > 0; };
    const auto opens = [](int x) {
        return x == 1 ? throw paipa::skip_entry{} : std::vector(static_cast<std::size_t>(x), x);
    };
    EXPECT_EQ(run(paipa::filter(keeps)), (std::vector{1, 3, 4}));
    EXPECT_EQ(run(paipa::step("f", paipa::filter(keeps))), (std::vector{1, 3, 4}));
    EXPECT_EQ(run(paipa::flat_map(opens)), (std::vector{2, 2, 3, 3, 3, 4, 4, 4, 4}));
    EXPECT_EQ(run(paipa::step("m", paipa::flat_map(opens))),
              (std::vector{2, 2, 3, 3, 3, 4, 4, 4, 4}));
}

/// Yields the number, then skips what else there would be.
generator<int> skipping(int x) {
    co_yield x;
    if (x % 2 == 0) {
        throw paipa::skip_entry{};
    }
    co_yield 10 * x;
}

TEST(combine_steps, skip_entry_inside_of_an_items_generator_keeps_what_has_left) {
    const std::vector<int> expected{0, 1, 10, 2, 3, 30};
    EXPECT_EQ(items_of(combine(std::views::iota(0, 4), paipa::step("s", skipping))), expected);
    EXPECT_EQ(items_of(combine(std::views::iota(0, 4), paipa::map(skipping))), expected);
    EXPECT_EQ(items_of(combine(std::views::iota(0, 4), paipa::flat_map(skipping))), expected);
}

TEST(combine_steps, flatten_leaves_text_alone) {
    const std::vector<std::vector<std::vector<std::string>>> tree{{{"ab"}, {}}, {}, {{"c", "d"}}};
    const std::vector<std::string> leaves{"ab", "c", "d"};
    EXPECT_EQ(items_of(combine(tree, paipa::recursive_flatten())), leaves);
    EXPECT_EQ(items_of(combine(tree, paipa::step("r", paipa::recursive_flatten()))), leaves);
    EXPECT_EQ(items_of(combine(tree, paipa::flatten(), paipa::flatten())), leaves);
    const std::vector<std::vector<std::string_view>> views{{"xy", "z"}};
    EXPECT_EQ(items_of(combine(views, paipa::recursive_flatten())),
              (std::vector<std::string_view>{"xy", "z"}));
}

TEST(combine_steps, flatten_takes_generators_and_views_apart) {
    const auto up_to = [](int n) { return std::views::iota(0, n); };
    const auto rows = [up_to](int n) -> std::vector<decltype(up_to(0))> {
        return {up_to(n), up_to(1)};
    };
    EXPECT_EQ(items_of(combine(std::views::iota(1, 3), paipa::map(up_to), paipa::flatten())),
              (std::vector{0, 0, 1}));
    EXPECT_EQ(
        items_of(combine(std::views::iota(1, 3), paipa::map(rows), paipa::recursive_flatten())),
        (std::vector{0, 0, 0, 1, 0}));
    const auto repeated = std::views::transform([](int n) -> generator<int> {
        for (int i = 0; i < n; ++i) {
            co_yield n;
        }
    });
    EXPECT_EQ(items_of(combine(std::views::iota(0, 3), repeated, paipa::flatten())),
              (std::vector{1, 2, 2}));
}

// Function and class steps

TEST(combine_steps, function_steps_have_four_forms) {
    const auto numbers = std::views::iota(0, 4);
    EXPECT_EQ(items_of(combine(numbers, paipa::step("out", squared))), (std::vector{0, 1, 4, 9}));
    EXPECT_EQ(items_of(combine(numbers, paipa::step("maybe",
                                                    [](int x) {
                                                        return is_even(x) ? std::optional(x)
                                                                          : std::nullopt;
                                                    }))),
              (std::vector{0, 2}));
    EXPECT_EQ(items_of(combine(numbers, paipa::step("many",
                                                    [](int x) -> generator<int> {
                                                        for (int i = 0; i < x; ++i) {
                                                            co_yield x;
                                                        }
                                                    }))),
              (std::vector{1, 2, 2, 3, 3, 3}));
    std::vector<int> seen;
    auto nothing = combine(numbers, paipa::step("none", [&seen](int x) { seen.push_back(x); }));
    EXPECT_EQ(paipa::consume(nothing), 4U);
    EXPECT_EQ(seen, (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(nothing.report().delivered, 4U);
}

TEST(combine_steps, function_steps_keep_state_of_their_own_for_each_chain) {
    const auto sums = [sum = 0](int x) mutable { return sum += x; };
    const auto total = paipa::step("total", sums);
    const auto again = paipa::step("again", sums);
    for (int walk = 0; walk < 2; ++walk) {
        EXPECT_EQ(items_of(combine(std::views::iota(1, 4), total, again)), (std::vector{1, 4, 10}));
    }
    const auto lazy = paipa::map([sum = 0](int x) mutable { return sum += x; });
    for (int walk = 0; walk < 2; ++walk) {
        EXPECT_EQ(items_of(combine(std::views::iota(1, 4), lazy, lazy)), (std::vector{1, 4, 10}));
    }
}

TEST(combine_steps, iter_steps_and_flows_mix_with_all_others) {
    EXPECT_EQ(
        items_of(combine(std::views::iota(0, 6), paipa::iter_step("i", plus_one),
                         paipa::step("s", squared) | paipa::chunk(4) | paipa::flatten(),
                         std::tuple(std::views::filter(is_even), paipa::iter_step("j", plus_one)),
                         paipa::identity())),
        (std::vector{5, 17, 37}));
}

// Once per item

TEST(combine_steps, call_a_function_once_per_item) {
    int mapped = 0;
    int filtered = 0;
    int opened = 0;
    const auto map = paipa::map([&mapped](int x) {
        ++mapped;
        return x;
    });
    const auto filter = paipa::filter([&filtered](int x) {
        ++filtered;
        return x % 2 == 0;
    });
    const auto flat_map = paipa::flat_map([&opened](int x) {
        ++opened;
        return std::vector{x};
    });
    const auto expect_calls = [&](int n, const auto&... steps) {
        mapped = filtered = opened = 0;
        paipa::consume(combine(std::views::iota(0, 10), steps...));
        EXPECT_EQ(mapped, 10);
        EXPECT_EQ(filtered, 10);
        EXPECT_EQ(opened, n);
    };
    expect_calls(5, map, filter, flat_map, std::views::filter(is_even), paipa::chunk(2));
    expect_calls(10, map, flat_map, filter, paipa::identity(), std::views::filter(is_even));
    expect_calls(10, flat_map, map, std::views::filter([](int) { return true; }), filter);
    expect_calls(10, map, std::views::filter([](int) { return true; }), flat_map, filter, plus_one);
}

TEST(combine_steps, pull_a_standard_view_once_per_item) {
    int calls = 0;
    const auto counted = std::views::transform([&calls](int x) {
        ++calls;
        return x;
    });
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0, 10), counted, paipa::filter(is_even),
                                     std::views::filter(is_even), paipa::map(squared))),
              5U);
    EXPECT_EQ(calls, 10);
}

TEST(combine_steps, pull_the_elements_of_an_opened_view_once) {
    int calls = 0;
    const auto counted = [&calls](int n) {
        return std::views::iota(0, n) | std::views::transform([&calls](int x) {
                   ++calls;
                   return x;
               });
    };
    const auto even = paipa::filter(is_even);
    const std::vector<int> expected{0, 0, 0, 2};
    EXPECT_EQ(items_of(combine(std::views::iota(0, 4), paipa::flat_map(counted), even)), expected);
    EXPECT_EQ(calls, 6);
    calls = 0;
    EXPECT_EQ(
        items_of(combine(std::views::iota(0, 4), paipa::step("f", paipa::flat_map(counted)), even)),
        expected);
    EXPECT_EQ(calls, 6);
}

struct unfolding final : paipa::abstract_step<int, int, generator<int>> {
    explicit unfolding(int* p) : pulled(p) {}

    generator<int> process(int /*x*/) override { return counting_to(pulled, 1'000); }

    int* pulled;
};

TEST(combine_steps, pull_the_outputs_of_an_item_one_by_one) {
    int pulled = 0;
    const auto unfold = [&pulled](int /*x*/) { return counting_to(&pulled, 1'000); };
    const auto expect_one = [&](const auto& step) {
        pulled = 0;
        EXPECT_EQ(paipa::consume(combine(std::views::iota(0), step), 1), 1U);
        EXPECT_EQ(pulled, 1);
    };
    expect_one(paipa::flat_map(unfold));
    expect_one(paipa::map(unfold));
    expect_one(paipa::step("f", paipa::flat_map(unfold)));
    expect_one(paipa::step("s", unfold));
    expect_one(paipa::step<unfolding>("c", {}, &pulled));
}

}  // namespace
