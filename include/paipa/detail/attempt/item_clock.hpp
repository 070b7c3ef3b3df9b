#ifndef PAIPA_DETAIL_ATTEMPT_ITEM_CLOCK_HPP
#define PAIPA_DETAIL_ATTEMPT_ITEM_CLOCK_HPP
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <optional>
#include <stop_token>
#include <utility>

namespace paipa::detail {

class item_timer;

/// The time of the item in a worker's hand, and its stop token, where the step has `item_timeout`.
///
/// Each try has its own time. A try is late when the clock says so at its end; whether the timer
/// has run by then does not matter.
///
/// Threads: `begin`, `end`, the tokens and `deadline` are for the worker, `look` is for the timer,
///          `overdue` for any thread. A stop of the step may come from any thread. User code that
///          hears the token runs on the thread that requests it, never under the mutex.
class item_clock {
public:
    /// Known to `timer` from now on. Both live as long as the worker.
    item_clock(const worker_context& worker, duration timeout, item_timer& timer);

    item_clock(const item_clock&) = delete;
    item_clock& operator=(const item_clock&) = delete;
    ~item_clock();

    /// A try begins.
    void begin() noexcept;

    /// The call has ended. Returns whether it did so in time, as often as it is asked. The token of
    /// a late try has been requested when this returns.
    bool end() noexcept;

    /// The stop token of the item in hand, for user code; the step's where no item is in hand, and
    /// where there is no memory for another one.
    [[nodiscard]] std::stop_token token() noexcept;

    /// The same for the library, whose callbacks only wake a thread. May throw `std::bad_alloc`.
    [[nodiscard]] std::stop_token wake_token();

    /// When the try in hand has to end; `never` where none is in hand.
    [[nodiscard]] time_point deadline() const noexcept;

    /// Requests the token of a try whose time is over. Returns when to look again.
    time_point look(time_point now) noexcept;

    /// How long the try in hand has been running, once its time is over.
    [[nodiscard]] std::optional<duration> overdue(time_point now) const noexcept;

    /// The failure of the try that `end` has found to be late. `thrown` is what its call threw, or
    /// null.
    [[nodiscard]] std::exception_ptr failure(const std::exception_ptr& thrown) const noexcept;

    [[nodiscard]] duration timeout() const noexcept { return timeout_; }

private:
    struct stop_item {
        item_clock* clock;

        void operator()() const noexcept { clock->stop(); }
    };

    std::stop_token own_token(const std::stop_token& of_step);
    std::stop_source close(time_point now) noexcept;
    std::pair<time_point, std::stop_source> ask(time_point now) noexcept;
    [[nodiscard]] std::stop_source in_hand() const noexcept;
    void stop() noexcept;

    runtime& rt_;
    step_base& step_;
    item_timer& timer_;
    const duration timeout_;
    mutable mutex mutex_;
    bool in_hand_ PAIPA_GUARDED_BY(mutex_) = false;
    bool asked_ PAIPA_GUARDED_BY(mutex_) = false;  // the timer has requested the token
    time_point begun_ PAIPA_GUARDED_BY(mutex_){};
    /// Of the item in hand, once somebody wants it.
    std::stop_source source_ PAIPA_GUARDED_BY(mutex_){std::nostopstate};
    duration took_{};                          // the last try; only the worker looks
    bool in_time_ = true;                      // likewise
    std::stop_callback<stop_item> with_step_;  // last: it may call at once
};

/// A try begins.
inline void begin_time(const worker_context& at) noexcept {
    if (at.clock != nullptr) {
        at.clock->begin();
    }
}

/// The item's call has ended. Returns whether it did so in time; true without `item_timeout`.
inline bool ends_in_time(const worker_context& at) noexcept {
    return at.clock == nullptr || at.clock->end();
}

/// The failure of a try that threw `thrown` (null: nothing): of a late one `timeout_error`, of any
/// other one `thrown`. `give_up` and `retry_after` keep their meaning.
inline std::exception_ptr failure_in_time(const worker_context& at,
                                          const std::exception_ptr& thrown) {
    return ends_in_time(at) ? thrown : at.clock->failure(thrown);
}

/// Throws for `check_time`.
[[noreturn]] void leave_late();

/// The item's call has ended. Throws if it is late, so that its outputs go nowhere. The type of the
/// exception does not matter: the handler asks `failure_in_time` for the failure.
inline void check_time(const worker_context& at) {
    if (!ends_in_time(at)) [[unlikely]] {
        leave_late();
    }
}

}  // namespace paipa::detail
#endif
