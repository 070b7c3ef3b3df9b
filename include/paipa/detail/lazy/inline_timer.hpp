#ifndef PAIPA_DETAIL_LAZY_INLINE_TIMER_HPP
#define PAIPA_DETAIL_LAZY_INLINE_TIMER_HPP
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/birthplace.hpp>
#include <paipa/runtime.hpp>

#include <memory>

namespace paipa::detail {

/// The item time-outs of a step on the caller's thread: its clock, and the timer on a thread of its
/// own, which ends with this.
class inline_timer {
public:
    /// Throws `std::system_error` where the thread is refused.
    explicit inline_timer(worker_context& worker);

    inline_timer(const inline_timer&) = delete;
    inline_timer& operator=(const inline_timer&) = delete;
    ~inline_timer();

private:
    worker_context& worker_;
    item_timer timer_;
    item_clock clock_;
    birthplace process_;  // of the thread
    std::unique_ptr<runtime::thread> thread_;
};

}  // namespace paipa::detail
#endif
