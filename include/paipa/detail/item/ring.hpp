#ifndef PAIPA_DETAIL_ITEM_RING_HPP
#define PAIPA_DETAIL_ITEM_RING_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <cstddef>
#include <utility>

namespace paipa::detail {

/// First in, first out; grows by doubling, keeps its memory. What is left in it at its end is
/// abandoned.
///
/// Threads: none; the owner's mutex guards it. `drop` runs user code, so it runs without.
/// Errors:  `reserve` may throw `std::bad_alloc` and then changes nothing.
class ring {
public:
    explicit ring(const item_type& type) noexcept : type_(&type) {}

    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;
    ~ring();

    /// Tickets travel with the items. Before the first one.
    void carry_tickets() noexcept { with_tickets_ = true; }

    [[nodiscard]] bool carries_tickets() const noexcept { return with_tickets_; }

    /// With a ring of the same type.
    void swap(ring& other) noexcept {
        row_.swap(other.row_);
        std::swap(with_tickets_, other.with_tickets_);
        std::swap(first_, other.first_);
        std::swap(size_, other.size_);
    }

    [[nodiscard]] const item_type& type() const noexcept { return *type_; }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Makes room for `more` further items.
    void reserve(std::size_t more) {
        if (size_ + more > row_.cells()) {
            resize(size_ + more);
        }
    }

    /// Gives back memory, as long as there is far more than `needed` items take.
    void shrink(std::size_t needed) noexcept;

    /// Raw memory behind the last item; there must be room. `added` makes it the last item.
    [[nodiscard]] void* end() noexcept { return row_.at(place_behind()); }

    /// With a share of this ticket, if any.
    void added(ticket* t = nullptr) noexcept {
        if (t != nullptr) {
            row_.set_ticket(place_behind(), t);
        }
        ++size_;
    }

    /// Moves `n` items of a row, from place `i` on, to the end; there must be room.
    void take_in(row& from, std::size_t i, std::size_t n) noexcept;
    /// Moves the first `n` items to the beginning of `to`.
    void hand_out(row& to, std::size_t n) noexcept;
    /// Ends all items.
    void drop(final_outcome o) noexcept;

private:
    [[nodiscard]] std::size_t place_behind() const noexcept {
        return (first_ + size_) & (row_.cells() - 1);
    }

    void resize(std::size_t cells);
    template <class F>
    void in_runs(std::size_t at, std::size_t n, F f) noexcept;

    const item_type* const type_;
    bool with_tickets_ = false;
    row row_;  // zero cells, or a power of two
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace paipa::detail
#endif
