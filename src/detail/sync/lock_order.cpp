#include <paipa/detail/sync/lock_order.hpp>

#ifdef PAIPA_CHECK_LOCK_ORDER
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace paipa::detail {
namespace {

struct held_mutexes {
    std::array<const lock_order_check*, 8> all;
    std::size_t count;
};

/// Of the calling thread, in the order in which it took them. Nothing destroys it, so it can be
/// used for as long as the thread runs. Fibers of a simulation share it: none is left while it
/// holds a mutex.
constinit thread_local held_mutexes held{};

[[noreturn]] void stop(const char* what) noexcept {
    std::fprintf(stderr, "paipa: lock order: %s\n", what);
    std::abort();
}

}  // namespace

void lock_order_check::before_lock() const noexcept {
    if (held.count > 0 && !held.all[held.count - 1]->may_come_before(*this)) {
        stop("expected a mutex that comes later than the one that the thread holds");
    }
}

void lock_order_check::locked() const noexcept {
    if (held.count == held.all.size()) {
        stop("the thread holds too many mutexes");
    }
    held.all[held.count++] = this;
}

void lock_order_check::before_unlock() const noexcept {
    auto* const end = held.all.data() + held.count;
    if (std::remove(held.all.data(), end, this) == end) {
        stop("the thread does not hold the mutex that it gives up");
    }
    --held.count;
}

void lock_order_check::none_is_held() noexcept {
    if (held.count > 0) {
        stop("expected a thread that holds no mutex, as it is about to run user code");
    }
}

}  // namespace paipa::detail
#endif
