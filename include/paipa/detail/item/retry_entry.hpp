#ifndef PAIPA_DETAIL_ITEM_RETRY_ENTRY_HPP
#define PAIPA_DETAIL_ITEM_RETRY_ENTRY_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/failure.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <vector>

namespace paipa::detail {

/// Why an item goes to its step once more.
enum class comes_back { after_a_failure, as_it_asked, by_requeue };

/// An item on its way back: its step failed or gave it back. Travels outside of the ring, so items
/// that never fail carry none of this.
struct retry_entry {
    item_box item;
    std::uint64_t sequence;             // position among the items taken from the edge
    unsigned attempt;                   // tries so far
    std::vector<attempt_error> errors;  // one per failed try
    time_point due;
    std::uint64_t age = 0;  // among equal times the older goes first
    requeue_note note{};    // where the step gave it back without a delay
    comes_back why = comes_back::after_a_failure;
    duration waited{};      // in all, because its step threw `retry_after`
    ticket_share ticket{};  // the item's, where tickets travel

    friend bool operator<(const retry_entry& a, const retry_entry& b) noexcept {
        return a.due != b.due ? a.due > b.due : a.age > b.age;  // a heap's top is the earliest
    }
};

}  // namespace paipa::detail
#endif
