#ifndef PAIPA_DETAIL_LAZY_MAP_CURSOR_HPP
#define PAIPA_DETAIL_LAZY_MAP_CURSOR_HPP
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/call_with.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/stable_value.hpp>
#include <paipa/error.hpp>
#include <paipa/nothing.hpp>

#include <type_traits>
#include <utility>

namespace paipa::detail {

/// In a chain every step has outputs, so that it can be walked to its end.
template <class R>
using visible = std::conditional_t<std::is_void_v<R>, nothing, R>;

/// Calls `f` once for each item, when it is pulled; an empty optional and `skip_entry` skip it.
template <class Base, class F>
class map_cursor {
    using returned = call_result<F, typename Base::reference>;

public:
    using value = visible<item_of_t<returned>>;
    using reference = value&&;

    map_cursor(Base base, F f) : base_(std::move(base)), f_(std::move(f)) {}

    bool next() {
        while (base_.next()) {
            if (made_of(base_.item(), made_)) {
                return true;
            }
        }
        return false;
    }

    template <class Sink>
    bool each_while(Sink sink) {
        return for_each_while(base_, [this,
                                      sink = std::move(sink)]<class Item>(Item&& item) mutable {
            if constexpr (rides_along<value>) {
                stable_value<value> made;  // in a register
                return !made_of(std::forward<Item>(item), made) || sink(std::move(made.get()));
            } else {
                return !made_of(std::forward<Item>(item), made_) || sink(std::move(made_.get()));
            }
        });
    }

    reference item() { return std::move(made_.get()); }

private:
    bool made_of(typename Base::reference item, stable_value<value>& made) {
        try {
            return make(std::forward<typename Base::reference>(item), made);
        } catch (const skip_entry&) {
            return false;
        }
    }

    bool make(typename Base::reference item, stable_value<value>& made) {
        using in = typename Base::reference;
        if constexpr (std::is_void_v<returned>) {
            call_with(f_.get(), std::forward<in>(item));
            made.put(nothing{});
            return true;
        } else if constexpr (is_optional<returned>) {
            auto result = call_with(f_.get(), std::forward<in>(item));
            if (result) {
                made.put(std::move(*result));
            }
            return result.has_value();
        } else {
            made.put(call_with(f_.get(), std::forward<in>(item)));
            return true;
        }
    }

    Base base_;
    held_callable<F> f_;
    stable_value<value> made_;
};

}  // namespace paipa::detail
#endif
