#ifndef PAIPA_ENGINE_LOCK_HPP
#define PAIPA_ENGINE_LOCK_HPP
#include <paipa/engine/wait_list.hpp>
#include <paipa/engine/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <mutex>
#include <utility>

namespace paipa::engine {

/// A mutex that waits through the runtime, so user code may hold it across anything, also in a
/// simulation.
class lock {
public:
    explicit lock(runtime& rt) noexcept : rt_(rt) {}

    void acquire() {
        rt_.point();
        waking_lock guard(rt_, mutex_);
        while (holder_ != nullptr) {
            guard.wait(waiting_, never);
        }
        holder_ = &rt_.here();
    }

    /// The calling thread holds it, and would wait for itself.
    [[nodiscard]] bool is_mine() {
        const std::lock_guard guard(mutex_);
        return holder_ == &rt_.here();
    }

    void release() noexcept {
        waking_lock guard(rt_, mutex_);
        holder_ = nullptr;
        guard.wake(waiting_.pop());
    }

private:
    runtime& rt_;
    std::mutex mutex_;  // guards the two below; held for a few instructions only
    seat* holder_ = nullptr;
    wait_list waiting_;
};

/// Holds a lock for as long as it lives.
class held_lock {
public:
    explicit held_lock(lock& l) : lock_(&l) { l.acquire(); }

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
    lock* lock_;
};

}  // namespace paipa::engine
#endif
