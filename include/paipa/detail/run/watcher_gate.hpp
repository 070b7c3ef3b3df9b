#ifndef PAIPA_DETAIL_RUN_WATCHER_GATE_HPP
#define PAIPA_DETAIL_RUN_WATCHER_GATE_HPP
#include <paipa/time.hpp>

#include <atomic>
#include <cstdint>
#include <optional>

namespace paipa::detail {

/// Lets one thread of a run at a time tell those that watch it. A thread that finds another one
/// there goes on with its work: a slow watcher costs figures, and never stops a run.
class watcher_gate {
public:
    /// False, and counted: another thread is inside.
    [[nodiscard]] bool enter(time_point now) noexcept {
        duration::rep free = nobody;
        const bool mine = since_.compare_exchange_strong(free, now.time_since_epoch().count());
        skipped_.fetch_add(mine ? 0 : 1, std::memory_order_relaxed);
        return mine;
    }

    void leave() noexcept { since_.store(nobody); }

    /// Since when a thread is inside.
    [[nodiscard]] std::optional<time_point> busy_since() const noexcept {
        const duration::rep since = since_.load();
        return since == nobody ? std::nullopt : std::optional(time_point{duration{since}});
    }

    /// How many have found another thread there.
    [[nodiscard]] std::uint64_t skipped() const noexcept {
        return skipped_.load(std::memory_order_relaxed);
    }

private:
    static constexpr duration::rep nobody = duration::min().count();

    /// When the thread that is inside came. Taken and given back like a lock: what one thread did
    /// inside, the next one sees.
    std::atomic<duration::rep> since_{nobody};
    std::atomic<std::uint64_t> skipped_{0};
};

}  // namespace paipa::detail
#endif
