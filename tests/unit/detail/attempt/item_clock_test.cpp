#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/time.hpp>

#include "clock_case.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace {

using namespace std::chrono_literals;

class item_clock : public clock_case {
protected:
    /// A try that takes so long. Returns whether it ended in time.
    bool try_for(paipa::duration time) {
        clock.begin();
        sim.sleep_for(time);
        return clock.end();
    }

    static std::string text_of(const std::exception_ptr& e) {
        try {
            std::rethrow_exception(e);
        } catch (const paipa::timeout_error& late) {
            return late.what();
        } catch (...) {
            return "another exception";
        }
    }
};

TEST_F(item_clock, finds_a_try_late_that_takes_all_of_its_time) {
    sim.run([&] {
        EXPECT_TRUE(try_for(2s - 1ns));
        EXPECT_FALSE(try_for(2s));
        EXPECT_FALSE(clock.end());  // as often as it is asked
        EXPECT_TRUE(try_for(1s));   // each try has its own time
        EXPECT_TRUE(clock.end());
    });
}

TEST_F(item_clock, has_a_deadline_while_a_try_is_in_hand) {
    sim.run([&] {
        EXPECT_EQ(clock.deadline(), paipa::never);
        clock.begin();
        EXPECT_EQ(clock.deadline(), in(2s));
        clock.end();
        EXPECT_EQ(clock.deadline(), paipa::never);
    });
}

TEST_F(item_clock, tells_how_long_a_late_try_has_been_running) {
    sim.run([&] {
        EXPECT_EQ(clock.overdue(in(1h)), std::nullopt);
        clock.begin();
        EXPECT_EQ(clock.overdue(in(2s - 1ns)), std::nullopt);
        EXPECT_EQ(clock.overdue(in(3s)), 3s);
        clock.end();
        EXPECT_EQ(clock.overdue(in(1h)), std::nullopt);
    });
}

TEST_F(item_clock, requests_the_token_of_a_late_try_when_it_ends) {
    sim.run([&] {
        clock.begin();
        const std::stop_token late = clock.token();
        sim.sleep_for(2s);
        EXPECT_FALSE(late.stop_requested());
        clock.end();
        EXPECT_TRUE(late.stop_requested());

        clock.begin();
        const std::stop_token early = clock.token();
        clock.end();
        EXPECT_FALSE(early.stop_requested());
    });
}

TEST_F(item_clock, gives_one_token_for_a_try_and_another_for_the_next) {
    sim.run([&] {
        clock.begin();
        const std::stop_token first = clock.token();
        EXPECT_EQ(clock.token(), first);
        EXPECT_EQ(clock.wake_token(), first);
        clock.end();
        clock.begin();
        EXPECT_NE(clock.token(), first);
        clock.end();
    });
}

TEST_F(item_clock, gives_a_requested_token_where_the_time_is_over) {
    sim.run([&] {
        clock.begin();
        sim.sleep_for(2s);
        EXPECT_TRUE(clock.token().stop_requested());
        clock.end();
    });
}

TEST_F(item_clock, passes_a_stop_of_the_step_on) {
    sim.run([&] {
        clock.begin();
        const std::stop_token before = clock.token();
        step.stop.request();
        EXPECT_TRUE(before.stop_requested());
        EXPECT_TRUE(clock.end());  // which is not a late end
        clock.begin();
        EXPECT_TRUE(clock.token().stop_requested());
        clock.end();
    });
}

TEST_F(item_clock, gives_the_token_of_the_step_where_no_item_is_in_hand) {
    EXPECT_EQ(clock.wake_token(), step.stop.token());
    EXPECT_FALSE(step.stop.may_run_user_code());
    EXPECT_EQ(clock.token(), step.stop.token());
    EXPECT_TRUE(step.stop.may_run_user_code());
}

TEST_F(item_clock, tells_its_timer_when_to_look_again) {
    sim.run([&] {
        EXPECT_EQ(clock.look(sim.now()), paipa::never);
        clock.begin();
        const std::stop_token token = clock.token();
        EXPECT_EQ(clock.look(in(2s - 1ns)), in(2s));
        EXPECT_FALSE(token.stop_requested());
        EXPECT_EQ(clock.look(in(2s)), paipa::never);
        EXPECT_TRUE(token.stop_requested());
        EXPECT_EQ(clock.look(in(2s)), paipa::never);
        EXPECT_EQ(clock.look(in(1s)), paipa::never);
        EXPECT_FALSE(clock.end());  // whose token was requested is late
        EXPECT_TRUE(try_for(1s));
    });
}

TEST_F(item_clock, says_how_long_a_late_try_took_and_what_it_threw) {
    std::string silent;
    std::string throwing;
    sim.run([&] {
        try_for(2500ms);
        silent = text_of(clock.failure(nullptr));
        throwing = text_of(clock.failure(std::make_exception_ptr(std::runtime_error("no"))));
    });
    EXPECT_EQ(silent, "step 'a': item_timeout: expected an end within 2.0 s, got 2.5 s");
    EXPECT_EQ(throwing, silent + ": no");
}

TEST_F(item_clock, lets_a_late_try_have_its_wish) {
    const auto wish = std::make_exception_ptr(paipa::give_up("enough"));
    EXPECT_EQ(clock.failure(wish), wish);
    const auto other = std::make_exception_ptr(paipa::retry_after(1s));
    EXPECT_EQ(clock.failure(other), other);
}

TEST_F(item_clock, is_asked_for_the_failure_of_a_late_try_only) {
    worker.clock = &clock;
    const auto thrown = std::make_exception_ptr(std::runtime_error("no"));
    sim.run([&] {
        try_for(1s);
        EXPECT_EQ(paipa::detail::failure_in_time(worker, thrown), thrown);
        EXPECT_NO_THROW(paipa::detail::check_time(worker));
        try_for(2s);
        EXPECT_NE(paipa::detail::failure_in_time(worker, thrown), thrown);
        EXPECT_ANY_THROW(paipa::detail::check_time(worker));
    });
}

TEST_F(item_clock, never_finds_an_item_late_where_there_is_none) {
    paipa::detail::begin_time(worker);
    EXPECT_TRUE(paipa::detail::ends_in_time(worker));
    EXPECT_EQ(paipa::detail::failure_in_time(worker, nullptr), nullptr);
}

}  // namespace
