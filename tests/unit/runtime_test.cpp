#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <pthread.h>
#include <string>

namespace {

using namespace std::chrono_literals;

// A runtime of the user's own may use the word; the worker is for the engine alone.
template <class Seat>
concept has_word = requires(Seat s) { s.word.store(1); };
template <class Seat>
concept has_worker = requires(Seat s) { s.worker_; };
static_assert(has_word<paipa::seat> && !has_worker<paipa::seat>);

TEST(runtime, keeps_a_wake_up_that_comes_before_the_wait) {
    paipa::runtime& rt = paipa::default_runtime();
    rt.unpark(rt.here());
    rt.park(paipa::never);  // returns: the wake-up was stored
    SUCCEED();
}

TEST(runtime, stops_waiting_at_the_time) {
    paipa::runtime& rt = paipa::default_runtime();
    const paipa::time_point until = paipa::later(rt.now(), 1ms);
    while (rt.now() < until) {
        rt.park(until);
    }
    EXPECT_GE(rt.now(), until);
}

TEST(runtime, hands_control_to_and_fro) {
    paipa::runtime& rt = paipa::default_runtime();
    paipa::seat& main_seat = rt.here();
    std::atomic<paipa::seat*> other = nullptr;
    std::atomic<int> turn = 0;
    const auto thread = rt.spawn("other/0", [&] {
        other = &rt.here();
        rt.unpark(main_seat);
        for (int i = 0; i < 1000; ++i) {
            while (turn.load() != 2 * i + 1) {
                rt.park(paipa::never);
            }
            turn = 2 * i + 2;
            rt.unpark(main_seat);
        }
    });
    while (other.load() == nullptr) {
        rt.park(paipa::never);
    }
    for (int i = 0; i < 1000; ++i) {
        turn = 2 * i + 1;
        rt.unpark(*other.load());
        while (turn.load() != 2 * i + 2) {
            rt.park(paipa::never);
        }
    }
    thread->join();
    EXPECT_EQ(turn.load(), 2000);
}

TEST(runtime, starts_threads_with_a_short_name_and_signals_blocked) {
    std::string name;
    bool blocked = false;
    const auto thread = paipa::default_runtime().spawn("a-very-long-step-name/12", [&] {
        char text[16] = {};
        pthread_getname_np(pthread_self(), text, sizeof text);
        name = text;
        sigset_t mask;
        pthread_sigmask(SIG_BLOCK, nullptr, &mask);
        blocked = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGINT) == 1;
    });
    thread->join();
    EXPECT_TRUE(name.empty() || name == "a-very-long-/12" || name.substr(0, 4) != "a-ve") << name;
    EXPECT_TRUE(blocked);
}

}  // namespace
