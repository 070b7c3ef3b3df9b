#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/order/output_list.hpp>

#include <algorithm>
#include <cstddef>

namespace paipa::detail {

void output_list::append(output_list& other) {
    append(other, 0, other.size_);
    other.size_ = 0;
}

void output_list::append(const output_list& other, std::size_t first, std::size_t last) {
    const std::size_t more = last - first;
    if (more == 0) {
        return;
    }
    if (block_.cells() < size_ + more) {
        const item_type& type = other.block_.type();
        const std::size_t small = std::min(run_limit, list_bytes / type.size);
        grow(type, std::max({size_ + more, 2 * size_, small}));
    }
    block_.take_in(size_, other.block_.at(first), more);
    size_ += more;
}

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

void output_list::grow(const item_type& type, std::size_t cells) {
    cell_block wider(type, cells);
    if (size_ > 0) {
        wider.take_in(0, block_.at(0), size_);
    }
    block_.swap(wider);
}

}  // namespace paipa::detail
