#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/stage/batch_sizer.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace paipa::detail {
namespace {

/// How long a reader waits before it looks a second time at what writers staged without the lock.
/// Far longer than a store needs to become visible, and no longer than a batch may take.
constexpr duration second_look = batch_sizer::batch_time;

}  // namespace

std::size_t edge_core::add_inlet(const std::string& from) {
    if (from_.empty()) {
        from_ = from;
        return 0;
    }
    from_ += ", " + from;
    const mutex_lock lock(mutex_);
    return inlets_.add();
}

void edge_core::close(std::string_view why) {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    if (!closed_) {  // what a writer still stages is found before the end is
        closed_ = true;
        set_why(why);
        wake_everybody(lock);
    }
}

void edge_core::close_inlet(std::size_t inlet) {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    closed_ = inlets_.close(inlet) || closed_;
    pass_inlets(lock);
    if (closed_) {
        wake_everybody(lock);
    }
}

void edge_core::pass_inlets(waking_lock& lock) noexcept {
    std::any* const entry = inlets_.pass();
    if (entry == nullptr || is_cancelled()) {
        return;
    }
    metas_.push({pushed_, std::move(*entry)});  // push_meta has made room
    lock.wake_all(held_writers_);
    wake_next_reader(lock);
}

void edge_core::start_bounds() {
    const mutex_lock lock(mutex_);
    bounded_ = true;
}

bool edge_core::is_closed() {
    const mutex_lock lock(mutex_);
    return closed_ || is_cancelled();
}

void edge_core::push_meta(std::any entry, std::size_t inlet, time_sheet* times) {
    rt_.point();
    const back_to_work after(times, rt_);
    waking_lock lock(rt_, mutex_);
    wait_for_inlets(lock, inlet, times);
    if (is_cancelled()) {
        return;
    }
    collect_staged();  // what was emitted before the entry stays before it
    metas_.make_room();
    if (inlets_.are_several()) {
        inlets_.hold(inlet, entry);
        pass_inlets(lock);
        return;
    }
    metas_.push({pushed_, std::move(entry)});
    wake_next_reader(lock);
}

void edge_core::wait_for_inlets(waking_lock& lock, std::size_t inlet, time_sheet* times) {
    while (inlets_.is_held(inlet) && !is_cancelled()) {
        if (times != nullptr) {
            times->change(activity::waiting_for_meta, rt_.now());
        }
        lock.wait(held_writers_, never);
    }
}

std::any edge_core::take_meta() {
    const mutex_lock lock(mutex_);
    if (metas_.empty()) {
        return {};  // cancelled meanwhile
    }
    return std::move(metas_.front().value);
}

void edge_core::meta_passed() {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    --unfinished_;
    if (!metas_.empty()) {  // else cancelled meanwhile
        metas_.pop();
        ++barrier_;
        flushed_ = 0;
    }
    if (ready() == 0) {
        wake_all_readers(lock);  // for the next entry, or the end
    }
    wake_a_reader(lock);
}

edge_report edge_core::figures() {
    const mutex_lock lock(mutex_);
    return {.from = from_,
            .to = to_,
            .capacity = bound_.capacity(),
            .limit = bound_.now(),
            .pushed = pushed_ + dropped_,
            .popped = popped_,
            .abandoned = abandoned_ + dropped_,
            .queued = queued(),
            .most = most_};
}

std::uint64_t edge_core::unfinished() {
    const mutex_lock lock(mutex_);
    return unfinished_;
}

void edge_core::note_requeue(requeue_note& note) {
    const mutex_lock lock(mutex_);
    note.behind = pushed_;
    note.give_back(pushed_ + popped_ + done_);
}

void edge_core::set_retry_budget(const retry_budget& budget) {
    const mutex_lock lock(mutex_);
    retries_.set_budget(budget);
}

edge_core::retry_figures edge_core::retries() {
    const mutex_lock lock(mutex_);
    return {.waiting = retries_.size(),
            .in_vain = retries_.requeues_in_vain(),
            .abandoned = retries_abandoned_};
}

std::size_t edge_core::ready() const noexcept {
    std::size_t n = queued();
    if (!metas_.empty()) {
        n = std::min<std::size_t>(n, metas_.front().position - popped_);
    }
    if (window_ != 0) {
        const std::size_t out = popped_ - head_;
        n = std::min(n, out < window_ ? window_ - out : 0);
    }
    return doors_.may_go(n);
}

activity edge_core::idle_for(bool holds_retries) const noexcept {
    if (queued() > 0 && !metas_.empty() && metas_.front().position == popped_) {
        return activity::waiting_for_meta;
    }
    if (holds_retries || !retries_.empty()) {
        return activity::waiting_to_retry;
    }
    // Also where nothing is queued at this moment: it could not be taken.
    const bool has_no_place = window_ != 0 && popped_ - head_ >= window_;
    return has_no_place ? activity::waiting_for_turn : activity::waiting_for_input;
}

void edge_core::wait_for_input(waking_lock& lock, time_sheet& times, time_point until,
                               const inbox& in) {
    waiter me(rt_.here());
    if (watch_.take(me, next_due(), until)) {
        until = std::min(until, next_due());
    }
    idle_readers_.add(me);
    flags_.reader_waiting.store(true);
    pull();  // behind the store: a worker in front that takes an item after it sees the flag
    if (ready() == 0) {
        times.change(idle_for(!in.back.empty()), rt_.now());
        wait_listed(lock, me, until, in);
    }
    if (me.listed) {
        idle_readers_.remove(me);
        flags_.reader_waiting.store(!idle_readers_.empty());
    } else {
        --readers_waking_;
    }
    watch_.leave(me);
}

/// A writer that staged an item while this reader set `reader_waiting` may have missed the flag.
/// Only a busy writer can, so only then the reader looks again a moment later. Whoever stages an
/// item after that sees the flag, so the reader then sleeps until it is woken.
void edge_core::wait_listed(waking_lock& lock, const waiter& me, time_point until,
                            const inbox& in) {
    const time_point look = later(rt_.now(), second_look);
    const bool looks_again = writers_busy() && look < until;
    lock.park(looks_again ? look : until);
    const bool is_early = watch_.is(me) && next_due() < until;
    if (looks_again && me.listed && !is_early && rt_.now() >= look) {
        collect_staged();
        pull();
        if (ready() == 0 && !in.poked.load()) {  // the first park may have used up a poke's wake-up
            lock.park(until);
        }
    }
}

bool edge_core::wait_for_room(waking_lock& lock, time_sheet* times, time_point until,
                              room_wait& so_far) {
    const time_point now = rt_.now();
    if (now >= until) {
        return false;
    }
    if (times != nullptr) {
        times->change(activity::waiting_for_room, now);
    }
    if (until == never && readers_hurry_ && so_far.yields < yields_before_parking) {
        ++so_far.yields;
        lock.yield();
        return true;
    }
    lock.wait(blocked_writers_, std::min(until, later(now, so_far.look_again)));
    so_far.look_again += std::min(so_far.look_again, duration{std::chrono::hours{24}});
    return true;
}

bool edge_core::wait_for_turn(std::uint64_t number, time_sheet& times, bool wait) {
    rt_.point();
    const back_to_work after(&times, rt_);
    waking_lock lock(rt_, mutex_);
    while (head_ != number || somebodys_turn_) {
        if (!wait || is_cancelled()) {
            return false;
        }
        times.change(activity::waiting_for_turn, rt_.now());
        lock.wait(turn_waiters_, never);
    }
    somebodys_turn_ = true;
    return true;
}

/// A woken reader that has not returned will take at least one item and then wake the next reader,
/// so another one is woken only for what the woken readers leave.
void edge_core::wake_a_reader(waking_lock& lock) noexcept {
    if (idle_readers_.empty()) {
        return;
    }
    const bool is_unwatched = !watch_.is_on() && next_due() != never;
    if (ready() > readers_waking_ || (is_unwatched && readers_waking_ == 0)) {
        wake_next_reader(lock);
    }
}

void edge_core::wake_next_reader(waking_lock& lock) noexcept {
    if (seat* const s = idle_readers_.pop()) {
        ++readers_waking_;
        flags_.reader_waiting.store(!idle_readers_.empty());
        lock.wake(s);
    }
}

void edge_core::wake_a_writer(waking_lock& lock, std::size_t enough) noexcept {
    const std::size_t half = bound_.now() - bound_.now() / 2;
    if (!blocked_writers_.empty() && free_slots() >= std::min(enough, half)) {
        lock.wake(blocked_writers_.pop());
    }
}

void edge_core::set_why(std::string_view why) noexcept {
    try {
        why_ = why;
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the reason
    }
}

void edge_core::wake_all_readers(waking_lock& lock) noexcept {
    while (!idle_readers_.empty()) {
        wake_next_reader(lock);
    }
}

void edge_core::wake_everybody(waking_lock& lock) noexcept {
    wake_all_readers(lock);
    lock.wake_all(blocked_writers_);
    lock.wake_all(held_writers_);
    lock.wake_all(turn_waiters_);
}

}  // namespace paipa::detail
