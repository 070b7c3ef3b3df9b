#ifndef PAIPA_DETAIL_EDGE_INBOX_HPP
#define PAIPA_DETAIL_EDGE_INBOX_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <vector>

namespace paipa::detail {

/// The items that a reader has taken from the edge and has not begun. The owner claims them one by
/// one, without a lock. An idle sibling may take all that are left, under the edge's lock, so no
/// item waits behind a slow one. Both claim by a read-modify-write of `next`, so each item goes to
/// exactly one of them.
class inbox {
public:
    inbox(const item_type& type, bool has_siblings);

    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;
    ~inbox();

    /// Makes the next item the taken one. False: the batch is done. Owner only.
    bool take_next() noexcept {
        taken_ = claim_one();
        return taken_ < end_;
    }

    [[nodiscard]] void* taken() const noexcept { return row_.at(taken_); }

    template <class T>
    [[nodiscard]] slot<T>& taken_as() const noexcept {
        return *std::launder(row_.raw<T>() + taken_);
    }

    /// Ends the taken item.
    void drop_taken(final_outcome o) noexcept { row_.drop(taken_, 1, o); }

    /// Owner only: ends the items behind the taken one. Returns how many.
    std::size_t drop_rest(final_outcome o) noexcept;

    /// The taken item's share of its ticket, which is the caller's from here on. Null: none.
    [[nodiscard]] ticket* take_ticket() noexcept { return row_.take_ticket(taken_); }

    /// Tickets travel with the items. Before the first one.
    void carry_tickets() { row_.carry_tickets(); }

    /// How many of some items that were taken at once count against the capacity until the next
    /// take: all but the one that the owner begins, and that one, too, if the owner holds it.
    [[nodiscard]] std::size_t counted(std::size_t taken) const noexcept {
        return holds_items ? taken : taken - 1;
    }

    /// Under the edge's lock: begins a new batch, whose first item has this sequence number.
    void refill(ring& from, std::size_t items, std::uint64_t base) noexcept;
    /// Under the edge's lock, or by the owner of both: moves the unclaimed rest of `victim` here.
    /// Returns how many.
    std::size_t steal(inbox& victim) noexcept;

    // The owner's notes, handed to the edge with the next `take`; `begun_later` is none, it changes
    // under the edge's lock alone, and thieves change it, too:
    std::size_t want = 1;              // items worth taking at once
    std::size_t done = 0;              // finished since the last take
    std::size_t begun_later = 0;       // this batch's share of the edge's count of that name
    double pull = 0;                   // items in `batch_sizer::while_away`, as measured
    bool hurry = false;                // items are fast: who waits yields a little before parking
    bool meets_rows = false;           // the edge's writers hand over rows, not one item at a time
    bool retry_turn = false;           // waiting retries and queued items take turns
    std::uint64_t flushed_for = 0;     // number of the meta entry flushed for
    std::vector<retry_entry> back;     // given back, not yet in the edge
    std::optional<retry_entry> again;  // what `taken::again` brought
    bool holds_items = false;          // finishes them later than it takes them; constant
    std::size_t held_items = 0;        // taken and not finished, of an owner that holds items
    std::size_t held_items_told = 0;   // of these, the edge knows; changes under its lock
    /// The owner's next wait for input ends at once. Set by anybody, see `stage_worker::poke`.
    std::atomic<bool> poked{false};

private:
    template <class T>
    friend class batch_items;  // the owner's, too

    /// The place of the next item in the batch; no less than `end_` if there is none.
    std::uint32_t claim_one() noexcept {
        if (shared_) {
            return next_.fetch_add(1, std::memory_order_relaxed);
        }
        const std::uint32_t i = next_.load(std::memory_order_relaxed);
        next_.store(i + 1, std::memory_order_relaxed);
        return i;
    }

    row row_;
    const bool shared_;
    std::uint32_t end_ = 0;                           // changes under the edge's lock, by the owner
    std::uint32_t taken_ = 0;                         // owner only
    std::uint64_t base_ = 0;                          // changes under the edge's lock, by the owner
    alignas(64) std::atomic<std::uint32_t> next_{0};  // claimed so far
};

}  // namespace paipa::detail
#endif
