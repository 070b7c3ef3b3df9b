#include <paipa/detail/sync/waking_lock.hpp>

namespace paipa::detail {
namespace {

/// Tells the processor that this thread only waits.
void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace

void waking_lock::lock() {
    for (int left = static_cast<int>(tries_); left > 1 && !held_; --left) {
        held_ = mutex_.try_lock();
        if (!held_) {
            pause();
        }
    }
    if (!held_) {
        mutex_.lock();
        held_ = true;
    }
}

}  // namespace paipa::detail
