#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/meta_entries.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/resequencer.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace paipa::detail {
namespace {

using tries = waking_lock::tries;

/// Room that one source must not reserve for itself where `put` needs some, too.
constexpr std::size_t small_room = 64;

time_point earliest(const std::vector<retry_entry>& entries) noexcept {
    return std::max_element(entries.begin(), entries.end())->due;
}

}  // namespace

void edge::carry_tickets() {
    const mutex_lock lock(mutex_);
    carries_tickets_ = true;
    items_.carry_tickets();
    inboxes_.carry_tickets();
}

// Readers
void edge::add_reader(inbox& in) {
    const mutex_lock lock(mutex_);
    if (carries_tickets_) {
        in.carry_tickets();
    }
    inboxes_.add(in);
    ++readers_;
    bound_.measure(readers_, 0, 0);
}

void edge::remove_reader(inbox& in) noexcept {
    waking_lock lock(rt_, mutex_);
    settle(in, lock);
    inboxes_.remove(in);
    --readers_;
    if (!metas_.empty() || unfinished_ == 0) {
        wake_all_readers(lock);  // the barrier may have waited for this reader, or the end
    }
}

taken edge::take(inbox& in, time_sheet& times, time_point until, bool wait) {
    rt_.point();
    const back_to_work after(&times, rt_);
    waking_lock lock(rt_, mutex_, in.meets_rows ? tries::some : tries::one);
    settle(in, lock);
    bound_.measure(readers_, in.pull, in.want);
    in.meets_rows = !outboxes_.empty();
    readers_hurry_ = in.hurry;
    int yields = 0;
    while (true) {
        give_back(in, lock);
        const taken what = choose(in, lock);
        give_back(in, lock);  // into the room that was just made, before a writer finds it
        if (what != taken::nothing || !wait || (until != never && rt_.now() >= until) ||
            in.poked.exchange(false)) {
            if (timer_reader_ != nullptr && retries_.is_paid(popped_, first_tries_are_over())) {
                lock.wake(timer_reader_->place);  // it watches the time; what was taken may last
            }
            wake_a_reader(lock);
            wake_a_writer(lock, room_worth_waking(in));
            return what;
        }
        if (in.hurry && yields++ < yields_before_parking) {
            times.change(idle_for(!in.back.empty()), rt_.now());
            lock.yield();
            continue;
        }
        wake_a_writer(lock, any_room);
        const time_point mine = in.back.empty() ? until : std::min(until, earliest(in.back));
        wait_for_input(lock, times, mine, in);
    }
}

/// What all readers take in a while, if they are as fast as this one.
std::size_t edge::room_worth_waking(const inbox& in) const noexcept {
    return std::max(any_room, static_cast<std::size_t>(in.pull * static_cast<double>(readers_)));
}

/// Books what the reader has done since its last take.
void edge::settle(inbox& in, waking_lock& lock) noexcept {
    const std::size_t done = std::exchange(in.done, 0);
    unfinished_ -= done;
    done_ += done;
    begun_later_ -= std::exchange(in.begun_later, 0);
    held_ += in.held_items - in.held_items_told;
    in.held_items_told = in.held_items;
    if (done > 0 && unfinished_ == 0 && readers_flush_ && !metas_.empty()) {
        wake_all_readers(lock);  // some may have waited until this one had flushed
    }
}

/// Moves items that the reader gave back into the edge, as far as there is room; the reader keeps
/// the rest until it has taken something, which makes room.
void edge::give_back(inbox& in, waking_lock& lock) {
    while (!in.back.empty() && free_places() > 0 && !is_cancelled()) {
        const time_point due = in.back.back().due;
        retries_.add(std::move(in.back.back()));
        in.back.pop_back();
        if (timer_reader_ != nullptr && due < timer_reader_until_) {
            lock.wake(timer_reader_->place);
        }
    }
    note_most();
}

taken edge::choose(inbox& in, waking_lock& lock) {
    if (is_cancelled() && (!is_sealed_ || queued() == 0)) {
        return taken::cancelled;
    }
    if (queued() == 0) {
        collect_staged();
    }
    const std::size_t n = ready();
    if ((n == 0 || (in.retry_turn && retries_.may_go_first(popped_))) && take_retry(in)) {
        return taken::again;
    }
    if (n > 0) {
        fill(in, n);
        return taken::items;
    }
    if (inboxes_.steal(in, begun_later_)) {
        return taken::items;
    }
    if (!metas_.empty() && metas_.front().position == popped_ && unfinished_ == 0) {
        return pass_barrier(in, lock);
    }
    if (take_held(in)) {
        return taken::again;
    }
    if (in.back.empty() && at_end()) {
        wake_all_readers(lock);
        return taken::end;
    }
    return taken::nothing;
}

void edge::fill(inbox& in, std::size_t n) noexcept {
    const std::size_t fair = std::max<std::size_t>(1, n / std::max<std::size_t>(1, readers_));
    n = std::min({n, in.want, fair, bound_.share(), type().batch});
    in.refill(items_, n, popped_);
    items_.shrink(
        std::max(bound_.capacity(), queued() + reserved_));  // after what was put before the run
    popped_ += n;
    unfinished_ += n;
    in.begun_later = in.counted(n);
    begun_later_ += in.begun_later;
    in.retry_turn = true;
}

bool edge::take_retry(inbox& in) {
    if (retries_.empty()) {
        return false;
    }
    if (auto entry = retries_.take(rt_.now(), popped_, first_tries_are_over())) {
        in.again = std::move(entry);
        in.retry_turn = false;
        in.begun_later = in.counted(1);
        begun_later_ += in.begun_later;
    }
    return in.again.has_value();
}

/// No first try will come, or none can be taken before a waiting retry: the order, a meta entry or
/// the capacity holds it up.
bool edge::first_tries_are_over() const noexcept {
    if (closed_ && queued() == 0 && arriving_ == 0) {
        return true;
    }
    const bool has_no_place = window_ != 0 && popped_ - head_ >= window_;
    return ready() == 0 &&
           (has_no_place || !metas_.empty() || retries_.size() + begun_later_ >= bound_.capacity());
}

/// An item that found no room on its way back, when there is nothing else to do.
bool edge::take_held(inbox& in) {
    const auto first = std::max_element(in.back.begin(), in.back.end());
    if (first == in.back.end() || first->due > rt_.now()) {
        return false;
    }
    in.again.emplace(std::move(*first));
    in.back.erase(first);
    return true;
}

/// All items before the entry are done. Where readers keep items back, each flushes first.
taken edge::pass_barrier(inbox& in, waking_lock& lock) noexcept {
    if (!readers_flush_ || flushed_ == readers_) {
        ++unfinished_;
        return taken::meta;
    }
    if (in.flushed_for == barrier_) {
        return taken::nothing;
    }
    in.flushed_for = barrier_;
    ++flushed_;
    ++unfinished_;
    wake_all_readers(lock);
    return taken::flush;
}

// Writers
void edge::add_resequencer(resequencer& r, std::size_t inlet) {
    in_front_.push_back({&r, inlet});
    mutex_.set_next(r.in().mutex_);
}

void edge::add_writer(outbox& out) {
    const mutex_lock lock(mutex_);
    if (carries_tickets_) {
        out.carry_tickets();
    }
    outboxes_.push_back(&out);
}

std::size_t edge::emit_items(outbox& out, time_sheet& times, row& from, std::size_t i,
                             std::size_t n) {
    if (out.full() && !make_room(out, times)) {
        return 0;
    }
    n = out.add_items(from, i, n);
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the compiler keeps this order
    if (flags_.reader_waiting.load(std::memory_order_relaxed)) {
        hand_over(out, false);
    }
    return n;
}

void edge::hand_over(outbox& out, bool release) {
    rt_.point();
    std::size_t refused = 0;
    {
        waking_lock lock(rt_, mutex_, tries::some);
        collect(out);
        if (is_cancelled()) {
            refused = refuse(out);
        } else if (release) {
            reserved_ -= out.unused();
            out.reserve(0);
            wake_a_writer(lock, half_empty);
        }
        wake_a_reader(lock);
    }
    out.drop(refused);
}

void edge::collect_staged() noexcept {
    for (outbox* const out : outboxes_) {
        collect(*out);
    }
}

void edge::pull() noexcept {
    if (in_front_.empty() || queued() > 0 || is_cancelled()) {
        return;
    }
    std::size_t room = std::min(free_slots(), type().batch);
    more_to_pull_ = true;
    try {
        items_.reserve(reserved_ + room);
    } catch (const std::bad_alloc&) {
        return;  // later; and the step's workers hand on by themselves
    }
    more_to_pull_ = false;
    for (const ordered_step& step : in_front_) {
        if (!inlets_.is_held(step.inlet)) {
            const auto [outputs, more] = step.order->pull(items_, room);
            room -= outputs;
            pushed_ += outputs;
            more_to_pull_ = more_to_pull_ || more;
        }
    }
    note_most();
}

/// Moves what is staged into the queue, where reserved slots have their memory; not on a cancelled
/// edge. Nothing is staged behind a held inlet, see `inlets`.
void edge::collect(outbox& out) noexcept {
    const std::size_t n = is_cancelled() ? 0 : out.staged();
    out.hand_over(items_, n);
    reserved_ -= n;
    pushed_ += n;
}

/// On a cancelled edge, which nobody collects into any more, what is staged is abandoned. Returns
/// how many; the owner drops them without the lock.
std::size_t edge::refuse(outbox& out) noexcept {
    const std::size_t n = out.staged();
    reserved_ -= out.unused();
    out.reserve(n);
    pushed_ += n;
    abandoned_ += n;
    return n;
}

/// How many of the free slots a writer may reserve: some stay for others.
std::size_t edge::slots_for_one_writer(const outbox& out) const noexcept {
    const std::size_t room = free_slots();
    const std::size_t writers = outboxes_.size();
    const bool others = writers > 1 || (is_intake_ && room <= small_room);
    return std::clamp<std::size_t>(others ? room / (2 * writers) : room, 1, out.room());
}

bool edge::make_room(outbox& out, time_sheet& times, bool has_item) {
    rt_.point();
    const back_to_work after(&times, rt_);
    waking_lock lock(rt_, mutex_, tries::some);
    collect(out);
    room_wait so_far;
    wait_for_inlets(lock, out.inlet, &times);
    while (free_slots() == 0 && bounded_ && !is_cancelled()) {
        wake_a_reader(lock);
        if (writers_drop_ && drop_queued(lock)) {
            continue;
        }
        wait_for_room(lock, &times, never, so_far);
        wait_for_inlets(lock, out.inlet, &times);
    }
    if (is_cancelled()) {
        const std::size_t refused = refuse(out);
        pushed_ += has_item ? 1 : 0;
        abandoned_ += has_item ? 1 : 0;
        lock.unlock();
        out.drop(refused);
        return false;
    }
    const std::size_t slots = slots_for_one_writer(out);
    items_.reserve(reserved_ + slots);  // now: an item that is staged cannot be refused any more
    out.reserve(slots);
    reserved_ += out.unused();
    note_most();
    wake_a_reader(lock);
    wake_a_writer(lock, writers_drop_ ? any_room : half_empty);  // then no reader wakes others
    return true;
}

}  // namespace paipa::detail
