#include <paipa/combine.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/map.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

// Chains inside of pipelines: as one iter step, and as what feeds them.

namespace {

using paipa::combine;
using paipa::generator;

generator<int> plus_one(generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n + 1;
    }
}

const auto is_even = [](int x) { return x % 2 == 0; };

/// What comes out of an iter step, the same on threads and in a chain.
template <class Flow>
auto both_ways(const Flow& step, int n) {
    auto inline_items = items_of(combine(std::views::iota(0, n), step));
    paipa::pipeline<int, typename Flow::template output<int>> p{step, {.quiet = true}};
    p.put_iterable(std::views::iota(0, n));
    EXPECT_EQ(items_of(p.results()), inline_items);
    EXPECT_TRUE(p.report().balanced()) << p.report();
    return inline_items;
}

TEST(combine_both_ways, several_steps_make_one_iter_step) {
    EXPECT_EQ(both_ways(paipa::iter_step("two", plus_one, std::views::filter(is_even)), 6),
              (std::vector{2, 4, 6}));
    EXPECT_EQ(both_ways(paipa::iter_step("three", plus_one, paipa::filter(is_even), plus_one), 6),
              (std::vector{3, 5, 7}));
    EXPECT_EQ(both_ways(paipa::iter_step("chunks", paipa::chunk(4), paipa::flatten(),
                                         paipa::step("s", [](int x) { return x; }), plus_one),
                        6),
              (std::vector{1, 2, 3, 4, 5, 6}));
}

TEST(combine_both_ways, a_coroutine_over_any_kind_of_reference_makes_an_iter_step) {
    const auto doubled = [](auto&& range) -> generator<int> {
        for (const int x : range) {
            co_yield 2 * x;
        }
    };
    EXPECT_EQ(both_ways(paipa::iter_step("one", doubled), 4), (std::vector{0, 2, 4, 6}));
    EXPECT_EQ(both_ways(paipa::iter_step("two", doubled, doubled, std::views::filter(is_even)), 4),
              (std::vector{0, 4, 8, 12}));
}

TEST(combine_both_ways, a_tuple_of_steps_makes_an_iter_step_with_options) {
    const auto step =
        paipa::iter_step("t", std::make_tuple(plus_one, paipa::filter(is_even)), {.capacity = 2});
    EXPECT_EQ(both_ways(step, 6), (std::vector{2, 4, 6}));
    EXPECT_EQ(both_ways(paipa::iter_step("o", std::make_tuple(plus_one)), 2), (std::vector{1, 2}));
    paipa::pipeline p{
        paipa::iter_step("many", std::make_tuple(plus_one, paipa::chunk(2), paipa::flatten()),
                         {.threads = 3}),
        {.quiet = true}};
    p.put_iterable(std::views::iota(0, 1'000));
    auto all = items_of(p.results());
    std::ranges::sort(all);
    EXPECT_EQ(all, items_of(std::views::iota(1, 1'001)));
}

TEST(combine_both_ways, a_flow_makes_an_iter_step_with_options) {
    const auto flow = paipa::step("a", [](int x) { return x + 1; }) | paipa::chunk(3);
    const auto step = paipa::iter_step("f", flow, {.threads = 2, .capacity = 4});
    paipa::pipeline p{step | paipa::flatten(), {.quiet = true}};
    p.put_iterable(std::views::iota(0, 100));
    auto all = items_of(p.results());
    std::ranges::sort(all);
    EXPECT_EQ(all, items_of(std::views::iota(1, 101)));
    EXPECT_EQ(p.report().steps.at(0).threads, 2U);
    EXPECT_EQ(p.report().edges.at(0).capacity, 4U);
}

TEST(combine_both_ways, a_flow_makes_an_iter_step) {
    diary notes;
    const auto flow = paipa::step<noting>("a", {}, &notes) | paipa::step<noting>("b", {}, &notes);
    paipa::pipeline p{paipa::iter_step("f", flow), {.quiet = true}};
    p.put_iterable(std::views::iota(0, 1));
    EXPECT_EQ(items_of(p.results()), (std::vector{0}));
    EXPECT_EQ(notes, (diary{"a step_initialize", "a initialize", "b step_initialize",
                            "b initialize", "a thread_initialize", "b thread_initialize", "a 0",
                            "b 0", "a thread_shutdown", "a step_shutdown", "b thread_shutdown",
                            "b step_shutdown"}));
}

TEST(combine_both_ways, an_iter_step_of_steps_declares_its_items) {
    paipa::pipeline of_a_function{paipa::iter_step("two", plus_one, plus_one), {.quiet = true}};
    static_assert(std::is_same_v<decltype(of_a_function), paipa::pipeline<int, int>>);
    paipa::pipeline of_a_flow{
        paipa::iter_step("f", paipa::step("s", [](int x) { return x; }), plus_one),
        {.quiet = true}};
    static_assert(std::is_same_v<decltype(of_a_flow), paipa::pipeline<int, int>>);
}

TEST(combine_both_ways, a_failure_inside_of_an_iter_step_fails_the_run) {
    diary notes;
    paipa::pipeline p{paipa::iter_step("f", paipa::step<noting>("a", {}, &notes, "2"), plus_one),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "a 2");
    EXPECT_EQ(p.failure()->step, "f");
    EXPECT_EQ(std::ranges::count(notes, "a step_shutdown"), 1);
    EXPECT_EQ(notes.back(), "a step_shutdown");
    EXPECT_TRUE(p.report().balanced()) << p.report();
}

TEST(combine_both_ways, an_iter_step_of_steps_may_return_early) {
    paipa::pipeline p{paipa::iter_step("f", plus_one, std::views::take(3)), {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    EXPECT_EQ(items_of(p.results()), (std::vector{1, 2, 3}));
    EXPECT_EQ(p.report().state, paipa::run_state::ended_early);
}

TEST(combine_both_ways, a_chain_feeds_a_pipeline) {
    int pulled = 0;
    diary notes;
    std::vector<int> seen;
    {
        paipa::pipeline p{paipa::step("s", [&seen](int x) { seen.push_back(x); }), {.quiet = true}};
        p.put_iterable(combine(counting_to(&pulled, 4), paipa::step<noting>("a", {}, &notes),
                               paipa::map([](int x) { return 2 * x; })));
        EXPECT_EQ(pulled, 0);
        p.run();
    }
    EXPECT_EQ(seen, (std::vector{0, 2, 4, 6}));
    EXPECT_EQ(std::ranges::count(notes, "a step_shutdown"), 1);
    EXPECT_EQ(notes.back(), "a step_shutdown");
}

TEST(combine_both_ways, a_chain_of_move_only_items_feeds_a_pipeline) {
    using box = std::unique_ptr<int>;
    int sum = 0;
    paipa::pipeline p{paipa::step("s", [&sum](box b) { sum += *b; }), {.quiet = true}};
    p.put_iterable(combine(std::views::iota(0, 10),
                           paipa::map([](int x) { return std::make_unique<int>(x); })));
    p.run();
    EXPECT_EQ(sum, 45);
}

TEST(combine_both_ways, a_callable_chain_feeds_a_pipeline) {
    const auto make = combine([] { return std::views::iota(0, 5); }, plus_one);
    paipa::pipeline p{paipa::step("s", [](int x) { return x; }), {.quiet = true}};
    p.put_iterable(make);
    EXPECT_EQ(items_of(p.results()), (std::vector{1, 2, 3, 4, 5}));
}

TEST(combine_both_ways, a_failing_chain_fails_the_pipeline_that_it_feeds) {
    diary notes;
    paipa::pipeline p{paipa::step("s", [](int x) { return x; }), {.quiet = true}};
    p.put_iterable(combine(std::views::iota(0), paipa::step<noting>("a", {}, &notes, "3")));
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "a 3");
    EXPECT_EQ(p.failure()->where, "source");
    EXPECT_EQ(notes.back(), "a step_shutdown");
}

TEST(combine_both_ways, the_results_of_a_pipeline_feed_a_chain) {
    paipa::pipeline p{paipa::step("s", [](int x) { return x; }), {.quiet = true}};
    p.put_iterable(std::views::iota(0, 5));
    auto results = p.results();
    EXPECT_EQ(items_of(combine(results, plus_one, paipa::chunk(2))),
              (std::vector<std::vector<int>>{{1, 2}, {3, 4}, {5}}));
}

}  // namespace
