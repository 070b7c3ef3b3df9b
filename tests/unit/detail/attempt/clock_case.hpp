#ifndef PAIPA_TESTS_UNIT_DETAIL_ATTEMPT_CLOCK_CASE_HPP
#define PAIPA_TESTS_UNIT_DETAIL_ATTEMPT_CLOCK_CASE_HPP
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/attempt/item_timer.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <chrono>

struct a_run final : paipa::detail::run_base {
    using run_base::run_base;
};

struct a_step final : paipa::detail::step_base {
    using step_base::step_base;
};

/// A worker whose step gives an item two seconds, on a virtual clock.
class clock_case : public testing::Test {
protected:
    static constexpr paipa::duration timeout = std::chrono::seconds{2};

    [[nodiscard]] paipa::time_point in(paipa::duration time) { return sim.now() + time; }

    paipa::testing::simulation sim;
    a_run run{sim};
    a_step step{"a", {}};
    paipa::detail::worker_context worker{run, &step, 0};
    paipa::detail::item_timer timer{sim};
    paipa::detail::item_clock clock{worker, timeout, timer};
};

#endif
