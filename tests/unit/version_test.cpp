#include <paipa/version.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace {

TEST(version, has_three_numbers) {
    EXPECT_THAT(std::string(paipa::version()), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
