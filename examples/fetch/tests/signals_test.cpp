#include "signals.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using call = std::pair<int, unsigned>;

class signal_log {
public:
    void add(int number, unsigned count) {
        {
            const std::scoped_lock lock(mutex_);
            calls_.emplace_back(number, count);
        }
        changed_.notify_all();
    }

    std::vector<call> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return calls_.size() >= count; });
        return calls_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<call> calls_;
};

TEST(signals, are_counted_and_handed_on) {
    signal_log log;
    fetch::signal_watcher watcher;
    watcher.watch([&](int number, unsigned count) { log.add(number, count); });
    kill(getpid(), SIGTERM);
    EXPECT_EQ(log.wait_for(1), (std::vector<call>{{SIGTERM, 1}}));
    kill(getpid(), SIGINT);
    EXPECT_EQ(log.wait_for(2), (std::vector<call>{{SIGTERM, 1}, {SIGINT, 2}}));
}

TEST(signals, that_come_early_are_kept) {
    signal_log log;
    fetch::signal_watcher watcher;
    kill(getpid(), SIGINT);
    watcher.watch([&](int number, unsigned count) { log.add(number, count); });
    EXPECT_EQ(log.wait_for(1), (std::vector<call>{{SIGINT, 1}}));
}

TEST(signals, can_be_left_unwatched) {
    const fetch::signal_watcher watcher;
}

TEST(signals, call_nobody_after_stop) {
    unsigned calls = 0;
    fetch::signal_watcher watcher;
    watcher.watch([&](int, unsigned) { ++calls; });
    watcher.stop();
    watcher.stop();
    kill(getpid(), SIGTERM);
    EXPECT_EQ(calls, 0U);
    sigset_t pending{};
    sigpending(&pending);
    EXPECT_EQ(sigismember(&pending, SIGTERM), 1);
    int taken = 0;
    sigset_t only{};
    sigemptyset(&only);
    sigaddset(&only, SIGTERM);
    EXPECT_EQ(sigwait(&only, &taken), 0);  // else the mask's end would kill the test
}

TEST(signals, get_their_mask_back) {
    sigset_t before{};
    sigset_t after{};
    pthread_sigmask(SIG_SETMASK, nullptr, &before);
    {
        const fetch::signal_watcher watcher;
    }
    pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
    EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

}  // namespace
