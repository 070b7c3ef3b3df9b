#ifndef PAIPA_ERROR_HPP
#define PAIPA_ERROR_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
#include <stdexcept>

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

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
