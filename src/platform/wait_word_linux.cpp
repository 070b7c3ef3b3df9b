#include <paipa/time.hpp>

#include "wait_word.hpp"

#include <algorithm>
#include <atomic>
#include <climits>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace paipa::platform {

static_assert(sizeof(std::atomic<int>) == sizeof(int), "a futex waits on a plain 32-bit word");

void wait_word(std::atomic<int>& word, int expected, time_point until) noexcept {
    timespec at{};
    timespec* timeout = nullptr;
    if (until != never) {
        const auto ns = std::max(until.time_since_epoch(), duration::zero()).count();
        at.tv_sec = static_cast<std::time_t>(ns / 1'000'000'000);
        at.tv_nsec = static_cast<long>(ns % 1'000'000'000);
        timeout = &at;
    }
    // FUTEX_WAIT_BITSET takes an absolute time on the monotonic clock, which is steady_clock's.
    ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, timeout, nullptr,
              FUTEX_BITSET_MATCH_ANY);
}

void wake_word(std::atomic<int>& word) noexcept {
    ::syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace paipa::platform
