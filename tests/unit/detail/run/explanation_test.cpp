#include <paipa/detail/run/explanation.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/options.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(explanation, has_a_line_for_each_edge_and_each_thread) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run_case::put(*run, 1);
        EXPECT_TRUE(contains(run->parts().explanation.text(), "  intake -> a: 1 of "));
        run->start("test");
        sim.sleep_for(2s);
        const std::string text = run->parts().explanation.text();
        EXPECT_TRUE(contains(text, "  a -> b: 0 of ")) << text;
        EXPECT_TRUE(contains(text, "    b/1: waiting for input for 2.0 s\n")) << text;
        EXPECT_TRUE(contains(text, "  results: 1 of ")) << text;
        run->stop();
        EXPECT_TRUE(contains(run->parts().explanation.text(), "    b/1: not running\n"));
    });
}

TEST(explanation, the_way_out_of_a_step_in_its_code_is_its_return) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        bool go = false;
        const auto waits = [&](int n) {
            while (!go) {
                sim.sleep_for(100ms);
            }
            return n;
        };
        const auto run = paipa::detail::make_run<int, void>(
            paipa::step("a", waits), paipa::pipeline_options{.quiet = true, .runtime = &sim});
        run_case::put(*run, 1);
        run->start("test");
        sim.sleep_for(3s);
        EXPECT_EQ(run->parts().explanation.way_out(),
                  "step 'a', worker 0, has been in its code for 3.0 s: its return, or a drain or "
                  "cancel that its stop token hears, would end the wait");
        go = true;
        run->stop();
    });
}

TEST(explanation, the_way_out_of_retries_is_their_time) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        int tries = 0;
        const auto fails_once = [&](int) {
            if (++tries == 1) {
                throw std::runtime_error("no");
            }
        };
        const auto run = paipa::detail::make_run<int, void>(
            paipa::step("a", fails_once, {.retry = {.attempts = 2, .delay = 10s, .jitter = 0}}),
            paipa::pipeline_options{.quiet = true, .runtime = &sim});
        run_case::put(*run, 1);
        run->start("test");
        sim.sleep_for(1s);
        EXPECT_EQ(run->parts().explanation.way_out(),
                  "items of step 'a' wait for their next try: its time, a drain or a cancel would "
                  "end the wait");
        run->stop();
    });
}

TEST(explanation, the_way_out_of_results_is_a_reader) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        EXPECT_TRUE(contains(run->parts().explanation.way_out(), "wait for a reader"));
        run->cancel("the test is over");
    });
}

TEST(explanation, says_seconds_with_one_digit) {
    EXPECT_EQ(paipa::detail::in_seconds(1540ms), "1.5 s");
    EXPECT_EQ(paipa::detail::in_seconds(0s), "0.0 s");
}

}  // namespace
