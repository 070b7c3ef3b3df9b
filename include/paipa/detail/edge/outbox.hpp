#ifndef PAIPA_DETAIL_EDGE_OUTBOX_HPP
#define PAIPA_DETAIL_EDGE_OUTBOX_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace paipa::detail {

/// The items that a writer has emitted and that are not yet in the edge. The owner appends without
/// a lock, in slots that it has reserved in the edge. The owner moves the items into the edge,
/// under its lock, when the slots are used up. A reader that finds the edge empty moves them, too,
/// so no emitted item waits for a writer that is still in user code.
///
/// The owner's store of `tail` and its look at the edge's `reader_waiting` may pass a reader's
/// store of that flag and its look at `tail`; the reader then looks once more a moment later
/// (`edge_core::wait_for_input`), when both stores have long been visible.
class outbox {
public:
    /// `type` null: nothing is ever added.
    explicit outbox(const item_type* type);

    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;
    ~outbox();

    [[nodiscard]] bool full() const noexcept {
        return tail_.load(std::memory_order_relaxed) == limit_;
    }

    /// Owner only, when not full: moves `n` items of a row, from place `i` on. Returns how many of
    /// them, at least one.
    std::size_t add_items(row& from, std::size_t i, std::size_t n) noexcept;

    /// Tickets travel with the items. Before the first one.
    void carry_tickets() { row_.carry_tickets(); }

    /// The tickets of its places; null where none travel.
    [[nodiscard]] ticket** tickets() noexcept { return row_.tickets(); }

    /// The rest is for the holder of the edge's lock.
    [[nodiscard]] std::size_t staged() const noexcept {
        return tail_.load(std::memory_order_acquire) - head_;
    }

    /// Moves `items` staged ones to the end of `to`, which has room.
    void hand_over(ring& to, std::size_t items) noexcept;

    /// Owner, when the edge is cancelled and nobody else looks.
    void drop(std::size_t items) noexcept;

    /// Owner, under the lock: may hold so many items, those staged included, from now on.
    void reserve(std::size_t slots) noexcept { limit_ = head_ + slots; }

    /// Owner, under the lock: reserved slots, those staged included.
    [[nodiscard]] std::size_t unused() const noexcept { return limit_ - head_; }

    /// How many items have been added, for anybody to read.
    [[nodiscard]] const std::atomic<std::uint64_t>& added() const noexcept { return tail_; }

    /// Items that it can hold.
    [[nodiscard]] std::size_t room() const noexcept { return row_.cells(); }

    std::size_t inlet = 0;  // of the edge; constant once the edge knows the outbox

private:
    friend class output_core;  // the owner's
    template <class Out>
    friend class batch_outputs;  // likewise

    row row_;
    std::uint64_t head_ = 0;   // first item not handed over; changes under the edge's lock
    std::uint64_t limit_ = 0;  // owner only
    alignas(64) std::atomic<std::uint64_t> tail_{0};  // first free slot; the owner writes
};

}  // namespace paipa::detail
#endif
