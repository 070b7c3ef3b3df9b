#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/error.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>

#include "../edge/edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace {

namespace detail = paipa::detail;

/// What is said about a step with these options and so many ways out; empty: nothing.
std::string refusal(const paipa::step_options& o, std::size_t ways, bool many_outputs = false) {
    number_edge front(paipa::default_runtime(), 4);
    number_edge behind(paipa::default_runtime(), 4);
    const detail::kernel_facts facts{.many_outputs = many_outputs,
                                     .one_output = false,
                                     .gives_back = false,
                                     .stays_whole = true,
                                     .flushes = false,
                                     .has_idle = false};
    try {
        const detail::item_stage step("a", o, front.edge,
                                      std::vector<detail::way>(ways, {.to = &behind.edge}), true,
                                      facts, nullptr);
    } catch (const paipa::config_error& e) {
        return e.what();
    }
    return {};
}

TEST(item_stage_ways, may_be_several_of_a_step_without_order) {
    EXPECT_EQ(refusal({}, 2), "");
    EXPECT_EQ(refusal({.threads = 2, .retry = {.attempts = 2}}, 2), "");
}

TEST(item_stage_ways, are_one_of_an_ordered_step) {
    const paipa::step_options o{.threads = 2, .ordered = true};
    EXPECT_EQ(refusal(o, 1), "");
    EXPECT_EQ(refusal(o, 2),
              "step 'a': ways out: expected one, because the step keeps order, got 2");
}

TEST(item_stage_ways, are_one_of_a_step_that_holds_outputs) {
    const paipa::step_options o{.on_failure = paipa::failure_action::drop};
    EXPECT_EQ(refusal(o, 1, true), "");
    EXPECT_EQ(refusal(o, 2, true),
              "step 'a': ways out: expected one, because the step holds outputs, got 2");
}

}  // namespace
