#include <paipa/time.hpp>

#include "wait_word.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace paipa::platform {
namespace {

struct room {
    std::mutex mutex;  // orders a waiter's last look at its word before the wake-up
    std::condition_variable changed;
};

/// Words share a few rooms by address. Rooms are never destroyed, because threads that were left
/// behind may still wait in them.
room& room_of(const std::atomic<int>& word) {
    static constexpr std::size_t rooms = 64;
    static auto* const all = new room[rooms];
    return all[(reinterpret_cast<std::uintptr_t>(&word) / 64) % rooms];
}

}  // namespace

void wait_word(std::atomic<int>& word, int expected, time_point until) noexcept {
    room& r = room_of(word);
    std::unique_lock lock(r.mutex);
    if (word.load() != expected) {
        return;
    }
    if (until == never) {
        r.changed.wait(lock);
    } else {
        r.changed.wait_until(lock, until);
    }
}

void wake_word(std::atomic<int>& word) noexcept {
    room& r = room_of(word);
    // The lock makes the wake-up wait for a waiter between its look and its sleep; notify_all,
    // because words share rooms and because notify_one can lose a wake-up on some C libraries.
    const std::lock_guard lock(r.mutex);
    r.changed.notify_all();
}

}  // namespace paipa::platform
