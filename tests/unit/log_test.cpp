#include <paipa/log.hpp>
#include <paipa/testing/simulation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
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
    int calls = 0;
    paipa::set_log_hook([&calls](paipa::log_level, std::string_view) {
        ++calls;
        throw std::runtime_error("x");
    });
    paipa::log(paipa::log_level::error, "ignored");
    paipa::log(paipa::log_level::error, "and once more");
    EXPECT_EQ(calls, 2);
}

TEST_F(log_hook_test, is_replaced_by_standard_error_when_empty) {
    paipa::set_log_hook({});
    testing::internal::CaptureStderr();
    paipa::log(paipa::log_level::info, "hello");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "paipa: hello\n");
}

TEST_F(log_hook_test, may_cause_messages_itself) {
    testing::internal::CaptureStderr();
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) {
        lines.emplace_back(text);
        paipa::log(paipa::log_level::info, "inner");
    });
    paipa::log(paipa::log_level::info, "outer");
    paipa::log(paipa::log_level::info, "next");
    EXPECT_EQ(lines, (std::vector<std::string>{"outer", "next"}));
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "paipa: inner\npaipa: inner\n");
}

TEST_F(log_hook_test, may_take_itself_away) {
    testing::internal::CaptureStderr();
    std::string line;
    paipa::set_log_hook([&line, alive = std::make_shared<std::string>("last: ")](
                            paipa::log_level, std::string_view text) {
        paipa::set_log_hook({});
        line = *alive + std::string(text);
    });
    paipa::log(paipa::log_level::info, "one");
    paipa::log(paipa::log_level::info, "two");
    EXPECT_EQ(line, "last: one");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "paipa: two\n");
}

/// On the same thread, another fiber logs while the hook waits.
TEST_F(log_hook_test, may_wait_in_a_simulation) {
    testing::internal::CaptureStderr();
    paipa::testing::simulation sim;
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) {
        lines.emplace_back(text);
        sim.sleep_for(std::chrono::seconds{2});
    });
    sim.run([&] {
        const auto other = sim.spawn("other/0", [&] {
            sim.sleep_for(std::chrono::seconds{1});
            paipa::log(paipa::log_level::info, "meanwhile");
        });
        paipa::log(paipa::log_level::info, "slow");
        other->join();
    });
    EXPECT_EQ(lines, (std::vector<std::string>{"slow"}));
    // A sanitizer may have a word on fibers, too.
    EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::EndsWith("paipa: meanwhile\n"));
}

}  // namespace
