#ifndef PAIPA_ERROR_HPP
#define PAIPA_ERROR_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/time.hpp>

#include <exception>
#include <stdexcept>
#include <string>

namespace paipa {

/// Root of every exception the library throws; catch this to catch them all. What user code throws
/// reaches the caller as it was thrown and need not derive from it.
struct error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A step, flow or pipeline was described wrongly. Thrown before any thread starts.
struct config_error final : error {
    using error::error;
};

/// A call that does not fit the state of the run: run twice, a second reader, a run that
/// nothing could end. The pipeline stays as it was.
struct state_error final : error {
    using error::error;
};

/// An item was offered after `finish`, or after the run ended; the text carries the reason. An item
/// that was offered by reference (`try_put`, `put_for`, `try_push`, `push_for`) is as it was.
struct closed_error final : error {
    using error::error;
};

/// Thrown by a step to skip the item in hand, which is counted as skipped, never as a failure, and
/// never retried. It deliberately does not derive from `error`, so that a handler for the library's
/// errors does not swallow it.
struct skip_entry final {};

/// Thrown by a step to end the attempts at the item in hand: there is no other try.
///
/// If it is thrown in a handler, the item's failure is the exception that is being handled, and the
/// failure's text begins with the reason. If it is thrown elsewhere, it is the failure itself.
struct give_up final : std::runtime_error {
    explicit give_up(const std::string& reason)
        : std::runtime_error(reason), cause(std::current_exception()) {}

    std::exception_ptr cause;  ///< The exception that was being handled; null if none was.
};

/// Thrown by a step that cannot handle the item in hand now, but knows when it can: the item comes
/// back after the delay. This costs no attempt as long as all such delays of the item add up to no
/// more than `retry_policy::retry_after_limit`. Beyond that limit it is a failed try.
///
/// Shape: the step must have left the item whole; otherwise this is a failed try, too. The item is
///        whole if it is trivially copyable, or if the step may try again
///        (`retry_policy::attempts`), keeps dead letters or takes the item by const reference. The
///        item holds no worker while it waits, except in an ordered function without retries and in
///        a fused step behind the first. An iter step that throws it fails the run.
/// Units: at least a millisecond.
struct retry_after final : std::runtime_error {
    explicit retry_after(duration d, const std::string& why = "retry_after")
        : std::runtime_error(why), delay(d) {}

    duration delay;
};

/// A try took longer than `step_options::item_timeout`.
struct timeout_error final : error {
    using error::error;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
