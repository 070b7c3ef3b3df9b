#include <paipa/detail/sync/mutex.hpp>

#include <gtest/gtest.h>

#include <mutex>
#include <thread>

namespace {

using paipa::detail::mutex_lock;

/// A mutex, and whether another thread could have it now.
class mutex : public testing::Test {
protected:
    bool is_free() {
        bool got = false;
        std::thread([&] {
            if (mutex_.try_lock()) {
                mutex_.unlock();
                got = true;
            }
        }).join();
        return got;
    }

    paipa::detail::mutex mutex_;
};

TEST_F(mutex, belongs_to_one_thread_until_it_is_unlocked) {
    EXPECT_TRUE(is_free());
    mutex_.lock();
    EXPECT_FALSE(is_free());
    mutex_.unlock();
    EXPECT_TRUE(is_free());
}

TEST_F(mutex, is_held_for_as_long_as_a_lock_lives) {
    {
        const mutex_lock lock(mutex_);
        EXPECT_FALSE(is_free());
    }
    EXPECT_TRUE(is_free());
}

TEST_F(mutex, is_unlocked_by_a_lock_that_has_adopted_it) {
    if (!mutex_.try_lock()) {
        FAIL() << "nobody has it";
    }
    {
        const mutex_lock lock(mutex_, std::adopt_lock);
        EXPECT_FALSE(is_free());
    }
    EXPECT_TRUE(is_free());
}

}  // namespace
