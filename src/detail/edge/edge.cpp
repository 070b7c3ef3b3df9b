#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_take.hpp>
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
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
#include <vector>

namespace paipa::detail {
namespace {

using tries = waking_lock::tries;

/// Room that one source must not reserve for itself where `put` needs some, too.
constexpr std::size_t small_room = 64;

}  // namespace

void edge::carry_tickets() {
    const mutex_lock lock(mutex_);
    carries_tickets_ = true;
    items_.carry_tickets();
    inboxes_.carry_tickets();
    for (outbox* const out : outboxes_) {
        out->carry_tickets();
    }
}

void edge::set_doors(gate* in, valve* out) {
    const mutex_lock lock(mutex_);
    doors_.set(in, out);
}

void edge::ask_doors_again() {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    wake_all_readers(lock);
    lock.wake_all(blocked_writers_);
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
    edge_take(*this, in).leave();
}

taken edge::take(inbox& in, time_sheet& times, time_point until, bool wait) {
    return edge_take(*this, in).take(times, until, wait);
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
        drop_unread(lock);
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
    std::size_t room = std::min(ask_gate().slots, type().batch);
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
std::size_t edge::slots_for_one_writer(const outbox& out, std::size_t room) const noexcept {
    const std::size_t writers = outboxes_.size();
    const bool others = writers > 1 || (is_intake_ && room <= small_room);
    return std::clamp<std::size_t>(others ? room / (2 * writers) : room, 1, out.room());
}

gate::answer edge::ask_gate() {
    gate* const in = doors_.in();
    return in == nullptr ? gate::answer{.slots = free_slots()}
                         : in->ask(occupied(), free_slots(), rt_.now());
}

void edge::drop_newest(std::size_t items) noexcept {
    dropped_ += items;
    doors_.in()->dropped(items);
}

bool edge::make_room(outbox& out, time_sheet& times, bool has_item) {
    rt_.point();
    const back_to_work after(&times, rt_);
    waking_lock lock(rt_, mutex_, tries::some);
    collect(out);
    const std::size_t item = has_item ? 1 : 0;
    room_wait so_far;
    wait_for_inlets(lock, out.inlet, &times);
    gate::answer may = ask_gate();
    while (may.slots == 0 && bounded_ && !is_cancelled()) {
        wake_a_reader(lock);
        if (may.drops) {
            drop_newest(item);
            return !has_item;
        }
        if (!writers_drop_ || !drop_queued(lock)) {
            wait_for_room(lock, &times, may.ask_again, so_far);
            wait_for_inlets(lock, out.inlet, &times);
        }
        may = ask_gate();
    }
    if (is_cancelled()) {
        const std::size_t refused = refuse(out);
        dropped_ += item;
        lock.unlock();
        out.drop(refused);
        return false;
    }
    const std::size_t slots = slots_for_one_writer(out, may.slots);
    items_.reserve(reserved_ + slots);  // now: an item that is staged cannot be refused any more
    out.reserve(slots);
    reserved_ += out.unused();
    note_most();
    wake_a_reader(lock);
    wake_a_writer(lock, writers_drop_ ? any_room : half_empty);  // then no reader wakes others
    return true;
}

}  // namespace paipa::detail
