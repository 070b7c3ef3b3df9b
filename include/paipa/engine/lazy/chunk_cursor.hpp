#ifndef PAIPA_ENGINE_LAZY_CHUNK_CURSOR_HPP
#define PAIPA_ENGINE_LAZY_CHUNK_CURSOR_HPP
#include <paipa/engine/lazy/cursor.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace paipa::engine {

/// Groups items into vectors. A vector that nobody moved away is filled again.
template <class Base>
class chunk_cursor {
public:
    using value = std::vector<typename Base::value>;
    using reference = value&&;

    chunk_cursor(Base base, std::size_t size) : base_(std::move(base)), size_(size) {}

    bool next() {
        items_.clear();
        while (items_.size() < size_ && !ended_) {
            if (base_.next()) {
                items_.push_back(base_.item());
            } else {
                ended_ = true;
            }
        }
        return !items_.empty();
    }

    template <class Sink>
    void each(Sink& sink) {
        items_.clear();
        pour(base_, [&]<class Item>(Item&& item) {
            items_.push_back(std::forward<Item>(item));
            if (items_.size() >= size_) {
                sink(std::move(items_));
                items_.clear();
            }
        });
        if (!items_.empty()) {
            sink(std::move(items_));
        }
    }

    reference item() { return std::move(items_); }

private:
    Base base_;
    std::size_t size_;
    bool ended_ = false;
    value items_;
};

}  // namespace paipa::engine
#endif
