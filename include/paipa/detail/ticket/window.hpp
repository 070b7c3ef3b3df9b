#ifndef PAIPA_DETAIL_TICKET_WINDOW_HPP
#define PAIPA_DETAIL_TICKET_WINDOW_HPP
#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/runtime.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace paipa::detail {

/// The items that are on their way between one entry of a run and where they end. Each has a
/// ticket. Tickets are numbered, end in any order, and lie in a ring of places: an item enters
/// when the place of its number is free. So a slow item holds up the entry when all the others of
/// the ring have entered behind it, and memory is bounded.
///
/// Memory:  all of it from the start, and none for an item.
/// Threads: one thread, the opener, opens tickets. All other calls come from any thread.
class window {
public:
    /// `on_end` hears of each ticket once, from the thread that ends its last share, which holds no
    /// mutex of the engine. It must not throw. The item itself may still live.
    window(runtime& rt, std::size_t places, std::function<void(const ticket&)> on_end);

    window(const window&) = delete;
    window& operator=(const window&) = delete;
    /// No ticket is open, and every call that ended one has returned.
    ~window();

    /// The next ticket. None: its place is not free, or the window was cancelled.
    [[nodiscard]] ticket_share try_open() noexcept {
        const std::uint64_t number = opened_.load(std::memory_order_relaxed);
        ticket& t = place_of(number);
        if (t.shares_.load() != 0 || cancelled_.load(std::memory_order_relaxed)) {
            return {};
        }
        t.number_.store(number, std::memory_order_relaxed);
        t.outcome_.store(final_outcome::delivered, std::memory_order_relaxed);
        t.shares_.store(ticket::last_share, std::memory_order_release);  // see `head`
        opened_.store(number + 1, std::memory_order_release);
        return ticket_share(&t);
    }

    /// For the opener: it need not wait, as there is a place, or the window was cancelled.
    [[nodiscard]] bool has_place() const noexcept {
        return place_of(opened_.load(std::memory_order_relaxed)).shares_.load() == 0 ||
               cancelled_.load(std::memory_order_relaxed);
    }

    /// For the opener: waits until it need not wait any more.
    void wait_for_place();

    /// No more tickets. Ends the wait for a place. Those that are open end as ever.
    void cancel() noexcept;

    /// So many tickets have been opened.
    [[nodiscard]] std::uint64_t opened() const noexcept { return opened_.load(); }

    /// All tickets with smaller numbers have ended. It looks at each of the others, up to there.
    [[nodiscard]] std::uint64_t head() const noexcept;

    /// No ticket is open.
    [[nodiscard]] bool is_empty() const noexcept { return head() == opened(); }

private:
    friend class ticket;

    /// The last share of the ticket has ended.
    void end(ticket& t) noexcept;
    [[gnu::noinline]] void wake() noexcept;

    [[nodiscard]] ticket& place_of(std::uint64_t number) const noexcept {
        return places_[number & mask_];
    }

    runtime& rt_;
    const std::size_t mask_;
    const std::unique_ptr<ticket[]> places_;  // a power of two
    const std::function<void(const ticket&)> on_end_;
    std::atomic<std::uint64_t> opened_{0};  // written by the opener
    std::atomic<bool> cancelled_{false};
    /// The place that the opener waits for; null: it does not wait. A thread that frees a place
    /// loads this after its store, and may load a stale value. So the opener looks once more a
    /// moment later, when both stores have long been visible.
    std::atomic<const ticket*> wanted_{nullptr};
    mutex mutex_{lock_order::other};
    wait_list waiters_ PAIPA_GUARDED_BY(mutex_);
};

}  // namespace paipa::detail
#endif
