#ifndef PAIPA_INTEGRATIONS_SPDLOG_HPP
#define PAIPA_INTEGRATIONS_SPDLOG_HPP
#include <paipa/log.hpp>

#include <memory>

namespace spdlog {
class logger;
}  // namespace spdlog

namespace paipa {

/// Makes a log hook that writes every message to `logger`, at the level of the same name.
///
/// Threads: as the logger. A single-threaded logger is enough, because the library makes one call
///          at a time.
/// Errors:  `config_error` for a null logger.
/// Example: `paipa::set_log_hook(paipa::spdlog_hook(spdlog::default_logger()));`
[[nodiscard]] log_hook spdlog_hook(std::shared_ptr<spdlog::logger> logger);

}  // namespace paipa
#endif
