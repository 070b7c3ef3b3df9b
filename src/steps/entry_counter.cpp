#include <paipa/log.hpp>
#include <paipa/runtime.hpp>
#include <paipa/steps/entry_counter.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace paipa::detail {

entry_count::entry_count(entry_counter_options o, runtime& rt)
    : options_(std::move(o)),
      rt_(rt),
      began_(rt.now()),
      next_(later(began_, options_.every).time_since_epoch().count()) {}

void entry_count::add() noexcept {
    count_.fetch_add(1, std::memory_order_relaxed);
    if (options_.total != nullptr) {
        options_.total->fetch_add(1, std::memory_order_relaxed);
    }
    const time_point now = rt_.now();
    auto due = next_.load(std::memory_order_relaxed);
    if (now.time_since_epoch().count() >= due &&
        next_.compare_exchange_strong(due, later(now, options_.every).time_since_epoch().count())) {
        tell(now);
    }
}

void entry_count::tell_last() noexcept {
    tell(rt_.now());
}

void entry_count::tell(time_point now) noexcept {
    try {
        const std::uint64_t n = count_.load();
        const double seconds = std::chrono::duration<double>(now - began_).count();
        const auto rate =
            static_cast<std::uint64_t>(static_cast<double>(n) / std::max(seconds, 1e-9));
        log(log_level::info,
            options_.name + ": " + std::to_string(n) + ", " + std::to_string(rate) + " per second");
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

}  // namespace paipa::detail
