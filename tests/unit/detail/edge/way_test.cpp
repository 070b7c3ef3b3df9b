#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <vector>

namespace {

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
    first.finish();
    other->finish();
}

TEST_F(two_ways, hold_what_follows_an_entry_that_came_by_one_of_them) {
    first(1);
    first.push_meta(7);
    first(2);
    (*other)(3);
    EXPECT_EQ(reader.look(4), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{1}));
    EXPECT_EQ(reader.look(4), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{3}));
    EXPECT_EQ(reader.look(4), taken::nothing);
    other->push_meta(7);
    EXPECT_EQ(reader.look(4), taken::meta);
    to.edge.meta_passed();
    EXPECT_EQ(reader.look(4), taken::items);
    EXPECT_EQ(reader.finish(), (std::vector{2}));
    first.finish();
    other->finish();
}

TEST_F(two_ways, close_the_edge_with_the_last_of_them) {
    first(1);
    first.finish();
    to.edge.close_inlet(0);
    EXPECT_FALSE(to.edge.is_closed());
    (*other)(2);
    other->finish();
    to.edge.close_inlet(second_way.inlet);
    EXPECT_TRUE(to.edge.is_closed());
    EXPECT_EQ(reader.look(2), taken::items);
    reader.finish();
    EXPECT_EQ(reader.look(2), taken::end);
}

TEST_F(two_ways, wait_for_no_entry_from_one_that_is_closed) {
    first.push_meta(7);
    EXPECT_EQ(reader.look(), taken::nothing);
    other->finish();
    to.edge.close_inlet(second_way.inlet);
    EXPECT_EQ(reader.look(), taken::meta);
    to.edge.meta_passed();
    first.finish();
}

TEST_F(two_ways, give_up_what_is_held_when_the_edge_is_cancelled) {
    first(0);
    first.push_meta(7);
    first(1);
    to.edge.cancel("enough");
    first.finish();
    EXPECT_EQ(to.edge.figures().abandoned, 2U);
    EXPECT_TRUE(to.edge.figures().balanced());
}

}  // namespace
