#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace paipa::detail {

namespace {

/// Larger lists whose memory is kept for later.
constexpr std::size_t spare_limit = 64;

}  // namespace

reorder_buffer::reorder_buffer(std::size_t window)
    : mask_(std::bit_ceil(window) - 1), places_(std::make_unique<output_run[]>(mask_ + 1)) {
    spares_.reserve(spare_limit);
}

void reorder_buffer::put(std::uint64_t number, output_run& run) noexcept {
    output_run& place = places_[number & mask_];
    place.items = std::exchange(run.items, 0);
    place.outputs.swap(run.outputs);
    if (!spares_.empty()) {
        run.outputs.swap(spares_.back());
        spares_.pop_back();
    }
}

std::size_t reorder_buffer::take(std::uint64_t number, output_run& to) noexcept {
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

std::pair<std::size_t, std::size_t> reorder_buffer::take(std::uint64_t number, ring& to,
                                                         std::size_t room) noexcept {
    output_run& place = places_[number & mask_];
    const std::size_t outputs = std::min(room, place.outputs.size() - place.gone);
    if (outputs > 0) {
        to.take_in(place.outputs.items(), place.gone, outputs);
        place.gone += outputs;
    }
    if (place.gone < place.outputs.size()) {
        return {outputs, 0};
    }
    place.forget();
    place.outputs.clear();
    return {outputs, std::exchange(place.items, 0)};
}

std::pair<std::size_t, std::size_t> reorder_buffer::give_up() noexcept {
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
