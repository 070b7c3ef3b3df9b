#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>

#include "../edge/edge_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <vector>

namespace {

namespace detail = paipa::detail;
using namespace std::chrono_literals;

/// A step whose workers do nothing.
class idle_step final : public detail::step_core {
public:
    explicit idle_step(const paipa::step_options& o) : step_core("a", o) {}

    void make_workers(detail::stage_run& /*run*/) override {}

    void step_initialize() override {}

    void initialize(std::size_t /*worker*/) override {}

    void work(std::size_t /*worker*/) override {}

    void clean_up(std::size_t /*worker*/) noexcept override {}

    void step_shutdown() override {}

    detail::worker_context& core(std::size_t /*worker*/) override { return core_; }

    detail::edge_core& in() override { return edge_.edge; }

    [[nodiscard]] const std::vector<detail::way>& ways() const noexcept override { return ways_; }

    [[nodiscard]] std::size_t made() const noexcept override { return 0; }

    [[nodiscard]] bool emits() const noexcept override { return false; }

private:
    stage_case::a_run run_{paipa::default_runtime()};
    number_edge edge_{paipa::default_runtime(), 1};
    detail::worker_context core_{run_, this, 0};
    std::vector<detail::way> ways_{};
};

TEST(step_core, needs_a_thread_for_each_worker_and_one_for_its_timer) {
    EXPECT_EQ(idle_step({.threads = 3}).threads(), 3U);
    EXPECT_EQ(idle_step({.threads = 3, .item_timeout = 1s}).threads(), 4U);
}

TEST(step_core, knows_which_worker_leaves_last) {
    idle_step step({.threads = 3});
    step.expect_workers();
    EXPECT_FALSE(step.worker_left());
    EXPECT_FALSE(step.worker_left());
    EXPECT_TRUE(step.worker_left());
}

TEST(step_core, begins_without_having_seen_the_end_of_its_input) {
    const idle_step step({});
    EXPECT_FALSE(step.saw_end);
    EXPECT_FALSE(step.initialised);
    EXPECT_EQ(step.timer, nullptr);
}

TEST(step_core, keeps_its_parts_in_their_order) {
    idle_step step({});
    EXPECT_TRUE(step.parts().empty());
    step.add_part("b", {.on_failure = paipa::failure_action::drop});
    step.add_part("c", {});
    ASSERT_EQ(step.parts().size(), 2U);
    EXPECT_EQ(step.parts()[0]->name, "b");
    EXPECT_EQ(step.parts()[1]->name, "c");
    EXPECT_TRUE(step.parts()[0]->options.on_failure.may(paipa::failure_action::drop));
    EXPECT_FALSE(step.parts()[1]->options.on_failure.may(paipa::failure_action::drop));
}

TEST(step_core, passes_a_stop_on_to_its_parts) {
    idle_step step({});
    step.add_part("b", {});
    step.add_part("c", {});
    step.request_stop();
    EXPECT_TRUE(step.stop.token().stop_requested());
    for (const auto& part : step.parts()) {
        EXPECT_TRUE(part->stop.token().stop_requested());
    }
}

TEST(step_core, knows_whether_user_code_listens_to_it_or_to_a_part) {
    idle_step alone({});
    EXPECT_FALSE(alone.stop_may_run_user_code());
    const std::stop_token own = alone.stop.hand_out();
    EXPECT_TRUE(alone.stop_may_run_user_code());

    idle_step fused({});
    fused.add_part("b", {});
    fused.add_part("c", {});
    EXPECT_FALSE(fused.stop_may_run_user_code());
    const std::stop_token of_part = fused.parts()[1]->stop.hand_out();
    EXPECT_TRUE(fused.stop_may_run_user_code());
    fused.request_stop();
    EXPECT_FALSE(fused.stop_may_run_user_code());
}

}  // namespace
