#ifndef PAIPA_DETAIL_ATTEMPT_ITEM_TIMER_HPP
#define PAIPA_DETAIL_ATTEMPT_ITEM_TIMER_HPP
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <vector>

namespace paipa::detail {

class item_clock;

/// Requests the stop tokens of a step's items whose time is over, on a thread of its own. The
/// thread sleeps until the earliest deadline, and for good while no item is in hand.
class item_timer {
public:
    explicit item_timer(runtime& rt) noexcept : rt_(rt) {}

    item_timer(const item_timer&) = delete;
    item_timer& operator=(const item_timer&) = delete;
    ~item_timer() = default;

    /// Before `run`.
    void add(item_clock& clock) { clocks_.push_back(&clock); }

    /// A worker's clock, which has been added, has this deadline now.
    void watch(time_point deadline) noexcept {
        if (deadline < next_.load()) {
            wake();
        }
    }

    /// The timer's thread. Returns after `stop`.
    void run() noexcept;

    /// No item will be in hand any more. From any thread, for as long as the timer's thread object
    /// exists.
    void stop() noexcept;

private:
    void wake() noexcept;
    time_point look() noexcept;

    runtime& rt_;
    std::vector<item_clock*> clocks_;  // constant from `run` on
    // A wake-up is never lost. The thread stores `never` here, looks at each clock, stores the
    // earliest deadline and sleeps until then. A worker sets its clock and then loads this value.
    // The clock's mutex orders the two. If the worker set the clock first, the thread sees the
    // deadline. If the thread looked first, the worker loads the `never`, or a deadline that the
    // thread stored after it. The worker wakes the thread if its own deadline is earlier than that;
    // otherwise the thread wakes up in time by itself.
    std::atomic<time_point> next_{never};
    // Stored before the first look. A worker that finds none here loads it before this store, so
    // the first look finds the clock that the worker has set. Likewise `stop` and `over_`.
    std::atomic<seat*> seat_{nullptr};
    std::atomic<bool> over_{false};
};

}  // namespace paipa::detail
#endif
