#include <paipa/error.hpp>
#include <paipa/steps/timed_chunk.hpp>
#include <paipa/testing/simulation.hpp>

#include "steps_case.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using namespace std::chrono_literals;
using chunks = std::vector<std::vector<int>>;

TEST(timed_chunk, sends_full_chunks_at_once) {
    EXPECT_EQ(outputs(paipa::timed_chunk({.size = 2, .timeout = 1h}), std::vector{1, 2, 3}),
              (chunks{{1, 2}, {3}}));
}

TEST(timed_chunk, sends_a_lone_item_after_the_timeout) {
    paipa::testing::simulation sim;
    paipa::duration came = 0s;
    sim.run([&] {
        auto flow = paipa::timed_chunk({.size = 5, .timeout = 2s}) |
                    paipa::step("out", [&](const std::vector<int>&) { came = sim.elapsed(); });
        paipa::pipeline<int> p{flow, {.quiet = true, .runtime = &sim}};
        p.start();
        sim.sleep_for(10s);
        p.put(1);
        sim.sleep_for(10s);
        p.stop();
    });
    EXPECT_EQ(came, 12s);
}

TEST(timed_chunk, refuses_options_that_cannot_work) {
    EXPECT_THROW((void)paipa::timed_chunk({.size = 0, .timeout = 1s}), paipa::config_error);
    EXPECT_THROW((void)paipa::timed_chunk({.size = 1, .timeout = 0s}), paipa::config_error);
}

}  // namespace
