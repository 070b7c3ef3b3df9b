#ifndef PAIPA_DETAIL_LAZY_ITEM_IN_HAND_HPP
#define PAIPA_DETAIL_LAZY_ITEM_IN_HAND_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace paipa::detail {

/// The item that an `inline_stage` works at: one that was pulled, or one that came back with the
/// notes on its earlier tries. `Hooks` is the step's `kernel_hooks`, `T` the type that is pulled.
template <class Hooks, class T>
class item_in_hand {
public:
    [[nodiscard]] explicit operator bool() const noexcept {
        return pulled_.has_value() || earlier_.has_value();
    }

    /// `number` is the item's place in the step's input.
    template <class U>
    void take(U&& item, std::uint64_t number) {
        pulled_.emplace(std::in_place, std::forward<U>(item));
        number_ = number;
    }

    void take_back(retry_entry&& entry) {
        number_ = entry.sequence;
        earlier_ = std::move(entry);
    }

    /// Calls `use` with the item, whatever its type is.
    template <class Use>
    auto with_item(Use use) {
        if constexpr (Hooks::template gives_back_another_type<T>) {
            const auto open = [&](auto& cell) { return use(cell.get()); };
            return earlier_ ? Hooks::template with_item<T>(earlier_->item, open) : open(*pulled_);
        } else {  // one call, to be inlined
            slot<T>& cell = earlier_ ? *as_slots<T>(earlier_->item.cell()) : *pulled_;
            return use(cell.get());
        }
    }

    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

    /// Null: this is the first try.
    [[nodiscard]] retry_entry* earlier() noexcept { return earlier_ ? &*earlier_ : nullptr; }

    [[nodiscard]] const item_type& type() const noexcept {
        return earlier_ ? earlier_->item.type() : type_of<T>;
    }

    [[nodiscard]] void* cell() noexcept { return earlier_ ? earlier_->item.cell() : &*pulled_; }

    void drop() noexcept {
        pulled_.reset();
        if (earlier_) [[unlikely]] {
            earlier_.reset();
        }
    }

private:
    std::optional<slot<T>> pulled_;
    std::optional<retry_entry> earlier_;  // its box has the item
    std::uint64_t number_ = 0;
};

}  // namespace paipa::detail
#endif
