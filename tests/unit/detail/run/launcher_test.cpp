#include <paipa/abstract_step.hpp>
#include <paipa/detail/run/launcher.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::detail::launcher;

std::vector<std::string> calls;

/// Writes down its hooks; that of the step named "bad" throws.
class writing final : public paipa::abstract_step<int, int> {
public:
    explicit writing(std::string name) : name_(std::move(name)) {}

    void step_initialize() override {
        calls.push_back(name_ + " begins");
        if (name_ == "bad") {
            throw std::runtime_error("no");
        }
    }

    int process(int n) override { return n; }

    void step_shutdown() override { calls.push_back(name_ + " ends"); }

private:
    std::string name_;
};

auto run_of(paipa::testing::simulation& sim, const std::string& second) {
    calls.clear();
    return paipa::detail::make_run<int, int>(
        paipa::step<writing>("first", paipa::step_options{}, std::string("first")) |
            paipa::step<writing>("second", paipa::step_options{}, second),
        paipa::pipeline_options{.quiet = true, .runtime = &sim});
}

TEST(launcher, starts_steps_and_sources) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = run_of(sim, "second");
            run->add_source(run_case::numbers(*run, 5), "test");
            run->parts().intake.begin(run->parts().graph.threads() + 1);
            for (const auto& step : run->parts().graph.steps) {
                step->expect_workers();
            }
            EXPECT_TRUE(launcher(run).start());
            run->thread_left();
            run->wait_end(paipa::never, "test");
            EXPECT_EQ(run->count(), 5U);
            EXPECT_EQ(calls, (std::vector<std::string>{"first begins", "second begins",
                                                       "first ends", "second ends"}));
        });
    }
}

TEST(launcher, shuts_down_again_what_was_initialised_when_a_hook_throws) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        const auto run = run_of(sim, "bad");
        run->add_source(run_case::numbers(*run, 5), "test");
        EXPECT_THROW(run->start("test"), std::runtime_error);
        EXPECT_EQ(calls, (std::vector<std::string>{"first begins", "bad begins", "first ends"}));
        EXPECT_TRUE(run->has_ended());
        EXPECT_EQ(run->first_failure()->where, "step_initialize");
    });
}

TEST(launcher, starts_a_source_that_comes_later) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = run_of(sim, "second");
            run->start("test");
            run->add_source(run_case::numbers(*run, 5), "test");
            EXPECT_EQ(run->stop().sources.size(), 1U);
            EXPECT_EQ(run->state(), paipa::run_state::finished);
        });
    }
}

}  // namespace
