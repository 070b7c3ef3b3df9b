#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/map.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Class steps in a chain: their hooks, whatever ends it.

namespace {

using paipa::combine;
using paipa::run_state;

const std::vector<std::string> start_of_a_and_b{"a step_initialize",   "a initialize",
                                                "b step_initialize",   "b initialize",
                                                "a thread_initialize", "b thread_initialize"};
const std::vector<std::string> end_of_a_and_b{"a thread_shutdown", "a step_shutdown",
                                              "b thread_shutdown", "b step_shutdown"};

diary between_start_and_end(const diary& items) {
    diary all = start_of_a_and_b;
    all.insert(all.end(), items.begin(), items.end());
    all.insert(all.end(), end_of_a_and_b.begin(), end_of_a_and_b.end());
    return all;
}

auto a_and_b(diary& notes, const std::string& thrower = {}) {
    return paipa::step<noting>("a", {}, &notes) | paipa::step<noting>("b", {}, &notes, thrower);
}

TEST(combine_hooks, run_once_each_and_in_their_order) {
    diary notes;
    auto chain = combine(std::views::iota(0, 2), a_and_b(notes));
    EXPECT_EQ(items_of(chain), (std::vector{0, 1}));
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1"}));
    EXPECT_EQ(chain.report().state, run_state::finished);
}

TEST(combine_hooks, run_without_items_too) {
    diary notes;
    EXPECT_EQ(paipa::consume(combine(std::vector<int>{}, a_and_b(notes))), 0U);
    EXPECT_EQ(notes, between_start_and_end({}));
}

TEST(combine_hooks, of_the_start_run_before_the_source_and_of_the_end_before_the_chain_goes) {
    diary notes;
    int pulled = 0;
    auto chain =
        combine(counting_to(&pulled, 1), a_and_b(notes), paipa::map([](int x) { return x; }));
    auto at = chain.begin();
    EXPECT_EQ(pulled, 0);
    diary so_far = start_of_a_and_b;
    EXPECT_EQ(notes, so_far);
    EXPECT_EQ(*at, 0);
    EXPECT_EQ(pulled, 1);
    so_far.insert(so_far.end(), {"a 0", "b 0"});
    EXPECT_EQ(notes, so_far);
    ++at;
    EXPECT_TRUE(at == chain.end());
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0"}));
}

TEST(combine_hooks, run_once_when_the_consumer_leaves_early) {
    diary notes;
    {
        auto chain = combine(std::views::iota(0), a_and_b(notes));
        for (const int x : chain) {
            if (x == 1) {
                break;
            }
        }
    }
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1"}));
    notes.clear();
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0), a_and_b(notes)), 1), 1U);
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0"}));
}

TEST(combine_hooks, run_once_when_a_view_behind_them_wants_no_more) {
    diary notes;
    {
        auto chain = combine(std::views::iota(0), a_and_b(notes), std::views::take(2));
        EXPECT_EQ(items_of(chain), (std::vector{0, 1}));
        EXPECT_EQ(chain.report().state, run_state::ended_early);
        EXPECT_TRUE(chain.report().balanced());
        EXPECT_EQ(std::vector(notes.end() - 4, notes.end()), end_of_a_and_b);
    }
    EXPECT_EQ(std::ranges::count(notes, "a step_shutdown"), 1);
}

TEST(combine_hooks, run_once_before_a_failure_reaches_the_caller) {
    diary notes;
    auto chain = combine(std::views::iota(0, 9), a_and_b(notes, "1"));
    auto at = chain.begin();
    ++at;
    try {
        (void)*at;
        FAIL();
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "b 1");
        EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1"}));
    }
    EXPECT_EQ(chain.report().state, run_state::failed);
    EXPECT_EQ(chain.failure()->step, "b");
}

paipa::generator<int> failing_source() {
    co_yield 0;
    throw std::runtime_error("source");
}

TEST(combine_hooks, run_once_when_the_source_or_a_step_without_hooks_throws) {
    diary notes;
    auto chain = combine(failing_source(), a_and_b(notes));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "source");
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0"}));
    EXPECT_EQ(chain.failure()->where, "source");
    EXPECT_EQ(chain.failure()->step, "source");
    notes.clear();
    auto behind =
        combine(std::views::iota(0, 9), a_and_b(notes),
                paipa::map([](int x) { return x == 0 ? x : throw std::logic_error("x"); }));
    EXPECT_EQ(refusal<std::logic_error>([&] { items_of(behind); }), "x");
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1"}));
    EXPECT_EQ(behind.report().state, run_state::failed);
}

/// The hooks that began, each with its counterpart.
diary hooks_until(const std::string& thrower) {
    diary all;
    for (const std::string& hook : start_of_a_and_b) {
        all.push_back(hook);
        if (hook == "b " + thrower) {
            break;
        }
    }
    const auto has = [&](const std::string& hook) {
        return std::ranges::count(all, hook) == 1 && hook != "b " + thrower;
    };
    for (const std::string step : {"a", "b"}) {
        const bool worked = has(step + " thread_initialize");
        const bool began = has(step + " step_initialize");
        if (worked) {
            all.push_back(step + " thread_shutdown");
        }
        if (began) {
            all.push_back(step + " step_shutdown");
        }
    }
    return all;
}

TEST(combine_hooks, are_paired_whichever_of_them_throws) {
    for (const std::string thrower : {"step_initialize", "initialize", "thread_initialize",
                                      "thread_shutdown", "step_shutdown"}) {
        SCOPED_TRACE(thrower);
        diary notes;
        auto chain = combine(std::views::iota(0, 0), a_and_b(notes, thrower));
        EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "b " + thrower);
        EXPECT_EQ(notes, hooks_until(thrower));
        EXPECT_EQ(chain.failure()->step, "b");
        EXPECT_EQ(chain.failure()->where, thrower);
        EXPECT_EQ(chain.report().state, run_state::failed);
        EXPECT_EQ(chain.report().failure_count, 1U);
    }
}

TEST(combine_hooks, of_the_end_that_throw_after_a_failure_are_logged) {
    diary lines;
    diary notes;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    auto chain =
        combine(std::views::iota(0, 9), paipa::step<noting>("a", {}, &notes, "thread_shutdown"),
                paipa::step("s", [](int) -> int { throw std::runtime_error("the first one"); }));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "the first one");
    paipa::set_log_hook({});
    EXPECT_EQ(lines,
              (diary{"paipa::combine: step 'a': a hook of its end threw: a thread_shutdown"}));
    EXPECT_EQ(notes.back(), "a step_shutdown");
    EXPECT_EQ(chain.report().failure_count, 2U);
    EXPECT_EQ(chain.report().failures.size(), 1U);
}

TEST(combine_hooks, of_the_end_fail_a_chain_that_a_view_behind_them_ends) {
    diary lines;
    diary notes;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    auto chain =
        combine(std::views::iota(0), paipa::step<noting>("a", {}, &notes, "thread_shutdown"),
                paipa::step<noting>("b", {}, &notes, "step_shutdown"), std::views::take(1));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "a thread_shutdown");
    EXPECT_EQ(std::vector(notes.end() - 4, notes.end()), end_of_a_and_b);
    EXPECT_EQ(chain.failure()->step, "a");
    EXPECT_EQ(chain.failure()->where, "thread_shutdown");
    EXPECT_EQ(chain.report().state, run_state::failed);
    EXPECT_EQ(chain.report().failure_count, 2U);
    EXPECT_TRUE(chain.report().balanced());
    paipa::set_log_hook({});
    EXPECT_EQ(lines, (diary{"paipa::combine: step 'b': a hook of its end threw: b step_shutdown"}));
}

TEST(combine_hooks, of_the_end_that_throw_when_the_chain_is_destroyed_are_logged) {
    diary lines;
    diary notes;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    EXPECT_EQ(paipa::consume(combine(std::views::iota(0), a_and_b(notes, "thread_shutdown")), 1),
              1U);
    paipa::set_log_hook({});
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0"}));
    EXPECT_EQ(lines,
              (diary{"paipa::combine: step 'b': a hook of its end threw: b thread_shutdown"}));
}

struct refusing final : paipa::abstract_step<int, int> {
    refusing() { throw std::runtime_error("constructor"); }

    int process(int x) override { return x; }
};

TEST(combine_hooks, do_not_begin_when_an_instance_cannot_be_made) {
    diary notes;
    auto chain = combine(std::views::iota(0, 9), a_and_b(notes), paipa::step<refusing>("r"));
    EXPECT_EQ(refusal<std::runtime_error>([&] { (void)chain.begin(); }), "constructor");
    EXPECT_EQ(notes, diary{});
    EXPECT_EQ(chain.failure()->step, "r");
    EXPECT_EQ(chain.failure()->where, "constructor");
}

struct emitting final : paipa::abstract_step<int, int, void> {
    void process(int x) override {
        emit(x);
        emit(10 * x);
    }

    void step_initialize() override { emit(1'000); }

    void initialize() override { emit(2'000); }

    void thread_initialize() override { emit(3'000); }

    void thread_shutdown() override {
        emit(4'000);
        emit(4'001);
    }

    void step_shutdown() override { emit(5'000); }
};

TEST(combine_hooks, may_emit) {
    auto chain = combine(std::views::iota(1, 3), paipa::step<emitting>("e"),
                         paipa::step("s", [](int x) { return x + 1; }));
    EXPECT_EQ(items_of(chain),
              (std::vector{1'001, 2'001, 3'001, 2, 11, 3, 21, 4'001, 4'002, 5'001}));
    EXPECT_EQ(chain.report().steps[0].emitted, 10U);
    EXPECT_EQ(chain.report().steps[0].finished, 2U);
    EXPECT_EQ(chain.report().steps[1].received, 10U);
}

paipa::generator<int> first_three(paipa::generator<int> numbers) {
    int n = 0;
    for (const int x : numbers) {
        co_yield x;
        if (++n == 3) {
            co_return;
        }
    }
}

paipa::generator<int> nothing(paipa::generator<int> /*numbers*/) {
    co_return;
}

TEST(combine_hooks, run_when_an_iter_step_returns_early) {
    diary notes;
    auto chain =
        combine(std::views::iota(0), paipa::step<noting>("a", {}, &notes),
                paipa::iter_step("three", first_three), paipa::step<noting>("b", {}, &notes));
    EXPECT_EQ(items_of(chain), (std::vector{0, 1, 2}));
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1", "a 2", "b 2"}));
    const paipa::report r = chain.report();
    EXPECT_EQ(r.state, run_state::ended_early);
    EXPECT_TRUE(r.balanced()) << r;
    for (const paipa::step_report& s : r.steps) {
        EXPECT_EQ(s.finished, 3U) << r;
        EXPECT_EQ(s.inside, 0U) << r;
    }
}

TEST(combine_hooks, that_throw_when_an_iter_step_returns_early_fail_the_chain_in_their_name) {
    diary notes;
    auto chain =
        combine(std::views::iota(0), paipa::step<noting>("a", {}, &notes, "thread_shutdown"),
                paipa::iter_step("three", first_three), paipa::step<noting>("b", {}, &notes));
    EXPECT_EQ(refusal<std::runtime_error>([&] { items_of(chain); }), "a thread_shutdown");
    EXPECT_EQ(chain.failure()->step, "a");
    EXPECT_EQ(chain.failure()->where, "thread_shutdown");
    EXPECT_EQ(notes, between_start_and_end({"a 0", "b 0", "a 1", "b 1", "a 2", "b 2"}));
}

TEST(combine_hooks, run_when_an_iter_step_wants_nothing) {
    diary notes;
    int pulled = 0;
    auto chain = combine(counting(&pulled), paipa::step<noting>("a", {}, &notes),
                         paipa::iter_step("none", nothing), paipa::step<noting>("b", {}, &notes));
    EXPECT_EQ(items_of(chain), std::vector<int>{});
    EXPECT_EQ(pulled, 0);
    EXPECT_EQ(notes, between_start_and_end({}));
    EXPECT_EQ(chain.report().state, run_state::ended_early);
}

struct asking final : paipa::abstract_step<int, std::string> {
    explicit asking(int* m) : made(m) { ++*made; }

    ~asking() override { --*made; }

    std::string process(int x) override {
        auto count = self().storage<int>();
        *count += x;
        return self().step() + "/" + std::to_string(self().index()) + " of " +
               std::to_string(self().siblings()) + ": " + std::to_string(*count) +
               (self().stop_token().stop_requested() ? " stopped" : "");
    }

    int* made;
};

TEST(combine_hooks, find_their_worker) {
    int made = 0;
    {
        auto chain = combine(std::views::iota(1, 3), paipa::step<asking>("q", {}, &made));
        EXPECT_EQ(made, 0);
        EXPECT_EQ(items_of(chain), (diary{"q/0 of 1: 1", "q/0 of 1: 3"}));
        EXPECT_EQ(made, 1);
    }
    EXPECT_EQ(made, 0);
}

}  // namespace
