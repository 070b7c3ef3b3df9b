#include "policy.hpp"

#include <stdexcept>
#include <string>

// `throw retry_after{5s, "503"}`: the item comes back then, and that costs no attempt.

namespace {

using namespace promises;
using paipa::failure_action;
using paipa::generator;

class policy_retry_after : public with_policies {};

PAIPA_WITH_POLICIES(policy_retry_after);

TEST_P(policy_retry_after, costs_no_attempt) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](int x) {
                const int n = calls.call(x);
                if (n <= 4) {
                    throw paipa::retry_after{1ms, "503"};
                }
                if (n == 5) {
                    throw busy_error("busy");
                }
                return x;
            },
            with({.retry = {.attempts = 2}})),
        numbers(0, 50));
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(results, numbers(0, 50));
    EXPECT_EQ(report.steps[0].retries, 250U);
}

TEST_P(policy_retry_after, works_on_the_last_attempt) {
    calls_by_item calls;
    const auto words = [](const int& x) { return std::to_string(x); };
    run(paipa::step("words", words) | paipa::step(
                                          "a",
                                          [&](std::string text) {
                                              const int x = std::stoi(text);
                                              const std::string consumed = std::move(text);
                                              const int n = calls.call(x);
                                              if (n == 1) {
                                                  throw busy_error("busy");
                                              }
                                              if (n < 4) {
                                                  throw paipa::retry_after{1ms, "503"};
                                              }
                                              return x;
                                          },
                                          with({.retry = {.attempts = 2}})),
        numbers(0, 20));
    EXPECT_EQ(results, numbers(0, 20));
}

TEST_P(policy_retry_after, is_no_error_of_a_dead_letter) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                if (calls.call(x) <= 3) {
                    throw paipa::retry_after{1ms, "503"};
                }
                throw busy_error("busy");
                return x;
            },
            with({.retry = {.attempts = 2}, .on_failure = failure_action::dead_letter})),
        numbers(0, 10));
    ASSERT_EQ(letters.size(), 10U);
    for (const auto& letter : letters) {
        ASSERT_EQ(letter.attempts.size(), 2U);
        EXPECT_EQ(letter.reason(), "busy");
    }
}

TEST_P(policy_retry_after, beyond_the_limit_is_a_failed_try) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                calls.call(x);
                throw paipa::retry_after{2ms, "503"};
                return x;
            },
            with({.retry = {.attempts = 3, .retry_after_limit = 7ms},
                  .on_failure = failure_action::dead_letter})),
        numbers(0, 10));
    for (int x = 0; x < 10; ++x) {
        EXPECT_EQ(calls.of(x), 3 + 3);  // three waits of 2 ms, then three attempts
    }
    ASSERT_EQ(letters.size(), 10U);
    EXPECT_EQ(letters[0].attempts.size(), 3U);
    EXPECT_EQ(letters[0].reason(),
              "503: the item may wait no longer: its retry_after_limit is used up");
    EXPECT_TRUE(is_a<paipa::retry_after>(letters[0].attempts[0].error));
}

TEST_P(policy_retry_after, without_a_pause_ends_all_the_same) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                calls.call(x);
                throw paipa::retry_after{-1s};
                return x;
            },
            with({.retry = {.attempts = 2, .retry_after_limit = 5ms},
                  .on_failure = failure_action::drop})),
        {1, 2});
    EXPECT_EQ(calls.of(1), 5 + 2);
    EXPECT_EQ(report.dropped(), 2U);
}

TEST_P(policy_retry_after, needs_no_retries_where_the_item_stays_whole) {
    const auto flow = [&](auto f) {
        return paipa::step("to text", [](const int& x) { return std::to_string(x); }) |
               paipa::step("a", std::move(f), {.threads = threads()});
    };
    {
        calls_by_item calls;
        run(paipa::step("number",
                        [&](int x) {
                            if (calls.call(x) == 1) {
                                throw paipa::retry_after{1ms, "503"};
                            }
                            return x;
                        },
                        {.threads = threads()}),
            numbers(0, 100));
        std::sort(results.begin(), results.end());
        EXPECT_EQ(results, numbers(0, 100));
        EXPECT_EQ(report.steps[0].finished, 100U);
        EXPECT_EQ(report.steps[0].retries, 100U);
        results.clear();
    }
    calls_by_item calls;
    run(flow([&](const std::string& text) {
            const int x = std::stoi(text);
            if (calls.call(x) == 1) {
                throw paipa::retry_after{1ms, "503"};
            }
            return x;
        }),
        numbers(0, 100));
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, numbers(0, 100));
    results.clear();
    run(flow([&](std::string text) -> int {
            const std::string consumed = std::move(text);
            throw paipa::retry_after{1ms, "503"};
        }),
        {1});
    EXPECT_TRUE(is_a<paipa::retry_after>(thrown));
    EXPECT_EQ(report.failures[0].what,
              "503: the item cannot come back, as its call has consumed it: give the step "
              ".retry.attempts, or take the item by const reference");
}

TEST_P(policy_retry_after, needs_no_retries_in_an_ordered_step) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                if (calls.call(x) <= x % 3) {
                    throw paipa::retry_after{1ms, "503"};
                }
                return x;
            },
            with({.capacity = 4})) |
            paipa::step(
                "b",
                [](int x) -> std::optional<int> {
                    return x % 2 == 0 ? std::optional(x) : std::nullopt;
                },
                with({})),
        numbers(0, 60));
    std::vector<int> even;
    for (int x = 0; x < 60; x += 2) {
        even.push_back(x);
    }
    EXPECT_EQ(results, even);
    EXPECT_EQ(report.steps[0].retries, 60U);
    EXPECT_EQ(report.steps[0].finished, 60U);
}

TEST_P(policy_retry_after, needs_no_retries_in_an_ordered_step_with_many_outputs) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) -> generator<int> {
                if (calls.call(x) <= x % 2) {
                    throw paipa::retry_after{1ms, "503"};
                }
                for (int i = 0; i < 100; ++i) {
                    co_yield x;
                }
            },
            with({.capacity = 4})),
        numbers(0, 20));
    ASSERT_EQ(results.size(), 2000U);
    EXPECT_TRUE(std::is_sorted(results.begin(), results.end()));
}

TEST_P(policy_retry_after, is_for_each_fused_step) {
    calls_by_item calls;
    const auto asks = [&](int base) {
        return [&, base](const int& x) {
            if (calls.call(base + x) < 3) {
                throw paipa::retry_after{1ms, "503"};
            }
            return x;
        };
    };
    run(paipa::fuse(paipa::step("one", asks(1000), with({.retry = {.attempts = 2}})),
                    paipa::step("two", asks(2000), {.on_failure = failure_action::dead_letter}),
                    paipa::step("three", asks(3000))),
        numbers(0, 10));
    EXPECT_EQ(results, numbers(0, 10));
    EXPECT_EQ(report.steps[0].retries, 20U);
    EXPECT_EQ(report.steps[1].retries, 20U);
    EXPECT_EQ(report.steps[2].retries, 20U);
    EXPECT_EQ(report.steps[2].finished, 10U);
}

TEST_P(policy_retry_after, in_a_plain_fused_step_counts_each_item_once) {
    calls_by_item calls;
    run(paipa::fuse(paipa::step("one", [](int x) { return x; }, {.threads = threads()}),
                    paipa::step("two",
                                [&](int x) {
                                    if (calls.call(x) == 1 && x % 5 == 0) {
                                        throw paipa::retry_after{1ms, "503"};
                                    }
                                    return x;
                                })),
        numbers(0, 50));
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, numbers(0, 50));
    EXPECT_EQ(report.steps[1].finished, 50U);
    EXPECT_EQ(report.steps[1].retries, 10U);
}

TEST_P(policy_retry_after, has_its_limit_where_items_wait_with_their_worker) {
    const auto asks = [](const int& x) -> int {
        throw paipa::retry_after{2ms, "503"};
        return x;
    };
    const paipa::step_options limited{.retry = {.attempts = 1, .retry_after_limit = 7ms},
                                      .on_failure = failure_action::dead_letter};
    run(paipa::step("a", asks, with(limited)), numbers(0, 5));
    EXPECT_EQ(report.steps[0].dead, 5U);
    EXPECT_EQ(report.steps[0].retries, 15U);
    run(paipa::fuse(paipa::step(
                        "a", [](int x) { return x; }, with({})),
                    paipa::step("b", asks, limited)),
        numbers(0, 5));
    EXPECT_EQ(report.steps[1].dead, 5U);
    EXPECT_EQ(report.steps[1].retries, 15U);
}

TEST_P(policy_retry_after, of_a_generator_repeats_what_it_has_sent_without_retries) {
    calls_by_item calls;
    const auto twice = [&](const int& x) -> paipa::generator<int> {
        co_yield x;
        if (calls.call(x) == 1) {
            throw paipa::retry_after{1ms, "503"};
        }
    };
    run(paipa::step("a", twice, {.threads = threads()}), {1, 2});
    std::sort(results.begin(), results.end());
    EXPECT_EQ(results, (std::vector{1, 1, 2, 2}));
    results.clear();
    calls_by_item again;
    const auto held = [&](const int& x) -> paipa::generator<int> {
        co_yield x;
        if (again.call(x) == 1) {
            throw paipa::retry_after{1ms, "503"};
        }
    };
    run(paipa::step("a", held, with({.retry = {.attempts = 2}})), {1, 2});
    EXPECT_EQ(results, (std::vector{1, 2}));
}

}  // namespace
