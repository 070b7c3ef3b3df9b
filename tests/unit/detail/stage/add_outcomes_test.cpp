#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/stage/add_outcomes.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>

#include <gtest/gtest.h>

namespace {

using paipa::step_report;
using paipa::detail::add_outcomes;
using paipa::detail::outcome;
using paipa::detail::worker_context;

class run final : public paipa::detail::run_base {
public:
    run() : run_base(paipa::default_runtime()) {}
};

TEST(add_outcomes, adds_up_the_workers_of_a_step) {
    run r;
    step_report row;
    for (int i = 0; i < 2; ++i) {
        worker_context w(r, nullptr, 0);
        w.count(outcome::finished);
        w.count(outcome::finished);
        w.count(outcome::skipped);
        w.count(outcome::abandoned);
        w.dead += 3;
        w.dropped += 4;
        w.retries += 5;
        w.unstaged += 6;
        add_outcomes(row, w);
    }
    EXPECT_EQ(row.finished, 4U);
    EXPECT_EQ(row.skipped, 2U);
    EXPECT_EQ(row.abandoned, 2U);
    EXPECT_EQ(row.dead, 6U);
    EXPECT_EQ(row.dropped, 8U);
    EXPECT_EQ(row.retries, 10U);
    EXPECT_EQ(row.emitted, 12U);
    EXPECT_EQ(paipa::detail::gone(row), 22U);
}

TEST(add_outcomes, what_a_worker_keeps_back_is_not_finished_yet) {
    run r;
    worker_context w(r, nullptr, 0);
    w.keeps_back = true;
    w.count(outcome::finished);
    w.count(outcome::finished);
    w.note_kept(1);
    step_report row;
    add_outcomes(row, w);
    EXPECT_EQ(row.finished, 1U);
}

}  // namespace
