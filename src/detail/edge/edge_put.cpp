#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>

// Items from outside: what `edge::put` consists of, whatever their type is.

namespace paipa::detail {

/// Waits for room for items from outside, with memory for them. Returns for how many, at most `n`
/// and a batch. Zero: no room came free in time.
std::size_t edge::room_for(waking_lock& lock, std::size_t n, time_point until,
                           const call_site& who) {
    room_wait so_far;
    while (true) {
        if (closed_ || is_cancelled()) {
            throw closed_error(who() + ": no more items are taken: " + why_);
        }
        if (!bounded_ || free_slots() > 0) {
            break;
        }
        if (!wait_for_room(lock, nullptr, until, so_far)) {
            return 0;
        }
    }
    n = std::min(n, type().batch);
    n = bounded_ ? std::min(n, free_slots()) : n;
    items_.reserve(reserved_ + n);
    return n;
}

/// The items are in their places.
void edge::placed(waking_lock& lock, std::size_t n) {
    pushed_ += n;
    note_most();
    wake_a_reader(lock);
    wake_a_writer(lock, half_empty);
}

void edge::give_place_back(waking_lock& lock) noexcept {
    --reserved_;
    --arriving_;
    wake_a_writer(lock, any_room);
    wake_all_readers(lock);  // this may be the end
}

/// Null: the edge was cancelled meanwhile, and the item counts as abandoned.
void* edge::take_place(waking_lock& lock) noexcept {
    --reserved_;
    --arriving_;
    if (is_cancelled()) {
        ++pushed_;
        ++abandoned_;
        return nullptr;
    }
    if (closed_) {
        wake_all_readers(lock);
    }
    return items_.end();
}

}  // namespace paipa::detail
