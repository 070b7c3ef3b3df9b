#ifndef PAIPA_DETAIL_SYNC_WAKING_LOCK_HPP
#define PAIPA_DETAIL_SYNC_WAKING_LOCK_HPP
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <array>
#include <cstddef>
#include <utility>

namespace paipa::detail {

/// Holds a mutex, and wakes threads as soon as it is given up: a thread that is woken earlier would
/// run into the mutex and sleep again. Used by one thread, the one that holds the mutex.
class PAIPA_SCOPED_CAPABILITY waking_lock {
public:
    /// How often a thread that finds the mutex taken tries again before it sleeps. To sleep and be
    /// woken takes far longer than to move a row of items under the mutex. Where threads come with
    /// one item each, a thread that tries again is only in their way.
    enum class tries : int { one = 1, some = 64 };

    waking_lock(runtime& rt, mutex& m, tries t = tries::one) PAIPA_ACQUIRE(m)
        : rt_(rt), mutex_(m), tries_(t) {
        lock();
    }

    waking_lock(const waking_lock&) = delete;
    waking_lock& operator=(const waking_lock&) = delete;

    ~waking_lock() PAIPA_RELEASE() {
        if (held_) {
            unlock();
        }
    }

    void lock() PAIPA_ACQUIRE();

    void unlock() noexcept PAIPA_RELEASE() {
        held_ = false;
        mutex_.unlock();
        const std::size_t n = std::exchange(sleepers_, 0);
        for (std::size_t i = 0; i < n; ++i) {
            rt_.unpark(*seats_[i]);  // seats are never freed, so none is gone meanwhile
        }
    }

    /// Null: nobody.
    void wake(seat* s) noexcept {
        if (s == nullptr) {
            return;
        }
        if (sleepers_ == seats_.size()) {
            rt_.unpark(*s);  // no room to remember more
            return;
        }
        seats_[sleepers_++] = s;
    }

    void wake_all(wait_list& list) noexcept {
        while (seat* const s = list.pop()) {
            wake(s);
        }
    }

    // The analysis cannot follow a mutex that is given up and taken again, and need not: the caller
    // holds it before and after.
    /// Sleeps, with the mutex given up meanwhile.
    void park(time_point until) PAIPA_NO_THREAD_SAFETY_ANALYSIS {
        unlock();
        rt_.park(until);
        rt_.point();
        lock();
    }

    /// Sleeps on a list that the mutex guards.
    void wait(wait_list& list, time_point until) {
        waiter me(rt_.here());
        list.add(me);
        park(until);
        list.remove(me);
    }

    /// Calls `f`, which returns nothing, with the mutex given up meanwhile.
    template <class F>
    void unlocked(F f) PAIPA_NO_THREAD_SAFETY_ANALYSIS {
        unlock();
        try {
            f();
        } catch (...) {
            lock();
            throw;
        }
        lock();
    }

    /// Lets somebody else run, with the mutex given up meanwhile.
    void yield() PAIPA_NO_THREAD_SAFETY_ANALYSIS {
        unlock();
        rt_.yield();
        rt_.point();
        lock();
    }

private:
    runtime& rt_;
    mutex& mutex_;
    const tries tries_;
    bool held_ = false;
    std::size_t sleepers_ = 0;
    std::array<seat*, 128> seats_;  // NOLINT(*-member-init): the first `sleepers_` of them count
};

}  // namespace paipa::detail
#endif
