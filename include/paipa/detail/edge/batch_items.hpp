#ifndef PAIPA_DETAIL_EDGE_BATCH_ITEMS_HPP
#define PAIPA_DETAIL_EDGE_BATCH_ITEMS_HPP
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace paipa::detail {

/// Walks through the batch in the owner's inbox. Its state lies in local variables: an item may be
/// a number of the same type as the fields of the inbox, so a compiler would read those fields
/// again after each item that is stored. All functions are inlined, or the variables would lie in
/// memory. The destructor tells the inbox what has become of the batch.
template <class T>
class batch_items {
public:
    /// `hand`: for the ticket of the item in hand, where tickets travel. Items are then claimed one
    /// at a time.
    explicit batch_items(inbox& in, ticket_in_hand* hand = nullptr) noexcept
        : in_(in), hand_(hand), row_(in.row_.template raw<T>()) {}

    batch_items(const batch_items&) = delete;
    batch_items& operator=(const batch_items&) = delete;

    /// What was claimed and not begun goes back.
    [[gnu::always_inline]] ~batch_items() {
        if (at_ != end_) [[unlikely]] {  // somebody threw
            const std::ptrdiff_t rest = end_ - at_ - 1;
            if (!in_.shared_ && hand_ == nullptr) {  // else one at a time was claimed
                in_.next_.store(in_.end_ - static_cast<std::uint32_t>(rest),
                                std::memory_order_relaxed);
            }
            missed_ += static_cast<std::size_t>(rest) + 1;
            if (hand_ != nullptr) {
                hand_->note(final_outcome::abandoned);
            }
        }
        if (hand_ != nullptr) [[unlikely]] {
            hand_->end();
        }
        in_.done += claimed_ - missed_;
    }

    /// Claims the next items: one where siblings may steal from this inbox, else all that are left.
    /// False: the batch is done.
    [[gnu::always_inline]] bool claim() noexcept {
        std::uint32_t first = 0;
        std::uint32_t last = in_.end_;
        if (hand_ != nullptr) [[unlikely]] {
            first = in_.claim_one();
            last = std::min(last, first + 1);
            hand_->take(first < last ? in_.row_.take_ticket(first) : nullptr);
        } else if (in_.shared_) {
            first = in_.next_.fetch_add(1, std::memory_order_relaxed);
            last = std::min(last, first + 1);
        } else {
            first = in_.next_.load(std::memory_order_relaxed);
            in_.next_.store(last, std::memory_order_relaxed);
        }
        if (first >= last) {
            return false;
        }
        at_ = row_ + first;
        end_ = row_ + last;
        claimed_ += last - first;
        return true;
    }

    // The claimed items. A loop over them keeps its place in a variable of its own. It calls
    // `done` at its end, and `stand_at` before code that may throw.
    [[nodiscard]] slot<T>* begin() const noexcept { return at_; }

    [[nodiscard]] slot<T>* end() const noexcept { return end_; }

    void stand_at(slot<T>* at) noexcept { at_ = at; }

    void done() noexcept { at_ = end_; }

    [[nodiscard]] std::uint64_t sequence(const slot<T>* at) const noexcept {
        return in_.base_ + static_cast<std::uint64_t>(at - row_);
    }

    /// The edge has been told of the item in hand, or must not be told.
    void miss() noexcept { ++missed_; }

    [[nodiscard]] std::size_t claimed() const noexcept { return claimed_; }

private:
    inbox& in_;
    ticket_in_hand* const hand_;
    slot<T>* const row_;
    slot<T>* at_ = nullptr;
    slot<T>* end_ = nullptr;
    std::size_t claimed_ = 0;
    std::size_t missed_ = 0;
};

}  // namespace paipa::detail
#endif
