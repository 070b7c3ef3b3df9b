#ifndef PAIPA_LOG_WATCH_HPP
#define PAIPA_LOG_WATCH_HPP
#include <paipa/time.hpp>

#include <optional>

namespace paipa {

/// Since when the log hook, or a full standard error, has kept a thread that is still inside, by
/// the steady clock. Empty if there is no such thread.
[[nodiscard]] std::optional<time_point> logging_since() noexcept;

}  // namespace paipa
#endif
