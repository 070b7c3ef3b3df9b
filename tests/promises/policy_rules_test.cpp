#include "policy.hpp"

#include <stdexcept>
#include <string>

// `on_failure` as rules by kind of error.

namespace {

using namespace promises;
using paipa::failure_action;

class policy_rules : public with_policies {
protected:
    /// Runs 90 items; of three in a row one is parsed badly, one finds the server busy.
    void run_with(paipa::failure_rules rules, paipa::failure_rules of_pipeline = {}) {
        const auto f = [](const int& x) {
            if (x % 3 == 0) {
                throw parse_error("bad " + std::to_string(x));
            }
            if (x % 3 == 1) {
                throw busy_error("busy");
            }
            return x;
        };
        const auto options = with({.on_failure = std::move(rules)});
        if (of_pipeline.empty()) {
            run(paipa::step("a", f, options), numbers(0, 90));
        } else {
            paipa::pipeline p{paipa::step("a", f, options),
                              {.quiet = true, .on_failure = std::move(of_pipeline)}};
            p.put_iterable(numbers(0, 90));
            report = p.run();
            expect_closed(report);
        }
    }
};

PAIPA_WITH_POLICIES(policy_rules);

TEST_P(policy_rules, a_plain_action_is_for_every_error) {
    run_with(failure_action::drop);
    EXPECT_EQ(report.dropped(), 60U);
    EXPECT_EQ(results.size(), 30U);
}

TEST_P(policy_rules, the_first_that_accepts_the_error_decides) {
    run_with({paipa::dead_letter_on<parse_error>(), paipa::drop_on<std::runtime_error>(),
              failure_action::fail});
    EXPECT_EQ(thrown, nullptr);
    EXPECT_EQ(report.dead(), 30U);
    EXPECT_EQ(report.dropped(), 30U);
    EXPECT_EQ(results.size(), 30U);
    EXPECT_EQ(reasons(letters).at(3), "bad 3");
}

TEST_P(policy_rules, the_action_behind_them_is_for_the_others) {
    run_with({paipa::dead_letter_on<parse_error>(), failure_action::fail});
    EXPECT_TRUE(is_a<busy_error>(thrown));
    EXPECT_EQ(report.state, paipa::run_state::failed);
    EXPECT_EQ(report.failures.front().what, "busy");
}

TEST_P(policy_rules, that_accept_nothing_fail_the_run) {
    run_with({paipa::drop_on<parse_error>()});
    EXPECT_TRUE(is_a<busy_error>(thrown));
}

TEST_P(policy_rules, that_do_not_decide_leave_it_to_the_pipeline) {
    if (is_inline()) {
        return;  // has no options of a pipeline
    }
    run_with({paipa::drop_on<parse_error>()}, failure_action::dead_letter);
    EXPECT_EQ(report.dropped(), 30U);
    EXPECT_EQ(report.dead(), 30U);
}

TEST_P(policy_rules, may_be_predicates) {
    run_with({paipa::dead_letter_on_if(
                  [](const parse_error& e) { return std::string(e.what()) == "bad 0"; }),
              paipa::fail_on_if([](const parse_error& e) { return e.what() == nullptr; }),
              paipa::drop_on_if([](const std::exception&) { return true; })});
    EXPECT_EQ(report.dead(), 1U);
    EXPECT_EQ(report.dropped(), 59U);
}

TEST_P(policy_rules, may_name_what_fails_the_run) {
    run_with({paipa::fail_on<busy_error>(), failure_action::drop});
    EXPECT_TRUE(is_a<busy_error>(thrown));
}

TEST_P(policy_rules, whose_predicate_throws_make_that_the_failure) {
    const auto broken = [](const parse_error&) -> bool { throw std::logic_error("broken rule"); };
    run_with({paipa::drop_on_if(broken), failure_action::dead_letter});
    EXPECT_EQ(report.dead(), 60U);
    const auto why = reasons(letters);
    EXPECT_EQ(why.at(0), "broken rule");
    EXPECT_EQ(why.at(1), "busy");
    results.clear();
    run_with({paipa::drop_on_if(broken), paipa::drop_on<busy_error>()});
    EXPECT_TRUE(is_a<std::logic_error>(thrown));
    EXPECT_EQ(report.failures.front().what, "broken rule");
}

TEST_P(policy_rules, look_at_the_last_attempt) {
    calls_by_item calls;
    run(paipa::step(
            "a",
            [&](const int& x) {
                if (calls.call(x) == 1) {
                    throw busy_error("busy");
                }
                throw parse_error("bad");
                return x;
            },
            with({.retry = {.attempts = 2},
                  .on_failure = {paipa::drop_on<parse_error>(), failure_action::dead_letter}})),
        numbers(0, 20));
    EXPECT_EQ(report.dropped(), 20U);
    EXPECT_EQ(report.dead(), 0U);
}

TEST_P(policy_rules, hold_for_each_fused_step) {
    const auto first = [](const int& x) {
        if (x == 1) {
            throw parse_error("first");
        }
        return x;
    };
    const auto second = [](const int& x) {
        if (x == 2) {
            throw parse_error("second");
        }
        if (x == 3) {
            throw busy_error("second");
        }
        return x;
    };
    run(paipa::fuse(paipa::step("a", first, with({.on_failure = paipa::drop_on<parse_error>()})),
                    paipa::step("b", second,
                                {.on_failure = {paipa::dead_letter_on<parse_error>(),
                                                paipa::drop_on<busy_error>()}})),
        numbers(0, 10));
    EXPECT_EQ(report.steps[0].dropped, 1U);
    EXPECT_EQ(report.steps[1].dropped, 1U);
    EXPECT_EQ(report.steps[1].dead, 1U);
    EXPECT_EQ(results.size(), 7U);
}

TEST(policy_rules_options, refuse_rules_that_never_decide) {
    const auto refused = [](paipa::failure_rules rules) {
        return refusal<paipa::config_error>(
            [&] { (void)paipa::step("a", [](int x) { return x; }, {.on_failure = rules}); });
    };
    EXPECT_EQ(refused({failure_action::drop, paipa::dead_letter_on<parse_error>()}),
              "paipa::step 'a': on_failure: expected a plain action at the end alone, got rules "
              "behind it, which would never decide");
    EXPECT_EQ(refused({paipa::dead_letter_on<parse_error>(), failure_action::drop}),
              "nothing was thrown");
}

}  // namespace
