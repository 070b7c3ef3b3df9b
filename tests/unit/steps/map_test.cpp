#include <paipa/steps/map.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

TEST(map, passes_on_what_the_function_returns) {
    EXPECT_EQ(outputs(paipa::map([](int x) { return std::to_string(x); }), std::vector{1, 2}),
              (std::vector<std::string>{"1", "2"}));
}

TEST(map, skips_at_nullopt) {
    auto odd = [](int x) { return x % 2 == 0 ? std::nullopt : std::optional(x); };
    EXPECT_EQ(outputs(paipa::map(odd), std::vector{1, 2, 3}), (std::vector<int>{1, 3}));
}

}  // namespace
