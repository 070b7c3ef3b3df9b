#ifndef PAIPA_DETAIL_TICKET_TICKET_IN_HAND_HPP
#define PAIPA_DETAIL_TICKET_TICKET_IN_HAND_HPP
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>

#include <algorithm>
#include <cstdint>

namespace paipa::detail {

/// A worker's share of the ticket of its item in hand, and what has become of the item there. Where
/// items enter a window there is no item in hand, and each output opens a ticket.
///
/// Threads: none, it is the worker's.
class ticket_in_hand {
public:
    ticket_in_hand() = default;

    /// Each output opens a ticket.
    explicit ticket_in_hand(window& entry) noexcept : entry_(&entry) {}

    /// The worker is through with the item in hand, and has the next one. Null: it has no ticket.
    void take(ticket* t) noexcept {
        end();
        share_ = ticket_share(t);
    }

    /// An output that comes now can get its ticket at once.
    [[nodiscard]] bool is_ready() const noexcept {
        return entry_ == nullptr || entry_->has_place();
    }

    /// Waits until it can, or until the window is cancelled.
    void wait_until_ready();

    /// A share for an output. `is_last`: no further one comes, so it gets that of the worker. Null:
    /// no ticket.
    [[nodiscard]] ticket* share_for_output(bool is_last) noexcept {
        return entry_ != nullptr ? entry_->try_open().release() : shares_for_outputs(1, is_last);
    }

    /// The same for each of some outputs, of an item in hand.
    [[nodiscard]] ticket* shares_for_outputs(std::uint32_t outputs, bool is_last) noexcept {
        ticket* const t = share_.get();
        if (t == nullptr) {
            return nullptr;
        }
        if (!is_last || outputs > 1) {
            t->share(outputs - (is_last ? 1 : 0));
        }
        if (is_last) {
            t->note(worst_);  // before the last share can end
            static_cast<void>(share_.release());
        }
        return t;
    }

    /// The item, or some part of it, has ended here in this way.
    void note(final_outcome o) noexcept { worst_ = std::max(worst_, o); }

    /// The item is tried again, so what became of it before does not count.
    void forget() noexcept { worst_ = final_outcome::delivered; }

    /// An output that has left has ended in this way, whatever becomes of the item.
    void note_for_good(final_outcome o) noexcept {
        if (share_) {
            share_.get()->note(o);
        }
    }

    /// What was noted counts, whatever becomes of the item.
    void keep_notes() noexcept { note_for_good(worst_); }

    /// The item goes elsewhere, to come back.
    [[nodiscard]] ticket_share keep() noexcept { return ticket_share(share_.release()); }

    /// The worker is through with the item.
    void end() noexcept {
        share_.end(worst_);
        forget();
    }

private:
    ticket_share share_;
    window* entry_ = nullptr;
    final_outcome worst_ = final_outcome::delivered;
};

}  // namespace paipa::detail
#endif
