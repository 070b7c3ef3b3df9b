#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/error.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../../../doors_case.hpp"
#include "../../../ticket_book.hpp"
#include "edge_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using ints = std::vector<int>;
using paipa::detail::edge_put;
using paipa::detail::row;

/// Emits one number. False: the edge did not take it.
bool emit(paipa::detail::edge& to, paipa::detail::outbox& out, int n) {
    paipa::detail::time_sheet times;
    row one(paipa::detail::type_of<int>, 1);
    paipa::detail::fill_cell<int>(one.raw<int>(), n);
    return to.emit_items(out, times, one, 0, 1) == 1;
}

TEST(a_gate, drops_the_newest_of_what_is_put_and_counts_it_as_abandoned) {
    counting_gate gate(2);
    number_edge e(paipa::default_runtime(), 10);
    e.edge.set_doors(&gate, nullptr);
    e.edge.start_bounds();
    EXPECT_EQ(e.put({1, 2, 3}), 2U);
    EXPECT_EQ(e.put({3}), 1U) << "it counts as put";
    EXPECT_EQ(e.put({4}, paipa::never), 1U) << "nobody waits";
    EXPECT_EQ(gate.gone, 2U);
    const paipa::edge_report r = e.edge.figures();
    EXPECT_EQ(r.pushed, 4U);
    EXPECT_EQ(r.abandoned, 2U);
    EXPECT_EQ(r.queued, 2U);
    number_reader reader(e.edge);
    EXPECT_EQ(reader.look(5), paipa::detail::taken::items);
    EXPECT_EQ(reader.finish(), (ints{1, 2}));
    EXPECT_EQ(e.put({5}), 1U);
    EXPECT_EQ(gate.gone, 2U) << "there was room";
}

TEST(a_gate, ends_the_ticket_of_what_it_drops) {
    counting_gate gate(1);
    ticket_book book(paipa::default_runtime(), 4);
    number_edge e(paipa::default_runtime(), 10);
    e.edge.carry_tickets();
    e.edge.set_doors(&gate, nullptr);
    e.edge.start_bounds();
    for (int n = 0; n < 2; ++n) {
        paipa::detail::ticket_share share = book.open();
        edge_put(e.edge, [] { return std::string("put"); }).put<int>(&n, 1, paipa::never, &share);
        EXPECT_FALSE(static_cast<bool>(share));
    }
    EXPECT_FALSE(book.outcome_of(0).has_value());
    EXPECT_EQ(book.outcome_of(1), paipa::detail::final_outcome::dropped);
}

TEST(a_gate, drops_the_newest_of_what_a_writer_emits) {
    counting_gate gate(2);
    number_edge e(paipa::default_runtime(), 10);
    e.edge.set_doors(&gate, nullptr);
    e.edge.start_bounds();
    paipa::detail::outbox out{&paipa::detail::type_of<int>};
    e.edge.add_writer(out);
    for (int n = 0; n < 5; ++n) {
        EXPECT_EQ(emit(e.edge, out, n), n < 2) << n;
    }
    EXPECT_EQ(gate.gone, 3U);
    EXPECT_EQ(e.edge.figures().pushed, 5U);
    EXPECT_EQ(e.edge.figures().abandoned, 3U);
    paipa::detail::time_sheet times;
    EXPECT_TRUE(e.edge.make_room(out, times, false))
        << "there is no item yet that could be dropped";
    EXPECT_EQ(e.edge.figures().pushed, 5U);
    e.edge.hand_over(out, true);
}

/// Calls `body` in a simulation, with an edge whose gate is closed.
template <class Body>
void with_closed_gate(Body body) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        closed_gate gate;
        number_edge e(sim, 10);
        e.edge.set_doors(&gate, nullptr);
        e.edge.start_bounds();
        body(sim, gate, e);
    });
}

TEST(a_gate, makes_who_puts_wait_until_the_time_that_it_says) {
    with_closed_gate([](auto& sim, closed_gate& gate, number_edge& e) {
        gate.opens = sim.now() + 10s;
        EXPECT_EQ(e.put({1}), 0U);
        EXPECT_EQ(e.put({1}, sim.now() + 2s), 0U);
        EXPECT_EQ(sim.elapsed(), 2s);
        EXPECT_EQ(e.put({1}, paipa::never), 1U);
        EXPECT_GE(sim.elapsed(), 10s);
        EXPECT_LT(sim.elapsed(), 11s);
    });
}

TEST(a_gate, makes_a_writer_wait_until_somebody_says_that_it_is_open) {
    with_closed_gate([](auto& sim, closed_gate& gate, number_edge& e) {
        paipa::detail::outbox out{&paipa::detail::type_of<int>};
        e.edge.add_writer(out);
        bool is_in = false;
        const auto writer = sim.spawn("writer", [&] { is_in = emit(e.edge, out, 1); });
        sim.sleep_for(1h);
        EXPECT_FALSE(is_in);
        EXPECT_LT(gate.asked, 64U) << "it looks again, each time after twice as long";
        gate.opens = sim.now();
        e.edge.ask_doors_again();
        sim.sleep_for(1us);
        EXPECT_TRUE(is_in);
        writer->join();
        e.edge.hand_over(out, true);
    });
}

TEST(a_gate, holds_nobody_up_when_the_edge_is_cancelled) {
    with_closed_gate([](auto& sim, closed_gate& /*gate*/, number_edge& e) {
        const auto putter = sim.spawn(
            "putter", [&] { EXPECT_THROW(e.put({1}, paipa::never), paipa::closed_error); });
        sim.sleep_for(1s);
        e.edge.cancel("test");
        putter->join();
    });
}

}  // namespace
