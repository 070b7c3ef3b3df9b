#include <paipa/time.hpp>

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;

TEST(time, does_not_overflow) {
    const paipa::time_point start{5s};
    EXPECT_EQ(paipa::later(start, 2s), paipa::time_point{7s});
    EXPECT_EQ(paipa::later(start, paipa::duration::max()), paipa::never);
}

}  // namespace
