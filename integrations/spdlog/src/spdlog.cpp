#include <paipa/error.hpp>
#include <paipa/integrations/spdlog.hpp>
#include <paipa/log.hpp>

#include <spdlog/common.h>
#include <spdlog/logger.h>

#include <memory>
#include <string_view>
#include <utility>

namespace paipa {
namespace {

spdlog::level::level_enum spdlog_level(log_level level) {
    switch (level) {
        case log_level::debug:
            return spdlog::level::debug;
        case log_level::info:
            return spdlog::level::info;
        case log_level::warning:
            return spdlog::level::warn;
        case log_level::error:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

}  // namespace

log_hook spdlog_hook(std::shared_ptr<spdlog::logger> logger) {
    if (!logger) {
        throw config_error("paipa::spdlog_hook: the logger must not be null, got nullptr");
    }
    return [logger = std::move(logger)](log_level level, std::string_view text) {
        logger->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
    };
}

}  // namespace paipa
