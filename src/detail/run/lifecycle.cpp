#include <paipa/detail/run/failure_log.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/one_reader.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/failure.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paipa::detail {

lifecycle::~lifecycle() {
    for (const auto& t : threads_) {
        t->detach();  // only where nobody was left to join: the last handle died on a worker
    }
}

// Which state comes next
run_state lifecycle::begin(std::size_t threads) {
    const mutex_lock lock(mutex_);
    if (state_ == run_state::ready) {
        state_ = run_state::running;
        started_ = rt_.now();
        process_.note();
        threads_left_ += threads;
        return run_state::ready;
    }
    return state_;
}

void lifecycle::finish() {
    const mutex_lock lock(mutex_);
    if (!is_finishing_) {
        stop_taking("finish was called");
    }
}

void lifecycle::drain() {
    const mutex_lock lock(mutex_);
    if (state_ == run_state::running) {
        state_ = run_state::drained;
        stop_taking("the pipeline drains");
    }
    is_finishing_ = true;
}

lifecycle::cancelled lifecycle::cancel(std::string_view why, bool asked) {
    const mutex_lock lock(mutex_);
    if (has_settled_ || state_ == run_state::failed) {
        return cancelled::too_late;
    }
    const bool never_ran = state_ == run_state::ready;
    state_ = run_state::cancelled;
    cancel_asked_ = asked;
    stop_taking(why);
    has_joined_ = has_joined_ || never_ran;  // a reporter may wait for it before it has settled
    return never_ran ? cancelled::before_the_start : cancelled::in_time;
}

void lifecycle::end_early(std::string_view why) {
    const mutex_lock lock(mutex_);
    if (state_ == run_state::running) {
        state_ = run_state::ended_early;
        stop_taking(why);
    }
    is_finishing_ = true;
}

bool lifecycle::fail(failure_log& failures, const failure& f, std::string_view why) noexcept {
    const mutex_lock lock(mutex_);
    const bool is_first = failures.add(f);
    if (is_first) {
        state_ = run_state::failed;
        stop_taking(why);
    }
    return is_first;
}

bool lifecycle::add_source() {
    const mutex_lock lock(mutex_);
    if (is_finishing_ || has_settled_) {
        return false;
    }
    threads_left_ += state_ != run_state::ready ? 1 : 0;
    return true;
}

bool lifecycle::sources_ended(bool ends_with_sources) {
    const mutex_lock lock(mutex_);
    is_finishing_ = is_finishing_ || ends_with_sources;
    return is_finishing_;
}

/// Under the lock. The old reason stays when there is no memory for the new one.
void lifecycle::stop_taking(std::string_view why) noexcept {
    is_finishing_ = true;
    try {
        closed_why_ = why;
    } catch (...) {  // NOLINT(bugprone-empty-catch): see above
    }
}

// Threads
void lifecycle::remove_threads(std::size_t n) {
    const mutex_lock lock(mutex_);
    threads_left_ -= n;
}

bool lifecycle::add_thread_to_others() {
    const mutex_lock lock(mutex_);
    threads_left_ += threads_left_ > 0 ? 1 : 0;
    return threads_left_ > 0;
}

bool lifecycle::thread_left() {
    const mutex_lock lock(mutex_);
    return --threads_left_ == 0;
}

void lifecycle::spawn(const std::string& name, std::function<void()> body) {
    const mutex_lock lock(mutex_);
    threads_.reserve(threads_.size() + 1);  // first: a thread that runs cannot be taken back
    threads_.push_back(rt_.spawn(name, std::move(body)));
}

// The end
void lifecycle::settle() {
    const mutex_lock lock(mutex_);
    stopped_ = rt_.now();
    has_settled_ = true;
    is_finishing_ = true;
    if (state_ == run_state::running) {
        state_ = run_state::finished;
    }
}

void lifecycle::tell_end() noexcept {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    has_ended_ = true;
    lock.wake_all(waiting_);
}

bool lifecycle::wait(time_point until, stall_watch& watch, const one_reader* or_unread) {
    rt_.point();
    waking_lock lock(rt_, mutex_);
    while (!has_joined_) {
        if (has_ended_ && !is_joining_) {
            join(lock);
            break;
        }
        const bool is_unread = or_unread != nullptr && !has_ended_ && or_unread->may_discard();
        if (is_unread || (until != never && rt_.now() >= until)) {
            return false;
        }
        lock.wait(waiting_, has_ended_ ? until : std::min(until, watch.next_look()));
        if (!has_ended_) {
            lock.unlock();
            watch.look();
            lock.lock();
        }
    }
    return true;
}

/// One of those who wait does it; the lock is given up meanwhile.
void lifecycle::join(waking_lock& lock) {
    is_joining_ = true;
    const auto threads = std::exchange(threads_, {});
    lock.unlocked([&threads] {
        for (const auto& t : threads) {
            t->join();
        }
    });
    has_joined_ = true;
    lock.wake_all(waiting_);
}

void lifecycle::wake() noexcept {
    waking_lock lock(rt_, mutex_);
    lock.wake_all(waiting_);
}

/// The threads keep the run alive.
void lifecycle::leave_threads() {
    std::vector<std::unique_ptr<runtime::thread>> threads;
    {
        waking_lock lock(rt_, mutex_);
        threads.swap(threads_);
        has_joined_ = true;
        lock.wake_all(waiting_);
    }
    for (const auto& t : threads) {
        t->detach();
    }
}

// Questions
run_state lifecycle::state() const {
    const mutex_lock lock(mutex_);
    return state_;
}

bool lifecycle::has_settled() const {
    const mutex_lock lock(mutex_);
    return has_settled_;
}

lifecycle::span lifecycle::ran() const {
    const mutex_lock lock(mutex_);
    return {state_, has_settled_, started_, has_settled_ ? stopped_ : rt_.now()};
}

bool lifecycle::was_cancel_asked() const {
    const mutex_lock lock(mutex_);
    return cancel_asked_;
}

std::string lifecycle::closed_why() const noexcept {
    const mutex_lock lock(mutex_);
    try {
        return closed_why_;
    } catch (...) {
        return {};
    }
}

std::string lifecycle::why_no_more() const noexcept {
    try {
        const std::string ended = "its pipeline has ended";
        return state() == run_state::failed ? ended + ": " + closed_why() : ended;
    } catch (...) {
        return {};
    }
}

/// A mutex that another thread held at the fork stays locked there, so this does not wait for it.
bool lifecycle::is_in_forked_child() const noexcept {
    if (!process_.is_elsewhere()) {
        return false;
    }
    if (!mutex_.try_lock()) {
        return true;
    }
    const mutex_lock lock(mutex_, std::adopt_lock);
    return !has_joined_;
}

}  // namespace paipa::detail
