#include <paipa/nothing.hpp>
#include <paipa/paipa.hpp>

#include <gtest/gtest.h>

#include <ranges>
#include <type_traits>

namespace {

TEST(nothing, is_what_a_step_that_returns_nothing_leaves) {
    int sum = 0;
    auto chain =
        paipa::combine(std::views::iota(0, 4), paipa::step("add", [&](int x) { sum += x; }));
    static_assert(std::is_same_v<std::ranges::range_value_t<decltype(chain)>, paipa::nothing>);
    int seen = 0;
    for (const paipa::nothing n : chain) {
        EXPECT_EQ(n, paipa::nothing{});
        ++seen;
    }
    EXPECT_EQ(seen, 4);
    EXPECT_EQ(sum, 6);
    EXPECT_EQ(paipa::consume(
                  paipa::combine(std::views::iota(0, 4), paipa::map([&](int x) { sum += x; }))),
              4U);
    EXPECT_EQ(sum, 12);
}

}  // namespace
