#ifndef PAIPA_DETAIL_ITEM_ROW_HPP
#define PAIPA_DETAIL_ITEM_ROW_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace paipa::detail {

/// Cells, and beside each of them what travels with its item. That is the item's ticket, where
/// tickets travel: a column of them, or none. Items that end in a row end by `drop`.
///
/// Owner:   of the shares in its column, which is null beside a cell without an item. The row does
///          not know which cells have items, so its owner drops them.
/// Threads: none. `drop` may run user code, so the caller holds no mutex.
class row {
public:
    row() = default;

    /// May throw `std::bad_alloc`.
    row(const item_type& type, std::size_t cells, bool with_tickets = false)
        : cells_(type, cells), tickets_(with_tickets ? new ticket* [cells] {} : nullptr) {}

    void swap(row& other) noexcept {
        cells_.swap(other.cells_);
        tickets_.swap(other.tickets_);
    }

    [[nodiscard]] std::size_t cells() const noexcept { return cells_.cells(); }

    /// When there are cells.
    [[nodiscard]] const item_type& type() const noexcept { return cells_.type(); }

    [[nodiscard]] void* at(std::size_t i) const noexcept { return cells_.at(i); }

    template <class T>
    [[nodiscard]] slot<T>* raw() const noexcept {
        return cells_.template raw<T>();
    }

    [[nodiscard]] bool carries_tickets() const noexcept { return tickets_ != nullptr; }

    /// From here on there is a column, while no cell has an item. May throw `std::bad_alloc`.
    void carry_tickets() {
        tickets_.reset(new ticket* [cells()] {});
    }

    /// The column; null: there is none.
    [[nodiscard]] ticket** tickets() noexcept { return tickets_.get(); }

    /// The item in the cell gets a share, or none. Where there is a column.
    void set_ticket(std::size_t i, ticket* t) noexcept { tickets_[i] = t; }

    /// The share of the item in the cell is the caller's. Null: there is none.
    [[nodiscard]] ticket* take_ticket(std::size_t i) noexcept {
        return tickets_ == nullptr ? nullptr : std::exchange(tickets_[i], nullptr);
    }

    /// Moves `n` items of `from`, which may be this row, from place `j` on to the places from `i`
    /// on. Both rows have a column, or none has.
    void take_in(std::size_t i, row& from, std::size_t j, std::size_t n) noexcept {
        cells_.take_in(i, from.cells_.at(j), n);
        if (tickets_ != nullptr && n > 0) {
            take_tickets(i, from, j, n);
        }
    }

    /// Ends `n` items from place `i` on.
    void drop(std::size_t i, std::size_t n, final_outcome o) noexcept {
        cells_.destroy(i, n);
        if (tickets_ != nullptr) {
            end_tickets(i, n, o);
        }
    }

private:
    void take_tickets(std::size_t i, row& from, std::size_t j, std::size_t n) noexcept;
    void end_tickets(std::size_t i, std::size_t n, final_outcome o) noexcept;

    cell_block cells_;
    std::unique_ptr<ticket*[]> tickets_;  // for each cell; null: no tickets travel here
};

}  // namespace paipa::detail
#endif
