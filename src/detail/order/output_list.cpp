#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <algorithm>
#include <cstddef>

namespace paipa::detail {

void output_list::append(output_list& other) {
    append_part(other, 0, other.size_);
    other.size_ = 0;
}

void output_list::append_part(output_list& other, std::size_t first, std::size_t last) {
    const std::size_t more = last - first;
    if (more == 0) {
        return;
    }
    if (row_.cells() < size_ + more) {
        const item_type& type = other.row_.type();
        const std::size_t small = std::min(run_limit, list_bytes / type.size);
        grow(type, std::max({size_ + more, 2 * size_, small}), other.row_.carries_tickets());
    }
    row_.take_in(size_, other.row_, first, more);
    size_ += more;
}

void output_list::forget(std::size_t n) noexcept {
    for (std::size_t i = n; n > 0 && i < size_; ++i) {
        row_.take_in(i - n, row_, i, 1);
    }
    size_ -= n;
}

void output_list::clear() noexcept {
    if (row_.cells() == 0) {
        return;
    }
    row_.drop(0, size_, final_outcome::abandoned);
    size_ = 0;
    if (row_.cells() > row_.type().batch) {  // of one item with very many outputs
        row none;
        row_.swap(none);
    }
}

void output_list::set_tickets(ticket* t) noexcept {
    for (std::size_t i = 0; i < size_; ++i) {
        row_.set_ticket(i, t);
    }
}

void output_list::grow(const item_type& type, std::size_t cells, bool with_tickets) {
    row wider(type, cells, with_tickets);
    if (size_ > 0) {
        wider.take_in(0, row_, 0, size_);
    }
    row_.swap(wider);
}

}  // namespace paipa::detail
