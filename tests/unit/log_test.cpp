#include <paipa/log.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

class log_hook_test : public testing::Test {
protected:
    ~log_hook_test() override { paipa::set_log_hook({}); }
};

TEST_F(log_hook_test, receives_level_and_text) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level level, std::string_view text) {
        lines.push_back(std::to_string(static_cast<int>(level)) + std::string(text));
    });
    paipa::log(paipa::log_level::warning, "careful");
    EXPECT_EQ(lines, (std::vector<std::string>{"2careful"}));
}

TEST_F(log_hook_test, may_throw_without_harm) {
    paipa::set_log_hook([](paipa::log_level, std::string_view) { throw std::runtime_error("x"); });
    paipa::log(paipa::log_level::error, "ignored");
    SUCCEED();
}

TEST_F(log_hook_test, is_replaced_by_standard_error_when_empty) {
    paipa::set_log_hook({});
    testing::internal::CaptureStderr();
    paipa::log(paipa::log_level::info, "hello");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "paipa: hello\n");
}

}  // namespace
