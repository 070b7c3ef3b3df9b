#ifndef PAIPA_DETAIL_ORDER_OUTPUT_LIST_HPP
#define PAIPA_DETAIL_ORDER_OUTPUT_LIST_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <utility>

namespace paipa::detail {

/// At most so many items in a row leave together.
inline constexpr std::size_t run_limit = 64;

/// A list takes at least this much memory, or as much as a run of items needs: a list that grows
/// while it goes from worker to worker would allocate again and again.
inline constexpr std::size_t list_bytes = 256;

/// The outputs of one item. Emptied, it keeps its memory; lists are swapped from hand to hand, so
/// that memory goes round. What is left in it at its end is abandoned.
class output_list {
public:
    output_list() = default;

    output_list(output_list&& other) noexcept { swap(other); }

    output_list(const output_list&) = delete;
    output_list& operator=(const output_list&) = delete;
    output_list& operator=(output_list&&) = delete;

    ~output_list() { clear(); }

    void swap(output_list& other) noexcept {
        row_.swap(other.row_);
        std::swap(size_, other.size_);
    }

    /// `with_tickets`: they travel with the items of this list. The item has none yet.
    template <class T, class U>
    void add(U&& item, bool with_tickets = false) {
        if (size_ == row_.cells()) {
            grow(type_of<T>, std::max<std::size_t>(1, 2 * size_), with_tickets);
        }
        fill_cell<T>(row_.raw<T>() + size_, std::forward<U>(item));
        ++size_;
    }

    /// Each item has a share of the ticket from here on, and had none.
    void set_tickets(ticket* t) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Of memory.
    [[nodiscard]] std::size_t bytes() const noexcept {
        return row_.cells() == 0 ? 0 : row_.cells() * row_.type().size;
    }

    /// The items are the first ones in it.
    [[nodiscard]] row& items() noexcept { return row_; }

    template <class T>
    [[nodiscard]] T& at(std::size_t i) const noexcept {
        return std::launder(row_.raw<T>() + i)->get();
    }

    /// Ends one item, whose cell is raw from now on.
    void drop(std::size_t i, final_outcome o) noexcept { row_.drop(i, 1, o); }

    /// Appends all that is in `other`, which is empty then.
    void append(output_list& other);
    /// Likewise some of it, whose cells are raw then; `other` does not know yet, see `forget`.
    void append_part(output_list& other, std::size_t first, std::size_t last);

    /// Without other memory than it has, unless it has none.
    [[nodiscard]] bool has_room_for(const output_list& more) const noexcept {
        return row_.cells() == 0 || size_ + more.size_ <= row_.cells();
    }

    /// Forgets the first `n` items, which have left their cells.
    void forget(std::size_t n) noexcept;
    void clear() noexcept;

private:
    void grow(const item_type& type, std::size_t cells, bool with_tickets);

    row row_;
    std::size_t size_ = 0;
};

}  // namespace paipa::detail
#endif
