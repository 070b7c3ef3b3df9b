#ifndef PAIPA_ERROR_FILTER_HPP
#define PAIPA_ERROR_FILTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/kernel/traits.hpp>

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa {

/// Accepts exceptions of some kinds: those of a type, those that a predicate accepts, or those of
/// several such kinds, joined by `|`. A filter made by default accepts every exception.
///
/// Threads: workers may ask a filter, and so call its predicates, at the same time.
/// Cost:    one throw and catch for each kind that is asked.
/// Example: `retry_on<busy_error>() | retry_on_if([](const http_error& e) { return e.status >= 500;
///          })`
class error_filter {
public:
    /// Whether one kind accepts an exception.
    using kind = std::function<bool(const std::exception_ptr&)>;

    error_filter() noexcept = default;
    explicit error_filter(kind one);

    error_filter(const error_filter& other);
    error_filter(error_filter&& other) noexcept;
    error_filter& operator=(const error_filter& other);
    error_filter& operator=(error_filter&& other) noexcept;
    ~error_filter();

    /// Whether this is the default, which asks no predicate.
    [[nodiscard]] bool accepts_all() const noexcept { return kinds_.empty(); }

    /// Errors: what a predicate throws.
    [[nodiscard]] bool accepts(const std::exception_ptr& error) const;

    /// Accepts what one of the two accepts.
    friend error_filter operator|(error_filter a, error_filter b);

private:
    std::vector<kind> kinds_;  // empty: accepts every exception
};

namespace detail {

/// Whether the exception is an `E`, or derives from it, and `accepts` returns true for it.
template <class E, class F>
bool is_accepted(const std::exception_ptr& error, const F& accepts) {
    try {
        std::rethrow_exception(error);
    } catch (const E& e) {
        return std::invoke(accepts, e);
    } catch (...) {
        return false;
    }
}

template <class E>
error_filter errors_of_type() {
    return error_filter([](const std::exception_ptr& error) {
        return is_accepted<E>(error, [](const E&) { return true; });
    });
}

/// The exceptions for which a predicate can be called and returns true.
template <class Predicate>
error_filter errors_if(Predicate accepts) {
    using E = declared_item<Predicate>;
    constexpr bool takes_exception =
        !std::is_same_v<E, unknown> && std::is_invocable_r_v<bool, const Predicate&, const E&>;
    constexpr bool is_pointer = std::is_same_v<E, std::exception_ptr>;
    constexpr bool may_be_copied = std::is_copy_constructible_v<Predicate>;
    static_assert(takes_exception,
                  "paipa: this predicate takes no exception; give it one parameter, the type of "
                  "the exception by const reference (no auto), and let it return bool, also as a "
                  "constant");
    static_assert(!is_pointer,
                  "paipa: this predicate takes a std::exception_ptr, which nobody throws; give it "
                  "the exception by const reference");
    static_assert(may_be_copied, "paipa: this predicate cannot be copied, as options are");
    if constexpr (takes_exception && !is_pointer && may_be_copied) {
        return error_filter([accepts = std::move(accepts)](const std::exception_ptr& error) {
            return is_accepted<E>(error, accepts);
        });
    } else {
        return {};  // one error is enough
    }
}

}  // namespace detail

/// For `retry_policy::on`: exceptions of type `E`, and of types that derive from it.
template <class E>
[[nodiscard]] error_filter retry_on() {
    return detail::errors_of_type<E>();
}

/// For `retry_policy::on`: exceptions that the predicate takes as its parameter, and accepts.
template <class Predicate>
[[nodiscard]] error_filter retry_on_if(Predicate accepts) {
    return detail::errors_if(std::move(accepts));
}

/// The same as `retry_on<E>()`.
template <class E>
[[nodiscard]] error_filter on() {
    return retry_on<E>();
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
