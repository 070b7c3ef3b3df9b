#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Notes whom the lock wakes, and whether anybody could have the mutex at that time. Nobody sleeps.
class noting_runtime final : public paipa::runtime {
public:
    struct wake_up {
        const paipa::seat* who;
        bool is_free;

        friend bool operator==(const wake_up&, const wake_up&) = default;
    };

    noting_runtime() : runtime(false) {}

    std::unique_ptr<thread> spawn(const std::string&, std::function<void()>) override {
        throw std::logic_error("no threads");
    }

    paipa::time_point now() noexcept override { return {}; }

    paipa::seat& here() override { return mine; }

    void park(paipa::time_point until) override {
        parked.push_back(until);
        free_when_parked = is_free();
        on_park();
    }

    void unpark(paipa::seat& where) noexcept override { woken.push_back({&where, is_free()}); }

    void yield() noexcept override {
        ++yields;
        free_when_parked = is_free();
    }

    /// Only another thread may ask.
    bool is_free() {
        bool got = false;
        std::thread([&] {
            if (mutex.try_lock()) {
                mutex.unlock();
                got = true;
            }
        }).join();
        return got;
    }

    paipa::detail::mutex mutex{};
    paipa::seat mine{};
    std::vector<wake_up> woken{};
    std::vector<paipa::time_point> parked{};
    std::function<void()> on_park = [] {};
    bool free_when_parked = false;
    int yields = 0;
};

using wake_ups = std::vector<noting_runtime::wake_up>;
using paipa::detail::waking_lock;

TEST(waking_lock, holds_the_mutex_for_as_long_as_it_lives) {
    noting_runtime rt;
    for (const auto tries : {waking_lock::tries::one, waking_lock::tries::some}) {
        {
            const waking_lock lock(rt, rt.mutex, tries);
            EXPECT_FALSE(rt.is_free());
        }
        EXPECT_TRUE(rt.is_free());
    }
    EXPECT_TRUE(rt.woken.empty());
}

TEST(waking_lock, may_be_given_up_and_taken_again) {
    noting_runtime rt;
    {
        waking_lock lock(rt, rt.mutex);
        lock.unlock();
        EXPECT_TRUE(rt.is_free());
        lock.lock();
        EXPECT_FALSE(rt.is_free());
        lock.unlock();
    }
    EXPECT_TRUE(rt.is_free());
}

TEST(waking_lock, wakes_threads_once_and_when_the_mutex_is_given_up) {
    noting_runtime rt;
    std::array<paipa::seat, 2> seats;
    {
        waking_lock lock(rt, rt.mutex);
        lock.wake(&seats[1]);
        lock.wake(nullptr);
        lock.wake(&seats[0]);
        EXPECT_TRUE(rt.woken.empty());
        lock.unlock();
        EXPECT_EQ(rt.woken, (wake_ups{{&seats[1], true}, {&seats[0], true}}));
        lock.lock();
    }
    EXPECT_EQ(rt.woken.size(), 2U);
}

TEST(waking_lock, wakes_more_threads_than_it_can_remember_at_once) {
    constexpr std::size_t remembered = 128;
    noting_runtime rt;
    std::array<paipa::seat, remembered + 2> seats;
    {
        waking_lock lock(rt, rt.mutex);
        for (std::size_t i = 0; i < remembered; ++i) {
            lock.wake(&seats[i]);
        }
        EXPECT_TRUE(rt.woken.empty());
        lock.wake(&seats[remembered]);
        lock.wake(&seats[remembered + 1]);
        EXPECT_EQ(rt.woken,
                  (wake_ups{{&seats[remembered], false}, {&seats[remembered + 1], false}}));
    }
    ASSERT_EQ(rt.woken.size(), seats.size());
    for (std::size_t i = 0; i < remembered; ++i) {
        EXPECT_EQ(rt.woken[i + 2].who, &seats[i]);
    }
}

TEST(waking_lock, wakes_all_of_a_list) {
    noting_runtime rt;
    std::array<paipa::seat, 2> seats;
    paipa::detail::waiter first(seats[0]);
    paipa::detail::waiter second(seats[1]);
    paipa::detail::wait_list list;
    list.add(first);
    list.add(second);
    {
        waking_lock lock(rt, rt.mutex);
        lock.wake_all(list);
        EXPECT_TRUE(list.empty());
    }
    EXPECT_EQ(rt.woken, (wake_ups{{&seats[0], true}, {&seats[1], true}}));
}

TEST(waking_lock, gives_the_mutex_up_while_it_sleeps_or_yields) {
    noting_runtime rt;
    paipa::seat other;
    const paipa::time_point until{7s};
    waking_lock lock(rt, rt.mutex);
    lock.wake(&other);
    rt.on_park = [&] { EXPECT_EQ(rt.woken.size(), 1U); };  // woken before it sleeps
    lock.park(until);
    EXPECT_EQ(rt.parked, (std::vector{until}));
    EXPECT_TRUE(rt.free_when_parked);
    EXPECT_FALSE(rt.is_free());
    rt.free_when_parked = false;
    lock.yield();
    EXPECT_EQ(rt.yields, 1);
    EXPECT_TRUE(rt.free_when_parked);
    EXPECT_FALSE(rt.is_free());
}

TEST(waking_lock, gives_the_mutex_up_while_it_calls_a_function) {
    noting_runtime rt;
    paipa::seat other;
    waking_lock lock(rt, rt.mutex);
    lock.wake(&other);
    bool was_free = false;
    lock.unlocked([&] {
        EXPECT_EQ(rt.woken.size(), 1U);
        was_free = rt.is_free();
    });
    EXPECT_TRUE(was_free);
    EXPECT_FALSE(rt.is_free());
}

TEST(waking_lock, takes_the_mutex_again_when_the_function_throws) {
    noting_runtime rt;
    waking_lock lock(rt, rt.mutex);
    EXPECT_THROW(lock.unlocked([] { throw std::runtime_error("no"); }), std::runtime_error);
    EXPECT_FALSE(rt.is_free());
}

TEST(waking_lock, waits_on_a_list_and_leaves_it_whether_it_was_woken_or_not) {
    noting_runtime rt;
    paipa::detail::wait_list list;
    waking_lock lock(rt, rt.mutex);
    rt.on_park = [&] { EXPECT_FALSE(list.empty()); };
    lock.wait(list, paipa::never);  // returns for no reason
    EXPECT_TRUE(list.empty());
    rt.on_park = [&] { EXPECT_EQ(list.pop(), &rt.mine); };
    lock.wait(list, paipa::never);
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(rt.parked.size(), 2U);
    EXPECT_FALSE(rt.is_free());
}

TEST(waking_lock, lets_one_thread_in_at_a_time) {
    noting_runtime rt;
    int count = 0;
    const auto work = [&](waking_lock::tries tries) {
        for (int i = 0; i < 20'000; ++i) {
            const waking_lock lock(rt, rt.mutex, tries);
            ++count;
        }
    };
    std::thread one(work, waking_lock::tries::one);
    std::thread other(work, waking_lock::tries::some);
    one.join();
    other.join();
    EXPECT_EQ(count, 40'000);
}

}  // namespace
