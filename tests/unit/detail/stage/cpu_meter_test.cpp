#include <paipa/detail/stage/cpu_meter.hpp>
#include <paipa/time.hpp>

#include "../../../../src/platform/usage.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <optional>
#include <thread>

namespace {

using paipa::duration;
using paipa::detail::cpu_meter;

/// Uses the processor until the meter of this thread shows more.
void work(const cpu_meter& own) {
    const std::optional<duration> before = own.read();
    while (before.has_value() && own.read() <= before) {
    }
}

class cpu_meter_test : public testing::Test {
protected:
    void SetUp() override {
        if (!paipa::platform::thread_clock().has_value()) {
            GTEST_SKIP() << "the system does not say how long a thread has used a processor";
        }
    }
};

TEST(cpu_meter, knows_nothing_before_its_thread_begins) {
    cpu_meter meter;
    EXPECT_EQ(meter.read(), std::nullopt);
    meter.end();
    EXPECT_EQ(meter.read(), std::nullopt);
}

TEST_F(cpu_meter_test, shows_more_when_its_thread_has_worked) {
    cpu_meter meter;
    meter.begin();
    const std::optional<duration> before = meter.read();
    work(meter);
    EXPECT_GT(meter.read(), before);
}

TEST_F(cpu_meter_test, keeps_what_its_thread_has_used_when_that_has_ended) {
    cpu_meter meter;
    std::optional<duration> at_the_end;
    std::thread([&] {
        meter.begin();
        work(meter);
        at_the_end = meter.read();
        meter.end();
    }).join();
    const std::optional<duration> total = meter.read();
    EXPECT_GE(total, at_the_end);
    EXPECT_EQ(meter.read(), total);
}

TEST_F(cpu_meter_test, does_not_count_what_the_thread_does_behind_the_end) {
    cpu_meter meter;
    cpu_meter all;
    meter.begin();
    all.begin();
    meter.end();
    const std::optional<duration> total = meter.read();
    work(all);
    EXPECT_EQ(meter.read(), total);
}

TEST_F(cpu_meter_test, measures_its_own_thread_and_not_the_one_that_asks) {
    cpu_meter idle;
    std::latch begun(1);
    std::latch done(1);
    std::thread waiting([&] {
        idle.begin();
        begun.count_down();
        done.wait();
        idle.end();
    });
    begun.wait();
    cpu_meter busy;
    busy.begin();
    std::optional<duration> before;
    for (int i = 0; i < 10'000 && idle.read() != before; ++i) {  // until it waits
        before = idle.read();
        work(busy);
    }
    EXPECT_EQ(idle.read(), before);
    done.count_down();
    waiting.join();
}

}  // namespace
