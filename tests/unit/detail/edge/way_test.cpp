#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::taken;
using paipa::detail::way;

struct a_run final : paipa::detail::run_base {
    using run_base::run_base;
};

/// Two steps in front of one edge, with one worker each, and a reader behind it.
struct two_steps {
    explicit two_steps(paipa::runtime& rt) : to(rt, 16), run(rt) {
        first.open();
        second.open();
        to.edge.start_bounds();
    }

    number_edge to;
    std::size_t inlet = to.edge.add_inlet("c");
    a_run run;
    paipa::detail::worker_context first_worker{run, nullptr, 0};
    paipa::detail::worker_context second_worker{run, nullptr, 0};
    paipa::detail::output<int> first{first_worker, way{.to = &to.edge}, false};
    paipa::detail::output<int> second{second_worker, way{.to = &to.edge, .inlet = inlet}, false};
    number_reader reader{to.edge};
};

class two_ways : public testing::Test, protected two_steps {
protected:
    two_ways() : two_steps(paipa::default_runtime()) {}
};

TEST(way, leads_nowhere_unless_it_is_told) {
    a_run run(paipa::default_runtime());
    paipa::detail::worker_context worker(run, nullptr, 0);
    paipa::detail::output<int> out(worker, way{}, false);
    out.open();
    out(1);
    EXPECT_EQ(worker.emitted(), 1U);
}

TEST_F(two_ways, are_named_in_front_of_the_edge) {
    EXPECT_EQ(to.edge.figures().from, "a, c");
}

TEST_F(two_ways, bring_all_items_to_the_edge) {
    first(1);
    second(2);
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{1, 2}));
    first.hand_over(true);
    second.hand_over(true);
}

TEST(two_ways_in_time, hold_what_follows_an_entry_that_came_by_one_of_them) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        two_steps steps(sim);
        number_reader& reader = steps.reader;
        steps.first(1);
        steps.first.hand_over(true);
        steps.first.push_meta(7);
        const auto writer = sim.spawn("first", [&] { steps.first(2); });
        sim.sleep_for(1s);
        steps.second(3);
        EXPECT_EQ(reader.look(4), taken::items);
        EXPECT_EQ(reader.finish(), (std::vector{1}));
        EXPECT_EQ(reader.look(4), taken::items);
        EXPECT_EQ(reader.finish(), (std::vector{3}));
        EXPECT_EQ(reader.look(4), taken::nothing);
        steps.second.push_meta(7);
        EXPECT_EQ(reader.look(4), taken::meta);
        writer->join();
        steps.to.edge.meta_passed();
        EXPECT_EQ(reader.look(4), taken::items);
        EXPECT_EQ(reader.finish(), (std::vector{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
    });
}

TEST(two_ways_in_time, wait_for_an_entry_no_longer_when_the_edge_is_cancelled) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        two_steps steps(sim);
        steps.first(0);
        steps.first.hand_over(true);
        steps.first.push_meta(7);
        const auto writer = sim.spawn("first", [&] { steps.first(1); });
        sim.sleep_for(1s);
        steps.to.edge.cancel("enough");
        writer->join();
        steps.first.hand_over(true);
        EXPECT_EQ(steps.first_worker.emitted(), 2U);
        EXPECT_EQ(steps.to.edge.figures().abandoned, 2U);
        EXPECT_TRUE(steps.to.edge.figures().balanced());
    });
}

TEST_F(two_ways, close_the_edge_with_the_last_of_them) {
    first(1);
    first.hand_over(true);
    to.edge.close_inlet(0);
    EXPECT_FALSE(to.edge.is_closed());
    second(2);
    second.hand_over(true);
    to.edge.close_inlet(inlet);
    EXPECT_TRUE(to.edge.is_closed());
    EXPECT_EQ(reader.look(2), taken::items);
    reader.finish();
    EXPECT_EQ(reader.look(2), taken::end);
}

TEST_F(two_ways, wait_for_no_entry_from_one_that_is_closed) {
    first.push_meta(7);
    EXPECT_EQ(reader.look(), taken::nothing);
    second.hand_over(true);
    to.edge.close_inlet(inlet);
    EXPECT_EQ(reader.look(), taken::meta);
    to.edge.meta_passed();
    first.hand_over(true);
}

}  // namespace
