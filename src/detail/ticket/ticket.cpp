#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>

#include <atomic>

namespace paipa::detail {

void ticket::raise(final_outcome o) noexcept {
    final_outcome so_far = outcome();
    while (o > so_far && !outcome_.compare_exchange_weak(so_far, o, std::memory_order_relaxed)) {
    }
}

/// Nobody can get a share of a ticket without one, so who finds that he has the only one is alone
/// with the ticket.
void ticket::end(final_outcome o) noexcept {
    note(o);
    if (shares_.load(std::memory_order_acquire) == last_share ||
        shares_.fetch_sub(1, std::memory_order_acq_rel) == last_share) {
        window_->end(*this);
    }
}

}  // namespace paipa::detail
