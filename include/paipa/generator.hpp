#ifndef PAIPA_GENERATOR_HPP
#define PAIPA_GENERATOR_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <version>                         // IWYU pragma: keep, says whether the library has it

#ifdef __cpp_lib_generator
#include <generator>

namespace paipa {

using std::generator;
using std::ranges::elements_of;

namespace detail {

struct when_asked {};

/// The iterator of a `std::generator` makes the next item in `++`; it cannot wait until somebody
/// asks for the item.
template <class G>
inline constexpr bool can_wait = false;

}  // namespace detail
}  // namespace paipa
#else
#include <paipa/detail/support/coroutine_memory.hpp>
#include <paipa/detail/support/generator_promise.hpp>  // IWYU pragma: export

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa {

/// A lazy input range whose items a coroutine `co_yield`s; `std::generator` where the library has
/// it, else the same semantics (P2502R2), with memory from `Allocator` where one is named or passed
/// as `f(std::allocator_arg, allocator, ...)`.
///
/// Shape:   `generator<T>` yields `T&&` from values and copies of lvalues; `generator<const T&>`
///          yields references. `co_yield elements_of(range)` yields all of a range, without stack
///          growth however deep generators nest. The frame is aligned for the items and the
///          parameters; no other local may need more alignment than `operator new` gives.
/// Threads: none; one thread iterates at a time.
/// Errors:  an exception of the body leaves through `begin` or `++`, and ends the generator. The
///          input of an iter step makes no item in `begin` and `++`. It makes the item when it is
///          asked for, by `*` or by a comparison with the end, and throws there. A `std::generator`
///          cannot do that.
/// Cost:    one allocation per generator, one resumption per item.
/// Source:  P2502R2. Take parameters by value; on g++ 12, name braced aggregates and capturing
///          lambdas before an expression with `co_yield` (see the how-to on g++ 12).
template <class Ref, class Value = void, class Allocator = void>
class generator : public std::ranges::view_interface<generator<Ref, Value, Allocator>> {
    using value = std::conditional_t<std::is_void_v<Value>, std::remove_cvref_t<Ref>, Value>;
    using reference = std::conditional_t<std::is_void_v<Value>, Ref&&, Ref>;

    static_assert(std::is_same_v<value, std::remove_cvref_t<value>> && std::is_object_v<value>,
                  "paipa::generator: the value type must be a plain object type");

public:
    using yielded = std::conditional_t<std::is_reference_v<reference>, reference, const reference&>;

    class promise_type : public detail::generator_promise<yielded>,
                         public detail::coroutine_memory<Allocator, value> {
        using base = detail::generator_promise<yielded>;

    public:
        promise_type() noexcept : base(std::coroutine_handle<promise_type>::from_promise(*this)) {}

        using base::yield_value;

        /// Yields all items of any range, also of a generator of other items, by a nested generator
        /// that walks over it.
        template <std::ranges::input_range R, class A>
            requires(std::convertible_to<std::ranges::range_reference_t<R>, yielded> &&
                     !detail::yields<R, yielded>)
        auto yield_value(detail::elements_of<R, A> all) {
            auto first = std::ranges::begin(all.range);
            if constexpr (std::same_as<A, std::allocator<std::byte>>) {
                return base::yield_value(
                    detail::elements_of(each(std::move(first), std::ranges::end(all.range))));
            } else {
                return base::yield_value(
                    detail::elements_of(each_with(std::allocator_arg, all.allocator,
                                                  std::move(first), std::ranges::end(all.range))));
            }
        }

        generator get_return_object() noexcept {
            return generator(std::coroutine_handle<promise_type>::from_promise(*this));
        }
    };

    class iterator {
    public:
        using value_type = value;
        using difference_type = std::ptrdiff_t;

        iterator(const iterator&) = delete;
        iterator& operator=(const iterator&) = delete;

        iterator(iterator&& other) noexcept : root_(std::exchange(other.root_, nullptr)) {}

        iterator& operator=(iterator&& other) noexcept {
            root_ = std::exchange(other.root_, nullptr);
            return *this;
        }

        ~iterator() = default;

        reference operator*() const {
            auto item = root_->current;
            if (item == nullptr) [[unlikely]] {
                item = root_->make_asked();
            }
            return static_cast<reference>(*item);
        }

        /// Inlined even into large programs: a chain of generators does little else.
        [[gnu::always_inline]] iterator& operator++() {
            root_->resume(std::coroutine_handle<promise_type>::from_promise(*root_));
            if (root_->current == nullptr) [[unlikely]] {
                root_->advance_further();
            }
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            if (i.root_->current != nullptr) [[likely]] {
                return false;
            }
            return i.root_->make_asked() == nullptr;
        }

    private:
        friend generator;

        explicit iterator(promise_type& root) noexcept : root_(&root) {}

        promise_type* root_;
    };

    generator(generator&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}

    generator& operator=(generator&& other) noexcept {
        generator old(std::move(other));
        std::swap(coroutine_, old.coroutine_);
        return *this;
    }

    generator(const generator&) = delete;
    generator& operator=(const generator&) = delete;

    ~generator() {
        if (coroutine_) {
            if (coroutine_.promise().has_nested()) {
                coroutine_.promise().destroy_nested();
            }
            coroutine_.destroy();
        }
    }

    /// Runs to the first item; to be called once.
    iterator begin() {
        coroutine_.promise().advance_further();
        return iterator(coroutine_.promise());
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

private:
    template <class>
    friend class detail::generator_promise;

    template <class I, class S>
    static generator<yielded, value> each(I i, S last) {
        for (; i != last; ++i) {
            co_yield static_cast<yielded>(*i);
        }
    }

#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored \
    "-Wmismatched-new-delete"  // g++ 12 takes our own pair for a mismatch
#endif
    template <class A, class I, class S>
    static generator<yielded, value, A> each_with(std::allocator_arg_t, A, I i, S last) {
        for (; i != last; ++i) {
            co_yield static_cast<yielded>(*i);
        }
    }

#pragma GCC diagnostic pop

    explicit generator(std::coroutine_handle<promise_type> c) noexcept : coroutine_(c) {}

    std::coroutine_handle<promise_type> coroutine_;
};

using detail::elements_of;

namespace detail {

/// The library's own generator can wait with an item until somebody asks for it.
template <class G>
inline constexpr bool can_wait = true;

}  // namespace detail
}  // namespace paipa

template <class Ref, class Value, class Allocator>
inline constexpr bool std::ranges::enable_view<paipa::generator<Ref, Value, Allocator>> = true;

#endif
#pragma GCC diagnostic pop
#endif
