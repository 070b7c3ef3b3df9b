#include <paipa/detail/lazy/chain.hpp>
#include <paipa/detail/lazy/inline_runs.hpp>
#include <paipa/detail/lazy/source_view.hpp>
#include <paipa/error.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/timed_chunk.hpp>
#include <paipa/stream.hpp>

#include "cursor_case.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <ranges>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using paipa::generator;
using paipa::detail::call_operator;
using paipa::detail::cursor_of;
using paipa::detail::has_books;
using paipa::detail::has_threaded;
using paipa::detail::source_view;
using paipa::detail::steps_in;

using strings = std::vector<std::string>;

constexpr auto same = [](auto range) { return range; };
constexpr auto add_one = [](int n) { return n + 1; };

generator<int> plus_one(generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n + 1;
    }
}

using map_flow = decltype(paipa::map(add_one));
using step_flow = decltype(paipa::step("a", add_one));
using two_steps = decltype(paipa::step("a", add_one) | paipa::map(add_one));
using part_on_threads = decltype(paipa::threaded(paipa::step("a", add_one)));

static_assert(steps_in<decltype(same)> == 1);
static_assert(steps_in<two_steps> == 2);
static_assert(steps_in<std::tuple<std::tuple<>, two_steps, std::tuple<two_steps>>> == 4);

static_assert(!has_books<decltype(same)> && !has_books<map_flow>);
static_assert(has_books<step_flow> && has_books<two_steps> && has_books<part_on_threads>);
static_assert(has_books<std::tuple<map_flow, std::tuple<step_flow>>>);

static_assert(!has_threaded<step_flow> && has_threaded<part_on_threads>);
static_assert(has_threaded<std::tuple<int, std::tuple<part_on_threads>>>);

struct final_callable final {
    void operator()() const {}
};

static_assert(call_operator<decltype(same)>::exists && call_operator<final_callable>::exists);
static_assert(call_operator<decltype(&plus_one)>::exists);
static_assert(!call_operator<int>::exists && !call_operator<strings>::exists);

/// Notes what is put behind one another.
struct naming {
    template <class View>
    View operator()(View view, const std::string& name) {
        names.push_back(name);
        return view;
    }

    void begin_next() { names.emplace_back("next"); }

    strings names{};
};

class chain : public testing::Test {
protected:
    /// Everything that comes out of the steps.
    template <class Source, class... Steps>
    auto items_of(Source source, Steps... steps) {
        paipa::detail::chain<naming> links(runs, probe);
        auto view = links.template link<1>(source_view(std::move(source)), steps...);
        runs.last().start();
        return pulled(cursor_of(std::move(view)));
    }

    paipa::detail::inline_runs runs;
    naming probe;
};

TEST_F(chain, of_no_steps_is_its_source) {
    EXPECT_EQ(items_of(std::views::iota(0, 3)), (std::vector{0, 1, 2}));
    EXPECT_TRUE(probe.names.empty());
}

TEST_F(chain, puts_steps_of_every_kind_behind_one_another) {
    EXPECT_EQ(items_of(std::vector{1, 2, 3}, plus_one, std::tuple(same, std::views::drop(1)),
                       paipa::step("a", add_one) | paipa::chunk(2), same),
              (std::vector<std::vector<int>>{{4, 5}}));
    EXPECT_EQ(probe.names, (strings{"step 1", "step 2", "step 3", "a", "chunk", "step 6"}));
}

TEST_F(chain, gives_steps_with_books_names_of_their_own) {
    EXPECT_EQ(items_of(std::views::iota(0, 4), paipa::timed_chunk({.size = 2}),
                       paipa::timed_chunk({.size = 2}))
                  .size(),
              1U);
    EXPECT_EQ(probe.names, (strings{"timed_chunk", "timed_chunk#2"}));
    EXPECT_TRUE(runs.last().has_step("timed_chunk#2"));
}

TEST_F(chain, refuses_two_steps_of_the_same_explicit_name) {
    const auto a = paipa::step("a", add_one);
    const auto b = paipa::step("b", add_one);
    EXPECT_NO_THROW(paipa::detail::check_chain_names(a, same, b));
    EXPECT_NO_THROW(paipa::detail::check_chain_names(paipa::map(add_one), paipa::map(add_one)));
    EXPECT_THROW(paipa::detail::check_chain_names(a, same, std::tuple(b, std::tuple(a))),
                 paipa::config_error);
}

TEST_F(chain, lets_a_generic_callable_pull_an_item_when_it_wants_one) {
    int pulls = 0;
    int pulls_at_begin = -1;
    const auto first = [&](auto range) {
        auto i = range.begin();
        ++i;
        pulls_at_begin = pulls;
        return std::vector{*i};
    };
    auto source = [](int* n) -> generator<int> {
        while (true) {
            co_yield ++*n;
        }
    }(&pulls);
    // The generator's own `begin` pulls one; `++` of a view that waits pulls none.
    EXPECT_EQ(items_of(std::move(source), same, first), std::vector{2});
    EXPECT_EQ(pulls_at_begin, 1);
    EXPECT_EQ(pulls, 2);
}

TEST_F(chain, makes_the_items_of_a_returned_view_once) {
    int calls = 0;
    const auto texts = [&calls](auto range) {
        return std::views::transform(std::move(range), [&calls](int n) {
            ++calls;
            return std::to_string(n);
        });
    };
    const auto source = [](int n) -> generator<int> {
        for (int i = 0; i < n; ++i) {
            co_yield i;
        }
    };
    const auto all = std::views::filter([](const std::string& s) { return !s.empty(); });
    EXPECT_EQ(items_of(source(3), texts, all), (strings{"0", "1", "2"}));
    EXPECT_EQ(calls, 3);
}

TEST_F(chain, moves_the_items_of_a_container_that_a_step_returns) {
    const auto boxes = [](auto range) {
        std::vector<std::unique_ptr<int>> all;
        for (const int n : range) {
            all.push_back(std::make_unique<int>(n));
        }
        return all;
    };
    EXPECT_EQ(items_of(std::views::iota(1, 3), boxes,
                       paipa::map([](std::unique_ptr<int> b) { return *b; })),
              (std::vector{1, 2}));
}

TEST_F(chain, gives_a_generator_function_what_its_parameter_says) {
    const auto halves = [](generator<double> numbers) -> generator<double> {
        for (const double n : numbers) {
            co_yield n / 2;
        }
    };
    EXPECT_EQ(items_of(std::views::iota(1, 3), halves), (std::vector{0.5, 1.0}));
    using view = std::ranges::iota_view<int, int>;
    static_assert(paipa::detail::takes_generator<decltype(halves), view>);
    static_assert(!paipa::detail::takes_generator<decltype(same), view>);
    static_assert(paipa::detail::steps_over<decltype(std::views::take(1)), view>);
    static_assert(!paipa::detail::steps_over<decltype(add_one), view>);
}

TEST_F(chain, keeps_the_range_of_a_coroutine_that_may_refer_to_it) {
    const auto twice = [](auto&& range) -> generator<int> {
        for (const int n : range) {
            co_yield 2 * n;
        }
    };
    static_assert(paipa::detail::may_refer<decltype(twice), std::ranges::iota_view<int, int>>);
    EXPECT_EQ(items_of(std::vector{1, 2}, plus_one, twice, twice), (std::vector{8, 12}));
}

TEST_F(chain, begins_a_run_behind_a_part_on_threads) {
    EXPECT_EQ(items_of(std::views::iota(0, 3), paipa::step("front", add_one),
                       paipa::threaded(paipa::step("on threads", add_one)),
                       paipa::step("behind", add_one)),
              (std::vector{3, 4, 5}));
    EXPECT_EQ(probe.names, (strings{"front", "next", "step 2", "behind"}));
    strings rows;
    for (const paipa::step_report& row : runs.books().steps) {
        EXPECT_EQ(row.received, 3U);
        rows.push_back(row.name);
    }
    EXPECT_EQ(rows, (strings{"front", "on threads", "behind"}));
}

}  // namespace
