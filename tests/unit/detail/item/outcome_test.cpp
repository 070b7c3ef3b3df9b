#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/stage/add_outcomes.hpp>
#include <paipa/generator.hpp>
#include <paipa/report.hpp>

#include "../kernel/one_worker.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>

namespace {

using paipa::detail::function_kernel;

/// What one call of the function does to the books.
template <class F>
paipa::step_report booked(F f, int item, std::size_t wanted_outputs = 1'000) {
    one_worker worker;
    sink<int> out{.most = wanted_outputs};
    worker.core.count(function_kernel<F, int>(f).process(item, false, out));
    paipa::step_report row;
    paipa::detail::add_outcomes(row, worker.core);
    return row;
}

std::optional<int> if_positive(int n) {
    return n > 0 ? std::optional(n) : std::nullopt;
}

paipa::generator<int> three(int n) {
    co_yield n + 0;
    co_yield n + 1;
    co_yield n + 2;
}

TEST(outcome, of_a_call_that_returns_something_is_finished) {
    const paipa::step_report row = booked(if_positive, 1);
    EXPECT_EQ(row.finished, 1U);
    EXPECT_EQ(paipa::detail::gone(row), 1U);
    EXPECT_EQ(booked(three, 1).finished, 1U);
}

TEST(outcome, of_a_call_that_returns_nullopt_is_skipped) {
    const paipa::step_report row = booked(if_positive, -1);
    EXPECT_EQ(row.skipped, 1U);
    EXPECT_EQ(paipa::detail::gone(row), 1U);
}

TEST(outcome, of_a_call_whose_further_outputs_nobody_wants_is_abandoned) {
    const paipa::step_report row = booked(three, 1, 2);
    EXPECT_EQ(row.abandoned, 1U);
    EXPECT_EQ(paipa::detail::gone(row), 1U);
}

}  // namespace
