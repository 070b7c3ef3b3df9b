#include <paipa/detail/ticket/final_outcome.hpp>

#include <gtest/gtest.h>

namespace {

using paipa::detail::final_outcome;

TEST(final_outcome, is_worse_the_later_it_is_named) {
    EXPECT_LT(final_outcome::delivered, final_outcome::skipped);
    EXPECT_LT(final_outcome::skipped, final_outcome::dropped);
    EXPECT_LT(final_outcome::dropped, final_outcome::dead);
    EXPECT_LT(final_outcome::dead, final_outcome::abandoned);
}

}  // namespace
