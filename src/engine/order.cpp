#include <paipa/engine/item_type.hpp>
#include <paipa/engine/order.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace paipa::engine {

void output_list::forget(std::size_t n) noexcept {
    for (std::size_t i = n; n > 0 && i < size_; ++i) {
        block_.take_in(i - n, block_.at(i), 1);
    }
    size_ -= n;
}

void output_list::clear() noexcept {
    if (block_.cells() == 0) {
        return;
    }
    block_.destroy(0, size_);
    size_ = 0;
    if (block_.cells() > block_.type().batch) {  // of one item with very many outputs
        cell_block none;
        block_.swap(none);
    }
}

void output_list::grow(const item_type& type) {
    cell_block wider(type, std::max<std::size_t>(1, 2 * block_.cells()));
    if (size_ > 0) {
        wider.take_in(0, block_.at(0), size_);
    }
    block_.swap(wider);
}

void done_list::add(std::uint64_t number, output_list& outputs) {
    if (size_ == entries_.size()) {
        entries_.emplace_back();
    }
    entry& e = entries_[size_++];
    e.number = number;
    e.outputs.swap(outputs);
}

order_ring::order_ring(std::size_t window)
    : mask_(std::bit_ceil(window) - 1), places_(std::make_unique<place[]>(mask_ + 1)) {}

void order_ring::put(std::uint64_t number, output_list& outputs) noexcept {
    place& p = places_[number & mask_];
    p.outputs.swap(outputs);
    p.done = true;
}

bool order_ring::take(std::uint64_t number, output_list& to) noexcept {
    place& p = places_[number & mask_];
    if (!std::exchange(p.done, false)) {
        return false;
    }
    p.outputs.swap(to);
    return true;
}

std::pair<std::size_t, std::size_t> order_ring::give_up() noexcept {
    std::size_t items = 0;
    std::size_t with_outputs = 0;
    for (std::size_t i = 0; i <= mask_; ++i) {
        if (std::exchange(places_[i].done, false)) {
            ++items;
            with_outputs += places_[i].outputs.size() > 0 ? 1U : 0U;
            places_[i].outputs.clear();
        }
    }
    return {items, with_outputs};
}

}  // namespace paipa::engine
