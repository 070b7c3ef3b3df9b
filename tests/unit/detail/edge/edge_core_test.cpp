#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/order_lock.hpp>
#include <paipa/detail/item/requeue_note.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::order_lock;
using paipa::detail::taken;

using ints = std::vector<int>;

/// An edge that may hold 16 items, so that a reader takes up to four at once.
class edge_core : public testing::Test {
protected:
    edge_core() { edge.start_bounds(); }

    std::string refusal() {
        try {
            queue.put({1});
        } catch (const paipa::closed_error& e) {
            return e.what();
        }
        return "";
    }

    /// So many items have left the ordered step behind the edge.
    void leave(std::size_t items) { order_lock(edge).leave(items); }

    number_edge queue{paipa::default_runtime(), 16};
    paipa::detail::edge& edge = queue.edge;
    paipa::detail::time_sheet times;
};

TEST_F(edge_core, counts_what_comes_in_and_what_goes_out) {
    number_reader reader(edge);
    queue.put({1, 2, 3});
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(edge.unfinished(), 2U);
    queue.put({4, 5});
    const paipa::edge_report r = edge.figures();
    EXPECT_EQ(r.from, "a");
    EXPECT_EQ(r.to, "b");
    EXPECT_EQ(r.capacity, 16U);
    EXPECT_EQ(r.limit, 16U);
    EXPECT_EQ(r.pushed, 5U);
    EXPECT_EQ(r.popped, 2U);
    EXPECT_EQ(r.queued, 3U);
    EXPECT_EQ(r.abandoned, 0U);
    EXPECT_EQ(r.most, 4U);  // three queued, and one that the reader has not begun
    EXPECT_EQ(reader.finish(), (ints{1, 2}));
    reader.look(1);
    EXPECT_EQ(edge.unfinished(), 1U);
}

TEST_F(edge_core, hands_out_what_is_inside_after_it_was_closed) {
    number_reader reader(edge);
    queue.put({1});
    EXPECT_FALSE(edge.is_closed());
    edge.close("that is all");
    EXPECT_TRUE(edge.is_closed());
    EXPECT_EQ(refusal(), "put: no more items are taken: that is all");
    EXPECT_EQ(reader.look(), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1}));
    EXPECT_EQ(reader.look(), taken::end);
}

TEST_F(edge_core, keeps_the_first_reason_of_its_end) {
    edge.close("first");
    edge.close("second");
    EXPECT_EQ(refusal(), "put: no more items are taken: first");
}

TEST_F(edge_core, ends_when_no_item_can_come_back_any_more) {
    number_reader one(edge);
    number_reader other(edge);
    queue.put({1});
    edge.close("");
    EXPECT_EQ(one.look(), taken::items);
    EXPECT_EQ(other.look(), taken::nothing);
    one.finish();
    EXPECT_EQ(one.look(), taken::end);
    EXPECT_EQ(other.look(), taken::end);
}

TEST_F(edge_core, ends_before_items_are_done_that_never_come_back) {
    edge.set_no_reentry();
    number_reader one(edge);
    number_reader other(edge);
    queue.put({1});
    edge.close("");
    EXPECT_EQ(one.look(), taken::items);
    EXPECT_EQ(other.look(), taken::end);
    one.finish();
}

TEST_F(edge_core, holds_more_than_its_capacity_until_the_run_starts) {
    number_edge early(paipa::default_runtime(), 2);
    EXPECT_EQ(early.put({1, 2, 3}), 3U);
    early.edge.start_bounds();
    EXPECT_EQ(early.put({4}), 0U);
    EXPECT_EQ(early.edge.figures().queued, 3U);
}

TEST_F(edge_core, follows_its_readers_where_it_is_told_so) {
    number_edge wide(paipa::default_runtime(), 1000);
    wide.edge.start_bounds();
    wide.edge.follow_readers(paipa::detail::edge_bound::rule::readers_batches);
    EXPECT_EQ(wide.edge.figures().limit, 1U);
    EXPECT_EQ(wide.put({1, 2}), 1U);
}

TEST_F(edge_core, passes_a_meta_entry_when_all_in_front_of_it_are_done) {
    number_reader reader(edge);
    queue.put({1});
    edge.push_meta(std::string("entry"));
    queue.put({2});
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1}));
    EXPECT_EQ(reader.look(), taken::meta);
    EXPECT_EQ(reader.look(), taken::nothing);  // it has not left the step
    EXPECT_EQ(std::any_cast<std::string>(edge.take_meta()), "entry");
    edge.meta_passed();
    EXPECT_EQ(reader.look(), taken::items);
    EXPECT_EQ(reader.finish(), (ints{2}));
}

TEST_F(edge_core, holds_a_meta_entry_back_while_a_sibling_has_an_item) {
    number_reader one(edge);
    number_reader other(edge);
    queue.put({1});
    edge.push_meta(7);
    EXPECT_EQ(one.look(), taken::items);
    EXPECT_EQ(other.look(), taken::nothing);
    one.finish();
    EXPECT_EQ(one.look(), taken::meta);
    EXPECT_EQ(other.look(), taken::nothing);
}

TEST_F(edge_core, lets_each_reader_flush_once_before_a_meta_entry) {
    edge.set_readers_flush();
    number_reader one(edge);
    number_reader other(edge);
    edge.push_meta(7);
    EXPECT_EQ(one.look(), taken::flush);
    EXPECT_EQ(one.look(), taken::nothing);
    one.in.done = 1;  // a flush counts as one thing that it has in process
    EXPECT_EQ(other.look(), taken::nothing);
    EXPECT_EQ(one.look(), taken::nothing);
    EXPECT_EQ(other.look(), taken::flush);
    other.in.done = 1;
    EXPECT_EQ(other.look(), taken::meta);
    edge.meta_passed();
    edge.push_meta(8);
    EXPECT_EQ(one.look(), taken::flush);
    one.in.done = 1;
    one.look();
}

TEST_F(edge_core, drops_meta_entries_when_it_is_cancelled) {
    edge.push_meta(7);
    edge.cancel("");
    EXPECT_FALSE(edge.take_meta().has_value());
    edge.push_meta(8);
    EXPECT_FALSE(edge.take_meta().has_value());
}

TEST_F(edge_core, notes_what_was_pushed_before_an_item_came_back) {
    queue.put({1, 2, 3});
    paipa::detail::requeue_note note;
    edge.note_requeue(note);
    EXPECT_EQ(note.behind, 3U);
    edge.note_requeue(note);
    EXPECT_EQ(note.rounds, 2U);  // nothing else has happened
    queue.put({4});
    edge.note_requeue(note);
    EXPECT_EQ(note.rounds, 1U);
    number_reader reader(edge);
    reader.look(4);  // all there are
    edge.note_requeue(note);
    EXPECT_EQ(note.rounds, 1U);
    reader.finish();
    reader.look();
    edge.note_requeue(note);
    EXPECT_EQ(note.rounds, 1U);
}

TEST_F(edge_core, hands_an_ordered_step_no_more_than_its_window) {
    edge.set_window(2);
    number_reader reader(edge);
    queue.put({1, 2, 3, 4});
    EXPECT_EQ(reader.look(4), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1, 2}));
    EXPECT_EQ(reader.look(4), taken::nothing);
    leave(1);
    EXPECT_EQ(reader.look(4), taken::items);
    EXPECT_EQ(reader.finish(), (ints{3}));
}

TEST_F(edge_core, gives_a_turn_to_the_first_item_that_has_not_left) {
    edge.set_window(4);
    number_reader reader(edge);
    queue.put({1, 2});
    reader.look(2);
    EXPECT_FALSE(edge.wait_for_turn(1, times, false));
    EXPECT_TRUE(edge.wait_for_turn(0, times, false));
    EXPECT_TRUE(order_lock(edge).is_somebodys_turn());
    EXPECT_FALSE(edge.wait_for_turn(0, times, false));  // it is somebody's
    leave(1);
    EXPECT_FALSE(edge.wait_for_turn(1, times, false));
    order_lock(edge).set_somebodys_turn(false);
    EXPECT_TRUE(edge.wait_for_turn(1, times, false));
}

TEST_F(edge_core, is_closed_and_gives_no_turn_after_it_was_cancelled) {
    edge.cancel("");
    EXPECT_TRUE(edge.is_closed());
    EXPECT_FALSE(edge.wait_for_turn(1, times, true));
}

/// The same with threads that wait, in a simulation: it fails at once when nobody can go on.
class waiting_edge : public testing::Test {
protected:
    waiting_edge() { edge.start_bounds(); }

    /// Runs both at the same time. Returns when both have ended.
    void run_both(const std::function<void()>& one, const std::function<void()>& other) {
        sim.run([&] {
            const auto t = sim.spawn("other", other);
            one();
            t->join();
        });
    }

    paipa::testing::simulation sim;
    number_edge queue{sim, 2};
    paipa::detail::edge& edge = queue.edge;
    paipa::detail::time_sheet times;
};

TEST_F(waiting_edge, wakes_a_reader_for_an_item) {
    ints got;
    run_both(
        [&] {
            number_reader reader(edge);
            EXPECT_EQ(reader.wait(), taken::items);
            got = reader.finish();
        },
        [&] {
            sim.sleep_for(1s);
            queue.put({7});
        });
    EXPECT_EQ(got, (ints{7}));
    EXPECT_EQ(sim.elapsed(), 1s);
}

TEST_F(waiting_edge, wakes_all_readers_when_it_is_closed) {
    run_both(
        [&] {
            number_reader reader(edge);
            EXPECT_EQ(reader.wait(), taken::end);
        },
        [&] {
            const auto third = sim.spawn("third", [&] {
                number_reader reader(edge);
                EXPECT_EQ(reader.wait(), taken::end);
            });
            sim.sleep_for(1s);
            edge.close("");
            third->join();
        });
}

TEST_F(waiting_edge, lets_a_reader_go_at_its_time) {
    sim.run([&] {
        number_reader reader(edge);
        EXPECT_EQ(reader.wait(sim.now() + 3s), taken::nothing);
    });
    EXPECT_EQ(sim.elapsed(), 3s);
}

TEST_F(waiting_edge, wakes_a_writer_when_there_is_room) {
    run_both(
        [&] {
            queue.put({1, 2});
            EXPECT_EQ(queue.put({3}, paipa::never), 1U);
        },
        [&] {
            sim.sleep_for(1s);
            number_reader reader(edge);
            EXPECT_EQ(reader.look(), taken::items);
            EXPECT_EQ(reader.finish(), (ints{1}));
            sim.sleep_for(1s);
            EXPECT_EQ(edge.figures().pushed, 3U);
        });
}

TEST_F(waiting_edge, wakes_a_writer_when_it_is_closed) {
    run_both(
        [&] {
            queue.put({1, 2});
            EXPECT_THROW(queue.put({3}, paipa::never), paipa::closed_error);
            EXPECT_EQ(sim.elapsed(), 1s);  // at once, and not when it looks by itself
        },
        [&] {
            sim.sleep_for(1s);
            edge.close("");
        });
}

TEST_F(waiting_edge, lets_a_writer_go_at_its_time) {
    sim.run([&] {
        queue.put({1, 2});
        EXPECT_EQ(queue.put({3}, sim.now() + 3s), 0U);
    });
    EXPECT_EQ(sim.elapsed(), 3s);
    EXPECT_EQ(edge.figures().pushed, 2U);
}

TEST_F(waiting_edge, wakes_a_worker_when_its_turn_has_come) {
    edge.set_window(4);
    run_both(
        [&] {
            number_reader reader(edge);
            queue.put({1, 2});
            reader.look();
            reader.look();
            EXPECT_TRUE(edge.wait_for_turn(1, times, true));
            reader.finish();
        },
        [&] {
            sim.sleep_for(1s);
            order_lock(edge).leave(1);
        });
    EXPECT_EQ(sim.elapsed(), 1s);
}

}  // namespace
