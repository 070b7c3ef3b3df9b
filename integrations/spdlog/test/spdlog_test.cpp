#include <paipa/error.hpp>
#include <paipa/integrations/spdlog.hpp>
#include <paipa/log.hpp>

#include <gtest/gtest.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

namespace {

/// A logger that writes `level: text` lines to a string.
struct captured_logger {
    captured_logger() {
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(text);
        sink->set_pattern("%l: %v");
        logger = std::make_shared<spdlog::logger>("paipa", std::move(sink));
        logger->set_level(spdlog::level::trace);
    }

    std::ostringstream text;
    std::shared_ptr<spdlog::logger> logger;
};

TEST(spdlog_hook, keeps_text_and_level) {
    captured_logger captured;
    const paipa::log_hook hook = paipa::spdlog_hook(captured.logger);
    hook(paipa::log_level::debug, "one");
    hook(paipa::log_level::info, "two");
    hook(paipa::log_level::warning, "three");
    hook(paipa::log_level::error, "four");
    EXPECT_EQ(captured.text.str(), "debug: one\ninfo: two\nwarning: three\nerror: four\n");
}

TEST(spdlog_hook, does_not_format_the_text) {
    captured_logger captured;
    paipa::spdlog_hook(captured.logger)(paipa::log_level::info, "100% of {} and {0:x}");
    EXPECT_EQ(captured.text.str(), "info: 100% of {} and {0:x}\n");
}

TEST(spdlog_hook, receives_what_the_library_logs) {
    captured_logger captured;
    paipa::set_log_hook(paipa::spdlog_hook(captured.logger));
    paipa::log(paipa::log_level::warning, "queue is full");
    paipa::set_log_hook({});
    EXPECT_EQ(captured.text.str(), "warning: queue is full\n");
}

TEST(spdlog_hook, rejects_a_null_logger) {
    try {
        (void)paipa::spdlog_hook(nullptr);
        FAIL() << "nothing was thrown";
    } catch (const paipa::config_error& e) {
        EXPECT_STREQ(e.what(), "paipa::spdlog_hook: the logger must not be null, got nullptr");
    }
}

}  // namespace
