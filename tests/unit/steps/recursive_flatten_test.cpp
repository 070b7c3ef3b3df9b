#include <paipa/steps/recursive_flatten.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

TEST(recursive_flatten, takes_all_levels_apart_but_text) {
    using text_tree = std::vector<std::vector<std::vector<std::string>>>;
    EXPECT_EQ(outputs(paipa::recursive_flatten(), text_tree{{{"ab"}, {}}, {{"c", "d"}}}),
              (std::vector<std::string>{"ab", "c", "d"}));
}

}  // namespace
