#ifndef PAIPA_LOG_HPP
#define PAIPA_LOG_HPP
#include <functional>
#include <string_view>

namespace paipa {

enum class log_level { debug, info, warning, error };

/// Receives one line of text, without a line break.
using log_hook = std::function<void(log_level, std::string_view)>;

/// Replaces the sink of the library's messages; an empty hook restores the default, which writes
/// `paipa: <text>` to standard error.
///
/// Threads: may be called at any time, also by the hook. The hook is called from any thread, one
///          call at a time: whoever logs waits for it, so it must not wait for them, as a `put`
///          into a full pipeline does. A message that comes up inside of the hook goes to standard
///          error.
/// Errors:  what a hook throws is ignored.
void set_log_hook(log_hook hook);

/// Writes one line through the hook. Never throws.
void log(log_level level, std::string_view text) noexcept;

}  // namespace paipa
#endif
