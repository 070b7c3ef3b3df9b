#include <paipa/detail/edge/doors.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_take.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace paipa::detail {
namespace {

using tries = waking_lock::tries;

time_point earliest(const std::vector<retry_entry>& entries) noexcept {
    return std::max_element(entries.begin(), entries.end())->due;
}

}  // namespace

taken edge_take::take(time_sheet& times, time_point until, bool wait) {
    from_.rt_.point();
    const back_to_work after(&times, from_.rt_);
    waking_lock lock(from_.rt_, from_.mutex_, in_.meets_rows ? tries::some : tries::one);
    settle(lock);
    from_.bound_.measure(from_.readers_, in_.pull, in_.want);
    in_.meets_rows = !from_.outboxes_.empty();
    from_.readers_hurry_ = in_.hurry;
    int yields = 0;
    while (true) {
        if (from_.doors_.has_valve()) {
            ask_valve(lock);
        }
        give_back(lock);
        const taken what = choose(lock);
        give_back(lock);  // into the room that was just made, before a writer finds it
        if (what != taken::nothing || !wait || (until != never && from_.rt_.now() >= until) ||
            in_.poked.exchange(false)) {
            if (from_.watch_.is_on() &&
                from_.retries_.is_paid(from_.popped_, first_tries_are_over())) {
                lock.wake(from_.watch_.place());  // it watches the time; what was taken may last
            }
            from_.wake_a_reader(lock);
            from_.wake_a_writer(lock, room_worth_waking());
            return what;
        }
        if (in_.hurry && yields++ < edge::yields_before_parking) {
            times.change(from_.idle_for(!in_.back.empty()), from_.rt_.now());
            lock.yield();
            continue;
        }
        from_.wake_a_writer(lock, edge::any_room);
        from_.wait_for_input(lock, times, std::min(until, due_in_hand()), in_);
    }
}

void edge_take::leave() noexcept {
    waking_lock lock(from_.rt_, from_.mutex_);
    settle(lock);
    from_.inboxes_.remove(in_);
    --from_.readers_;
    if (!from_.metas_.empty() || from_.unfinished_ == 0) {
        from_.wake_all_readers(lock);  // the barrier may have waited for this reader, or the end
    }
}

/// When the reader may take one of the items that found no room on their way back.
time_point edge_take::due_in_hand() const noexcept {
    if (in_.back.empty()) {
        return never;
    }
    return from_.doors_.are_shut() ? from_.doors_.ask_again() : earliest(in_.back);
}

/// What all readers take in a while, if they are as fast as this one.
std::size_t edge_take::room_worth_waking() const noexcept {
    return std::max(edge::any_room,
                    static_cast<std::size_t>(in_.pull * static_cast<double>(from_.readers_)));
}

/// A reader that watches for a later time looks again.
void edge_take::ask_valve(waking_lock& lock) noexcept {
    if (from_.is_cancelled()) {
        from_.doors_.open_valve();
        return;
    }
    from_.doors_.ask_valve(from_.rt_.now());
    lock.wake(from_.watch_.sleeps_beyond(from_.doors_.ask_again()));
}

/// Books what the reader has done since its last take.
void edge_take::settle(waking_lock& lock) noexcept {
    const std::size_t done = std::exchange(in_.done, 0);
    from_.unfinished_ -= done;
    from_.done_ += done;
    from_.begun_later_ -= std::exchange(in_.begun_later, 0);
    from_.held_ += in_.held_items - in_.held_items_told;
    in_.held_items_told = in_.held_items;
    if (done > 0 && from_.unfinished_ == 0 && from_.readers_flush_ && !from_.metas_.empty()) {
        from_.wake_all_readers(lock);  // some may have waited until this one had flushed
    }
}

/// Moves items that the reader gave back into the edge, as far as there is room; the reader keeps
/// the rest until it has taken something, which makes room.
void edge_take::give_back(waking_lock& lock) {
    while (!in_.back.empty() && from_.free_places() > 0 && !from_.is_cancelled()) {
        const time_point due = in_.back.back().due;
        from_.retries_.add(std::move(in_.back.back()));
        in_.back.pop_back();
        lock.wake(from_.watch_.sleeps_beyond(due));
    }
    from_.note_most();
}

taken edge_take::choose(waking_lock& lock) {
    if (from_.is_cancelled() && (!from_.is_sealed_ || from_.queued() == 0)) {
        return taken::cancelled;
    }
    if (from_.queued() == 0) {
        from_.collect_staged();
    }
    const std::size_t n = from_.ready();
    if ((n == 0 || (in_.retry_turn && from_.retries_.may_go_first(from_.popped_))) &&
        take_retry()) {
        return taken::again;
    }
    if (n > 0) {
        fill(n);
        return taken::items;
    }
    if (from_.inboxes_.steal(in_, from_.begun_later_)) {
        return taken::items;
    }
    if (!from_.metas_.empty() && from_.metas_.front().position == from_.popped_ &&
        from_.unfinished_ == 0) {
        return pass_barrier(lock);
    }
    if (take_held()) {
        return taken::again;
    }
    if (in_.back.empty() && from_.at_end()) {
        from_.wake_all_readers(lock);
        return taken::end;
    }
    return taken::nothing;
}

void edge_take::fill(std::size_t n) noexcept {
    const std::size_t fair = std::max<std::size_t>(1, n / std::max<std::size_t>(1, from_.readers_));
    n = std::min({n, in_.want, fair, from_.bound_.share(), from_.type().batch});
    in_.refill(from_.items_, n, from_.popped_);
    from_.items_.shrink(
        std::max(from_.bound_.capacity(),
                 from_.queued() + from_.reserved_));  // after what was put before the run
    from_.popped_ += n;
    from_.unfinished_ += n;
    from_.doors_.let_out(n);
    in_.begun_later = in_.counted(n);
    from_.begun_later_ += in_.begun_later;
    in_.retry_turn = true;
}

bool edge_take::take_retry() {
    if (from_.retries_.empty() || from_.doors_.are_shut()) {
        return false;
    }
    if (auto entry = from_.retries_.take(from_.rt_.now(), from_.popped_, first_tries_are_over())) {
        in_.again = std::move(entry);
        in_.retry_turn = false;
        from_.doors_.let_out(1);
        in_.begun_later = in_.counted(1);
        from_.begun_later_ += in_.begun_later;
    }
    return in_.again.has_value();
}

/// No first try will come, or none can be taken before a waiting retry: the order, a meta entry or
/// the capacity holds it up.
bool edge_take::first_tries_are_over() const noexcept {
    if (from_.closed_ && from_.queued() == 0 && from_.arriving_ == 0) {
        return true;
    }
    const bool has_no_place = from_.window_ != 0 && from_.popped_ - from_.head_ >= from_.window_;
    return from_.ready() == 0 &&
           (has_no_place || !from_.metas_.empty() ||
            from_.retries_.size() + from_.begun_later_ >= from_.bound_.capacity());
}

/// An item that found no room on its way back, when there is nothing else to do.
bool edge_take::take_held() {
    const auto first = std::max_element(in_.back.begin(), in_.back.end());
    if (first == in_.back.end() || first->due > from_.rt_.now() || from_.doors_.are_shut()) {
        return false;
    }
    from_.doors_.let_out(1);
    in_.again.emplace(std::move(*first));
    in_.back.erase(first);
    return true;
}

/// All items before the entry are done. Where readers keep items back, each flushes first.
taken edge_take::pass_barrier(waking_lock& lock) noexcept {
    if (!from_.readers_flush_ || from_.flushed_ == from_.readers_) {
        ++from_.unfinished_;
        return taken::meta;
    }
    if (in_.flushed_for == from_.barrier_) {
        return taken::nothing;
    }
    in_.flushed_for = from_.barrier_;
    ++from_.flushed_;
    ++from_.unfinished_;
    from_.wake_all_readers(lock);
    return taken::flush;
}

}  // namespace paipa::detail
