#include "support.hpp"

#include <atomic>
#include <cstdint>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Steps that make many items of one, or never cease to: the end of the run ends them, too.

namespace {

using namespace promises;

paipa::generator<std::int64_t> up_to(std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
        co_yield i;
    }
}

paipa::generator<std::int64_t> for_ever(std::int64_t from) {
    while (true) {
        co_yield from++;
    }
}

paipa::generator<std::int64_t> for_ever_but_slowly(std::int64_t from) {
    while (true) {
        std::this_thread::yield();
        co_yield from++;
    }
}

paipa::generator<std::int64_t> ignoring(paipa::generator<std::int64_t> in) {
    (void)in;
    return for_ever(0);
}

paipa::generator<int> all_of(paipa::generator<int> in, std::atomic<std::size_t>* ends) {
    for (const int x : in) {
        co_yield x;
    }
    ++*ends;
}

struct emitting final : paipa::abstract_step<std::int64_t, std::int64_t, void> {
    void process(std::int64_t from) override {
        while (!self().stop_token().stop_requested()) {
            emit(from++);
        }
    }
};

/// Calls `f` with each kind of step that makes items without end.
template <class F>
void with_each_kind(const paipa::step_options& o, F f) {
    paipa::step_options ordered = o;
    ordered.ordered = true;
    f(paipa::step("endless", for_ever, o));
    f(paipa::step("endless", for_ever, ordered));
    f(paipa::step("endless", paipa::flat_map([](std::int64_t x) { return std::views::iota(x); }),
                  o));
    f(paipa::iter_step("endless", ignoring, o));
}

class endless : public with_threads {};

PAIPA_WITH_THREADS(endless);

TEST_P(endless, steps_end_with_a_cancel) {
    const auto run = [](const auto& flow) {
        std::atomic<std::uint64_t> seen = 0;
        paipa::pipeline<std::int64_t> p{
            flow | paipa::step("b", [&](std::int64_t) { ++seen; }, {.threads = threads()}),
            {.quiet = true, .capacity = 1}};
        p.put(0);
        p.start();
        EXPECT_TRUE(eventually([&] { return seen > 100; }));
        p.cancel();
        const auto r = p.stop();
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::cancelled);
        EXPECT_EQ(r.delivered, seen);
        EXPECT_LE(r.edges[1].most, 1U) << r;
    };
    with_each_kind({.threads = threads()}, run);
    run(paipa::step<emitting>("endless", {.threads = threads()}));
}

TEST_P(endless, steps_end_with_a_cancel_where_nobody_wants_their_items) {
    with_each_kind({.threads = threads()}, [](const auto& flow) {
        paipa::pipeline<std::int64_t> p{flow, {.quiet = true}};
        p.put(0);
        p.start();
        EXPECT_TRUE(eventually([&] { return p.count() > 100; }));
        p.cancel();
        expect_closed(p.stop());
    });
}

TEST_P(endless, steps_end_with_a_failure) {
    with_each_kind({.threads = threads()}, [](const auto& flow) {
        paipa::pipeline<std::int64_t> p{
            flow | paipa::step("b",
                               [](std::int64_t x) {
                                   if (x == 100) {
                                       throw std::runtime_error("a hundred");
                                   }
                               }),
            {.quiet = true}};
        p.put(0);
        p.finish();
        EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "a hundred");
        expect_closed(p.report());
    });
}

TEST_P(endless, steps_end_with_an_early_end_behind_them) {
    with_each_kind({.threads = threads()}, [](const auto& flow) {
        paipa::pipeline<std::int64_t> p{flow | paipa::iter_step("take", std::views::take(5)),
                                        {.quiet = true, .capacity = 2}};
        p.put(0);
        p.finish();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::ended_early);
        EXPECT_EQ(r.delivered, 5U);
    });
}

/// Its outputs are kept until the try has succeeded, which it never does.
TEST_P(endless, tries_end_with_a_cancel) {
    std::atomic<bool> begun = false;
    // Its outputs are held, up to a bound that the cancel has to come before.
    const auto numbers = [&](std::int64_t from) {
        begun = true;
        return for_ever_but_slowly(from);
    };
    paipa::pipeline p{
        paipa::step("endless", numbers, {.threads = threads(), .retry = {.attempts = 2}}) |
            paipa::step("b", [](std::int64_t) {}),
        {.quiet = true}};
    p.put(0);
    p.start();
    EXPECT_TRUE(eventually([&] { return begun.load(); }));
    p.cancel();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.steps[0].abandoned, 1U) << r;
    EXPECT_EQ(r.delivered, 0U);
}

/// Its outputs wait for those of the item before it, which never come.
TEST_P(endless, ordered_items_count_once_behind_a_failure) {
    std::atomic<bool> begun = false;
    const auto numbers = [&](std::int64_t from) -> paipa::generator<std::int64_t> {
        if (from == 0) {
            EXPECT_TRUE(eventually([&] { return begun.load(); }));
            throw std::runtime_error("zero");
        }
        while (true) {
            co_yield from;
            begun = true;
        }
    };
    paipa::pipeline p{paipa::step("endless", numbers, {.threads = threads() + 1, .ordered = true}) |
                          paipa::step("b", [](std::int64_t) {}),
                      {.quiet = true}};
    p.put_all({0, 1});
    p.finish();
    EXPECT_THROW(p.run(), std::runtime_error);
    expect_closed(p.report());
    EXPECT_EQ(p.report().steps[0].abandoned, 2U) << p.report();
}

TEST_P(endless, waits_are_none_when_an_item_becomes_a_million_and_the_run_is_cancelled) {
    for (const bool ordered : {false, true}) {
        std::atomic<std::uint64_t> seen = 0;
        paipa::pipeline p{
            paipa::step("expand", up_to, {.threads = threads(), .ordered = ordered}) |
                paipa::step("b", [&](std::int64_t) { ++seen; }, {.threads = threads()}),
            {.quiet = true, .capacity = 1}};
        p.put(1'000'000);
        p.start();
        EXPECT_TRUE(eventually([&] { return seen > 1'000; }));
        p.cancel();
        const auto r = p.stop();
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::cancelled);
        EXPECT_EQ(r.steps[0].abandoned, 1U) << r;  // the one item, with what it had not become yet
        EXPECT_EQ(r.delivered, seen);
        EXPECT_EQ(r.edges[1].pushed, r.delivered + r.edges[1].abandoned + r.steps[1].abandoned);
        EXPECT_LT(r.edges[1].pushed, 1'000'000U);
        EXPECT_LE(r.edges[1].most, 1U) << r;
    }
}

/// What an iter step does behind its last item is done, as after any other end of its input.
TEST_P(endless, iter_steps_that_read_on_see_the_end_of_their_input) {
    std::atomic<std::size_t> ends = 0;
    const auto counting = [&](paipa::generator<int> in) { return all_of(std::move(in), &ends); };
    for (int round = 0; round < 20; ++round) {
        ends = 0;
        paipa::pipeline p{paipa::iter_step("a", counting, {.threads = threads()}) |
                              paipa::iter_step("take", std::views::take(5)),
                          {.quiet = true, .capacity = 2}};
        p.put_iterable(std::views::iota(0));
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.state, paipa::run_state::ended_early);
        EXPECT_EQ(ends, threads());
    }
}

}  // namespace
