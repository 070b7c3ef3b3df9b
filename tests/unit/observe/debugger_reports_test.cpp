#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/time.hpp>

#include "debugger_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// When a debugger reports, and to whom.

namespace {

using namespace std::chrono_literals;
using paipa::combine;

class debugger_reports : public debugger_case {};

struct throwing final : paipa::reporter {
    void show(std::span<const paipa::step_record> /*steps*/) override {
        ++calls;
        throw std::runtime_error("no paper");
    }

    int calls = 0;
};

TEST_F(debugger_reports, reports_once_at_the_end_of_the_walk) {
    auto chain = combine(watching(), std::views::iota(0, 3), as_text);
    EXPECT_EQ(reports->shown.size(), 0U);
    EXPECT_EQ(paipa::consume(chain), 3U);
    EXPECT_EQ(reports->shown.size(), 1U);
    {
        const auto gone = std::move(chain);
    }
    EXPECT_EQ(reports->shown.size(), 1U);
}

TEST_F(debugger_reports, reports_once_when_the_consumer_leaves_early) {
    for (const int x :
         combine(watching(), std::views::iota(0), paipa::map([](int x) { return x; }))) {
        if (x == 4) {
            break;
        }
    }
    ASSERT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{5, 5}));
}

TEST_F(debugger_reports, reports_once_when_something_throws) {
    const auto no_three = [](int x) { return x == 3 ? throw std::runtime_error("three") : x; };
    {
        auto chain = combine(watching(), std::views::iota(0), paipa::map(no_three),
                             paipa::map([](int x) { return x; }));
        EXPECT_EQ(refusal<std::runtime_error>([&] { paipa::consume(chain); }), "three");
    }
    ASSERT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{4, 3, 3}));
    reports->shown.clear();
    {
        auto chain = combine(watching(), std::views::iota(0), paipa::step("s", no_three), as_text);
        EXPECT_EQ(refusal<std::runtime_error>([&] { paipa::consume(chain); }), "three");
    }
    EXPECT_EQ(reports->shown.size(), 1U);
}

TEST_F(debugger_reports, reports_nothing_of_a_chain_that_nobody_walks) {
    {
        auto chain = combine(watching(), std::views::iota(0, 3), as_text);
    }
    EXPECT_EQ(reports->shown.size(), 0U);
}

TEST_F(debugger_reports, reports_each_walk_of_a_callable_chain) {
    const auto make = combine(watching(), [](int n) { return std::views::iota(0, n); }, as_text);
    EXPECT_EQ(paipa::consume(make(3)), 3U);
    EXPECT_EQ(paipa::consume(make(5)), 5U);
    ASSERT_EQ(reports->shown.size(), 2U);
    EXPECT_EQ(reports->shown[0][1].count, 3U);
    EXPECT_EQ(reports->shown[1][1].count, 5U);
}

TEST_F(debugger_reports, reports_from_time_to_time) {
    std::uint64_t n = 0;
    std::size_t before = 0;
    for (const int x : combine(watching(1ns), std::views::iota(0), paipa::map([](int x) {
                                   burn(1'000);
                                   return x;
                               }))) {
        n = static_cast<std::uint64_t>(x) + 1;
        before = reports->shown.size();
        if (before >= 3 || x == 10'000'000) {
            break;
        }
    }
    ASSERT_GE(before, 3U);
    ASSERT_EQ(reports->shown.size(), before + 1);
    EXPECT_EQ(reports->shown.back()[1].count, n);
    for (std::size_t i = 1; i < reports->shown.size(); ++i) {
        EXPECT_GE(reports->shown[i][1].count, reports->shown[i - 1][1].count);
    }
}

TEST_F(debugger_reports, leaves_a_reporter_that_throws_out) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level level, std::string_view text) {
        EXPECT_EQ(level, paipa::log_level::error);
        lines.emplace_back(text);
    });
    auto bad = std::make_shared<throwing>();
    const paipa::runtime_debugger debug{{.every = 1ns, .reporters = {bad, reports}}};
    std::size_t before = 0;
    for (const int x : combine(debug, std::views::iota(0), paipa::map([](int x) {
                                   burn(1'000);
                                   return x;
                               }))) {
        before = reports->shown.size();
        if (before >= 2 || x == 10'000'000) {
            break;
        }
    }
    EXPECT_GE(before, 2U);
    EXPECT_EQ(reports->shown.size(), before + 1);
    EXPECT_EQ(bad->calls, 1);
    EXPECT_EQ(lines, (std::vector<std::string>{"paipa::runtime_debugger: a reporter threw, and is "
                                               "left out from now on: no paper"}));
}

TEST_F(debugger_reports, of_a_chain_inside_of_a_reporter_are_left_out) {
    struct walking final : paipa::reporter {
        void show(std::span<const paipa::step_record>) override {
            items = paipa::consume(combine(*debug, std::views::iota(0, 3), as_text));
        }

        const paipa::runtime_debugger* debug = nullptr;
        std::size_t items = 0;
    };

    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    const auto inner = std::make_shared<walking>();
    const paipa::runtime_debugger debug{{.every = 1h, .reporters = {inner, reports}}};
    inner->debug = &debug;
    EXPECT_EQ(paipa::consume(combine(debug, std::views::iota(0, 5), as_text)), 5U);
    EXPECT_EQ(inner->items, 3U);
    EXPECT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "paipa::runtime_debugger: reporters: expected one use at a time by a "
                         "thread, got one inside of another, which would wait for ever; end the "
                         "first one before"}));
}

TEST_F(debugger_reports, reports_to_the_log_by_default) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    EXPECT_EQ(paipa::consume(combine(paipa::runtime_debugger{}, std::views::iota(0, 3), as_text)),
              3U);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_TRUE(lines[0].starts_with("step    count  ")) << lines[0];
    EXPECT_TRUE(lines[1].starts_with("source      3  ")) << lines[1];
    EXPECT_TRUE(lines[2].starts_with("step 1      3  ")) << lines[2];
}

TEST_F(debugger_reports, refuses_options_that_cannot_work) {
    EXPECT_EQ(refusal<paipa::config_error>([] { paipa::runtime_debugger{{.every = 0s}}; }),
              "paipa::runtime_debugger: every: expected more than 0, got 0 ns");
    EXPECT_EQ(refusal<paipa::config_error>([] { paipa::runtime_debugger{{.every = -5ns}}; }),
              "paipa::runtime_debugger: every: expected more than 0, got -5 ns");
    EXPECT_EQ(refusal<paipa::config_error>(
                  [&] { paipa::runtime_debugger{{.reporters = {reports, nullptr}}}; }),
              "paipa::runtime_debugger: reporters: expected reporters, got a null one");
}

}  // namespace
