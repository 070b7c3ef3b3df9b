#include "progress.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using fetch::progress_line;
using fetch::progress_reading;
using fetch::rate_meter;

constexpr progress_reading half_way{.total = 300,
                                    .stored = 118,
                                    .failed = 2,
                                    .in_flight = 8,
                                    .failed_attempts = 0,
                                    .bytes = 2048,
                                    .per_second = 40.0};

TEST(progress_line, shows_done_rate_in_flight_failed_and_the_time_left) {
    EXPECT_EQ(progress_line(half_way),
              "120/300 done  40.0/s  8 in flight  2 failed  ETA 0:05  2.0 KiB");
}

TEST(progress_line, shows_failed_attempts_when_there_are_any) {
    progress_reading reading = half_way;
    reading.failed_attempts = 3;
    EXPECT_EQ(progress_line(reading),
              "120/300 done  40.0/s  8 in flight  2 failed  ETA 0:05  2.0 KiB  3 failed attempts");
}

TEST(progress_line, fits_its_width) {
    EXPECT_EQ(progress_line(half_way, 12), "120/300 done");
    EXPECT_EQ(progress_line(half_way, 500), progress_line(half_way));
}

TEST(progress_line, promises_nothing_before_anything_is_done) {
    EXPECT_EQ(progress_line({.total = 5}), "0/5 done  0.0/s  0 in flight  0 failed  ETA -:--  0 B");
}

TEST(progress_line, says_that_the_list_is_still_coming) {
    progress_reading reading = half_way;
    reading.is_total_known = false;
    EXPECT_EQ(progress_line(reading),
              "120/300+ done  40.0/s  8 in flight  2 failed  ETA -:--  2.0 KiB");
}

TEST(time_left, is_nothing_at_the_end) {
    EXPECT_EQ(fetch::time_left({.total = 5, .stored = 4, .failed = 1}), 0s);
    EXPECT_EQ(fetch::time_left({.total = 0}), 0s);
    EXPECT_EQ(fetch::time_left({.total = 5, .stored = 4, .per_second = 1e-9}), std::nullopt);
}

TEST(rate_meter, finds_a_steady_rate_at_once) {
    const rate_meter::time_point start{};
    rate_meter meter(start);
    for (std::uint64_t n = 1; n <= 10; ++n) {
        EXPECT_NEAR(meter.update(10 * n, start + n * 1s), 10.0, 1e-9);
    }
}

TEST(rate_meter, forgets_the_past) {
    const rate_meter::time_point start{};
    rate_meter meter(start);
    EXPECT_NEAR(meter.update(1000, start + 1s), 1000.0, 1e-9);
    EXPECT_LT(meter.update(1000, start + 60s), 1.0);
}

TEST(rate_meter, survives_two_readings_at_the_same_time) {
    const rate_meter::time_point start{};
    rate_meter meter(start);
    EXPECT_EQ(meter.update(5, start), 0.0);
    EXPECT_NEAR(meter.update(5, start + 1s), 5.0, 1e-9);
}

TEST(progress_display, ends_with_a_plain_line_when_there_is_no_terminal) {
    fetch::progress_counters counters;
    counters.total = 2;
    counters.is_total_known = true;
    testing::internal::CaptureStderr();
    {
        fetch::progress_display display(counters, fetch::progress_display::style::plain);
        counters.stored = 2;
        display.say("hello");
        display.finish();
        display.finish();
    }
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(text.starts_with("hello\n")) << text;
    EXPECT_NE(text.find("2/2 done"), std::string::npos) << text;
    EXPECT_EQ(text.find('\r'), std::string::npos) << text;
    EXPECT_TRUE(text.ends_with("ETA 0:00  0 B\n")) << text;
}

TEST(progress_display, rewrites_one_line_on_a_terminal) {
    fetch::progress_counters counters;
    counters.total = 2;
    counters.is_total_known = true;
    testing::internal::CaptureStderr();
    {
        fetch::progress_display display(counters, fetch::progress_display::style::live);
        display.finish();
    }
    const std::string text = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(text.starts_with("\r0/2 done")) << text;
    EXPECT_TRUE(text.ends_with("\x1b[K\n")) << text;
}

TEST(progress_display, leaves_no_line_when_abandoned) {
    fetch::progress_counters counters;
    counters.total = 2;
    counters.is_total_known = true;
    testing::internal::CaptureStderr();
    {
        const fetch::progress_display display(counters, fetch::progress_display::style::live);
    }
    const std::string live = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(live.empty() || live.ends_with("\r\x1b[K")) << live;
    testing::internal::CaptureStderr();
    {
        const fetch::progress_display display(counters, fetch::progress_display::style::plain);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(progress_display, is_silent_when_told) {
    fetch::progress_counters counters;
    counters.total = 2;
    counters.is_total_known = true;
    testing::internal::CaptureStderr();
    {
        fetch::progress_display display(counters, fetch::progress_display::style::none);
        display.finish();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
