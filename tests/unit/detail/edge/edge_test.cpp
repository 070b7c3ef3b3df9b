#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include "../items_case.hpp"
#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using paipa::detail::taken;

using ints = std::vector<int>;

/// A writer of an edge of numbers.
class number_writer {
public:
    explicit number_writer(paipa::detail::edge& e) : edge_(e) { edge_.add_writer(out); }

    /// Emits a number. False: nobody wants it.
    bool emit(int n) {
        paipa::detail::row cell(paipa::detail::type_of<int>, 1);
        paipa::detail::fill_cell<int>(cell.raw<int>(), n);
        return edge_.emit_items(out, times, cell, 0, 1) == 1;
    }

    paipa::detail::outbox out{&paipa::detail::type_of<int>};
    paipa::detail::time_sheet times{};

private:
    paipa::detail::edge& edge_;
};

/// An edge that may hold 16 items, so that a reader takes up to four at once.
class edge : public testing::Test {
protected:
    edge() { edge_.start_bounds(); }

    paipa::edge_report figures() { return edge_.figures(); }

    number_edge queue{paipa::default_runtime(), 16};
    paipa::detail::edge& edge_ = queue.edge;
};

TEST_F(edge, gives_a_reader_a_row_of_items_in_their_order) {
    number_reader reader(edge_);
    EXPECT_EQ(queue.put({1, 2, 3, 4, 5, 6}), 6U);
    EXPECT_EQ(reader.look(3), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1, 2, 3}));
    EXPECT_EQ(reader.look(100), taken::items);
    EXPECT_EQ(reader.finish(), (ints{4, 5, 6}));
    EXPECT_EQ(reader.look(), taken::nothing);
}

TEST_F(edge, gives_a_reader_no_more_than_its_fair_share) {
    number_reader one(edge_);
    number_reader other(edge_);
    queue.put({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    one.look(100);
    EXPECT_EQ(one.finish(), (ints{1, 2, 3, 4}));  // a quarter of the capacity
    other.look(100);
    EXPECT_EQ(other.finish(), (ints{5, 6, 7, 8}));
    one.look(100);
    EXPECT_EQ(one.finish(), (ints{9, 10}));  // half of what there is
}

TEST_F(edge, takes_as_many_items_as_it_has_room_for) {
    EXPECT_EQ(queue.put(ints(15)), 15U);
    EXPECT_EQ(queue.put({1, 2, 3}), 1U);
    EXPECT_EQ(queue.put({2}), 0U);
    EXPECT_EQ(figures().pushed, 16U);
}

TEST_F(edge, counts_items_that_a_reader_has_not_begun_against_its_capacity) {
    number_reader reader(edge_);
    queue.put(ints(16));
    reader.look(4);
    EXPECT_EQ(queue.put(ints(16)), 1U);  // the one that the reader is at
    reader.finish();
    reader.look(1);
    EXPECT_EQ(queue.put(ints(16)), 4U);
    reader.finish();
}

TEST_F(edge, counts_what_a_reader_holds_against_its_capacity) {
    number_reader reader(edge_);
    reader.in.holds_items = true;
    queue.put(ints(16));
    reader.look(4);
    EXPECT_EQ(queue.put(ints(16)), 0U);  // also the one that the reader is at
    while (reader.in.take_next()) {
        ++reader.in.held_items;
    }
    reader.look(1);
    EXPECT_EQ(queue.put(ints(16)), 0U);
    EXPECT_EQ(figures().most, 16U);
    reader.in.held_items -= 3;
    reader.in.done = 3;
    reader.finish();
    reader.look(1);
    EXPECT_EQ(queue.put(ints(16)), 4U);
    reader.in.held_items = 0;
    reader.finish();
}

TEST_F(edge, lets_an_idle_reader_steal_what_a_sibling_has_not_begun) {
    number_reader busy(edge_);
    number_reader idle(edge_);
    queue.put({1, 2, 3, 4, 5, 6});
    busy.look(3);
    ASSERT_TRUE(busy.in.take_next());  // and works on it
    idle.look(3);
    idle.finish();
    idle.look(3);
    idle.finish();  // so the queue is nearly empty
    idle.look(3);
    ints stolen = idle.finish();
    EXPECT_EQ(idle.look(3), taken::items);
    for (const int n : idle.finish()) {
        stolen.push_back(n);
    }
    EXPECT_EQ(stolen, (ints{6, 2, 3}));
    busy.in.done = 1;
    busy.look();
    EXPECT_EQ(edge_.unfinished(), 2U);  // what was stolen last is done, and not yet reported
    idle.look();
    EXPECT_EQ(edge_.unfinished(), 0U);
}

TEST_F(edge, counts_a_stolen_item_once_against_its_capacity) {
    number_reader busy(edge_);
    queue.put({1, 2, 3});
    busy.look(3);
    ASSERT_TRUE(busy.in.take_next());
    number_reader idle(edge_);
    EXPECT_EQ(idle.look(), taken::items);  // steals 2 and 3
    EXPECT_EQ(queue.put(ints(16)), 15U);   // 3 is in the edge, and 2 in the thief's hands
    edge_.give_up_queue();
    EXPECT_EQ(idle.finish(), (ints{2, 3}));
    idle.look();
    busy.in.done = 1;
    busy.look();
    EXPECT_EQ(queue.put(ints(16)), 16U);
}

TEST_F(edge, takes_items_from_a_writer_when_its_slots_are_used_up) {
    number_writer writer(edge_);
    number_reader reader(edge_);
    for (int n = 0; n < 16; ++n) {
        EXPECT_TRUE(writer.emit(n));
    }
    EXPECT_EQ(figures().pushed, 0U);
    edge_.hand_over(writer.out, true);
    EXPECT_EQ(figures().pushed, 16U);
    EXPECT_EQ(figures().queued, 16U);
    reader.look(4);
    EXPECT_EQ(reader.finish(), (ints{0, 1, 2, 3}));
}

TEST_F(edge, collects_what_a_busy_writer_has_staged_when_a_reader_finds_nothing) {
    number_writer writer(edge_);
    number_reader reader(edge_);
    writer.emit(1);
    writer.emit(2);
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1, 2}));
}

TEST_F(edge, counts_reserved_slots_against_its_capacity_until_they_are_released) {
    number_writer writer(edge_);
    writer.emit(1);  // reserves all
    EXPECT_EQ(queue.put({2}), 0U);
    edge_.hand_over(writer.out, false);
    EXPECT_EQ(queue.put({2}), 0U);
    edge_.hand_over(writer.out, true);
    EXPECT_EQ(queue.put(ints(16)), 15U);
}

TEST_F(edge, leaves_slots_for_other_writers) {
    number_writer one(edge_);
    number_writer other(edge_);
    one.emit(1);
    EXPECT_EQ(one.out.unused(), 4U);  // half of its half
    other.emit(2);
    EXPECT_EQ(other.out.unused(), 3U);
}

TEST_F(edge, leaves_slots_for_items_from_outside_where_they_may_come) {
    edge_.set_intake();
    number_writer writer(edge_);
    writer.emit(1);
    EXPECT_EQ(writer.out.unused(), 8U);
    EXPECT_EQ(queue.put(ints(16)), 8U);
}

TEST_F(edge, abandons_what_it_holds_when_it_is_cancelled) {
    number_writer writer(edge_);
    number_reader reader(edge_);
    queue.put({1, 2});
    reader.look();
    writer.emit(3);
    edge_.cancel("enough");
    EXPECT_TRUE(writer.emit(4));  // it has slots, and so does not look at the edge
    edge_.hand_over(writer.out, true);
    reader.finish();
    EXPECT_EQ(reader.look(), taken::cancelled);
    EXPECT_EQ(figures().pushed, 4U);
    EXPECT_EQ(figures().popped, 1U);
    EXPECT_EQ(figures().abandoned, 3U);
    EXPECT_EQ(figures().queued, 0U);
    EXPECT_THROW(queue.put({6}), paipa::closed_error);
}

TEST_F(edge, gives_a_writer_no_room_after_it_was_cancelled) {
    number_writer writer(edge_);
    edge_.cancel("");
    EXPECT_FALSE(writer.emit(1));
    EXPECT_FALSE(edge_.make_room(writer.out, writer.times, false));
    EXPECT_EQ(figures().pushed, 1U);
    EXPECT_EQ(figures().abandoned, 1U);
}

TEST_F(edge, hands_out_what_is_queued_after_it_was_sealed) {
    number_writer writer(edge_);
    number_reader reader(edge_);
    queue.put({1});
    edge_.push_meta(7);
    writer.emit(2);
    edge_.seal("");
    EXPECT_TRUE(edge_.is_cancelled());
    EXPECT_EQ(reader.look(2), taken::items);
    EXPECT_EQ(reader.finish(), (ints{1, 2}));
    EXPECT_EQ(reader.look(), taken::cancelled);
    EXPECT_FALSE(edge_.take_meta().has_value());
    EXPECT_EQ(figures().abandoned, 0U);
}

TEST_F(edge, gives_up_what_is_queued_when_it_is_cancelled_after_it_was_sealed) {
    number_reader reader(edge_);
    queue.put({1, 2});
    edge_.seal("");
    edge_.cancel("");
    EXPECT_EQ(reader.look(), taken::cancelled);
    EXPECT_EQ(figures().abandoned, 2U);
    edge_.cancel("");
    EXPECT_EQ(figures().abandoned, 2U);
}

TEST_F(edge, counts_what_is_queued_as_taken_when_it_gives_that_up_at_the_end) {
    queue.put({1, 2});
    edge_.give_up_queue();
    EXPECT_EQ(figures().popped, 2U);
    EXPECT_EQ(figures().queued, 0U);
    EXPECT_EQ(figures().abandoned, 0U);
}

TEST_F(edge, drops_queued_items_for_a_writer_where_nobody_reads) {
    number_writer writer(edge_);
    queue.put(ints(16));
    edge_.push_meta(7);
    edge_.drop_instead_of_waiting(true);
    EXPECT_TRUE(writer.emit(1));
    EXPECT_EQ(figures().popped, 16U);
    EXPECT_EQ(figures().abandoned, 0U);
    EXPECT_FALSE(edge_.take_meta().has_value());
}

/// Items that tell when they are destroyed.
class edge_of_tokens : public each_item<token> {
protected:
    void put(int n) {
        token item(n);
        paipa::detail::edge_put(edge_, [] {
            return std::string();
        }).put<token>(&item, 1, paipa::never);
    }

    paipa::detail::edge edge_{paipa::default_runtime(), "a", "b", 16,
                              paipa::detail::type_of<token>};
};

TEST_F(edge_of_tokens, leaves_what_was_cancelled_to_whoever_drops_it) {
    put(1);
    put(2);
    edge_.cancel("");
    EXPECT_EQ(tokens().living.size(), 2U);
    edge_.drop_given_up();
    EXPECT_EQ(tokens().living.size(), 0U);
}

TEST_F(edge_of_tokens, destroys_what_is_queued_at_its_end) {
    put(1);
    EXPECT_EQ(tokens().living.size(), 1U);
}

}  // namespace
