#ifndef PAIPA_LOG_HPP
#define PAIPA_LOG_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <functional>
#include <optional>
#include <string_view>

namespace paipa {

enum class log_level { debug, info, warning, error };

/// Receives one line of text, without a line break.
using log_hook = std::function<void(log_level, std::string_view)>;

/// Replaces the sink of the library's messages. An empty hook restores the default, which writes
/// the text to standard error, with `paipa: ` in front of a text that does not begin with that
/// name.
///
/// Threads: may be called at any time, also by the hook. The hook is called from any thread, one
///          call at a time. Nobody waits for it: a message that comes while the hook is at work on
///          another thread is kept, and that thread gives it to the hook. At most 256 messages are
///          kept; further ones are lost, and the hook is told how many. `set_log_hook` waits for a
///          call of the hook that is under way. A message that is logged inside of the hook goes to
///          standard error.
/// Errors:  what a hook throws is ignored.
void set_log_hook(log_hook hook);

/// Drops all messages below a level from now on. Without a level, and until the first call, the
/// environment decides: `PAIPA_LOG=debug`, `info`, `warning` or `error`. If that names no level
/// either, nothing is dropped, but the library makes its notices (the progress and the end of a
/// run, at level info) only for a hook. So standard error gets warnings and errors.
void set_log_level(std::optional<log_level> least) noexcept;

/// Whether notices of a level are shown. If a level is set, that level and those above are shown.
/// If none is set, all levels are shown to a hook, and warnings and errors without a hook.
[[nodiscard]] bool log_shows(log_level level) noexcept;

/// Writes one line through the hook. Never throws.
void log(log_level level, std::string_view text) noexcept;

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
