#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace paipa::detail {

inbox::inbox(const item_type& type, bool has_siblings)
    : row_(type, type.batch), shared_(has_siblings) {}

inbox::~inbox() {
    while (take_next()) {
        drop_taken(final_outcome::abandoned);
    }
}

std::size_t inbox::drop_rest(final_outcome o) noexcept {
    std::size_t n = 0;
    for (std::uint32_t i = claim_one(); i < end_; i = claim_one()) {
        row_.drop(i, 1, o);
        ++n;
    }
    return n;
}

void inbox::refill(ring& from, std::size_t items, std::uint64_t base) noexcept {
    from.hand_out(row_, items);
    base_ = base;
    end_ = static_cast<std::uint32_t>(items);
    next_.store(0, std::memory_order_relaxed);
}

std::size_t inbox::steal(inbox& victim) noexcept {
    if (victim.next_.load(std::memory_order_relaxed) >= victim.end_) {
        return 0;
    }
    const std::uint32_t from = victim.next_.exchange(victim.end_, std::memory_order_relaxed);
    if (from >= victim.end_) {
        return 0;
    }
    row_.take_in(0, victim.row_, from, victim.end_ - from);
    base_ = victim.base_ + from;
    end_ = victim.end_ - from;
    next_.store(0, std::memory_order_relaxed);
    return end_;
}

}  // namespace paipa::detail
