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

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using paipa::combine;
using paipa::generator;

generator<int> remove_odd(generator<int> numbers) {
    for (const int n : numbers) {
        if (n % 2 == 0) {
            co_yield n;
        }
    }
}

generator<int> pass(generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n;
    }
}

generator<int> remove_every_second(generator<int> numbers) {
    bool keep = true;
    for (const int n : numbers) {
        if (std::exchange(keep, !keep)) {
            co_yield n;
        }
    }
}

static_assert(std::ranges::input_range<decltype(combine(std::views::iota(0, 1), pass))>);
static_assert(std::ranges::view<decltype(combine(std::views::iota(0, 1), pass))>);
static_assert(std::ranges::view<decltype(combine(std::views::iota(0, 1),
                                                 paipa::step("a", [](int x) { return x; })))>);

// What one can say with it

TEST(combine, sums_the_even_numbers) {
    int sum = 0;
    for (const int x : combine(std::views::iota(0, 100), remove_odd)) {
        sum += x;
    }
    EXPECT_EQ(sum, 2450);
}

TEST(combine, takes_nested_tuples_of_steps) {
    auto chain = combine(std::views::iota(0, 1'000), pass,
                         std::make_tuple(remove_every_second, paipa::identity()), pass);
    EXPECT_EQ(paipa::consume(chain), 500U);
    auto deeper = combine(
        std::views::iota(0, 1'000),
        std::make_tuple(pass, std::make_tuple(remove_every_second, std::tuple(paipa::identity())),
                        pass));
    EXPECT_EQ(paipa::consume(deeper), 500U);
    EXPECT_EQ(items_of(combine(std::vector{1, 2}, std::tuple<>())), (std::vector{1, 2}));
}

TEST(combine, makes_a_callable_pipeline_from_a_callable_source) {
    const auto numbers = [](int from, int to) { return std::views::iota(from, to); };
    const auto pipeline = combine(numbers, pass, std::make_tuple(remove_every_second, pass), pass);
    auto first = pipeline(0, 1'000);
    auto second = pipeline(10, 16);
    EXPECT_EQ(paipa::consume(first), 500U);
    EXPECT_EQ(items_of(second), (std::vector{10, 12, 14}));
    EXPECT_EQ(items_of(pipeline(1, 2)), (std::vector{1}));
}

std::vector<std::unique_ptr<int>> boxed(std::unique_ptr<int> one, int copies) {
    std::vector<std::unique_ptr<int>> all;
    for (int i = 1; i < copies; ++i) {
        all.push_back(std::make_unique<int>(*one));
    }
    all.push_back(std::move(one));
    return all;
}

TEST(combine, passes_move_only_arguments_on_to_its_source) {
    const auto pipeline = combine(boxed, paipa::map([](std::unique_ptr<int> p) { return *p; }));
    EXPECT_EQ(items_of(pipeline(std::make_unique<int>(7), 3)), (std::vector{7, 7, 7}));
}

TEST(combine, keeps_the_state_of_a_mutable_source_from_call_to_call) {
    auto pipeline = combine(
        [n = 0, owned = std::make_unique<int>(1)](int more) mutable {
            n += more + *owned;
            return std::views::iota(0, n);
        },
        pass);
    EXPECT_EQ(items_of(pipeline(1)), (std::vector{0, 1}));
    EXPECT_EQ(items_of(pipeline(0)), (std::vector{0, 1, 2}));
    static_assert(!std::is_invocable_v<decltype(pipeline)&, std::string>);
}

TEST(combine, calls_a_source_that_is_mutable_for_some_arguments) {
    struct uneven {
        std::vector<int> operator()(int n) const { return {n}; }

        std::vector<std::string> operator()(const std::string& text) {
            all += text;
            return {all};
        }

        std::string all;
    };

    auto pipeline = combine(uneven{}, [](auto range) { return range; });
    EXPECT_EQ(items_of(std::as_const(pipeline)(3)), (std::vector{3}));
    EXPECT_EQ(items_of(pipeline("a")), (std::vector<std::string>{"a"}));
    EXPECT_EQ(items_of(pipeline("b")), (std::vector<std::string>{"ab"}));
}

TEST(combine, refuses_arguments_that_the_source_does_not_take) {
    const auto pipeline = combine([](int n) { return std::views::iota(0, n); }, pass);
    static_assert(std::is_invocable_v<decltype(pipeline), int>);
    static_assert(!std::is_invocable_v<decltype(pipeline), std::string>);
    static_assert(!std::is_invocable_v<decltype(pipeline)>);
    EXPECT_EQ(paipa::consume(pipeline(3)), 3U);
}

TEST(combine, chunks) {
    const std::vector<std::vector<int>> expected{{1, 2, 3}, {4, 5, 6}, {7, 8}};
    EXPECT_EQ(items_of(combine(std::views::iota(1, 9), paipa::chunk(3))), expected);
    EXPECT_EQ(items_of(combine(std::views::iota(1, 9), paipa::step("c", paipa::chunk(3)))),
              expected);
    EXPECT_EQ(items_of(combine(std::views::iota(1, 9), paipa::chunk(3), paipa::flatten())),
              items_of(std::views::iota(1, 9)));
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0, 0), paipa::chunk(3))), 0U);
}

TEST(combine, refuses_chunks_of_nothing) {
    EXPECT_EQ(refusal<paipa::config_error>(
                  [] { (void)combine(std::views::iota(0, 9), paipa::chunk(0)); }),
              "paipa::chunk: size: expected at least 1, got 0");
}

generator<std::string> prepend_ello(generator<std::string> texts) {
    for (std::string&& text : texts) {
        std::string longer = "ello " + text;
        co_yield std::move(longer);
    }
}

TEST(combine, greets_the_world) {
    const auto prepend_h = [](generator<std::string> texts) -> generator<std::string> {
        for (std::string&& text : texts) {
            std::string longer = "H" + text;
            co_yield std::move(longer);
        }
    };
    EXPECT_EQ(items_of(combine(std::vector<std::string>{"World!"}, prepend_ello, prepend_h)),
              (std::vector<std::string>{"Hello World!"}));
    const auto prepend = [](const std::string& front) {
        return paipa::map([front](const std::string& text) { return front + text; });
    };
    EXPECT_EQ(items_of(combine(std::vector<std::string>{"World!"}, prepend("ello "), prepend("H"))),
              (std::vector<std::string>{"Hello World!"}));
}

TEST(combine, without_steps_is_its_source) {
    EXPECT_EQ(items_of(combine(std::vector{3, 1})), (std::vector{3, 1}));
}

// Laziness

TEST(combine, runs_nothing_before_begin) {
    int pulled = 0;
    int called = 0;
    diary notes;
    const auto step = [&called](auto range) {
        ++called;
        return range;
    };
    const auto source = [&called](int* p) {
        ++called;
        return counting(p);
    };
    {
        auto chain = combine(counting(&pulled), step, pass, paipa::step<noting>("a", {}, &notes),
                             paipa::map([&called](int x) {
                                 ++called;
                                 return x;
                             }));
        [[maybe_unused]] const auto pipeline = combine(source, step);
        EXPECT_EQ(chain.report().state, paipa::run_state::ready);
    }
    EXPECT_EQ(pulled, 0);
    EXPECT_EQ(called, 0);
    EXPECT_EQ(notes, diary{});
}

TEST(combine, ends_infinite_sources_with_take) {
    EXPECT_EQ(items_of(combine(std::views::iota(0), remove_odd, std::views::take(3))),
              (std::vector{0, 2, 4}));
    EXPECT_EQ(items_of(combine(std::views::iota(0), std::views::take(4), pass)),
              (std::vector{0, 1, 2, 3}));
}

const std::string walked_twice =
    "paipa::combine: a chain is walked once: expected its first begin(), got another one; keep the "
    "iterator, or combine again";

TEST(combine, refuses_a_second_walk) {
    auto chain = combine(std::views::iota(0, 3), pass);
    EXPECT_EQ(items_of(chain), (std::vector{0, 1, 2}));
    EXPECT_EQ(refusal<paipa::state_error>([&] { (void)chain.begin(); }), walked_twice);
    auto with_books = combine(std::views::iota(0, 3), paipa::step("a", [](int x) { return x; }));
    auto at = with_books.begin();
    EXPECT_EQ(refusal<paipa::state_error>([&] { (void)with_books.begin(); }), walked_twice);
    ++at;
    EXPECT_EQ(*at, 1);
}

TEST(combine, refuses_the_same_explicit_name_twice) {
    const auto same = [](int x) { return x; };
    const std::string twice = "paipa::flow: step names: expected each name once, got 'a' twice";
    EXPECT_EQ(refusal<paipa::config_error>([&] {
                  (void)combine(std::views::iota(0, 3), paipa::step("a", same), pass,
                                std::tuple(paipa::step("b", same), paipa::step("a", same)));
              }),
              twice);
    EXPECT_EQ(refusal<paipa::config_error>([&] {
                  (void)combine([] { return std::views::iota(0, 3); }, paipa::step("a", same),
                                paipa::step("a", paipa::map(same)));
              }),
              twice);
}

TEST(combine, may_be_moved_before_and_during_its_walk) {
    auto chain = combine(std::vector<std::string>{"a", "b", "c"},
                         paipa::step("a", [](std::string s) { return s + "!"; }));
    auto moved = std::move(chain);
    auto at = moved.begin();
    auto again = std::move(moved);
    ++at;
    EXPECT_EQ(*at, "b!");
    ++at;
    ++at;
    EXPECT_TRUE(at == again.end());
    EXPECT_EQ(again.report().state, paipa::run_state::finished);
}

// Sources

TEST(combine, takes_any_range_as_its_source) {
    const auto twice = paipa::map([](int x) { return 2 * x; });
    const std::vector<int> expected{2, 4, 6};
    int array[] = {1, 2, 3};  // NOLINT: that is what is tested
    std::list<int> list{1, 2, 3};
    std::istringstream in("1 2 3");
    EXPECT_EQ(items_of(combine(array, twice)), expected);
    EXPECT_EQ(items_of(combine(list, pass, twice)), expected);
    EXPECT_EQ(items_of(combine(std::array{1, 2, 3}, twice)), expected);
    EXPECT_EQ(items_of(combine(std::deque{1, 2, 3}, twice, pass)), expected);
    EXPECT_EQ(items_of(combine(std::span(array), twice)), expected);
    EXPECT_EQ(items_of(combine(std::views::istream<int>(in), twice)), expected);
    EXPECT_EQ(items_of(combine(combine(list, pass), twice)), expected);
    EXPECT_EQ(items_of(combine(std::string_view("abc"),
                               paipa::map([](char c) { return static_cast<char>(c + 1); }))),
              (std::vector{'b', 'c', 'd'}));
    const std::map<std::string, int> words{{"a", 1}, {"b", 2}};
    EXPECT_EQ(items_of(combine(words, paipa::map([](const auto& pair) { return pair.second; }))),
              (std::vector{1, 2}));
}

TEST(combine, takes_ranges_of_proxies) {
    std::vector<bool> bits{true, false, true};
    const auto is_set = [](bool b) { return b; };
    EXPECT_EQ(items_of(combine(bits, paipa::filter(is_set), paipa::map([](bool b) { return !b; }))),
              (std::vector<bool>{false, false}));
    EXPECT_EQ(items_of(combine(std::vector<bool>{true, false}, paipa::chunk(2))),
              (std::vector<std::vector<bool>>{{true, false}}));
    EXPECT_EQ(items_of(combine(bits, paipa::step("a", is_set))), bits);
}

TEST(combine, goes_through_a_generator_given_by_name_without_owning_it) {
    int pulled = 0;
    auto source = counting_to(&pulled, 4);
    EXPECT_EQ(items_of(combine(source, pass)), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(pulled, 4);
}

/// Counts those alive.
struct witness {
    explicit witness(int* n) : alive(n) { ++*alive; }

    witness(const witness& other) : alive(other.alive) { ++*alive; }

    witness& operator=(const witness&) = delete;

    ~witness() { --*alive; }

    int* alive;
};

TEST(combine, ends_coroutines_before_the_closures_that_they_refer_to) {
    int closures = 0;
    int seen = -1;

    struct last_look {
        ~last_look() { *seen = *closures; }

        int* closures;
        int* seen;
    };

    const auto chain_of = [&](int n) {
        return combine(
            std::views::iota(0, n),
            [w = witness(&closures), s = &seen](generator<int> in) -> generator<int> {
                const last_look look{w.alive, s};
                for (const int x : in) {
                    co_yield x;
                }
            },
            paipa::step("s", [](int x) { return x; }));
    };
    {
        auto chain = chain_of(10);
        EXPECT_EQ(paipa::consume(chain, 3), 3U);
    }
    EXPECT_EQ(seen, 1);
    EXPECT_EQ(closures, 0);
    auto chain = chain_of(10);
    EXPECT_EQ(paipa::consume(chain, 3), 3U);
    chain = chain_of(5);
    EXPECT_EQ(seen, 2);
    EXPECT_EQ(items_of(chain), items_of(std::views::iota(0, 5)));
}

}  // namespace
