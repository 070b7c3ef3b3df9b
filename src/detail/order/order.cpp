#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/order.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace paipa::detail {
namespace {

/// Memory that a list takes at least, as far as a run of items needs it: lists that grow while they
/// go from worker to worker allocate again and again.
constexpr std::size_t list_bytes = 256;

/// Larger lists whose memory is kept for later.
constexpr std::size_t spare_limit = 64;

}  // namespace

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

order_ring::order_ring(std::size_t window)
    : mask_(std::bit_ceil(window) - 1), places_(std::make_unique<output_run[]>(mask_ + 1)) {
    spares_.reserve(spare_limit);
}

void order_ring::put(std::uint64_t number, output_run& run) noexcept {
    output_run& place = places_[number & mask_];
    place.items = std::exchange(run.items, 0);
    place.outputs.swap(run.outputs);
    if (!spares_.empty()) {
        run.outputs.swap(spares_.back());
        spares_.pop_back();
    }
}

std::size_t order_ring::take(std::uint64_t number, output_run& to) noexcept {
    output_run& place = places_[number & mask_];
    if (place.items == 0) {
        return 0;
    }
    if (spares_.size() < spare_limit) {
        spares_.push_back(std::move(to.outputs));
    } else if (to.outputs.bytes() > list_bytes) {
        output_list none;
        none.swap(to.outputs);
    }
    place.forget();
    to.items = std::exchange(place.items, 0);
    to.outputs.swap(place.outputs);
    return to.items;
}

std::pair<std::size_t, std::size_t> order_ring::take(std::uint64_t number, ring& to,
                                                     std::size_t room) noexcept {
    output_run& place = places_[number & mask_];
    const std::size_t outputs = std::min(room, place.outputs.size() - place.gone);
    if (outputs > 0) {
        to.take_in(place.outputs.cell(place.gone), outputs);
        place.gone += outputs;
    }
    if (place.gone < place.outputs.size()) {
        return {outputs, 0};
    }
    place.forget();
    place.outputs.clear();
    return {outputs, std::exchange(place.items, 0)};
}

std::pair<std::size_t, std::size_t> order_ring::give_up() noexcept {
    std::size_t items = 0;
    std::size_t with_outputs = 0;
    for (std::size_t i = 0; i <= mask_; ++i) {
        places_[i].forget();
        with_outputs += places_[i].items_with_outputs();
        items += std::exchange(places_[i].items, 0);
        places_[i].outputs.clear();
    }
    return {items, with_outputs};
}

}  // namespace paipa::detail
