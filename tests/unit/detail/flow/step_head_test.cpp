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
using paipa::detail::step_head;

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
