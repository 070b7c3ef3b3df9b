#ifndef PAIPA_DETAIL_LAZY_FILTER_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_FILTER_CURSOR_HPP
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/call_with.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/error.hpp>

#include <utility>

namespace paipa::detail {

/// Passes on the items for which the predicate holds.
template <class Base, class Predicate>
class filter_cursor {
public:
    using value = typename Base::value;
    using reference = typename Base::reference;

    filter_cursor(Base base, Predicate keeps) : base_(std::move(base)), keeps_(std::move(keeps)) {}

    bool next() {
        while (base_.next()) {
            if (wanted(base_.item())) {
                return true;
            }
        }
        return false;
    }

    template <class Sink>
    bool each_while(Sink sink) {
        return for_each_while(base_,
                              [this, sink = std::move(sink)]<class Item>(Item&& item) mutable {
                                  return !wanted(item) || sink(std::forward<Item>(item));
                              });
    }

    reference item() { return base_.item(); }

private:
    bool wanted(const value& item) {
        try {
            return call_item(keeps_.get(), item);
        } catch (const skip_entry&) {
            return false;
        }
    }

    Base base_;
    held_callable<Predicate> keeps_;
};

}  // namespace paipa::detail
#endif
