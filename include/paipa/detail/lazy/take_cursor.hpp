#ifndef PAIPA_DETAIL_LAZY_TAKE_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_TAKE_CURSOR_HPP
#include <paipa/detail/lazy/cursor.hpp>

#include <cstddef>
#include <utility>

namespace paipa::detail {

/// Passes on the first items, and pulls none after them.
template <class Base>
class take_cursor {
public:
    using value = typename Base::value;
    using reference = typename Base::reference;

    take_cursor(Base base, std::size_t count) : base_(std::move(base)), left_(count) {}

    bool next() {
        if (left_ == 0) {
            return false;
        }
        --left_;
        return base_.next();
    }

    template <class Sink>
    bool each_while(Sink sink) {
        if (left_ == 0) {
            return false;
        }
        const bool may_have_more =
            for_each_while(base_, [this, sink = std::move(sink)]<class Item>(Item&& item) mutable {
                --left_;
                return sink(std::forward<Item>(item)) && left_ > 0;
            });
        return may_have_more && left_ > 0;
    }

    reference item() { return base_.item(); }

private:
    Base base_;
    std::size_t left_;  // items that may still be pulled
};

}  // namespace paipa::detail
#endif
