#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::stall_watch;

TEST(stall_watch, says_once_that_nothing_has_moved_while_items_are_inside) {
    const run_case::log_kept log;
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        run_case::put(*run, 1);
        stall_watch watch(*run, "waiting");
        watch.look();
        EXPECT_EQ(watch.next_look(), sim.now() + stall_watch::first_look) << "looked too early";
        sim.sleep_for(stall_watch::first_look);
        watch.look();
        EXPECT_TRUE(log.lines.empty()) << "it has looked only once";
        EXPECT_EQ(watch.next_look(), sim.now() + stall_watch::patience);
        sim.sleep_for(stall_watch::patience);
        watch.look();
        ASSERT_EQ(log.lines.size(), 1U);
        EXPECT_EQ(log.lines[0].rfind("paipa::pipeline 'p': waiting: nothing has moved for 10 s", 0),
                  0U)
            << log.lines[0];
        EXPECT_EQ(watch.next_look(), paipa::never);
        run->cancel("the test is over");
    });
}

/// Returns the log of a watch that looks five times; `move` is called before each look.
template <class F>
std::vector<std::string> logged(F move) {
    const run_case::log_kept log;
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_case::two_steps(sim);
        stall_watch watch(*run, "waiting");
        for (int i = 0; i < 5; ++i) {
            move(*run);
            sim.sleep_for(stall_watch::patience);
            watch.look();
        }
        run->cancel("the test is over");
    });
    return log.lines;
}

TEST(stall_watch, is_silent_while_items_come) {
    EXPECT_TRUE(logged([](paipa::detail::run_core& run) { run_case::put(run, 1); }).empty());
}

TEST(stall_watch, is_silent_about_a_run_with_nothing_inside) {
    EXPECT_TRUE(logged([](paipa::detail::run_core&) {}).empty());
}

}  // namespace
