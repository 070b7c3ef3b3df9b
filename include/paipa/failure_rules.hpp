#ifndef PAIPA_FAILURE_RULES_HPP
#define PAIPA_FAILURE_RULES_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/error_filter.hpp>

#include <exception>
#include <initializer_list>
#include <utility>
#include <vector>

namespace paipa {

/// What happens to an item whose last attempt failed.
enum class failure_action {
    fail,         ///< The run stops at once and the failure is rethrown.
    dead_letter,  ///< The item is kept, with all its errors; the run goes on.
    drop          ///< The item is counted as dropped; the run goes on.
};

/// What happens to an item that failed with some kind of error. A plain action is for every error.
struct failure_rule {
    // NOLINTNEXTLINE(google-explicit-constructor): an action is a rule
    failure_rule(failure_action a, error_filter errors = {}) : action(a), on(std::move(errors)) {}

    failure_action action;
    error_filter on;
};

/// Rules for failed items; the first rule that accepts the error of an item's last attempt decides.
///
/// Shape:   a plain action, or rules in braces:
///          `{dead_letter_on<parse_error>(), failure_action::fail}`. The pipeline's rules decide on
///          an error that no rule of the step accepts. If none of those accepts it, the run fails.
///          So a step without rules does what the pipeline says.
/// Threads: as for an `error_filter`.
/// Errors:  an exception of a predicate takes the place of the item's failure. The plain action
///          behind the rules decides on it, or `failure_action::fail` if there is none.
class failure_rules {
public:
    failure_rules() noexcept = default;
    // NOLINTNEXTLINE(google-explicit-constructor): an action is a list of one rule
    failure_rules(failure_action a);
    // NOLINTNEXTLINE(google-explicit-constructor): likewise
    failure_rules(failure_rule rule);
    failure_rules(std::initializer_list<failure_rule> rules);

    failure_rules(const failure_rules& other);
    failure_rules(failure_rules&& other) noexcept;
    failure_rules& operator=(const failure_rules& other);
    failure_rules& operator=(failure_rules&& other) noexcept;
    ~failure_rules();

    [[nodiscard]] bool empty() const noexcept { return rules_.empty(); }

    /// Adds rules that decide where the present ones do not.
    void add(const failure_rules& more);

    /// What happens to an item that failed with this error.
    /// Errors: what a predicate throws.
    [[nodiscard]] failure_action action_for(const std::exception_ptr& error) const;

    /// The plain action behind the other rules, which decides on all errors that they do not
    /// accept; `failure_action::fail` if there is none.
    [[nodiscard]] failure_action last_action() const noexcept;

    /// Whether this may be the action for some error.
    [[nodiscard]] bool may(failure_action a) const noexcept;

    /// Whether there are rules behind a plain action; they would never decide.
    [[nodiscard]] bool has_idle_rules() const noexcept;

private:
    std::vector<failure_rule> rules_;
};

/// An item that failed with an `E`, or a type that derives from it, becomes a dead letter.
template <class E>
[[nodiscard]] failure_rule dead_letter_on() {
    return {failure_action::dead_letter, detail::errors_of_type<E>()};
}

/// An item becomes a dead letter if its exception is of the predicate's parameter type and the
/// predicate accepts it.
template <class Predicate>
[[nodiscard]] failure_rule dead_letter_on_if(Predicate accepts) {
    return {failure_action::dead_letter, detail::errors_if(std::move(accepts))};
}

/// An item that failed with an `E` is dropped.
template <class E>
[[nodiscard]] failure_rule drop_on() {
    return {failure_action::drop, detail::errors_of_type<E>()};
}

/// An item whose exception the predicate accepts is dropped.
template <class Predicate>
[[nodiscard]] failure_rule drop_on_if(Predicate accepts) {
    return {failure_action::drop, detail::errors_if(std::move(accepts))};
}

/// An exception of type `E`, or of a type that derives from it, fails the run.
template <class E>
[[nodiscard]] failure_rule fail_on() {
    return {failure_action::fail, detail::errors_of_type<E>()};
}

/// An exception that the predicate accepts fails the run.
template <class Predicate>
[[nodiscard]] failure_rule fail_on_if(Predicate accepts) {
    return {failure_action::fail, detail::errors_if(std::move(accepts))};
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
