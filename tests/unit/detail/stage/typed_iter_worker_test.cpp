#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/typed_iter_worker.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>

#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>

namespace {

/// What the step has done with five numbers, in many schedules.
template <class G>
void expect_books(G make_range, const std::function<void(const paipa::report&)>& look) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = paipa::detail::make_run<int, void>(
                paipa::iter_step("a", make_range) | paipa::step("b", [](auto) {}),
                paipa::pipeline_options{.quiet = true, .runtime = &sim});
            run->add_source(run_case::numbers(*run, 5), "test");
            run->run();
            look(run->books());
        });
    }
}

TEST(typed_iter_worker, pulls_its_items_one_by_one) {
    const auto same = [](paipa::generator<int> in) -> paipa::generator<int> {
        for (const int n : in) {
            co_yield n;
        }
    };
    expect_books(same, [](const paipa::report& r) {
        EXPECT_EQ(r.steps[0].finished, 5U);
        EXPECT_EQ(r.steps[0].emitted, 5U);
        EXPECT_EQ(r.state, paipa::run_state::finished);
    });
}

TEST(typed_iter_worker, ends_the_run_early_when_its_range_ends_before_the_input) {
    const auto two = [](paipa::generator<int> in) -> paipa::generator<int> {
        int left = 2;
        for (const int n : in) {
            co_yield n;
            if (--left == 0) {
                co_return;
            }
        }
    };
    expect_books(two, [](const paipa::report& r) {
        EXPECT_EQ(r.steps[0].emitted, 2U);
        EXPECT_EQ(r.steps[0].finished + r.steps[0].abandoned, r.steps[0].received);
        EXPECT_EQ(r.state, paipa::run_state::ended_early);
        EXPECT_TRUE(r.balanced());
    });
}

TEST(typed_iter_worker, leaves_a_range_that_asks_for_no_input_when_nobody_wants_more) {
    const auto endless = [](paipa::generator<int>) -> paipa::generator<int> {
        for (int n = 0;; ++n) {
            co_yield n;
        }
    };
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto run = paipa::detail::make_run<int, void>(
                paipa::iter_step("a", endless) | paipa::step("b", [](int) {}),
                paipa::pipeline_options{.quiet = true, .runtime = &sim});
            run->start("test");
            sim.yield();
            run->cancel("enough");
            run->wait_end(paipa::never, "test");
            EXPECT_EQ(run->state(), paipa::run_state::cancelled);
        });
    }
}

TEST(typed_iter_worker, converts_its_items_to_what_the_generator_takes) {
    const auto sizes = [](paipa::generator<long> in) -> paipa::generator<long> {
        for (const long n : in) {
            co_yield n * 10'000'000'000;
        }
    };
    expect_books(sizes, [](const paipa::report& r) { EXPECT_EQ(r.steps[1].received, 5U); });
}

}  // namespace
