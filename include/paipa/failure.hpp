#ifndef PAIPA_FAILURE_HPP
#define PAIPA_FAILURE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/item/type_info.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace paipa {

/// What was thrown, where and when. It is made from exceptions of any type, also from those that do
/// not derive from `std::exception`.
struct failure {
    std::string step;  ///< Name of the step or source.
    /// `process`, a hook's name, `constructor`, `start of the thread`, `source`, `hand-over`, or
    /// `body` for that of `run_while`.
    std::string where;
    std::string what;          ///< `what()` of a `std::exception`, else the type's name.
    std::exception_ptr error;  ///< As it was thrown.
    unsigned attempt = 0;      ///< Which try of the item, from 1; 0 outside of `process`.
    std::size_t worker = 0;    ///< Index of the worker in its step.
    time_point when{};         ///< On the runtime's clock.
};

/// `step 'parse' (process, worker 2, attempt 3): bad number`
std::string to_string(const failure& f);

/// Text for any exception: its `what()`, or the name of its type. Never throws.
std::string describe(const std::exception_ptr& error) noexcept;

/// One failed try of an item.
struct attempt_error {
    std::string what;
    std::exception_ptr error;
    time_point when{};
};

/// An item whose last attempt failed in a step with `failure_action::dead_letter`.
///
/// Threads: an immutable value; copies share the item.
struct dead_letter {
    std::string step;
    std::size_t worker = 0;
    std::vector<attempt_error> attempts;  ///< Every try, the last one at the end.
    std::shared_ptr<const void> item;     ///< As it reached the step; see `item_as`.
    const std::type_info* type = nullptr;

    /// The item as it reached the step, or null if it is not a `T`. If the step converts its items,
    /// this is the item before the conversion. After a `requeue` it is the item that the step gave
    /// back, which is of the step's own type.
    template <class T>
    [[nodiscard]] const T* item_as() const noexcept {
        return type != nullptr && *type == *detail::type_info_of<T>()
                   ? static_cast<const T*>(item.get())
                   : nullptr;
    }

    /// Why the last attempt failed.
    [[nodiscard]] std::string reason() const {
        return attempts.empty() ? std::string{} : attempts.back().what;
    }
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
