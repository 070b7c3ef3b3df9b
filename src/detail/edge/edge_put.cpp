#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>

namespace paipa::detail {

/// Waits for room, with memory for the items. Returns for how many, at most `n` and a batch. Zero:
/// no room came free in time, or the first item was dropped.
std::size_t edge_put::room_for(waking_lock& lock, std::size_t n, time_point until) {
    edge::room_wait so_far;
    while (true) {
        if (to_.closed_ || to_.is_cancelled()) {
            throw closed_error(who_() + ": no more items are taken: " + to_.why_);
        }
        const gate::answer may = to_.ask_gate();
        if (!to_.bounded_ || may.slots > 0) {
            n = to_.bounded_ ? std::min(n, may.slots) : n;
            break;
        }
        if (may.drops) {
            to_.drop_newest(1);
            dropped_ = true;
            return 0;
        }
        if (!to_.wait_for_room(lock, nullptr, std::min(until, may.ask_again), so_far) &&
            to_.rt_.now() >= until) {
            return 0;
        }
    }
    n = std::min(n, to_.type().batch);
    to_.items_.reserve(to_.reserved_ + n);
    return n;
}

/// The items are in their places.
void edge_put::placed(waking_lock& lock, std::size_t n) {
    to_.pushed_ += n;
    to_.note_most();
    to_.wake_a_reader(lock);
    to_.wake_a_writer(lock, edge::half_empty);
}

/// Keeps a place, and the end of the input, until the item is made. False: no room came free.
bool edge_put::reserve(time_point until) {
    to_.rt_.point();
    waking_lock lock(to_.rt_, to_.mutex_);
    if (room_for(lock, 1, until) == 0) {
        return false;
    }
    ++to_.reserved_;
    ++to_.arriving_;
    return true;
}

/// The item could not be made.
void edge_put::give_place_back() noexcept {
    waking_lock lock(to_.rt_, to_.mutex_);
    --to_.reserved_;
    --to_.arriving_;
    to_.wake_a_writer(lock, edge::any_room);
    to_.wake_all_readers(lock);  // this may be the end
}

/// Null: the edge was cancelled meanwhile, and the item counts as abandoned.
void* edge_put::take_place(waking_lock& lock) noexcept {
    --to_.reserved_;
    --to_.arriving_;
    if (to_.is_cancelled()) {
        ++to_.pushed_;
        ++to_.abandoned_;
        return nullptr;
    }
    if (to_.closed_) {
        to_.wake_all_readers(lock);
    }
    return to_.items_.end();
}

}  // namespace paipa::detail
