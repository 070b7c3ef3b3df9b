#include "answer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <optional>

namespace {

using namespace std::chrono_literals;
using fetch::retry_after_pause;

constexpr std::time_t noon = 1'732'968'000;  // Sat, 30 Nov 2024 12:00:00 GMT

TEST(retry_after_pause, is_in_seconds) {
    EXPECT_EQ(retry_after_pause("7", noon), 7s);
    EXPECT_EQ(retry_after_pause("120", noon), 120s);
}

TEST(retry_after_pause, is_until_a_date) {
    EXPECT_EQ(retry_after_pause("Sat, 30 Nov 2024 12:00:30 GMT", noon), 30s);
    EXPECT_EQ(retry_after_pause("Sunday, 01-Dec-24 12:00:00 GMT", noon), 24h);
}

TEST(retry_after_pause, is_a_second_at_least_and_a_year_at_most) {
    EXPECT_EQ(retry_after_pause("0", noon), 1s);
    EXPECT_EQ(retry_after_pause("-5", noon), 1s);
    EXPECT_EQ(retry_after_pause("Sat, 30 Nov 2024 11:00:00 GMT", noon), 1s);
    EXPECT_EQ(retry_after_pause("999999999999", noon), 24h * 365);
    EXPECT_EQ(retry_after_pause("99999999999999999999999999", noon), 24h * 365);
}

TEST(retry_after_pause, is_nothing_where_it_is_neither) {
    for (const char* value : {"", "soon", "5 minutes later", "1e3"}) {
        EXPECT_EQ(retry_after_pause(value, noon), std::nullopt) << value;
    }
}

}  // namespace
