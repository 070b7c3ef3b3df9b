#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/log.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/entry_counter.hpp>
#include <paipa/testing/simulation.hpp>

#include "../combine_case.hpp"
#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Keeps the lines that are logged.
class entry_counter : public testing::Test {
protected:
    entry_counter() {
        paipa::set_log_hook([this](paipa::log_level level, std::string_view text) {
            EXPECT_EQ(level, paipa::log_level::info);
            lines.emplace_back(text);
        });
    }

    ~entry_counter() override { paipa::set_log_hook({}); }

    /// `name: <count>, <rate> per second`; the count, or -1.
    static std::int64_t count_in(const std::string& line, const std::string& name) {
        const std::string end = " per second";
        const std::string begin = name + ": ";
        const auto comma = line.find(", ");
        if (!line.starts_with(begin) || !line.ends_with(end) || comma == std::string::npos) {
            return -1;
        }
        const std::string rate = line.substr(comma + 2, line.size() - comma - 2 - end.size());
        const bool digits = rate.find_first_not_of("0123456789") == std::string::npos;
        return digits ? std::stoll(line.substr(begin.size(), comma - begin.size())) : -1;
    }

    std::vector<std::string> lines;
};

TEST_F(entry_counter, passes_every_item_on_and_counts_at_the_end) {
    const std::vector<int> numbers{1, 2, 3};
    EXPECT_EQ(outputs(paipa::entry_counter({.every = 1h}), numbers), numbers);
    EXPECT_EQ(items_of(paipa::combine(numbers, paipa::entry_counter({.name = "n", .every = 1h}))),
              numbers);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(count_in(lines[0], "entries"), 3) << lines[0];
    EXPECT_EQ(count_in(lines[1], "n"), 3) << lines[1];
}

TEST_F(entry_counter, moves_items) {
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(7));
    const auto all = items_of(paipa::combine(std::move(boxes), paipa::entry_counter()));
    EXPECT_EQ(*all.at(0), 7);
}

TEST_F(entry_counter, tells_its_count_regularly) {
    EXPECT_EQ(paipa::consume(
                  paipa::combine(std::views::iota(0, 1'000), paipa::entry_counter({.every = 1ns}))),
              1'000U);
    ASSERT_GE(lines.size(), 3U);
    std::int64_t before = 0;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        EXPECT_GT(count_in(lines[i], "entries"), before) << lines[i];
        before = count_in(lines[i], "entries");
    }
    EXPECT_EQ(count_in(lines.back(), "entries"), 1'000) << lines.back();
}

TEST_F(entry_counter, counts_all_of_its_workers) {
    paipa::pipeline<int> p{
        paipa::step("c", paipa::entry_counter({.name = "all", .every = 1h}), {.threads = 4}),
        {.quiet = true}};
    p.put_iterable(std::views::iota(0, 10'000));
    EXPECT_EQ(p.run().delivered, 10'000U);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(count_in(lines[0], "all"), 10'000) << lines[0];
}

TEST_F(entry_counter, adds_to_a_total) {
    auto total = std::make_shared<std::atomic<std::uint64_t>>(5);
    EXPECT_EQ(paipa::consume(paipa::combine(
                  std::views::iota(0, 10), paipa::entry_counter({.every = 1h, .total = total}),
                  paipa::chunk(5), paipa::entry_counter({.every = 1h, .total = total}))),
              2U);
    EXPECT_EQ(total->load(), 5U + 10U + 2U);
}

TEST_F(entry_counter, tells_the_last_count_also_of_a_chain_that_ends_early_or_fails) {
    {
        auto chain = paipa::combine(std::views::iota(0), paipa::entry_counter({.every = 1h}));
        EXPECT_EQ(paipa::consume(chain, 4), 4U);
        EXPECT_EQ(lines.size(), 0U);
    }
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(count_in(lines[0], "entries"), 4) << lines[0];
    auto failing = paipa::combine(
        std::views::iota(0), paipa::entry_counter({.every = 1h}),
        paipa::step("s", [](int x) { return x < 2 ? x : throw std::runtime_error("two"); }));
    EXPECT_EQ(refusal<std::runtime_error>([&] { paipa::consume(failing); }), "two");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(count_in(lines[1], "entries"), 3) << lines[1];
}

TEST_F(entry_counter, begins_anew_in_each_run_of_its_flow) {
    const auto counter = paipa::entry_counter({.every = 1h});
    EXPECT_EQ(paipa::consume(paipa::combine(std::views::iota(0, 3), counter)), 3U);
    EXPECT_EQ(paipa::consume(paipa::combine(std::views::iota(0, 4), counter)), 4U);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(count_in(lines[0], "entries"), 3) << lines[0];
    EXPECT_EQ(count_in(lines[1], "entries"), 4) << lines[1];
}

TEST_F(entry_counter, refuses_intervals_of_nothing) {
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::entry_counter({.every = 0s}); }),
              "paipa::entry_counter: every: expected more than 0, got 0 ns");
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::entry_counter({.every = -1ns}); }),
              "paipa::entry_counter: every: expected more than 0, got -1 ns");
}

TEST_F(entry_counter, goes_by_the_runtimes_clock) {
    paipa::testing::simulation sim;
    sim.run([&] {
        const auto slowly = [&](int n) {
            sim.sleep_for(1s);
            return n;
        };
        paipa::pipeline p{paipa::step("slow", slowly) | paipa::entry_counter({.every = 2s}) |
                              paipa::step("end", [](int) {}),
                          {.quiet = true, .runtime = &sim}};
        p.put_all({1, 2, 3, 4, 5});
        p.finish();
        p.run();
    });
    EXPECT_EQ(lines,
              (std::vector<std::string>{"entries: 2, 1 per second", "entries: 4, 1 per second",
                                        "entries: 5, 1 per second"}));
}

}  // namespace
