#ifndef PAIPA_DETAIL_LAZY_CHUNK_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_CHUNK_CURSOR_HPP
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/stable_value.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace paipa::detail {

/// Groups items into vectors. A vector that nobody moved away is filled again.
template <class Base>
class chunk_cursor {
    using item_type = typename Base::value;

public:
    using value = std::vector<item_type>;
    using reference = value&&;

    chunk_cursor(Base base, std::size_t size) : base_(std::move(base)), size_(size) {}

    bool next() {
        if constexpr (rides_along<item_type>) {
            overwrite();
        } else {
            fill();
        }
        return !items_.empty();
    }

    reference item() { return std::move(items_); }

private:
    void fill() {
        items_.clear();
        if (ended_) {
            return;
        }
        items_.reserve(std::min(size_, at_once));
        ended_ = !for_each_while(base_, [this]<class Item>(Item&& item) {
            items_.push_back(std::forward<Item>(item));
            return items_.size() < size_;
        });
    }

    /// Small values are written over what is there, which takes no look at the capacity for each.
    void overwrite() {
        std::size_t filled = 0;
        while (filled < size_ && !ended_) {
            items_.resize(std::min(size_, std::max({at_once, filled * 2, items_.size()})));
            auto to = items_.begin() + static_cast<std::ptrdiff_t>(filled);
            const auto end = items_.end();
            ended_ = !for_each_while(base_, [&to, end](const item_type& item) {
                *to = item;
                ++to;
                return to != end;
            });
            filled = static_cast<std::size_t>(to - items_.begin());
        }
        items_.resize(filled);
    }

    // Items for which there is room from the start; a larger chunk grows.
    static constexpr std::size_t at_once =
        std::max<std::size_t>(1, std::size_t{16} * 1024 / sizeof(item_type));

    Base base_;
    std::size_t size_;
    bool ended_ = false;
    value items_;
};

}  // namespace paipa::detail
#endif
