#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/timed_chunk.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

// What a chain on the caller's thread counts, and that it is what one thread per step counts.

namespace {

using namespace std::chrono_literals;
using paipa::combine;
using paipa::failure_action;
using paipa::generator;
using paipa::run_state;

void expect_closed(const paipa::report& r) {
    EXPECT_TRUE(r.balanced()) << r;
    for (const paipa::step_report& s : r.steps) {
        EXPECT_EQ(s.inside, 0U) << r;
    }
}

/// Fails the first `times` tries of every item that is a multiple of three.
class flaky {
public:
    explicit flaky(int times) : times_(times) {}

    int operator()(const int& x) {
        if (x % 3 == 0 && tries_[x]++ < times_) {
            throw std::runtime_error("try " + std::to_string(tries_[x]) + " of " +
                                     std::to_string(x));
        }
        return x;
    }

private:
    int times_;
    std::map<int, int> tries_;
};

TEST(combine_books, know_each_step_that_was_made_with_step) {
    auto chain =
        combine(std::views::iota(0, 10), paipa::map([](int x) { return x; }),
                paipa::step("even", paipa::filter([](int x) { return x % 2 == 0; })),
                paipa::step("twice", [](int x) { return std::vector{x, x}; }) | paipa::flatten(),
                paipa::iter_step("same", [](generator<int> in) { return in; }));
    EXPECT_EQ(paipa::consume(chain), 10U);
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.name, "combine");
    EXPECT_EQ(r.state, run_state::finished);
    EXPECT_EQ(r.delivered, 10U);
    EXPECT_EQ(r.edges.size(), 0U);
    ASSERT_EQ(r.steps.size(), 3U);
    EXPECT_EQ(r.steps[0].name, "even");
    EXPECT_EQ(r.steps[0].received, 10U);
    EXPECT_EQ(r.steps[0].finished, 5U);
    EXPECT_EQ(r.steps[0].skipped, 5U);
    EXPECT_EQ(r.steps[1].name, "twice");
    EXPECT_EQ(r.steps[1].emitted, 5U);
    EXPECT_EQ(r.steps[2].name, "same");
    EXPECT_EQ(r.steps[2].received, 10U);
    EXPECT_EQ(r.steps[2].emitted, 10U);
}

TEST(combine_books, balance_while_it_runs) {
    auto chain = combine(std::views::iota(0, 10),
                         paipa::step("g",
                                     [](int x) -> generator<int> {
                                         co_yield x;
                                         co_yield x;
                                     }),
                         paipa::step("c", paipa::chunk(3)),
                         paipa::iter_step("i", [](generator<std::vector<int>> in) { return in; }));
    auto at = chain.begin();
    for (int n = 0; n < 3; ++n, ++at) {
        EXPECT_FALSE(at == chain.end());
        const paipa::report r = chain.report();
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.state, run_state::running);
        EXPECT_EQ(r.steps[2].inside, 1U) << r;
    }
}

TEST(combine_books, count_retries) {
    auto chain = combine(std::views::iota(0, 10),
                         paipa::step("f", flaky(2), {.retry = {.attempts = 3, .delay = 1us}}));
    auto all = items_of(chain);
    std::ranges::sort(all);
    EXPECT_EQ(all, items_of(std::views::iota(0, 10)));
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.steps[0].retries, 8U);
    EXPECT_EQ(r.steps[0].finished, 10U);
    EXPECT_EQ(r.state, run_state::finished);
}

TEST(combine_books, keep_the_order_through_retries_when_asked) {
    EXPECT_EQ(
        items_of(combine(
            std::views::iota(0, 10),
            paipa::step("f", flaky(2), {.retry = {.attempts = 3, .delay = 1us}, .ordered = true}))),
        items_of(std::views::iota(0, 10)));
}

TEST(combine_books, let_no_output_of_a_failed_try_out) {
    int tries = 0;
    const auto many = [&tries](const int& x) -> generator<int> {
        return [](int item, int* t) -> generator<int> {
            co_yield item;
            if (++*t < 3) {
                throw std::runtime_error("again");
            }
            co_yield 10 * item;
        }(x, &tries);
    };
    auto chain = combine(std::vector{7}, paipa::step("m", many, {.retry = {.attempts = 3}}));
    EXPECT_EQ(items_of(chain), (std::vector{7, 70}));
    EXPECT_EQ(chain.report().steps[0].emitted, 2U);
}

TEST(combine_books, let_no_output_of_a_failed_try_out_where_it_might_leave_at_once_either) {
    const auto many = [](const int& x) -> generator<int> {
        return [](int item) -> generator<int> {
            co_yield item;
            throw std::runtime_error("no");
        }(x);
    };
    auto chain = combine(std::vector{7, 8}, paipa::step("m", many,
                                                        {.on_failure = failure_action::drop,
                                                         .outputs = paipa::outputs::at_once}));
    EXPECT_EQ(items_of(chain), std::vector<int>{});
    EXPECT_EQ(chain.report().dropped(), 2U);
}

TEST(combine_books, keep_dead_letters) {
    auto chain =
        combine(std::views::iota(0, 5),
                paipa::step("f", flaky(9),
                            {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter}));
    EXPECT_EQ(items_of(chain), (std::vector{1, 2, 4}));
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.dead(), 2U);
    EXPECT_EQ(r.steps[0].retries, 2U);
    EXPECT_EQ(r.state, run_state::finished);
    const auto letters = chain.dead_letters();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[1].step, "f");
    EXPECT_EQ(*letters[1].item_as<int>(), 3);
    EXPECT_EQ(letters[1].attempts.size(), 2U);
    EXPECT_EQ(letters[1].attempts[0].what, "try 1 of 3");
    EXPECT_EQ(letters[1].reason(), "try 2 of 3");
    EXPECT_EQ(chain.failure(), std::nullopt);
}

TEST(combine_books, count_what_is_dropped_and_skipped) {
    auto chain = combine(
        std::views::iota(0, 10), paipa::step("d", flaky(1), {.on_failure = failure_action::drop}),
        paipa::step("s", [](int x) { return x < 5 ? throw paipa::skip_entry{} : x; }));
    EXPECT_EQ(items_of(chain), (std::vector{5, 7, 8}));
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.dropped(), 4U);
    EXPECT_EQ(r.skipped(), 3U);
    EXPECT_EQ(chain.dead_letters().size(), 0U);
}

/// Gives back each item until it has reached five.
struct growing final : paipa::abstract_step<int, int, std::optional<int>> {
    std::optional<int> process(int x) override {
        if (x < 5) {
            self().requeue(x + 1);
            return std::nullopt;
        }
        return x;
    }
};

TEST(combine_books, count_what_is_given_back_once) {
    auto chain = combine(std::vector{3, 5, 0}, paipa::step<growing>("g"));
    EXPECT_EQ(items_of(chain), (std::vector{5, 5, 5}));
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.steps[0].finished, 3U);
    EXPECT_EQ(r.steps[0].skipped, 0U);
    EXPECT_EQ(r.steps[0].retries, 0U);
}

TEST(combine_books, say_what_failed) {
    auto chain = combine(std::views::iota(1, 10), paipa::step("a", [](int x) { return x; }),
                         paipa::step("f", flaky(9), {.retry = {.attempts = 3}}));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "try 3 of 3");
    const paipa::report r = chain.report();
    expect_closed(r);
    EXPECT_EQ(r.state, run_state::failed);
    EXPECT_EQ(r.failure_count, 1U);
    EXPECT_EQ(r.steps[1].abandoned, 1U);
    ASSERT_TRUE(chain.failure());
    EXPECT_EQ(to_string(*chain.failure()), "step 'f' (process, worker 0, attempt 3): try 3 of 3");
}

TEST(combine_books, abandon_what_a_failed_chain_still_holds) {
    auto chain = combine(
        std::views::iota(0, 9),
        paipa::step("t", paipa::timed_chunk({.size = 4})) | paipa::flatten(),
        paipa::step("c", paipa::chunk(3)),
        paipa::step("f", [](const std::vector<int>&) -> int { throw std::runtime_error("f"); }));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "f");
    expect_closed(chain.report());
    auto source = combine(
        [](int n) -> generator<int> {
            co_yield n;
            throw std::runtime_error("source");
        }(1),
        paipa::step("c", paipa::chunk(3)));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(source); }), "source");
    expect_closed(source.report());
    EXPECT_EQ(source.report().abandoned(), 1U);
}

TEST(combine_books, refuse_retries_of_what_cannot_be_kept) {
    using box = std::unique_ptr<int>;
    const auto step =
        paipa::step("m", paipa::map([](box b) { return *b; }), {.retry = {.attempts = 2}});
    EXPECT_EQ(refusal<paipa::config_error>([&] {
                  auto chain = combine(std::vector<box>(2), step);
                  (void)chain.begin();
              }),
              "paipa::step 'm': retry.attempts: expected an item that can be copied, or a step "
              "that takes it by const reference, got a move-only item by value with 2 attempts");
}

// The same as on threads

/// Runs the flow both ways, and compares all that comes out and all that is counted.
template <class Flow, class In>
void expect_same(const Flow& flow, std::vector<In> items) {
    using out = typename Flow::template output<In>;
    auto chain = combine(items, flow);
    paipa::pipeline<In, out> p{flow, {.quiet = true}};
    p.put_iterable(items);
    EXPECT_EQ(items_of(chain), items_of(p.results()));
    const paipa::report mine = chain.report();
    const paipa::report its = p.report();
    expect_closed(mine);
    EXPECT_EQ(mine.state, its.state);
    EXPECT_EQ(mine.delivered, its.delivered);
    ASSERT_EQ(mine.steps.size(), its.steps.size());
    for (std::size_t i = 0; i < mine.steps.size(); ++i) {
        const paipa::step_report& m = mine.steps[i];
        const paipa::step_report& t = its.steps[i];
        SCOPED_TRACE(t.name);
        EXPECT_EQ(m.name, t.name);
        EXPECT_EQ(m.received, t.received);
        EXPECT_EQ(m.finished, t.finished);
        EXPECT_EQ(m.skipped, t.skipped);
        EXPECT_EQ(m.dead, t.dead);
        EXPECT_EQ(m.dropped, t.dropped);
        EXPECT_EQ(m.abandoned, t.abandoned);
        EXPECT_EQ(m.emitted, t.emitted);
        EXPECT_EQ(m.retries, t.retries);
    }
    const auto letters = p.dead_letters();
    ASSERT_EQ(chain.dead_letters().size(), letters.size());
    for (std::size_t i = 0; i < letters.size(); ++i) {
        EXPECT_EQ(chain.dead_letters()[i].reason(), letters[i].reason());
    }
}

TEST(combine_books, are_those_of_one_thread_for_function_steps) {
    const auto numbers = items_of(std::views::iota(0, 50));
    expect_same(
        paipa::step("a", [](int x) { return x + 1; }) |
            paipa::step("b", [](int x) { return x % 3 == 0 ? std::nullopt : std::optional(x); }) |
            paipa::step("c",
                        [](int x) -> generator<int> {
                            for (int i = 0; i < x % 4; ++i) {
                                co_yield x;
                            }
                        }) |
            paipa::step("d", [](int x) { return x < 9 ? throw paipa::skip_entry{} : x; }),
        numbers);
    expect_same(paipa::step("a", [](int x) { return x; }), std::vector<int>{});
}

TEST(combine_books, are_those_of_one_thread_for_stock_steps) {
    const auto numbers = items_of(std::views::iota(0, 50));
    expect_same(paipa::step("m", paipa::map([](int x) { return x * x; })) |
                    paipa::step("f", paipa::filter([](int x) { return x % 5 != 0; })) |
                    paipa::step("c", paipa::chunk(7)) | paipa::step("t", paipa::flatten()) |
                    paipa::step("n", paipa::flat_map([](int x) { return std::vector{x, -x}; })) |
                    paipa::timed_chunk({.size = 9, .timeout = 1h}) |
                    paipa::timed_chunk({.size = 2}),
                numbers);
}

TEST(combine_books, are_those_of_one_thread_for_contained_failures) {
    const auto numbers = items_of(std::views::iota(0, 30));
    expect_same(paipa::step("d", flaky(1), {.on_failure = failure_action::drop}), numbers);
    expect_same(
        paipa::step(
            "l", flaky(9),
            {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter, .ordered = true}),
        numbers);
    expect_same(paipa::step("r", flaky(2), {.retry = {.attempts = 3}, .ordered = true}) |
                    paipa::step("d", flaky(1), {.on_failure = failure_action::drop}),
                numbers);
}

TEST(combine_books, are_those_of_one_thread_for_class_and_iter_steps) {
    const auto pairs = [](generator<int> in) -> generator<int> {
        int before = 0;
        for (const int x : in) {
            co_yield x + before;
            before = x;
        }
        co_yield before;
    };
    expect_same(paipa::step<growing>("g", {.ordered = true}) | paipa::iter_step("p", pairs),
                items_of(std::views::iota(0, 20)));
    const auto first = [](generator<int> in) -> generator<int> { co_yield *in.begin(); };
    auto chain = combine(std::vector{1, 2, 3}, paipa::iter_step("f", first));
    EXPECT_EQ(items_of(chain), (std::vector{1}));
    EXPECT_EQ(chain.report().state, run_state::ended_early);
}

}  // namespace
