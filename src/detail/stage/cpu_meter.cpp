#include <paipa/detail/stage/cpu_meter.hpp>
#include <paipa/time.hpp>

#include "../../platform/usage.hpp"

#include <atomic>
#include <optional>

namespace paipa::detail {

void cpu_meter::begin() noexcept {
    clock_.store(platform::thread_clock().value_or(no_clock), std::memory_order_release);
}

void cpu_meter::end() noexcept {
    const int clock = clock_.load(std::memory_order_relaxed);
    if (clock == no_clock) {
        return;
    }
    const auto used = platform::read_clock(clock);
    total_.store(used.value_or(duration{}).count(), std::memory_order_relaxed);
    clock_.store(ended, std::memory_order_release);
}

std::optional<duration> cpu_meter::read() const noexcept {
    const int clock = clock_.load(std::memory_order_acquire);
    if (clock == no_clock) {
        return {};
    }
    if (clock != ended) {
        if (const auto used = platform::read_clock(clock)) {
            return used;
        }
        if (clock_.load(std::memory_order_acquire) != ended) {
            return {};
        }
    }
    return duration{total_.load(std::memory_order_relaxed)};
}

}  // namespace paipa::detail
