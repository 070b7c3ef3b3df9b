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
#include <optional>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::taken;
using paipa::detail::way;

struct a_run final : paipa::detail::run_base {
    using run_base::run_base;
};

/// Two steps in front of one edge, with one worker each.
class two_ways : public testing::Test {
protected:
    two_ways() {
        const std::size_t second = to.edge.add_inlet("c");
        second_way = {.to = &to.edge, .inlet = second};
        first.open();
        other.emplace(second_worker, second_way, false);
        other->open();
        to.edge.start_bounds();
    }

    number_edge to{paipa::default_runtime(), 16};
    a_run run{paipa::default_runtime()};
    paipa::detail::worker_context first_worker{run, nullptr, 0};
    paipa::detail::worker_context second_worker{run, nullptr, 0};
    way second_way{};
    paipa::detail::output<int> first{first_worker, way{.to = &to.edge}, false};
    std::optional<paipa::detail::output<int>> other{};
    number_reader reader{to.edge};
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
    (*other)(2);
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{1, 2}));
    first.hand_over(true);
    other->hand_over(true);
}

TEST_F(two_ways, hold_what_follows_an_entry_that_came_by_one_of_them) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        number_edge behind(sim, 16);
        behind.edge.add_inlet("c");
        behind.edge.start_bounds();
        number_reader next(behind.edge);
        a_run its_run(sim);
        paipa::detail::worker_context b(its_run, nullptr, 0);
        paipa::detail::worker_context c(its_run, nullptr, 0);
        paipa::detail::output<int> from_b(b, way{.to = &behind.edge}, false);
        paipa::detail::output<int> from_c(c, way{.to = &behind.edge, .inlet = 1}, false);
        from_b.open();
        from_c.open();
        from_b(1);
        from_b.hand_over(true);
        from_b.push_meta(7);
        const auto writer = sim.spawn("b", [&] { from_b(2); });
        sim.sleep_for(1s);
        from_c(3);
        EXPECT_EQ(next.look(4), taken::items);
        EXPECT_EQ(next.finish(), (std::vector{1}));
        EXPECT_EQ(next.look(4), taken::items);
        EXPECT_EQ(next.finish(), (std::vector{3}));
        EXPECT_EQ(next.look(4), taken::nothing);
        from_c.push_meta(7);
        EXPECT_EQ(next.look(4), taken::meta);
        writer->join();
        behind.edge.meta_passed();
        EXPECT_EQ(next.look(4), taken::items);
        EXPECT_EQ(next.finish(), (std::vector{2}));
        EXPECT_EQ(sim.elapsed(), 1s);
    });
}

TEST_F(two_ways, close_the_edge_with_the_last_of_them) {
    first(1);
    first.hand_over(true);
    to.edge.close_inlet(0);
    EXPECT_FALSE(to.edge.is_closed());
    (*other)(2);
    other->hand_over(true);
    to.edge.close_inlet(second_way.inlet);
    EXPECT_TRUE(to.edge.is_closed());
    EXPECT_EQ(reader.look(2), taken::items);
    reader.finish();
    EXPECT_EQ(reader.look(2), taken::end);
}

TEST_F(two_ways, wait_for_no_entry_from_one_that_is_closed) {
    first.push_meta(7);
    EXPECT_EQ(reader.look(), taken::nothing);
    other->hand_over(true);
    to.edge.close_inlet(second_way.inlet);
    EXPECT_EQ(reader.look(), taken::meta);
    to.edge.meta_passed();
    first.hand_over(true);
}

TEST_F(two_ways, wait_for_an_entry_no_longer_when_the_edge_is_cancelled) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        number_edge behind(sim, 16);
        behind.edge.add_inlet("c");
        behind.edge.start_bounds();
        a_run its_run(sim);
        paipa::detail::worker_context b(its_run, nullptr, 0);
        paipa::detail::output<int> from_b(b, way{.to = &behind.edge}, false);
        from_b.open();
        from_b(0);
        from_b.hand_over(true);
        from_b.push_meta(7);
        const auto writer = sim.spawn("b", [&] { from_b(1); });
        sim.sleep_for(1s);
        behind.edge.cancel("enough");
        writer->join();
        from_b.hand_over(true);
        EXPECT_EQ(b.emitted(), 2U);
        EXPECT_EQ(behind.edge.figures().abandoned, 2U);
        EXPECT_TRUE(behind.edge.figures().balanced());
    });
}

}  // namespace
