#ifndef PAIPA_ENGINE_ORDER_HPP
#define PAIPA_ENGINE_ORDER_HPP
#include <paipa/engine/slot.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace paipa::engine {

/// The outputs of one item; one needs no allocation.
template <class Out>
class output_list {
public:
    template <class U>
    void add(U&& item) {
        if (!first_) {
            first_.emplace(std::in_place, std::forward<U>(item));
        } else {
            rest_.emplace_back(std::in_place, std::forward<U>(item));
        }
    }

    template <class F>
    void take_all(F f) {
        if (first_) {
            f(std::move(first_->get()));
            for (slot<Out>& s : rest_) {
                f(std::move(s.get()));
            }
        }
        clear();
    }

    slot<Out>& at(std::size_t i) noexcept { return i == 0 ? *first_ : rest_[i - 1]; }

    void clear() noexcept {
        first_.reset();
        rest_.clear();
    }

    [[nodiscard]] std::size_t size() const noexcept { return first_ ? 1 + rest_.size() : 0; }

private:
    std::optional<slot<Out>> first_;
    std::vector<slot<Out>> rest_;
};

/// Puts the outputs of parallel workers back into the order of the inputs.
///
/// A ring, keyed by the item's number; the edge in front of the step hands out items only while
/// they fit (`edge_core::set_window`), so the first missing item always has its place. Guarded by
/// that edge's mutex. One worker at a time, the one that holds `leaving`, hands outputs on.
template <class Out>
class order_ring {
public:
    explicit order_ring(std::size_t window)
        : mask_(std::bit_ceil(window) - 1), places_(std::make_unique<place[]>(mask_ + 1)) {}

    void put(std::uint64_t number, output_list<Out>&& outputs) {
        place& p = places_[number & mask_];
        p.outputs = std::move(outputs);
        p.done = true;
    }

    /// Takes the outputs of this item, when it is done.
    bool take(std::uint64_t number, std::vector<output_list<Out>>& to) {
        place& p = places_[number & mask_];
        if (!p.done) {
            return false;
        }
        p.done = false;
        to.push_back(std::move(p.outputs));
        p.outputs.clear();
        return true;
    }

    /// At the end of a run that failed or was cancelled: empties the ring. Returns how many items
    /// were in it, and how many of them had outputs.
    std::pair<std::size_t, std::size_t> give_up() noexcept {
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

    bool leaving = false;

private:
    struct place {
        output_list<Out> outputs;
        bool done = false;
    };

    std::size_t mask_;
    std::unique_ptr<place[]> places_;
};

}  // namespace paipa::engine
#endif
