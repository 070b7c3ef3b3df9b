#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <string_view>

// How an edge ends before its items do: what it holds is given up, counted, and destroyed later.

namespace paipa::detail {

/// Under the lock: nothing comes in or goes out from here on.
void edge::stop(std::string_view why) noexcept {
    flags_.cancelled.store(true, std::memory_order_relaxed);
    set_why(why);
    unfinished_ -= retries_.size();
    retries_abandoned_ += retries_.size();
    given_up_.take(retries_);
}

void edge::cancel(std::string_view why) noexcept {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    if (is_cancelled() && !is_sealed_) {
        return;
    }
    if (!is_cancelled()) {
        stop(why);
    }
    is_sealed_ = false;
    abandoned_ += items_.size();  // what is still staged is refused to its writer
    given_up_.take(items_);
    given_up_.take(metas_);
    wake_everybody(lock);
}

void edge::seal(std::string_view why) noexcept {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    if (!is_cancelled()) {
        collect_staged();
        stop(why);
        is_sealed_ = true;
        given_up_.take(metas_);  // they would hold back the items behind them
        wake_everybody(lock);
    }
}

void edge::drop_given_up() noexcept {
    given_up_items all(type());
    const waking_lock lock(rt_, mutex_);  // given up before they are destroyed
    all.swap(given_up_);
}

void edge::drop_instead_of_waiting(bool on) noexcept {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    writers_drop_ = on;
    lock.wake_all(blocked_writers_);
    drop_unread(lock);
}

/// A source may wait for the tickets of results. Then no writer needs room, and none would drop.
void edge::drop_unread(waking_lock& lock) noexcept {
    try {
        while (writers_drop_ && carries_tickets_ && drop_queued(lock)) {
        }
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): when there is memory
    }
}

/// Takes a batch of items and destroys them without the lock; also what other writers have staged,
/// who may be deep in user code, as no reader collects it. False: there is none.
bool edge::drop_queued(waking_lock& lock) {
    if (queued() == 0) {
        collect_staged();
    }
    const std::size_t n = std::min(queued(), type().batch);
    if (n == 0) {
        return false;
    }
    row dropped(type(), n, carries_tickets_);
    meta_entries metas;
    metas.make_room();  // for what the inlets hold, see `pass_inlets`
    items_.hand_out(dropped, n);
    popped_ += n;
    metas.swap(metas_);  // nobody will see them
    lock.unlocked([&] {
        dropped.drop(0, n, final_outcome::delivered);  // all steps have done with it
        meta_entries().swap(metas);
        rt_.point();
    });
    return true;
}

void edge::give_up_queue() noexcept {
    const waking_lock lock(rt_, mutex_);
    if (!is_cancelled() || is_sealed_) {
        popped_ += items_.size();
        given_up_.take_unread(items_);
        given_up_.take(metas_);
    }
}

}  // namespace paipa::detail
