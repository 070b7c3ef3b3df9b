#include <paipa/engine/edge_core.hpp>
#include <paipa/engine/time_sheet.hpp>
#include <paipa/engine/wait_list.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

namespace paipa::engine {
namespace {

/// How long a reader waits before it looks a second time at what writers staged without the lock.
/// Far longer than a store needs to become visible, far shorter than anybody would notice.
constexpr duration second_look = std::chrono::microseconds{100};

}  // namespace

void edge_core::close(std::string_view why) {
    rt_.point();
    const std::lock_guard lock(mutex_);
    if (!closed_) {  // what a writer still stages is found before the end is
        closed_ = true;
        set_why(why);
        wake_everybody();
    }
}

void edge_core::start_bounds() {
    const std::lock_guard lock(mutex_);
    bounded_ = true;
}

bool edge_core::is_closed() {
    const std::lock_guard lock(mutex_);
    return closed_ || is_cancelled();
}

void edge_core::push_meta(std::any entry) {
    rt_.point();
    seat* reader = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (is_cancelled()) {
            return;
        }
        collect_staged();  // what was emitted before the entry stays before it
        metas_.push_back({pushed_, std::move(entry)});
        reader = idle_readers_.pop();
        hungry_.store(!idle_readers_.empty());
    }
    wake(reader);
}

std::any edge_core::take_meta() {
    const std::lock_guard lock(mutex_);
    if (metas_.empty()) {
        return {};  // cancelled meanwhile
    }
    return std::move(metas_.front().value);
}

void edge_core::meta_passed() {
    rt_.point();
    seat* reader = nullptr;
    {
        const std::lock_guard lock(mutex_);
        --unfinished_;
        if (!metas_.empty()) {  // else cancelled meanwhile
            metas_.erase(metas_.begin());
            ++barrier_;
            flushed_ = 0;
        }
        if (ready() == 0) {
            wake_all_readers();  // for the next entry, or the end
        }
        reader = reader_to_wake();
    }
    wake(reader);
}

edge_report edge_core::figures() {
    const std::lock_guard lock(mutex_);
    return {.from = from_,
            .to = to_,
            .capacity = capacity_,
            .pushed = pushed_,
            .popped = popped_,
            .abandoned = abandoned_,
            .queued = queued(),
            .most = most_};
}

std::uint64_t edge_core::unfinished() {
    const std::lock_guard lock(mutex_);
    return unfinished_;
}

std::uint64_t edge_core::retries_abandoned() {
    const std::lock_guard lock(mutex_);
    return retries_abandoned_;
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
    return n;
}

void edge_core::wait_for_input(std::unique_lock<std::mutex>& lock, time_sheet& times,
                               time_point until) {
    waiter me(rt_.here());
    if (timekeeper_ == nullptr && next_retry() < until) {
        timekeeper_ = &me;
        until = timekeeper_until_ = next_retry();
    }
    const bool retries_only = queued() == 0 && retries_waiting() > 0;
    idle_readers_.add(me);
    hungry_.store(true);
    const time_point now = rt_.now();
    times.change(retries_only ? activity::waiting_to_retry : activity::waiting_for_input, now);
    // A writer may have staged an item at the moment when this reader said it was hungry, and have
    // missed that. Only a writer with reserved slots can, so only then look again a moment later.
    // What is staged from then on finds the reader on the list: it sleeps for good.
    const time_point look = later(now, second_look);
    const bool looks_again = reserved_ > 0 && look < until;
    park(lock, looks_again ? look : until);
    const bool is_early = timekeeper_ == &me && next_retry() < until;
    if (looks_again && me.listed && !is_early && rt_.now() >= look) {
        collect_staged();
        if (ready() == 0) {
            park(lock, until);
        }
    }
    idle_readers_.remove(me);
    hungry_.store(!idle_readers_.empty());
    if (timekeeper_ == &me) {
        timekeeper_ = nullptr;
        timekeeper_until_ = never;
    }
}

bool edge_core::wait_for_room(std::unique_lock<std::mutex>& lock, time_sheet* times,
                              time_point until, duration& look_again) {
    if (until != never && rt_.now() >= until) {
        return false;
    }
    waiter me(rt_.here());
    blocked_writers_.add(me);
    const time_point now = rt_.now();
    if (times != nullptr) {
        times->change(activity::waiting_for_room, now);
    }
    park(lock, std::min(until, later(now, look_again)));
    look_again += std::min(look_again, duration{std::chrono::hours{24}});
    blocked_writers_.remove(me);
    return true;
}

void edge_core::wait_in(wait_list& list, std::unique_lock<std::mutex>& lock, time_sheet& times) {
    waiter me(rt_.here());
    list.add(me);
    times.change(activity::waiting_for_room, rt_.now());
    park(lock, never);
    list.remove(me);
}

bool edge_core::wait_for_turn(std::uint64_t number, bool& leaving, time_sheet& times, bool wait) {
    rt_.point();
    const back_to_work after(&times, rt_);
    std::unique_lock lock(mutex_);
    while (head_ != number || leaving) {
        if (!wait || is_cancelled()) {
            return false;
        }
        wait_in(turn_waiters_, lock, times);
    }
    leaving = true;
    return true;
}

void edge_core::park(std::unique_lock<std::mutex>& lock, time_point until) {
    lock.unlock();
    rt_.park(until);
    rt_.point();
    lock.lock();
}

void edge_core::breathe(std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    rt_.yield();
    rt_.point();
    lock.lock();
}

seat* edge_core::reader_to_wake() noexcept {
    if (idle_readers_.empty()) {
        return nullptr;
    }
    const bool unwatched_retry = timekeeper_ == nullptr && retries_waiting() > 0;
    if (ready() == 0 && !unwatched_retry) {
        return nullptr;
    }
    seat* const s = idle_readers_.pop();
    hungry_.store(!idle_readers_.empty());
    return s;
}

seat* edge_core::writer_to_wake(std::size_t enough) noexcept {
    if (blocked_writers_.empty()) {
        return nullptr;
    }
    const std::size_t half = capacity_ - capacity_ / 2;
    return free_slots() >= std::min(enough, half) ? blocked_writers_.pop() : nullptr;
}

void edge_core::set_why(std::string_view why) noexcept {
    try {
        why_ = why;
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for the reason
    }
}

void edge_core::wake_all_readers() noexcept {
    idle_readers_.wake_all(rt_);
    hungry_.store(false);
}

void edge_core::wake_everybody() noexcept {
    wake_all_readers();
    blocked_writers_.wake_all(rt_);
    turn_waiters_.wake_all(rt_);
}

}  // namespace paipa::engine
