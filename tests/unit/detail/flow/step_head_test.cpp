#include <paipa/detail/flow/step_head.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::duration;
using paipa::detail::retry_pause;
using paipa::detail::step_head;

TEST(retry_pause, grows_by_the_factor_from_try_to_try_up_to_the_longest) {
    const paipa::retry_policy p{.attempts = 9, .delay = 100ms, .max_delay = 1s, .factor = 3};
    std::vector<duration> pauses;
    for (unsigned attempt = 1; attempt < 6; ++attempt) {
        pauses.push_back(retry_pause(p, attempt, 0));
    }
    EXPECT_EQ(pauses, (std::vector<duration>{100ms, 300ms, 900ms, 1s, 1s}));
}

TEST(retry_pause, stays_the_same_with_a_factor_of_one) {
    const paipa::retry_policy p{.attempts = 9, .delay = 5ms, .factor = 1};
    EXPECT_EQ(retry_pause(p, 1, 0), 5ms);
    EXPECT_EQ(retry_pause(p, 1000, 0), 5ms);
}

TEST(retry_pause, is_bounded_also_where_the_delay_or_its_growth_is_beyond_all_numbers) {
    paipa::retry_policy p{.attempts = 9, .delay = 1ns, .max_delay = duration::max(), .factor = 1e9};
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), duration::max());
    p.max_delay = 7s;
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), 7s);
    p.delay = 0s;
    EXPECT_EQ(retry_pause(p, 1'000'000, 0), 0s);
    p.delay = 8s;
    EXPECT_EQ(retry_pause(p, 1, 0), 7s);
}

TEST(retry_pause, is_spread_by_jitter_from_half_to_whole) {
    const paipa::retry_policy p{
        .attempts = 9, .delay = 100ms, .max_delay = 1s, .factor = 10, .jitter = true};
    std::set<duration> first;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const duration pause = retry_pause(p, 1, seed);
        EXPECT_GE(pause, 50ms);
        EXPECT_LE(pause, 100ms);
        EXPECT_EQ(retry_pause(p, 1, seed), pause);  // the seed decides
        first.insert(pause);
        const duration bounded = retry_pause(p, 3, seed);  // a second, and not ten
        EXPECT_GE(bounded, 500ms);
        EXPECT_LE(bounded, 1s);
    }
    EXPECT_LT(*first.begin(), 55ms);
    EXPECT_GT(*first.rbegin(), 95ms);
    EXPECT_GT(first.size(), 900U);
}

TEST(has_budget, is_what_a_finite_ratio_means) {
    EXPECT_FALSE(paipa::detail::has_budget({}));
    EXPECT_TRUE(paipa::detail::has_budget({.attempts = 2, .budget = {.ratio = 0.1}}));
}

TEST(step_heads, get_names_that_tell_them_apart) {
    const step_head named("map#2", {}, true);
    const step_head other("map");
    const std::array<const step_head*, 4> heads{&other, &other, &named, &other};
    EXPECT_EQ(paipa::detail::unique_names({heads.data(), heads.size()}),
              (std::vector<std::string>{"map", "map#3", "map#2", "map#4"}));
}

TEST(step_heads, must_not_have_the_same_name_from_the_user) {
    const step_head named("a", {}, true);
    const step_head unnamed("a");
    const std::array<const step_head*, 3> heads{&unnamed, &named, &unnamed};
    paipa::detail::check_names({heads.data(), heads.size()});
    const std::array<const step_head*, 2> twice{&named, &named};
    try {
        paipa::detail::check_names({twice.data(), twice.size()});
        FAIL();
    } catch (const paipa::config_error& e) {
        EXPECT_STREQ(e.what(), "paipa::flow: step names: expected each name once, got 'a' twice");
    }
}

}  // namespace
