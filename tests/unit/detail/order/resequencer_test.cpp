#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/order_lock.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/order/completion_log.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/resequencer.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>

#include "../edge/edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace {

using paipa::detail::order_lock;
using paipa::detail::taken;

using ints = std::vector<int>;

struct a_run final : paipa::detail::run_base {
    using run_base::run_base;
};

struct a_step final : paipa::detail::step_base {
    using step_base::step_base;
};

/// A worker of the ordered step, which has some items of the edge in front in hand.
struct worker {
    worker(a_run& run, a_step& step, paipa::detail::resequencer& order, paipa::detail::edge& to)
        : core(run, &step, 0), out(core, &to, false), log(order.log_for(core)) {
        out.open();
    }

    /// It is done with this item, which had these outputs.
    void finish(std::uint64_t item, const ints& outputs) {
        paipa::detail::output_list list;
        for (const int n : outputs) {
            list.add<int>(n);
        }
        log.add(item, list, false);
    }

    paipa::detail::worker_context core;
    paipa::detail::output<int> out;
    paipa::detail::completion_log& log;
};

/// An ordered step between two edges. Its two workers have four items in hand.
class resequencer : public testing::Test {
protected:
    static constexpr std::size_t window = 8;

    resequencer() {
        front.edge.set_window(window);
        front.put({0, 1, 2, 3});
        behind.edge.add_resequencer(order, 0);
        reader.look(4);
        reader.finish();
        reader.in.done = 0;  // an ordered step tells what is done by what leaves
    }

    /// What leaves when the worker hands in what it has finished.
    ints leave(worker& w) {
        order.leave(w.log, w.out);
        return arrived();
    }

    /// What has come to the edge behind since the last time.
    ints arrived() {
        ints all;
        while (next.look(1) == taken::items) {
            for (const int n : next.finish()) {
                all.push_back(n);
            }
        }
        return all;
    }

    /// What a reader behind the step pulls from it, at most so many outputs.
    ints pull(std::size_t room, bool& more) {
        paipa::detail::ring to(paipa::detail::type_of<int>);
        to.reserve(room);
        const auto [outputs, has_more] = order.pull(to, room);
        more = has_more;
        EXPECT_EQ(to.size(), outputs);
        paipa::detail::row cells(paipa::detail::type_of<int>, room);
        to.hand_out(cells, outputs);
        ints all;
        for (std::size_t i = 0; i < outputs; ++i) {
            all.push_back(paipa::detail::as_slots<int>(cells.at(i))->get());
        }
        return all;
    }

    std::uint64_t head() { return order_lock(front.edge).head(); }

    a_run run{paipa::default_runtime()};
    a_step step{"a", {}};
    number_edge front{paipa::default_runtime(), 16};
    number_edge behind{paipa::default_runtime(), 256};
    number_reader reader{front.edge};
    number_reader next{behind.edge};
    paipa::detail::resequencer order{front.edge, window};
    worker one{run, step, order, behind.edge};
    worker other{run, step, order, behind.edge};
};

TEST_F(resequencer, keeps_outputs_until_those_in_front_have_left) {
    one.finish(1, {10});
    EXPECT_EQ(leave(one), (ints{}));
    other.finish(2, {20});
    EXPECT_EQ(leave(other), (ints{}));
    EXPECT_EQ(head(), 0U);
    one.finish(0, {0});
    EXPECT_EQ(leave(one), (ints{0, 10, 20}));
    EXPECT_EQ(head(), 3U);
    EXPECT_EQ(front.edge.unfinished(), 1U);
}

TEST_F(resequencer, keeps_the_order_of_the_outputs_of_one_item) {
    one.finish(1, {10, 11});
    one.finish(0, {0, 1, 2});
    EXPECT_EQ(leave(one), (ints{0, 1, 2, 10, 11}));
}

TEST_F(resequencer, lets_items_without_outputs_pass) {
    one.finish(0, {});
    one.finish(1, {});
    other.finish(2, {20});
    EXPECT_EQ(leave(one), (ints{}));
    EXPECT_EQ(head(), 2U);
    EXPECT_EQ(leave(other), (ints{20}));
}

TEST_F(resequencer, lets_a_reader_pull_what_busy_workers_have_finished) {
    one.finish(1, {10});
    other.finish(0, {0});
    EXPECT_EQ(next.wait(), taken::items);  // though no worker has handed in anything
    EXPECT_EQ(next.finish(), (ints{0}));
    EXPECT_EQ(arrived(), (ints{10}));
    EXPECT_EQ(behind.edge.figures().pushed, 2U);
    EXPECT_EQ(head(), 2U);
    EXPECT_EQ(one.core.pulled.get(), 2U);  // the first worker's books count it
    EXPECT_EQ(other.core.pulled.get(), 0U);
}

TEST_F(resequencer, lets_a_reader_pull_no_more_than_it_has_room_for) {
    bool more = false;
    one.finish(0, {0, 1, 2});
    one.finish(1, {10});
    EXPECT_EQ(pull(2, more), (ints{0, 1}));
    EXPECT_TRUE(more);
    EXPECT_EQ(head(), 0U);
    EXPECT_EQ(pull(8, more), (ints{2, 10}));
    EXPECT_EQ(head(), 2U);
    one.finish(2, {20});
    one.finish(3, {30});
    EXPECT_EQ(pull(8, more), (ints{20, 30}));
    EXPECT_FALSE(more);  // no item is in hand any more
}

TEST_F(resequencer, lets_a_reader_pull_a_part_of_a_later_item) {
    bool more = false;
    one.finish(0, {0, 1});
    one.finish(1, {10, 11});
    EXPECT_EQ(pull(3, more), (ints{0, 1, 10}));
    EXPECT_EQ(head(), 1U);
    EXPECT_EQ(pull(3, more), (ints{11}));
}

TEST_F(resequencer, puts_outputs_into_the_edge_before_others_may_follow) {
    one.finish(0, {0});
    order.leave(one.log, one.out);
    EXPECT_EQ(behind.edge.figures().pushed, 1U);
    EXPECT_TRUE(order.take_turn(1, other.core.times, false));
    other.out(10);
    order.end_turn(other.out, true);
    EXPECT_EQ(behind.edge.figures().pushed, 2U);
}

TEST_F(resequencer, sends_the_rest_of_an_item_of_which_a_part_was_pulled) {
    bool more = false;
    one.finish(0, {0, 1, 2});
    pull(2, more);
    EXPECT_EQ(leave(one), (ints{2}));
    EXPECT_EQ(head(), 1U);
}

TEST_F(resequencer, gives_an_item_its_turn_when_all_in_front_have_left) {
    EXPECT_FALSE(order.take_turn(1, one.core.times, false));
    other.finish(0, {0});
    leave(other);
    EXPECT_TRUE(order.take_turn(1, one.core.times, false));
    other.finish(2, {20});
    EXPECT_EQ(leave(other), (ints{}));
    one.out(10);  // directly
    order.end_turn(one.out, true);
    EXPECT_EQ(arrived(), (ints{10, 20}));
    EXPECT_EQ(head(), 3U);
}

TEST_F(resequencer, keeps_the_place_of_an_item_that_was_given_back_in_its_turn) {
    EXPECT_TRUE(order.take_turn(0, one.core.times, false));
    order.end_turn(one.out, false);
    EXPECT_EQ(head(), 0U);
    other.finish(1, {10});
    EXPECT_EQ(leave(other), (ints{}));
    other.finish(0, {0});
    EXPECT_EQ(leave(other), (ints{0, 10}));
}

TEST_F(resequencer, lets_nobody_else_hand_on_while_it_is_an_items_turn) {
    order.take_turn(0, one.core.times, false);
    other.finish(0, {0});
    bool more = false;
    EXPECT_EQ(pull(8, more), (ints{}));
    EXPECT_TRUE(more);
    EXPECT_EQ(leave(other), (ints{}));
    EXPECT_EQ(head(), 0U);
}

TEST_F(resequencer, counts_what_is_lost_behind_an_item_that_never_came) {
    one.finish(1, {10, 11});
    other.finish(2, {});
    leave(other);
    EXPECT_EQ(order.give_up(), 1U);  // of two items one had outputs
    EXPECT_EQ(front.edge.unfinished(), 2U);
    EXPECT_EQ(arrived(), (ints{}));
}

TEST_F(resequencer, knows_the_edge_in_front) {
    EXPECT_EQ(&order.in(), &front.edge);
}

}  // namespace
