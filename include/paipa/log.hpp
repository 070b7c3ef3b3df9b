#ifndef PAIPA_LOG_HPP
#define PAIPA_LOG_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
#include <functional>
#include <optional>
#include <string_view>

namespace paipa {

enum class log_level { debug, info, warning, error };

/// Receives one line of text, without a line break.
using log_hook = std::function<void(log_level, std::string_view)>;

/// Replaces the sink of the library's messages; an empty hook restores the default, which writes
/// the text to standard error, with `paipa: ` in front where it does not begin with the name.
///
/// Threads: may be called at any time, also by the hook. The hook is called from any thread, one
///          call at a time. Nobody waits for it: a message that finds it at work on another thread
///          is kept, and given to it by that thread; 256 are kept, beyond that they are counted,
///          and the number is told. `set_log_hook` waits for a call that goes on. A message that
///          comes up inside of the hook goes to standard error.
/// Errors:  what a hook throws is ignored.
void set_log_hook(log_hook hook);

/// Drops all messages below a level from now on. Empty, and until it is called: as the environment
/// says, `PAIPA_LOG=debug`, `info`, `warning` or `error`. Where neither says a level nothing is
/// dropped, but the library's notices (the progress and the end of a run, at level info) are made
/// for a hook only: standard error gets warnings and errors.
void set_log_level(std::optional<log_level> least) noexcept;

/// Whether notices of a level are shown: where a level is set, those from there on; else warnings
/// and errors, and where there is a hook, all.
[[nodiscard]] bool log_shows(log_level level) noexcept;

/// Writes one line through the hook. Never throws.
void log(log_level level, std::string_view text) noexcept;

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
