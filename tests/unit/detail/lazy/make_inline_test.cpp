#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/make_inline.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/step.hpp>

#include <gtest/gtest.h>

#include <ranges>
#include <string>
#include <tuple>
#include <vector>

namespace {

namespace detail = paipa::detail;

/// The outputs of a flow's only step for 0, 1, 2 and 3, and its row in the books.
template <class Def>
std::vector<int> outputs(const paipa::flow<Def>& f, paipa::step_report& row) {
    const Def& def = std::get<0>(detail::flow_access::defs(f));
    const paipa::step_options o = detail::resolve(def.head, {}, 1, Def::keeps_items);
    detail::inline_run run;
    auto& step = run.add(
        detail::make_inline(def, run, "step", o, detail::cursor_of(std::views::iota(0, 4))));
    run.start();
    std::vector<int> all;
    while (step.next()) {
        all.push_back(step.current());
    }
    run.end_walk();
    row = run.books().steps.at(0);
    return all;
}

TEST(make_inline, calls_a_function_for_each_item) {
    paipa::step_report row;
    EXPECT_EQ(outputs(paipa::step("a", [](int n) { return n + 1; }), row),
              (std::vector{1, 2, 3, 4}));
    EXPECT_EQ(row.name, "step");
    EXPECT_EQ(row.received, 4U);
    EXPECT_EQ(row.emitted, 4U);
}

paipa::generator<int> pairs(paipa::generator<int> in) {
    auto i = in.begin();
    while (i != in.end()) {
        int sum = *i;
        ++i;
        if (i != in.end()) {
            sum += *i;
            ++i;
        }
        co_yield sum;
    }
}

TEST(make_inline, runs_a_range_over_the_items) {
    paipa::step_report row;
    EXPECT_EQ(outputs(paipa::iter_step("a", pairs), row), (std::vector{1, 5}));
    EXPECT_EQ(row.received, 4U);
    EXPECT_EQ(row.emitted, 2U);
}

}  // namespace
