#include "policy.hpp"

#include <stdexcept>
#include <string>

// `throw give_up("reason")`: no further try.

namespace {

using namespace promises;
using paipa::failure_action;

int gives_up_in_a_handler(const int& /*item*/) {
    try {
        throw http_error(404);
    } catch (const http_error&) {
        throw paipa::give_up("no such page");
    }
}

class policy_give_up : public with_policies {
protected:
    /// Runs one step whose function gives up at once, with dead letters.
    template <class F>
    void run_giving_up(F f) {
        run(paipa::step(
                "a",
                [&, f](const int& x) {
                    calls.call(x);
                    f();
                    return x;
                },
                with({.retry = {.attempts = 5}, .on_failure = failure_action::dead_letter})),
            numbers(0, 20));
        for (int x = 0; x < 20; ++x) {
            EXPECT_EQ(calls.of(x), 1);
        }
        EXPECT_EQ(report.dead(), 20U);
        EXPECT_EQ(report.steps[0].retries, 0U);
        EXPECT_EQ(letters.size(), 20U);
    }

    calls_by_item calls;
};

PAIPA_WITH_POLICIES(policy_give_up);

TEST_P(policy_give_up, ends_the_attempts_with_its_reason) {
    run_giving_up([] { throw paipa::give_up("gone for good"); });
    EXPECT_EQ(letters[0].reason(), "gone for good");
    EXPECT_TRUE(is_a<paipa::give_up>(letters[0].attempts[0].error));
}

TEST_P(policy_give_up, in_a_handler_makes_what_was_in_flight_the_failure) {
    run_giving_up([] { gives_up_in_a_handler(0); });
    EXPECT_EQ(letters[0].reason(), "no such page: HTTP 404");
    EXPECT_TRUE(is_a<http_error>(letters[0].attempts[0].error));
}

TEST_P(policy_give_up, fails_the_run_by_what_was_in_flight) {
    run(paipa::step("a", gives_up_in_a_handler, with({.retry = {.attempts = 5}})), {1});
    EXPECT_TRUE(is_a<http_error>(thrown));
    ASSERT_EQ(report.failures.size(), 1U);
    EXPECT_EQ(report.failures[0].what, "no such page: HTTP 404");
    EXPECT_EQ(report.failures[0].attempt, 1U);
}

TEST_P(policy_give_up, is_looked_at_by_rules_as_what_was_in_flight) {
    run(paipa::step("a", gives_up_in_a_handler,
                    with({.retry = {.attempts = 5},
                          .on_failure = {paipa::drop_on<http_error>(), failure_action::fail}})),
        numbers(0, 10));
    EXPECT_EQ(report.dropped(), 10U);
}

TEST_P(policy_give_up, after_other_tries_keeps_their_errors) {
    run(paipa::step(
            "a",
            [this](const int& x) {
                if (calls.call(x) < 3) {
                    throw busy_error("busy");
                }
                throw paipa::give_up("enough");
                return x;
            },
            with({.retry = {.attempts = 5}, .on_failure = failure_action::dead_letter})),
        {1});
    ASSERT_EQ(letters.size(), 1U);
    ASSERT_EQ(letters[0].attempts.size(), 3U);
    EXPECT_EQ(letters[0].attempts[1].what, "busy");
    EXPECT_EQ(letters[0].attempts[2].what, "enough");
}

TEST_P(policy_give_up, in_a_step_without_retries_is_a_failure_like_others) {
    run(paipa::step(
            "a",
            [](int x) -> int {
                throw paipa::give_up("no");
                return x;
            },
            with({})),
        {1});
    EXPECT_TRUE(is_a<paipa::give_up>(thrown));
    EXPECT_EQ(report.failures[0].what, "no");
}

TEST_P(policy_give_up, in_a_class_and_in_fused_steps_is_the_same) {
    struct gives_up final : paipa::abstract_step<int, int> {
        int process(int x) override {
            try {
                throw http_error(404);
            } catch (...) {
                throw paipa::give_up("class");
            }
            return x;
        }
    };

    run(paipa::step<gives_up>(
            "a", with({.retry = {.attempts = 5}, .on_failure = failure_action::dead_letter})),
        {1});
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].reason(), "class: HTTP 404");
    run(paipa::fuse(paipa::step(
                        "a", [](const int& x) { return x; }, with({})),
                    paipa::step("b",
                                [](const int& x) -> int {
                                    try {
                                        throw http_error(404);
                                    } catch (...) {
                                        throw paipa::give_up("fused");
                                    }
                                    return x;
                                },
                                {.on_failure = failure_action::dead_letter})),
        {1});
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].reason(), "fused: HTTP 404");
}

TEST(policy_give_up_in_combine, does_not_take_an_error_of_the_caller_for_its_own) {
    try {
        throw std::logic_error("of the caller");
    } catch (const std::logic_error&) {
        auto chain =
            paipa::combine(numbers(0, 1), paipa::step("a",
                                                      [](const int& x) -> int {
                                                          throw paipa::give_up("mine");
                                                          return x;
                                                      },
                                                      {.on_failure = failure_action::dead_letter}));
        EXPECT_EQ(paipa::consume(chain), 0U);
        ASSERT_EQ(chain.dead_letters().size(), 1U);
        EXPECT_EQ(chain.dead_letters()[0].reason(), "mine");
    }
}

}  // namespace
