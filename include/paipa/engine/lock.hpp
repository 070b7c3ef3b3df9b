#ifndef PAIPA_ENGINE_LOCK_HPP
#define PAIPA_ENGINE_LOCK_HPP
#include <paipa/engine/wait_list.hpp>
#include <paipa/engine/waking_lock.hpp>
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
        waking_lock guard(rt_, mutex_);
        while (held_) {
            guard.wait(waiting_, never);
        }
        held_ = true;
    }

    void release() noexcept {
        waking_lock guard(rt_, mutex_);
        held_ = false;
        guard.wake(waiting_.pop());
    }

private:
    runtime& rt_;
    std::mutex mutex_;  // guards the two below; held for a few instructions only
    bool held_ = false;
    wait_list waiting_;
};

}  // namespace paipa::engine
#endif
