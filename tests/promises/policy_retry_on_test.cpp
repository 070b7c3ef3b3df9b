#include "policy.hpp"

#include <stdexcept>
#include <string>

// `retry_policy::on`: which errors are worth another try.

namespace {

using namespace promises;

class policy_retry_on : public with_policies {
protected:
    /// Runs 100 items; each fails in all of its tries by an error of the kind `item % 4`.
    void run_failing(paipa::error_filter on) {
        run(paipa::step(
                "a",
                [this](const int& x) {
                    calls.call(x);
                    switch (x % 4) {
                        case 0:
                            throw busy_error("busy");
                        case 1:
                            throw http_error(404);
                        case 2:
                            throw http_error(503);
                        default:
                            throw 7;
                    }
                    return x;
                },
                with({.retry = {.attempts = 3, .on = std::move(on)},
                      .on_failure = paipa::failure_action::dead_letter})),
            numbers(0, 100));
    }

    void expect_calls(std::vector<int> by_kind) {
        for (int x = 0; x < 100; ++x) {
            EXPECT_EQ(calls.of(x), by_kind[static_cast<std::size_t>(x % 4)]) << "item " << x;
        }
        EXPECT_EQ(letters.size(), 100U);
        EXPECT_EQ(report.dead(), 100U);
    }

    calls_by_item calls;
};

PAIPA_WITH_POLICIES(policy_retry_on);

TEST_P(policy_retry_on, nothing_retries_every_error) {
    run_failing({});
    expect_calls({3, 3, 3, 3});
    EXPECT_EQ(report.steps[0].retries, 200U);
}

TEST_P(policy_retry_on, a_member_of_the_exception_may_be_the_predicate) {
    run_failing(paipa::retry_on_if(&http_error::is_theirs));
    expect_calls({1, 1, 3, 1});
}

TEST_P(policy_retry_on, a_type_retries_that_type_alone) {
    run_failing(paipa::retry_on<busy_error>());
    expect_calls({3, 1, 1, 1});
    EXPECT_EQ(report.steps[0].retries, 50U);
}

TEST_P(policy_retry_on, a_base_retries_what_derives_from_it) {
    run_failing(paipa::retry_on<std::runtime_error>());
    expect_calls({3, 3, 3, 1});
}

TEST_P(policy_retry_on, a_type_that_is_no_class_retries_it) {
    run_failing(paipa::on<int>());
    expect_calls({1, 1, 1, 3});
}

TEST_P(policy_retry_on, a_predicate_retries_what_it_accepts) {
    run_failing(paipa::retry_on_if([](const http_error& e) { return e.status >= 500; }));
    expect_calls({1, 1, 3, 1});
}

TEST_P(policy_retry_on, several_kinds_retries_each_of_them) {
    run_failing(paipa::retry_on<busy_error>() |
                paipa::retry_on_if([](const http_error& e) { return e.status >= 500; }) |
                paipa::retry_on_if([](int number) { return number == 7; }));
    expect_calls({3, 1, 3, 3});
}

TEST_P(policy_retry_on, a_predicate_that_throws_makes_that_the_failure) {
    run_failing(paipa::retry_on<busy_error>() | paipa::retry_on_if([](const http_error& e) -> bool {
                    throw std::logic_error("no rule for " + std::to_string(e.status));
                }));
    expect_calls({3, 1, 1, 1});
    const auto why = reasons(letters);
    EXPECT_EQ(why.at(0), "busy");
    EXPECT_EQ(why.at(1), "no rule for 404");
    EXPECT_EQ(why.at(2), "no rule for 503");
    EXPECT_EQ(why.at(3), "int 7");
}

TEST_P(policy_retry_on, of_the_pipeline_is_for_steps_that_do_not_say) {
    if (is_inline()) {
        return;  // has no options of a pipeline
    }
    for (const bool says : {false, true}) {
        calls_by_item tries;
        const auto f = [&](const int& x) {
            tries.call(x);
            throw busy_error("busy");
            return x;
        };
        const auto flow = says ? paipa::step("a", f, with({.retry = {.attempts = 2}}))
                               : paipa::step("a", f, with({}));
        paipa::pipeline p{flow,
                          {.quiet = true,
                           .retry = {.attempts = 3, .on = paipa::retry_on<http_error>()},
                           .on_failure = paipa::failure_action::drop}};
        p.put_iterable(numbers(0, 20));
        expect_closed(p.run());
        for (int x = 0; x < 20; ++x) {
            EXPECT_EQ(tries.of(x), says ? 2 : 1);
        }
    }
}

TEST(policy_retry_on_options, refuse_what_can_never_retry) {
    const auto with = [](paipa::retry_policy retry) {
        return refusal<paipa::config_error>(
            [&] { (void)paipa::step("a", [](int x) { return x; }, {.retry = retry}); });
    };
    EXPECT_EQ(with({.on = paipa::retry_on<busy_error>()}),
              "paipa::step 'a': retry.on: expected it with 2 attempts or more, got attempts = 1");
    EXPECT_EQ(with({.attempts = 0, .on = paipa::retry_on<busy_error>()}),
              "paipa::step 'a': retry.on: expected it with 2 attempts or more, got attempts = 0");
    EXPECT_EQ(refusal<paipa::config_error>([] {
                  const paipa::pipeline p{paipa::step("a", [](int x) { return x; }),
                                          {.retry = {.on = paipa::retry_on<busy_error>()}}};
              }),
              "paipa::pipeline 'pipeline': retry.on: expected it with 2 attempts or more, got "
              "attempts = 1");
}

}  // namespace
