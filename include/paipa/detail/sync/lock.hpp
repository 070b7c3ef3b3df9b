#ifndef PAIPA_DETAIL_SYNC_LOCK_HPP
#define PAIPA_DETAIL_SYNC_LOCK_HPP
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <optional>
#include <string>
#include <utility>

namespace paipa::detail {

/// A mutex that waits through the runtime, so user code may hold it across anything, also in a
/// simulation.
///
/// Errors: `state_error`, which begins with `what`, for a thread that has it already.
class lock {
public:
    lock(runtime& rt, std::string what) : rt_(rt), what_(std::move(what)) {}

    void acquire() {
        rt_.point();
        seat* const me = &rt_.here();
        waking_lock guard(rt_, mutex_);
        if (owner_ == me) {
            throw state_error(
                what_ +
                ": expected one use at a time by a thread, got one inside of another, "
                "which would wait for ever; end the first one before");
        }
        while (owner_ != nullptr) {
            guard.wait(waiting_, never);
        }
        owner_ = me;
    }

    /// False: some thread has it.
    [[nodiscard]] bool try_acquire() {
        rt_.point();
        const mutex_lock guard(mutex_);
        if (owner_ != nullptr) {
            return false;
        }
        owner_ = &rt_.here();
        return true;
    }

    void release() noexcept {
        waking_lock guard(rt_, mutex_);
        owner_ = nullptr;
        guard.wake(waiting_.pop());
    }

private:
    runtime& rt_;
    const std::string what_;
    mutex mutex_;                                     // held for a few instructions only
    seat* owner_ PAIPA_GUARDED_BY(mutex_) = nullptr;  // of the thread that acquired it; null: free
    wait_list waiting_ PAIPA_GUARDED_BY(mutex_);
};

/// Holds a lock for as long as it lives.
class held_lock {
public:
    explicit held_lock(lock& l) : lock_(&l) { l.acquire(); }

    /// Empty: some thread has the lock.
    static std::optional<held_lock> if_free(lock& l) {
        return l.try_acquire() ? std::optional(held_lock(&l)) : std::nullopt;
    }

    held_lock(held_lock&& other) noexcept : lock_(std::exchange(other.lock_, nullptr)) {}

    held_lock(const held_lock&) = delete;
    held_lock& operator=(const held_lock&) = delete;
    held_lock& operator=(held_lock&&) = delete;

    ~held_lock() {
        if (lock_ != nullptr) {
            lock_->release();
        }
    }

private:
    explicit held_lock(lock* acquired) noexcept : lock_(acquired) {}

    lock* lock_;
};

}  // namespace paipa::detail
#endif
