#ifndef PAIPA_STEPS_TAKE_HPP
#define PAIPA_STEPS_TAKE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/lazy/take_cursor.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>

#include <cstddef>
#include <utility>

namespace paipa {

namespace detail {

/// Makes a range of the first items of a range, and pulls none after them.
struct first_items {
    template <class T>
    generator<T> operator()(generator<T> items) const {
        return pass_on(std::move(items), count);
    }

    template <class T>
    static generator<T> pass_on(generator<T> items, std::size_t left) {
        if (left == 0) {
            co_return;
        }
        for (T&& item : items) {
            co_yield std::move(item);
            if (--left == 0) {
                co_return;
            }
        }
    }

    std::size_t count;
};

/// On threads `take` is an iter step. In `combine` it is a cursor.
struct take_def : iter_def<first_items> {
    static constexpr bool is_loop_step = true;

    take_def(step_head h, std::size_t count)
        : iter_def(std::move(h), shared_value<first_items>(first_items{count})) {
        check_one_thread(head, "it counts the items of all");
    }

    take_def(step_head h, const take_def& other) : take_def(std::move(h), (*other.g).count) {}

    template <class Base>
    auto lazy(Base base) const {
        return take_cursor<Base>(std::move(base), (*g).count);
    }
};

}  // namespace detail

/// Passes on the first `count` items, then ends the run normally. Items that are upstream then are
/// abandoned, and counted.
///
/// Shape:  one item in, the same one out; one worker. With `count` 0 nothing passes.
/// Errors: `config_error` for several threads.
/// Cost:   as of an iter step; in `combine` it compiles into the loop, without books, and pulls
///         nothing behind the last item.
[[nodiscard]] inline auto take(std::size_t count) {
    return detail::flow_access::make(detail::take_def(detail::step_head("take"), count));
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
