#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::activity;
using paipa::duration;
using paipa::time_by_state;
using paipa::time_point;
using paipa::detail::time_sheet;
using times = std::vector<duration>;

constexpr time_point start{1h};

/// In the order of the fields of a report.
times booked(const time_sheet& sheet, time_point now) {
    time_by_state sum;
    sheet.add_to(sum, now);
    return {sum.running,          sum.waiting_for_input, sum.waiting_for_room, sum.waiting_to_retry,
            sum.waiting_for_turn, sum.waiting_for_meta,  sum.in_hooks};
}

TEST(time_sheet, books_each_activity_by_itself) {
    time_sheet sheet;
    sheet.begin(start);
    sheet.change(activity::waiting_for_input, start + 1s);
    sheet.change(activity::waiting_for_room, start + 3s);
    sheet.change(activity::waiting_to_retry, start + 6s);
    sheet.change(activity::waiting_for_turn, start + 10s);
    sheet.change(activity::waiting_for_meta, start + 15s);
    sheet.change(activity::in_hook, start + 21s);
    sheet.change(activity::ended, start + 28s);
    EXPECT_EQ(booked(sheet, start + 1h), (times{1s, 2s, 3s, 4s, 5s, 6s, 7s}));
    EXPECT_EQ(sheet.waited(), 27s);  // all but the running
}

TEST(time_sheet, counts_the_present_activity_up_to_now) {
    time_sheet sheet;
    sheet.begin(start);
    EXPECT_EQ(booked(sheet, start + 2s)[0], 2s);
    sheet.change(activity::waiting_for_input, start + 3s);
    EXPECT_EQ(booked(sheet, start + 5s), (times{3s, 2s, 0s, 0s, 0s, 0s, 0s}));
    EXPECT_EQ(booked(sheet, start + 1s), (times{3s, 0s, 0s, 0s, 0s, 0s, 0s}));  // a clock that lags
    EXPECT_EQ(sheet.waited(), 0s);
}

TEST(time_sheet, takes_an_activity_that_goes_on_for_one) {
    time_sheet sheet;
    sheet.begin(start);
    sheet.change(activity::waiting_for_input, start + 1s);
    sheet.change(activity::waiting_for_input, start + 4s);
    EXPECT_EQ(sheet.state(), activity::waiting_for_input);
    EXPECT_EQ(sheet.since(), start + 1s);
    EXPECT_EQ(booked(sheet, start + 5s)[1], 4s);
}

TEST(time_sheet, goes_on_with_its_sums_when_the_thread_begins_again) {
    time_sheet sheet;
    EXPECT_EQ(sheet.state(), activity::ended);
    sheet.begin(start);
    sheet.change(activity::ended, start + 1s);
    sheet.begin(start + 10s);
    EXPECT_EQ(sheet.state(), activity::running);
    sheet.change(activity::ended, start + 12s);
    EXPECT_EQ(booked(sheet, start + 1h)[0], 3s);
}

TEST(time_sheet, adds_to_the_sum_of_several_threads) {
    time_by_state sum;
    for (int i = 0; i < 3; ++i) {
        time_sheet sheet;
        sheet.begin(start);
        sheet.add_to(sum, start + 2s);
    }
    EXPECT_EQ(sum.running, 6s);
}

TEST(time_sheet, knows_since_when_the_thread_is_busy_with_its_batch) {
    time_sheet sheet;
    sheet.begin(start);
    EXPECT_EQ(sheet.since(), start);
    sheet.mark(start + 2s);
    EXPECT_EQ(sheet.since(), start + 2s);
    sheet.change(activity::waiting_for_input, start + 3s);
    EXPECT_EQ(sheet.since(), start + 3s);
}

TEST(time_sheet, names_what_the_thread_visits_and_books_no_time_on_it) {
    time_sheet sheet;
    sheet.begin(start);
    EXPECT_EQ(sheet.hook(), nullptr);
    sheet.visit("the tracker");
    EXPECT_STREQ(sheet.hook(), "the tracker");
    EXPECT_EQ(sheet.state(), activity::running);
    sheet.visit(nullptr);
    EXPECT_EQ(sheet.hook(), nullptr);
}

TEST(in_hook, books_the_time_of_a_hook_and_names_it) {
    paipa::testing::simulation sim;
    sim.run([&] {
        time_sheet sheet;
        sheet.begin(sim.now());
        sim.sleep_for(1s);
        {
            const paipa::detail::in_hook here(sheet, "initialize", sim);
            EXPECT_STREQ(sheet.hook(), "initialize");
            EXPECT_EQ(sheet.work(), activity::in_hook);
            sim.sleep_for(2s);
        }
        EXPECT_EQ(sheet.hook(), nullptr);
        EXPECT_EQ(sheet.work(), activity::running);
        sim.sleep_for(4s);
        EXPECT_EQ(booked(sheet, sim.now()), (times{5s, 0s, 0s, 0s, 0s, 0s, 2s}));
    });
}

TEST(back_to_work, ends_a_wait_and_returns_to_the_hook_that_waited) {
    paipa::testing::simulation sim;
    sim.run([&] {
        time_sheet sheet;
        sheet.begin(sim.now());
        const paipa::detail::in_hook here(sheet, "thread_shutdown", sim);
        {
            const paipa::detail::back_to_work after(&sheet, sim);
            sheet.change(activity::waiting_for_room, sim.now());
            sim.sleep_for(3s);
        }
        EXPECT_EQ(sheet.state(), activity::in_hook);
        sim.sleep_for(1s);
        EXPECT_EQ(booked(sheet, sim.now()), (times{0s, 0s, 3s, 0s, 0s, 0s, 1s}));
    });
}

TEST(back_to_work, changes_nothing_where_there_was_no_wait) {
    paipa::testing::simulation sim;
    sim.run([&] {
        time_sheet sheet;
        sheet.begin(sim.now());
        sim.sleep_for(1s);
        {
            const paipa::detail::back_to_work after(&sheet, sim);
        }
        EXPECT_EQ(sheet.state(), activity::running);
        EXPECT_EQ(sheet.since(), time_point{});
        {
            const paipa::detail::back_to_work nobody(nullptr, sim);
        }
    });
}

}  // namespace
