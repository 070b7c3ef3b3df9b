#ifndef PAIPA_ERROR_HPP
#define PAIPA_ERROR_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
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

/// An item was offered after `finish`, or after the run ended; the text carries the reason. What
/// was offered by reference (`try_put`, `put_for`, `try_push`, `push_for`) is as it was.
struct closed_error final : error {
    using error::error;
};

/// Thrown by a step to skip the item in hand: counted as skipped, never a failure, never retried.
/// Deliberately no `error`, so that a handler for the library's errors does not swallow it.
struct skip_entry final {};

/// Thrown by a step to end the attempts at the item in hand: there is no other try.
///
/// Thrown in a handler, the item's failure is the exception that is being handled; its text then
/// begins with the reason. Thrown elsewhere, the failure is this.
struct give_up final : std::runtime_error {
    explicit give_up(const std::string& reason)
        : std::runtime_error(reason), cause(std::current_exception()) {}

    std::exception_ptr cause;  ///< What was being handled; null: nothing.
};

/// Thrown by a step that cannot handle the item in hand now, and knows when it will: the item comes
/// back after the delay. This costs no attempt as long as all such delays of the item add up to no
/// more than `retry_policy::retry_after_limit`; beyond it this is a failed try.
///
/// Shape: the step must have left the item whole, else this is a failed try, too. It has where it
///        may try again (`retry_policy::attempts`), keeps dead letters or takes the item by const
///        reference, and where the item is trivially copyable. The item holds no worker while it
///        waits; but it does in an ordered function without retries, and in a fused step behind
///        the first. What an iter step throws fails the run.
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
