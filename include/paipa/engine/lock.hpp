#ifndef PAIPA_ENGINE_LOCK_HPP
#define PAIPA_ENGINE_LOCK_HPP
#include <paipa/engine/wait_list.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <mutex>

namespace paipa::engine {

/// A mutex that waits through the runtime, so user code may hold it across anything, also in a
/// simulation.
class lock {
public:
    explicit lock(runtime& rt) noexcept : rt_(rt) {}

    void acquire() {
        rt_.point();
        std::unique_lock guard(mutex_);
        while (held_) {
            waiter me(rt_.here());
            waiting_.add(me);
            guard.unlock();
            rt_.park(never);
            guard.lock();
            waiting_.remove(me);
        }
        held_ = true;
    }

    void release() noexcept {
        seat* next = nullptr;
        {
            const std::lock_guard guard(mutex_);
            held_ = false;
            next = waiting_.pop();
        }
        if (next != nullptr) {
            rt_.unpark(*next);
        }
    }

private:
    runtime& rt_;
    std::mutex mutex_;  // guards the two below; held for a few instructions only
    bool held_ = false;
    wait_list waiting_;
};

}  // namespace paipa::engine
#endif
