#include <paipa/report.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace {

using namespace std::chrono_literals;

paipa::report sample() {
    paipa::report r;
    r.name = "p";
    r.state = paipa::run_state::finished;
    r.elapsed = 10s;
    r.delivered = 7;
    paipa::step_report fast{.name = "fast", .threads = 1, .received = 10, .finished = 9};
    fast.skipped = 1;
    fast.time = {.running = 1s, .waiting_for_input = 0s, .waiting_for_room = 9s};
    paipa::step_report slow{.name = "slow", .threads = 3, .received = 9, .finished = 7};
    slow.dead = 1;
    slow.dropped = 1;
    slow.time = {.running = 27s, .waiting_for_input = 3s};
    r.steps = {fast, slow};
    r.edges = {{.from = "intake", .to = "fast", .capacity = 4, .pushed = 10, .popped = 10},
               {.from = "fast", .to = "slow", .capacity = 4, .pushed = 9, .popped = 9}};
    return r;
}

TEST(report, finds_a_slow_reader_behind_any_last_step) {
    paipa::report r = sample();
    r.steps[0].is_last = true;
    r.steps[1].time = {.running = 1s, .waiting_for_input = 29s};
    EXPECT_EQ(r.bottleneck(),
              "the bottleneck is whoever reads the results: step 'fast' waited for room 90 % of "
              "the time");
    r.steps[0].is_last = false;
    EXPECT_EQ(r.bottleneck().find("reads the results"), std::string::npos);
}

TEST(report, sums_outcomes_over_steps) {
    const paipa::report r = sample();
    EXPECT_EQ(r.skipped(), 1);
    EXPECT_EQ(r.dead(), 1);
    EXPECT_EQ(r.dropped(), 1);
    EXPECT_EQ(r.abandoned(), 0);
    EXPECT_TRUE(r.balanced());
}

TEST(report, tells_when_an_item_is_missing) {
    paipa::report r = sample();
    ++r.steps[1].received;
    EXPECT_FALSE(r.balanced());
    r = sample();
    ++r.edges[0].pushed;
    EXPECT_FALSE(r.balanced());
}

TEST(report, names_the_bottleneck) {
    EXPECT_EQ(sample().bottleneck(),
              "the bottleneck is step 'slow': its 3 workers ran 90 % of the time");
    paipa::report r = sample();
    r.steps[1].time = {.running = 3s, .waiting_for_input = 27s};
    r.steps[0].time = {.running = 2s, .waiting_for_input = 4s, .waiting_for_room = 4s};
    EXPECT_EQ(
        r.bottleneck(),
        "no step holds the others up: the busiest is step 'fast', its worker ran 20 % of the time");
    EXPECT_EQ(paipa::report{}.bottleneck(), "no step has received anything");
}

TEST(report, blames_a_source_that_keeps_every_step_waiting) {
    paipa::report r = sample();
    r.steps[0].time = {.running = 1s, .waiting_for_input = 9s};
    r.steps[1].time = {.running = 1s, .waiting_for_input = 9s};
    r.sources = {{.name = "quick", .emitted = 5, .time = {.running = 1s}},  // and ended
                 {.name = "slow", .emitted = 5, .time = {.running = 9s}}};
    EXPECT_EQ(r.bottleneck(),
              "the bottleneck is the source 'slow': its thread ran 90 % of the time");
    r.sources.pop_back();
    EXPECT_EQ(
        r.bottleneck(),
        "no step holds the others up: the busiest is step 'fast', its worker ran 10 % of the time");
    EXPECT_NE(r.text().find("  source  emitted  running  no input  no room\n"
                            "  quick         5     10 %       0 %      0 %\n"),
              std::string::npos)
        << r;
}

TEST(report, blames_a_reader_that_leaves_no_room_for_results) {
    paipa::report r = sample();
    r.steps[0].time = {.running = 1s, .waiting_for_room = 9s};
    r.steps[1].time = {.running = 6s, .waiting_for_room = 24s};
    paipa::step_report fused{.name = "fused", .threads = 3};
    fused.fused = true;  // the group's time is the first one's
    r.steps.push_back(fused);
    EXPECT_EQ(r.bottleneck(),
              "the bottleneck is whoever reads the results: step 'slow + fused' waited for room "
              "80 % of the time");
}

TEST(report, prints_aligned_tables) {
    std::ostringstream out;
    out << sample();
    const std::string text = out.str();
    EXPECT_NE(text.find("pipeline 'p': finished after 10.000 s, 7 delivered, 1 dead, 1 dropped, "
                        "0 abandoned\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("  fast -> slow           4       9       9          0       0     0\n"),
              std::string::npos)
        << text;
}

TEST(report, has_a_word_for_every_state) {
    EXPECT_EQ(to_string(paipa::run_state::ended_early), "ended early");
    EXPECT_EQ(to_string(paipa::activity::waiting_to_retry), "waiting to retry");
}

}  // namespace
