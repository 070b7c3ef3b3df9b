#include <paipa/log.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>
#include <paipa/stream.hpp>
#include <paipa/testing/simulation.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <latch>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
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

/// Nobody stands behind a hook that does not return: its messages are kept, and given to it later.
TEST_F(log_hook_test, keeps_nobody_waiting) {
    std::latch inside(1);
    std::latch release(1);
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) {
        lines.emplace_back(text);  // one thread at a time
        if (text == "first") {
            inside.count_down();
            release.wait();
        }
    });
    std::thread slow([] { paipa::log(paipa::log_level::warning, "first"); });
    inside.wait();
    for (int i = 0; i < 300; ++i) {
        paipa::log(paipa::log_level::warning, std::to_string(i));
    }
    release.count_down();
    slow.join();
    std::vector<std::string> expected{"first"};
    for (int i = 0; i < 256; ++i) {
        expected.push_back(std::to_string(i));
    }
    expected.emplace_back(
        "paipa::log: 44 messages are lost: the log hook was at work for too long");
    EXPECT_EQ(lines, expected);
}

TEST_F(log_hook_test, gets_every_message_of_many_threads) {
    std::atomic<int> calls = 0;
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    paipa::set_log_hook([&](paipa::log_level, std::string_view) {
        most = std::max(most.load(), ++inside);
        ++calls;
        --inside;
    });
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([] {
                for (int i = 0; i < 50; ++i) {
                    paipa::log(paipa::log_level::info, "x");
                }
            });
        }
    }
    EXPECT_EQ(calls, 200);
    EXPECT_EQ(most, 1);
}

class log_level_test : public log_hook_test {
protected:
    ~log_level_test() override { paipa::set_log_level({}); }

    /// What a whole run with one item writes to standard error.
    static std::string written_by_a_run() {
        testing::internal::CaptureStderr();
        {
            paipa::pipeline p{paipa::step("s", [](int) {}), {.name = "p"}};
            p.put(1);
            p.finish();
            p.run();
        }
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(log_level_test, is_above_notices_by_default) {
    EXPECT_EQ(written_by_a_run(), "");
    EXPECT_FALSE(paipa::log_shows(paipa::log_level::info));
    EXPECT_TRUE(paipa::log_shows(paipa::log_level::warning));
}

TEST_F(log_level_test, info_shows_notices_which_are_named_once) {
    paipa::set_log_level(paipa::log_level::info);
    EXPECT_THAT(written_by_a_run(),
                testing::MatchesRegex("paipa::pipeline 'p': finished after [0-9.]+ s, 1 items "
                                      "delivered\n"));
}

TEST_F(log_level_test, drops_what_is_below) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    EXPECT_TRUE(paipa::log_shows(paipa::log_level::debug));
    paipa::set_log_level(paipa::log_level::error);
    paipa::log(paipa::log_level::warning, "below");
    paipa::log(paipa::log_level::error, "shown");
    EXPECT_FALSE(paipa::log_shows(paipa::log_level::warning));
    EXPECT_EQ(lines, (std::vector<std::string>{"shown"}));
}

TEST_F(log_level_test, comes_from_the_environment) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto body = [] {
        paipa::pipeline p{paipa::step("s", [](int) {}), {.name = "p"}};
        p.finish();
        p.run();
        std::exit(5);
    };
    ::setenv("PAIPA_LOG", "info", 1);
    EXPECT_EXIT(body(), testing::ExitedWithCode(5), "paipa::pipeline 'p': finished after");
    ::setenv("PAIPA_LOG", "loud", 1);
    EXPECT_EXIT(body(), testing::ExitedWithCode(5),
                "paipa::log: PAIPA_LOG: expected debug, info, warning or error, got 'loud'");
    ::unsetenv("PAIPA_LOG");
}

TEST_F(log_level_test, of_a_stream_that_was_left_is_no_warning) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level level, std::string_view text) {
        if (level >= paipa::log_level::warning) {
            lines.emplace_back(text);
        }
    });
    for (const int i :
         paipa::stream(std::views::iota(0), paipa::step("s", [](int x) { return x; }))) {
        if (i == 10) {
            break;
        }
    }
    EXPECT_EQ(lines, std::vector<std::string>{});
}

TEST_F(log_hook_test, is_named_by_explain_while_it_is_at_work) {
    std::latch inside(1);
    std::latch release(1);
    paipa::set_log_hook([&](paipa::log_level, std::string_view) {
        inside.count_down();
        release.wait();
    });
    std::thread slow([] { paipa::log(paipa::log_level::warning, "x"); });
    inside.wait();
    const paipa::pipeline p{paipa::step("s", [](int) {}), {.quiet = true}};
    const std::string text = p.explain();
    release.count_down();
    slow.join();
    EXPECT_THAT(text, testing::HasSubstr("  the log hook is at work for "));
    EXPECT_THAT(p.explain(), testing::Not(testing::HasSubstr("log hook")));
}

}  // namespace
