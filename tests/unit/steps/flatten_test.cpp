#include <paipa/steps/flatten.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

TEST(flatten, takes_one_level_apart) {
    using nested = std::vector<std::vector<int>>;
    EXPECT_EQ(outputs(paipa::flatten(), nested{{1, 2}, {}, {3}}), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(outputs(paipa::flatten(), std::vector<nested>{{{1}, {2}}}), (nested{{1}, {2}}));
}

}  // namespace
