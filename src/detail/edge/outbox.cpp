#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace paipa::detail {

outbox::outbox(const item_type* type) : row_(type == nullptr ? row{} : row(*type, type->batch)) {}

outbox::~outbox() {
    drop(staged());
}

std::size_t outbox::add_items(row& from, std::size_t i, std::size_t n) noexcept {
    const std::uint64_t t = tail_.load(std::memory_order_relaxed);
    const std::size_t first = t % row_.cells();
    n = std::min({n, static_cast<std::size_t>(limit_ - t), row_.cells() - first});
    row_.take_in(first, from, i, n);
    tail_.store(t + n, std::memory_order_release);  // pairs with the acquire in staged()
    return n;
}

void outbox::hand_over(ring& to, std::size_t items) noexcept {
    while (items > 0) {
        const std::size_t first = head_ % row_.cells();
        const std::size_t n = std::min(items, row_.cells() - first);  // up to where the row wraps
        to.take_in(row_, first, n);
        head_ += n;
        items -= n;
    }
}

void outbox::drop(std::size_t items) noexcept {
    for (; items > 0; --items) {
        row_.drop(head_++ % row_.cells(), 1, final_outcome::abandoned);
    }
}

}  // namespace paipa::detail
