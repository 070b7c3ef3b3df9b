#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/stage/stage.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "../edge/edge_case.hpp"
#include "../items_case.hpp"
#include "idle_stage.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
namespace detail = paipa::detail;
using detail::taken;
using ints = std::vector<int>;

constexpr paipa::time_point now{1h};

/// A step with two workers between two edges of numbers.
class stage : public testing::Test {
protected:
    stage() { step.make_workers(run); }

    auto& worker(std::size_t i) { return *step.workers[i]; }

    /// What the edge in front has for the worker at this moment.
    taken take(std::size_t i, std::size_t want = 1) {
        worker(i).in.want = want;
        return front.edge.take(worker(i).in, worker(i).core.times, paipa::never, false);
    }

    stage_case::kept_run run{};
    number_edge front{paipa::default_runtime(), 16};
    number_edge behind{paipa::default_runtime(), 16};
    stage_case::idle_stage<int> step{{.threads = 2}, front.edge, &behind.edge};
    number_reader next{behind.edge};
};

TEST_F(stage, knows_its_edges) {
    EXPECT_EQ(&step.in(), &front.edge);
    ASSERT_EQ(step.ways().size(), 1U);
    EXPECT_EQ(step.ways()[0].to, &behind.edge);
    EXPECT_EQ(step.first_way().to, &behind.edge);
    EXPECT_TRUE(step.emits());
    stage_case::idle_stage<int> last({}, front.edge, nullptr);
    EXPECT_TRUE(last.ways().empty());
    EXPECT_EQ(last.first_way().to, nullptr);
}

TEST_F(stage, shows_the_workers_that_it_has_made) {
    EXPECT_EQ(stage_case::idle_stage<int>({}, front.edge, nullptr).made(), 0U);
    EXPECT_EQ(step.made(), 2U);
    EXPECT_EQ(&step.core(0), &worker(0).core);
    EXPECT_EQ(&step.core(1), &worker(1).core);
}

TEST_F(stage, makes_its_workers_known_to_both_edges) {
    front.put({1, 2, 3});
    EXPECT_EQ(take(0, 3), taken::items);
    EXPECT_EQ(take(1), taken::items);  // which the other one has not begun
    worker(0).sent(7);
    EXPECT_EQ(next.look(), taken::items);  // though nobody has handed it over
    EXPECT_EQ(next.finish(), ints{7});
}

TEST_F(stage, tells_the_outputs_when_the_edge_in_front_is_cancelled) {
    EXPECT_FALSE(worker(1).sent.is_over());
    front.edge.cancel("enough");
    EXPECT_TRUE(worker(1).sent.is_over());
}

TEST_F(stage, fails_the_run_when_user_code_throws) {
    EXPECT_TRUE(step.guarded(worker(0), "process", [] {}));
    EXPECT_EQ(run.failures, std::vector<std::string>{});
    EXPECT_FALSE(step.guarded(worker(1), "process", [] { throw std::runtime_error("no"); }));
    EXPECT_EQ(run.failures, std::vector<std::string>{"1 in process: no"});
}

TEST_F(stage, names_a_hook_while_it_runs_and_when_it_throws) {
    const detail::time_sheet& times = worker(0).core.times;
    EXPECT_TRUE(step.in_hook(worker(0), "in_queue_empty", [&] {
        EXPECT_STREQ(times.hook(), "in_queue_empty");
        EXPECT_EQ(times.state(), paipa::activity::in_hook);
    }));
    EXPECT_FALSE(
        step.in_hook(worker(0), "thread_shutdown", [] { throw std::runtime_error("no"); }));
    EXPECT_EQ(times.hook(), nullptr);
    EXPECT_EQ(times.state(), paipa::activity::running);
    EXPECT_EQ(run.failures, std::vector<std::string>{"0 in thread_shutdown: no"});
}

TEST_F(stage, notes_progress_where_it_is_the_last_step) {
    step.progress(now);
    EXPECT_TRUE(run.notices.empty());
    step.is_last = true;
    step.progress(now);
    EXPECT_EQ(run.notices, std::vector<paipa::time_point>{now});
}

TEST_F(stage, counts_what_a_worker_leaves_behind_as_abandoned) {
    front.put(ints(12));
    ASSERT_EQ(take(0, 6), taken::items);
    const std::uint64_t all = front.edge.unfinished();
    ASSERT_GE(all, 4U);
    detail::inbox& in = worker(0).in;
    const auto box = [&] {  // the next item comes back
        in.take_next();
        return detail::retry_entry{.item = detail::item_box(detail::type_of<int>, in.taken()),
                                   .sequence = 0,
                                   .attempt = 1,
                                   .errors = {},
                                   .due = now};
    };
    in.back.push_back(box());
    in.again = box();
    in.take_next();
    in.done = 1;
    step.clean_up(0);
    EXPECT_EQ(worker(0).core.abandoned.get(), all - 1);
    EXPECT_EQ(front.edge.unfinished(), 0U);
    EXPECT_TRUE(in.back.empty());
    EXPECT_FALSE(in.again.has_value());
}

TEST_F(stage, hands_over_what_a_worker_has_sent_when_it_leaves) {
    behind.edge.start_bounds();
    worker(0).sent(7);
    EXPECT_EQ(behind.edge.figures().pushed, 0U);
    step.clean_up(0);
    EXPECT_EQ(behind.edge.figures().pushed, 1U);
    EXPECT_EQ(behind.put(ints(16)), 15U);  // its slots are free again
}

/// What lives of two items that were given up by a cancel: one in front of a step and one behind
/// it, when the step's worker has left.
std::size_t living_behind(bool is_last) {
    tokens() = {};
    paipa::runtime& rt = paipa::default_runtime();
    stage_case::kept_run run;
    detail::edge front(rt, "a", "b", 4, detail::type_of<token>);
    detail::edge behind(rt, "b", "c", 4, detail::type_of<token>);
    stage_case::idle_stage<token> step({}, front, &behind);
    step.is_last = is_last;
    step.make_workers(run);
    for (detail::edge* const e : {&front, &behind}) {
        token item(1);
        detail::edge_put(*e, [] { return std::string("put"); }).put<token>(&item, 1, paipa::never);
        e->cancel("enough");
    }
    EXPECT_EQ(tokens().living.size(), 2U);
    step.clean_up(0);
    return tokens().living.size();
}

TEST(stage_of_tokens, destroys_what_a_cancel_has_given_up) {
    EXPECT_EQ(living_behind(false), 1U);  // the next step does it
    EXPECT_EQ(living_behind(true), 0U);
    EXPECT_EQ(tokens().faults, 0U);
}

TEST_F(stage, bounds_what_a_worker_takes_next) {
    worker(0).sizer.begin(run.rt.now(), {});
    step.pace(worker(0), 4, 1);
    EXPECT_EQ(worker(0).in.want, 1U);
    step.pace(worker(0), 4, step.any_number);
    EXPECT_GE(worker(0).in.want, 1U);
    EXPECT_GT(worker(0).in.pull, 0);
}

/// Else its writers could keep the last slots of the edge, behind an entry that waits for others.
TEST_F(stage, in_front_of_several_inlets_flushes_before_an_entry_passes) {
    number_edge merge(paipa::default_runtime(), 16);
    const detail::way second{.to = &merge.edge, .inlet = merge.edge.add_inlet("c")};
    number_edge input(paipa::default_runtime(), 16);
    stage_case::idle_stage<int> branch({}, input.edge, second);
    branch.make_workers(run);
    input.edge.push_meta(7);
    auto& w = *branch.workers[0];
    EXPECT_EQ(input.edge.take(w.in, w.core.times, paipa::never, false), taken::flush);
    front.edge.push_meta(7);
    EXPECT_EQ(take(0), taken::meta);  // on a line nobody has to
}

}  // namespace
