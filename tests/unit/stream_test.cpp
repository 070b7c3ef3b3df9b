#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/stream.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::combine;
using paipa::generator;
using paipa::stream;

// Only `stream` makes one, and its run is not for users.
using number_flow = decltype(paipa::step("a", [](int x) { return x; }));
static_assert(!std::is_constructible_v<paipa::streamed<int, int>, const number_flow&,
                                       std::vector<int>, paipa::pipeline_options>);
template <class Stream>
concept shows_its_run = requires(const Stream& s) { run_of(s); };
static_assert(!shows_its_run<paipa::streamed<int, int>>);

const auto plus_one = paipa::step("plus_one", [](int x) { return x + 1; });
const auto plus_two = paipa::step("plus_two", [](int x) { return x + 2; });
const paipa::pipeline_options quiet{.quiet = true};

static_assert(std::ranges::input_range<decltype(stream(std::views::iota(0, 1), plus_one))>);
static_assert(std::ranges::view<decltype(stream(std::views::iota(0, 1), plus_one))>);

TEST(stream, gives_the_results_of_a_flow) {
    std::vector<int> seen;
    for (auto&& x : stream(std::views::iota(0, 1'000), plus_one | plus_two, quiet)) {
        seen.push_back(x);
    }
    EXPECT_EQ(seen, items_of(std::views::iota(3, 1'003)));
    EXPECT_EQ(items_of(stream(std::vector<int>{}, plus_one, quiet)), std::vector<int>{});
}

TEST(stream, takes_containers_by_name_and_owns_others) {
    const std::string text(40, 'x');
    std::vector<std::string> texts{text, text};
    const auto take =
        paipa::step("take", [](std::string&& s) { return std::string(std::move(s)); });
    EXPECT_EQ(items_of(stream(texts, take, quiet)), texts);
    EXPECT_EQ(texts, (std::vector{text, text}));
    EXPECT_EQ(items_of(stream(std::as_const(texts), take, quiet)), texts);
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(3));
    const auto open = paipa::step("open", [](std::unique_ptr<int> p) { return *p; });
    EXPECT_EQ(items_of(stream(std::move(boxes), open, quiet)), (std::vector{3}));
}

TEST(stream, starts_with_begin) {
    int pulled = 0;
    diary notes;
    {
        auto out = stream(counting_to(&pulled, 3), paipa::step<noting>("a", {}, &notes), quiet);
        EXPECT_EQ(out.report().state, paipa::run_state::ready);
    }
    EXPECT_EQ(pulled, 0);
    EXPECT_EQ(notes, diary{});
}

TEST(stream, tells_how_its_run_stands) {
    auto out =
        stream(std::views::iota(0, 5),
               paipa::step(
                   "s", [](const int& x) { return x == 3 ? throw std::runtime_error("three") : x; },
                   {.on_failure = paipa::failure_action::dead_letter}),
               {.name = "mine", .quiet = true});
    EXPECT_EQ(items_of(out), (std::vector{0, 1, 2, 4}));
    EXPECT_EQ(out.report().name, "mine");
    EXPECT_EQ(out.report().state, paipa::run_state::finished);
    EXPECT_EQ(out.report().delivered, 4U);
    EXPECT_EQ(out.dead_letters().size(), 1U);
    EXPECT_EQ(out.failure(), std::nullopt);
}

/// Numbers without end; `lead` is how far they have ever been ahead of what was read.
generator<int> leading(const std::atomic<int>* read, std::atomic<int>* lead) {
    for (int n = 0;; ++n) {
        *lead = std::max(lead->load(), n + 1 - read->load());
        co_yield n;
    }
}

TEST(stream, pulls_its_source_no_further_than_the_edges_hold) {
    std::atomic<int> read = 0;
    std::atomic<int> lead = 0;
    auto out = stream(leading(&read, &lead), plus_one | plus_two, {.quiet = true, .capacity = 2});
    for (const int x : out) {
        read = x - 2;
        if (read == 2'000) {
            break;
        }
    }
    // Three edges of two, one item in the hands of the source, of each step and of the reader.
    EXPECT_LE(lead.load(), 3 * 2 + 4);
}

/// Counts those alive.
struct counted final : paipa::abstract_step<int, int> {
    counted(std::atomic<int>* l, std::atomic<int>* e) : live(l), ended(e) { ++*live; }

    ~counted() override { --*live; }

    int process(int x) override { return x; }

    void thread_shutdown() override { ++*ended; }

    std::atomic<int>* live;
    std::atomic<int>* ended;
};

TEST(stream, ends_its_run_when_it_is_left_early) {
    for (const int leave_at : {0, 1, 500}) {
        std::atomic<int> live = 0;
        std::atomic<int> ended = 0;
        for (const int x :
             stream(std::views::iota(0),
                    paipa::step<counted>("c", {.threads = 3, .ordered = true}, &live, &ended) |
                        plus_one,
                    {.quiet = true, .capacity = 4})) {
            EXPECT_EQ(live, 3);
            if (x > leave_at) {
                break;
            }
        }
        EXPECT_EQ(live, 0);
        EXPECT_EQ(ended, 3);
    }
}

TEST(stream, rethrows_a_failure_behind_the_results_that_it_left) {
    auto out = stream(
        std::views::iota(0),
        paipa::step("s", [](int x) { return x == 50 ? throw std::runtime_error("fifty") : x; }),
        {.quiet = true, .capacity = 4});
    std::vector<int> seen;
    EXPECT_EQ(refusal<std::runtime_error>([&] {
                  for (const int x : out) {
                      seen.push_back(x);
                  }
              }),
              "fifty");
    EXPECT_LE(seen.size(), 50U);
    EXPECT_EQ(seen, items_of(std::views::iota(0, static_cast<int>(seen.size()))));
    EXPECT_EQ(out.failure()->step, "s");
    EXPECT_EQ(out.report().state, paipa::run_state::failed);
}

TEST(stream, rethrows_what_its_source_throws) {
    const auto source = [](int n) -> generator<int> {
        for (int i = 0; i < n; ++i) {
            co_yield i;
        }
        throw std::runtime_error("source");
    };
    auto out = stream(source(3), plus_one, quiet);
    EXPECT_EQ(refusal<std::runtime_error>([&] { paipa::consume(out); }), "source");
    EXPECT_EQ(out.failure()->where, "source");
}

TEST(stream, refuses_options_at_once) {
    EXPECT_EQ(refusal<paipa::config_error>([] {
                  (void)stream(std::views::iota(0), plus_one, {.name = "p", .capacity = 0});
              }),
              "paipa::pipeline 'p': capacity: expected at least 1, got 0");
}

TEST(stream, may_be_moved_and_nested) {
    auto inner = stream(std::views::iota(0, 100), plus_one, quiet);
    auto outer = stream(std::move(inner), plus_two, quiet);
    auto moved = std::move(outer);
    EXPECT_EQ(items_of(moved), items_of(std::views::iota(3, 103)));
    for (const int x : stream(stream(std::views::iota(0), plus_one, quiet), plus_one, quiet)) {
        if (x == 10) {
            break;
        }
    }
}

generator<int> half(generator<int> numbers) {
    for (const int n : numbers) {
        if (n % 2 == 0) {
            co_yield n / 2;
        }
    }
}

TEST(stream, is_a_source_of_chains) {
    EXPECT_EQ(items_of(combine(stream(std::views::iota(0, 6), plus_one, quiet), half)),
              (std::vector{1, 2, 3}));
}

TEST(stream, runs_a_flow_on_threads_in_the_middle_of_a_chain) {
    const auto flow =
        paipa::step("square", [](int x) { return x * x; }, {.threads = 3, .ordered = true}) |
        paipa::chunk(4) | paipa::flatten();
    auto chain = combine(std::views::iota(0, 100), half, paipa::threaded(flow, quiet),
                         paipa::step("s", [](int x) { return x + 1; }), half);
    std::vector<int> expected;
    for (int x = 1; x < 50; x += 2) {
        expected.push_back((x * x + 1) / 2);
    }
    EXPECT_EQ(items_of(chain), expected);
}

TEST(stream, in_a_chain_ends_with_it) {
    diary notes;
    {
        auto chain = combine(std::views::iota(0),
                             paipa::threaded(paipa::step<noting>("a", {}, &notes), quiet), half);
        EXPECT_EQ(paipa::consume(chain, 3), 3U);
    }
    EXPECT_EQ(std::ranges::count(notes, "a thread_shutdown"), 1);
    EXPECT_EQ(notes.back(), "a step_shutdown");
    auto failing = combine(std::views::iota(0),
                           paipa::threaded(paipa::step<noting>("a", {}, &notes, "7"), quiet), half);
    EXPECT_EQ(refusal<std::runtime_error>([&] { paipa::consume(failing); }), "a 7");
}

TEST(stream, moves_items_through_a_chain) {
    using box = std::unique_ptr<int>;
    const auto flow = paipa::step("s", [](box b) { return b; });
    std::vector<box> boxes;
    boxes.push_back(std::make_unique<int>(1));
    boxes.push_back(std::make_unique<int>(2));
    EXPECT_EQ(items_of(combine(std::move(boxes), paipa::threaded(flow, quiet),
                               paipa::map([](box b) { return *b; }))),
              (std::vector{1, 2}));
}

}  // namespace
