#include <paipa/error.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/filter.hpp>

#include "../combine_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <latch>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::step_record;

/// Keeps names and counts of what it is shown.
struct keeping final : paipa::reporter {
    using rows = std::vector<std::pair<std::string, std::uint64_t>>;

    void show(std::span<const step_record> steps) override {
        rows& all = shown.emplace_back();
        for (const step_record& s : steps) {
            all.emplace_back(s.name, s.count);
        }
    }

    std::vector<rows> shown;
};

struct throwing final : paipa::reporter {
    void show(std::span<const step_record> /*steps*/) override {
        ++calls;
        throw std::runtime_error("no paper");
    }

    int calls = 0;
};

TEST(reporter, gets_records_from_a_report) {
    paipa::report r;
    r.steps.resize(2);
    r.steps[0].name = "a";
    r.steps[0].finished = 7;
    r.steps[0].emitted = 10;
    r.steps[0].time.running = 2500ms;
    r.steps[1].name = "b";
    r.steps[1].finished = 9;
    r.steps[1].sends = false;
    const auto records = paipa::step_records(r);
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].name, "a");
    EXPECT_EQ(records[0].count, 10U);
    EXPECT_EQ(records[0].run_time, 2500ms);
    EXPECT_EQ(records[0].throughput, 4.0);
    EXPECT_EQ(records[0].user_cpu, std::nullopt);
    EXPECT_EQ(records[0].calls, std::nullopt);
    EXPECT_EQ(records[0].memory_growth, std::nullopt);
    EXPECT_EQ(records[1].name, "b");
    EXPECT_EQ(records[1].count, 9U);
    EXPECT_EQ(records[1].throughput, 0.0);
    EXPECT_EQ(paipa::step_records({}).size(), 0U);
}

TEST(reporter, counts_what_leaves_a_step_also_when_nothing_does) {
    paipa::pipeline<int> p{paipa::step("sends_nothing",
                                       [](int x) -> paipa::generator<int> {
                                           if (x < 0) {
                                               co_yield x;
                                           }
                                       }),
                           {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_EQ(paipa::step_records(p.run())[0].count, 0U);
}

TEST(reporter, is_shown_the_end_of_a_run_also_of_a_quiet_one) {
    for (const bool quiet : {true, false}) {
        auto reports = std::make_shared<keeping>();
        paipa::pipeline<int> p{
            paipa::step("even", paipa::filter([](const int& x) { return x % 2 == 0; })) |
                paipa::step("end", [](int) {}),
            paipa::pipeline_options{.quiet = quiet, .reporters = {reports, reports}}};
        p.put_iterable(std::views::iota(0, 10));
        p.run();
        const keeping::rows end{{"even", 5}, {"end", 5}};
        EXPECT_EQ(reports->shown, (std::vector{end, end}));
    }
}

TEST(reporter, is_shown_the_end_of_a_failed_run) {
    auto reports = std::make_shared<keeping>();
    paipa::pipeline p{paipa::step("s", [](int) -> int { throw std::runtime_error("s"); }),
                      {.quiet = true, .reporters = {reports}}};
    p.put_iterable(std::views::iota(0, 10));
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "s");
    EXPECT_EQ(reports->shown, (std::vector<keeping::rows>{{{"s", 0}}}));
}

TEST(reporter, is_shown_with_each_notice) {
    auto reports = std::make_shared<keeping>();
    paipa::pipeline p{paipa::step("s", [](int) {}),
                      {.quiet = true, .reporters = {reports}, .notice_interval = 1ns}};
    p.put_iterable(std::views::iota(0, 100'000));
    p.run();
    ASSERT_GE(reports->shown.size(), 2U);
    EXPECT_EQ(reports->shown.back(), (keeping::rows{{"s", 100'000}}));
    for (std::size_t i = 1; i < reports->shown.size(); ++i) {
        EXPECT_GE(reports->shown[i][0].second, reports->shown[i - 1][0].second);
    }
}

TEST(reporter, that_throws_is_logged_and_left_out) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    auto bad = std::make_shared<throwing>();
    auto reports = std::make_shared<keeping>();
    paipa::pipeline p{
        paipa::step("s", [](int) {}),
        {.name = "p", .quiet = true, .reporters = {bad, reports}, .notice_interval = 1ns}};
    p.put_iterable(std::views::iota(0, 100'000));
    p.run();
    paipa::set_log_hook({});
    EXPECT_EQ(bad->calls, 1);
    EXPECT_GE(reports->shown.size(), 2U);
    EXPECT_EQ(lines, (std::vector<std::string>{"paipa::pipeline 'p': a reporter threw, and is left "
                                               "out from now on: no paper"}));
}

TEST(reporter, may_ask_its_pipeline_anything) {
    struct asking final : paipa::reporter {
        void show(std::span<const paipa::step_record>) override {
            const paipa::report r = run->report();
            balanced = balanced && (r.state != paipa::run_state::finished || r.balanced());
            text = run->explain();
            run->stop();
            run->drain();
            run->cancel();
            ++calls;
        }

        paipa::pipeline<int>* run = nullptr;
        bool balanced = true;
        std::string text;
        int calls = 0;
    };

    for (const bool runs : {true, false}) {
        const auto asks = std::make_shared<asking>();
        paipa::pipeline<int> p{
            paipa::step("s", [](int) {}),
            {.name = "p", .quiet = true, .reporters = {asks}, .notice_interval = 1ns}};
        asks->run = &p;
        p.put_iterable(std::views::iota(0, 100'000));
        if (runs) {
            p.run();
        } else {
            p.cancel();
        }
        EXPECT_GE(asks->calls, 1);
        EXPECT_TRUE(asks->balanced);
        EXPECT_TRUE(asks->text.starts_with("paipa::pipeline 'p' is ")) << asks->text;
    }
}

/// The other workers do the rest of the work while one of them is inside.
TEST(reporter, that_is_slow_keeps_one_worker_only) {
    struct slow final : paipa::reporter {
        void show(std::span<const paipa::step_record>) override {
            if (++calls == 1) {
                all_but_one.wait();
                text = run->explain();
            }
        }

        std::latch all_but_one{9'000};
        const paipa::pipeline<int>* run = nullptr;
        std::string text;
        int calls = 0;
    };

    const auto reports = std::make_shared<slow>();
    paipa::pipeline<int> p{paipa::step("s",
                                       [&](int x) {
                                           if (x < 9'000) {
                                               reports->all_but_one.count_down();
                                           }
                                       },
                                       {.threads = 4}),
                           {.quiet = true, .reporters = {reports}, .notice_interval = 1ns}};
    reports->run = &p;
    p.put_iterable(std::views::iota(0, 10'000));
    const paipa::report r = p.run();
    EXPECT_EQ(r.delivered, 10'000U);
    EXPECT_GT(r.notices_skipped, 0U);
    EXPECT_NE(reports->text.find("  a notice is being shown for "), std::string::npos)
        << reports->text;
}

TEST(reporter, is_refused_when_null) {
    EXPECT_EQ(refusal<paipa::config_error>([] {
                  paipa::pipeline p{paipa::step("s", [](int) {}),
                                    {.name = "p", .reporters = {nullptr}}};
              }),
              "paipa::pipeline 'p': reporters: expected reporters, got a null one");
}

}  // namespace
