#include <paipa/detail/edge/reader_watch.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace {

using namespace std::chrono_literals;
using paipa::time_point;
using paipa::detail::reader_watch;
using paipa::detail::waiter;

class a_reader_watch : public testing::Test {
protected:
    paipa::seat& seat_ = paipa::default_runtime().here();
    waiter first_{seat_};
    waiter second_{seat_};
    reader_watch watch_;
};

TEST_F(a_reader_watch, is_kept_by_one_reader) {
    EXPECT_FALSE(watch_.is_on());
    EXPECT_EQ(watch_.place(), nullptr);
    watch_.take(first_, paipa::never, time_point(1s));
    EXPECT_FALSE(watch_.is_on()) << "nothing is due";
    watch_.take(first_, time_point(2s), paipa::never);
    EXPECT_TRUE(watch_.is_on());
    EXPECT_TRUE(watch_.is(first_));
    EXPECT_EQ(watch_.place(), &seat_);
    watch_.take(second_, time_point(2s), paipa::never);
    EXPECT_FALSE(watch_.is(second_)) << "the first one does";
    watch_.leave(second_);
    EXPECT_TRUE(watch_.is_on());
    watch_.leave(first_);
    EXPECT_FALSE(watch_.is_on());
    watch_.take(second_, time_point(2s), paipa::never);
    EXPECT_TRUE(watch_.is(second_));
}

TEST_F(a_reader_watch, is_also_kept_by_a_reader_that_is_back_before) {
    watch_.take(first_, time_point(2s), time_point(1s));
    EXPECT_TRUE(watch_.is(first_));
    EXPECT_EQ(watch_.sleeps_beyond(time_point(1500ms)), nullptr);
    EXPECT_EQ(watch_.sleeps_beyond(time_point(500ms)), &seat_);
}

TEST_F(a_reader_watch, goes_to_who_waits_for_something_earlier) {
    watch_.take(first_, time_point(2s), paipa::never);
    watch_.take(second_, time_point(1s), paipa::never);
    EXPECT_TRUE(watch_.is(second_));
    watch_.leave(first_);
    EXPECT_TRUE(watch_.is(second_));
}

TEST_F(a_reader_watch, says_whom_to_wake_for_something_earlier) {
    EXPECT_EQ(watch_.sleeps_beyond(time_point(1s)), nullptr) << "nobody sleeps";
    watch_.take(first_, time_point(2s), paipa::never);
    EXPECT_EQ(watch_.sleeps_beyond(time_point(1s)), &seat_);
    EXPECT_EQ(watch_.sleeps_beyond(time_point(2s)), nullptr);
    EXPECT_EQ(watch_.sleeps_beyond(paipa::never), nullptr);
}

}  // namespace
