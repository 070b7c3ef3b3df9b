#include "policy.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

// `.item_timeout`: the same on threads and on the caller's thread. What has to be late waits until
// its time is over; what has to be in time has an hour, or as many tries as it needs.

namespace {

using namespace promises;
using paipa::failure_action;

const std::string late = "step 'a': item_timeout: expected an end within 1.0 ms, got ";

/// Returns when more than a millisecond has passed.
void outlast() {
    const auto end = std::chrono::steady_clock::now() + 2ms;
    while (std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
    }
}

enum class way {
    returns,
    throws,
    skips,
    returns_none,
    gives_back,
    gives_back_and_skips,
    gives_up,
    comes_later
};

/// Waits for its stop token, and then ends its call as it is told to. From the second call on an
/// item is not waited for, but where `always` says so.
struct waits final : paipa::abstract_step<const int&, int, std::optional<int>> {
    waits(way h, bool a, calls_by_item* c) : how(h), always(a), calls(c) {}

    std::optional<int> process(const int& x) override {
        if (calls->call(x) > 1 && !always) {
            return x + 100;
        }
        if (how == way::gives_back || how == way::gives_back_and_skips) {
            self().requeue(x);
        }
        const std::stop_token token = self().stop_token();
        while (self().sleep_for(1h)) {
        }
        while (!token.stop_requested()) {
            std::this_thread::yield();
        }
        switch (how) {
            case way::throws:
                throw busy_error("busy");
            case way::skips:
            case way::gives_back_and_skips:
                throw paipa::skip_entry{};
            case way::returns_none:
                return std::nullopt;
            case way::gives_up:
                throw paipa::give_up("gone");
            case way::comes_later:
                throw paipa::retry_after{1ms, "503"};
            default:
                return x;
        }
    }

    way how;
    bool always;
    calls_by_item* calls;
};

class policy_timeout : public with_policies {
protected:
    static constexpr int n = 12;

    void run_waiting(way how, bool always, paipa::step_options o) {
        o.item_timeout = 1ms;
        run(paipa::step<waits>("a", with(o), how, always, &calls), numbers(0, n));
    }

    /// Every item has been late in all of its tries.
    void expect_dead(std::size_t tries, const std::string& end) {
        EXPECT_EQ(report.dead(), n) << report;
        ASSERT_EQ(letters.size(), n);
        for (const paipa::dead_letter& letter : letters) {
            ASSERT_EQ(letter.attempts.size(), tries);
            for (const paipa::attempt_error& e : letter.attempts) {
                EXPECT_TRUE(is_a<paipa::timeout_error>(e.error));
                EXPECT_EQ(e.what.rfind(late, 0), 0U) << e.what;
                EXPECT_TRUE(e.what.ends_with(end)) << e.what;
            }
        }
        EXPECT_TRUE(results.empty());
    }

    calls_by_item calls;
};

PAIPA_WITH_POLICIES(policy_timeout);

TEST_P(policy_timeout, makes_a_late_return_a_failed_try) {
    run_waiting(way::returns, true,
                {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter});
    expect_dead(2, "s");
}

TEST_P(policy_timeout, makes_a_late_throw_a_failed_try_that_tells_what_was_thrown) {
    run_waiting(way::throws, true,
                {.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter});
    expect_dead(2, "s: busy");
}

TEST_P(policy_timeout, makes_a_late_skip_a_failed_try) {
    run_waiting(way::skips, true, {.on_failure = failure_action::dead_letter});
    expect_dead(1, "s");
}

TEST_P(policy_timeout, makes_a_late_nullopt_a_failed_try) {
    run_waiting(way::returns_none, true, {.on_failure = failure_action::dead_letter});
    expect_dead(1, "s");
}

TEST_P(policy_timeout, makes_a_late_requeue_a_failed_try) {
    run_waiting(way::gives_back, true, {.on_failure = failure_action::dead_letter});
    expect_dead(1, "s");
    EXPECT_EQ(calls.of(0), 1);
}

TEST_P(policy_timeout, makes_a_late_requeue_that_ends_with_a_skip_a_failed_try) {
    run_waiting(way::gives_back_and_skips, true, {.on_failure = failure_action::dead_letter});
    expect_dead(1, "s");
    EXPECT_EQ(calls.of(0), 1);
}

TEST_P(policy_timeout, leaves_a_late_give_up_its_meaning) {
    run_waiting(way::gives_up, true,
                {.retry = {.attempts = 5}, .on_failure = failure_action::dead_letter});
    EXPECT_EQ(report.dead(), n);
    EXPECT_EQ(report.steps[0].retries, 0U);
    EXPECT_EQ(letters.at(0).reason(), "gone");
}

TEST_P(policy_timeout, leaves_a_late_retry_after_its_meaning) {
    run_waiting(way::comes_later, false,
                {.retry = {.attempts = 100}, .on_failure = failure_action::dead_letter});
    EXPECT_EQ(results, numbers(100, 100 + n));
}

TEST_P(policy_timeout, lets_a_late_item_be_tried_again) {
    run_waiting(way::returns, false, {.retry = {.attempts = 100}});
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(results, numbers(100, 100 + n));
    EXPECT_GE(report.steps[0].retries, std::size_t{n});
}

TEST_P(policy_timeout, is_an_error_that_policies_choose_by) {
    run_waiting(way::throws, true,
                {.retry = {.attempts = 3, .on = paipa::retry_on<busy_error>()},
                 .on_failure = {paipa::drop_on<paipa::timeout_error>(), failure_action::fail}});
    EXPECT_EQ(report.dropped(), n);
    EXPECT_EQ(report.steps[0].retries, 0U);
}

TEST_P(policy_timeout, stops_the_run_where_nothing_contains_it) {
    run_waiting(way::returns, true, {});
    EXPECT_TRUE(is_a<paipa::timeout_error>(thrown));
    EXPECT_EQ(report.failures.at(0).what.rfind(late, 0), 0U);
}

TEST_P(policy_timeout, does_nothing_to_a_throw_in_time) {
    run(paipa::step(
            "a", [](const int&) -> int { throw busy_error("busy"); },
            with({.on_failure = failure_action::dead_letter, .item_timeout = 1h})),
        numbers(0, n));
    EXPECT_EQ(reasons(letters).at(3), "busy");
}

TEST_P(policy_timeout, does_nothing_to_items_in_time) {
    run(paipa::step(
            "a",
            [](int x) {
                if (x % 3 == 0) {
                    throw paipa::skip_entry{};
                }
                return x;
            },
            with({.item_timeout = 1h})),
        numbers(0, 300));
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(results.size(), 200U);
    EXPECT_EQ(report.skipped(), 100U);
}

struct given_back_once final : paipa::abstract_step<int, int, std::optional<int>> {
    explicit given_back_once(calls_by_item* c) : calls(c) {}

    std::optional<int> process(int x) override {
        if (calls->call(x) == 1) {
            self().requeue(x);
            return std::nullopt;
        }
        return x;
    }

    calls_by_item* calls;
};

TEST_P(policy_timeout, does_nothing_to_a_requeue_in_time) {
    run(paipa::step<given_back_once>("a", with({.item_timeout = 1h}), &calls), numbers(0, n));
    EXPECT_EQ(results, numbers(0, n));
}

// Outputs of a late try never leave.

TEST_P(policy_timeout, keeps_the_output_of_a_late_function) {
    run(paipa::step(
            "a",
            [this](const int& x) {
                if (calls.call(x) == 1) {
                    outlast();
                    return -1;
                }
                return x;
            },
            with({.retry = {.attempts = 100}, .item_timeout = 1ms})),
        numbers(0, n));
    EXPECT_EQ(results, numbers(0, n));
}

paipa::generator<int> two(int x, bool is_late) {
    co_yield is_late ? -1 : x;
    if (is_late) {
        outlast();
    }
    co_yield is_late ? -1 : x;
}

std::vector<int> twice(const std::vector<int>& items) {
    std::vector<int> all;
    for (const int x : items) {
        all.insert(all.end(), 2, x);
    }
    return all;
}

TEST_P(policy_timeout, keeps_the_outputs_of_a_late_generator) {
    run(paipa::step(
            "a", [this](const int& x) { return two(x, calls.call(x) == 1); },
            with({.retry = {.attempts = 100}, .item_timeout = 1ms})),
        numbers(0, n));
    EXPECT_EQ(results, twice(numbers(0, n)));
}

TEST_P(policy_timeout, keeps_the_outputs_of_a_late_generator_without_retries) {
    run(paipa::step(
            "a", [](const int& x) { return two(x, true); }, with({.item_timeout = 1ms})),
        numbers(0, n));
    EXPECT_TRUE(is_a<paipa::timeout_error>(thrown));
    EXPECT_TRUE(results.empty());
}

struct emits_and_waits final : paipa::abstract_step<const int&, int, void> {
    explicit emits_and_waits(calls_by_item* c) : calls(c) {}

    void process(const int& x) override {
        const bool is_late = calls->call(x) == 1;
        emit(is_late ? -1 : x);
        if (is_late) {
            outlast();
        }
        emit(is_late ? -1 : x);
    }

    calls_by_item* calls;
};

TEST_P(policy_timeout, keeps_what_a_late_class_emits) {
    run(paipa::step<emits_and_waits>("a", with({.retry = {.attempts = 100}, .item_timeout = 1ms}),
                                     &calls),
        numbers(0, n));
    EXPECT_EQ(results, twice(numbers(0, n)));
}

TEST_P(policy_timeout, drops_late_items_of_a_step_that_returns_nothing) {
    std::atomic<int> behind = 0;
    run(paipa::step(
            "a",
            [](int x) {
                outlast();
                return x;
            },
            with({.on_failure = failure_action::drop, .item_timeout = 1ms})) |
            paipa::step("b",
                        [&](int x) {
                            ++behind;
                            return x;
                        }),
        numbers(0, n));
    EXPECT_EQ(behind.load(), 0);
    EXPECT_EQ(report.dropped(), n);
}

// Fused steps.

TEST_P(policy_timeout, of_fused_steps_is_for_the_first_one_whose_late_items_reach_no_other) {
    std::atomic<int> wrong = 0;
    run(paipa::fuse(paipa::step(
                        "a",
                        [this](const int& x) {
                            if (calls.call(x) == 1) {
                                outlast();
                                return -1;
                            }
                            return x;
                        },
                        with({.retry = {.attempts = 100}, .item_timeout = 1ms})),
                    paipa::step("b",
                                [&](int x) {
                                    wrong += x < 0 ? 1 : 0;
                                    outlast();
                                    return x;
                                })),
        numbers(0, n));
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(results, numbers(0, n));
}

TEST_P(policy_timeout, of_fused_steps_keeps_the_outputs_of_a_late_generator) {
    std::atomic<int> wrong = 0;
    run(paipa::fuse(paipa::step(
                        "a", [this](const int& x) { return two(x, calls.call(x) == 1); },
                        with({.retry = {.attempts = 100}, .item_timeout = 1ms})),
                    paipa::step("b",
                                [&](int x) {
                                    wrong += x < 0 ? 1 : 0;
                                    return x;
                                })),
        numbers(0, n));
    EXPECT_EQ(wrong.load(), 0);
    EXPECT_EQ(results, twice(numbers(0, n)));
}

TEST_P(policy_timeout, names_the_first_of_fused_steps_in_a_dead_letter) {
    run(paipa::fuse(paipa::step(
                        "a",
                        [](const int& x) {
                            outlast();
                            return x;
                        },
                        with({.on_failure = failure_action::dead_letter, .item_timeout = 1ms})),
                    paipa::step("b", [](int x) { return x; })),
        numbers(0, n));
    expect_dead(1, "s");
}

// Functions hear their token through a context.

int waits_for_its_token(const int& x, paipa::context& here) {
    const std::stop_token token = here.stop_token();
    while (here.sleep_for(1h)) {
    }
    return token.stop_requested() ? x : throw busy_error("no stop");
}

TEST_P(policy_timeout, of_a_function_is_heard_through_its_context) {
    run(paipa::step("a", &waits_for_its_token,
                    with({.on_failure = failure_action::dead_letter, .item_timeout = 1ms})),
        numbers(0, n));
    expect_dead(1, "s");
}

TEST_P(policy_timeout, of_fused_steps_is_heard_through_the_context_of_the_first_one) {
    run(paipa::fuse(
            paipa::step("a", &waits_for_its_token,
                        with({.on_failure = failure_action::dead_letter, .item_timeout = 1ms})),
            paipa::step("b", [](int x) { return x; })),
        numbers(0, n));
    expect_dead(1, "s");
}

}  // namespace
