#include <paipa/detail/item/row.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace paipa::detail {

void row::take_tickets(std::size_t i, row& from, std::size_t j, std::size_t n) noexcept {
    assert(from.carries_tickets());
    ticket** const first = from.tickets_.get() + j;
    std::copy_n(first, n, tickets_.get() + i);
    std::fill_n(first, n, nullptr);
}

void row::end_tickets(std::size_t i, std::size_t n, final_outcome o) noexcept {
    for (std::size_t k = i; k < i + n; ++k) {
        ticket_share(take_ticket(k)).end(o);
    }
}

}  // namespace paipa::detail
