#include <paipa/steps/identity.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

TEST(identity, passes_everything_on) {
    EXPECT_EQ(outputs(paipa::identity(), std::vector{3, 1, 2}), (std::vector<int>{3, 1, 2}));
}

}  // namespace
