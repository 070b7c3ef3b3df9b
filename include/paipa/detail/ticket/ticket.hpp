#ifndef PAIPA_DETAIL_TICKET_TICKET_HPP
#define PAIPA_DETAIL_TICKET_TICKET_HPP
#include <paipa/detail/ticket/final_outcome.hpp>

#include <atomic>
#include <cstdint>

namespace paipa::detail {

class window;

/// Knows whether all that came of one item has ended, and how. Whatever carries a part of the item
/// on has a *share* of its ticket: a queued item, an item in a worker's hand, an output that is
/// held. The ticket ends with its last share. Tickets lie in a `window`, and their places are used
/// again.
///
/// Threads: all calls from any thread that has a share.
class ticket {
public:
    ticket() = default;
    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;
    ~ticket() = default;

    /// Counts the items of its window, from 0.
    [[nodiscard]] std::uint64_t number() const noexcept {
        return number_.load(std::memory_order_relaxed);
    }

    /// The worst so far.
    [[nodiscard]] final_outcome outcome() const noexcept {
        return outcome_.load(std::memory_order_relaxed);
    }

    /// There are so many more shares. The caller has one.
    void share(std::uint32_t more) noexcept { shares_.fetch_add(more, std::memory_order_relaxed); }

    /// Some part of the item has ended, or will end, in this way.
    void note(final_outcome o) noexcept {
        if (o != final_outcome::delivered) {  // else nothing of the ticket is read
            raise(o);
        }
    }

    /// The caller's share ends. With the last one the window's hook runs, here, so the caller holds
    /// no mutex.
    void end(final_outcome o) noexcept;

private:
    friend class window;

    void raise(final_outcome o) noexcept;

    /// The window's own share is the first: it ends when the hook has returned, and the place is
    /// free then.
    static constexpr std::uint32_t windows_own = 1;
    static constexpr std::uint32_t last_share = windows_own + 1;

    window* window_ = nullptr;  // set once
    std::atomic<std::uint64_t> number_{0};
    /// Zero: the place is free. The store of zero pairs with the load by `window::try_open`.
    std::atomic<std::uint32_t> shares_{0};
    /// A thread notes an outcome before it ends its share. So the one that ends the last share sees
    /// all of them.
    std::atomic<final_outcome> outcome_{final_outcome::delivered};
};

/// A share of a ticket, or none. A share that is forgotten ends as abandoned.
class ticket_share {
public:
    ticket_share() = default;

    /// The caller's share is this one's from here on.
    explicit ticket_share(ticket* of) noexcept : of_(of) {}

    ticket_share(ticket_share&& other) noexcept : of_(other.release()) {}

    ticket_share& operator=(ticket_share&& other) noexcept {
        end(final_outcome::abandoned);
        of_ = other.release();
        return *this;
    }

    ticket_share(const ticket_share&) = delete;
    ticket_share& operator=(const ticket_share&) = delete;

    ~ticket_share() { end(final_outcome::abandoned); }

    explicit operator bool() const noexcept { return of_ != nullptr; }

    [[nodiscard]] ticket* get() const noexcept { return of_; }

    /// The share is the caller's.
    [[nodiscard]] ticket* release() noexcept {
        ticket* const t = of_;
        of_ = nullptr;
        return t;
    }

    /// Does nothing where there is none.
    void end(final_outcome o) noexcept {
        if (ticket* const t = release(); t != nullptr) {
            t->end(o);
        }
    }

private:
    ticket* of_ = nullptr;
};

}  // namespace paipa::detail
#endif
