#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(held_outputs, are_refused_when_they_are_too_many) {
    EXPECT_FALSE(paipa::detail::check_held(paipa::detail::most_held_outputs, "a"));
    std::string text;
    try {
        paipa::detail::check_held(paipa::detail::most_held_outputs + 1, "a");
    } catch (const paipa::state_error& e) {
        text = e.what();
    }
    EXPECT_EQ(text,
              "step 'a': outputs of one item: expected at most 1048576, which are held until the "
              "item has succeeded, got more; use .outputs = paipa::outputs::at_once, or make "
              "smaller items");
}

}  // namespace
