#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../../../ticket_book.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace {

namespace detail = paipa::detail;
using detail::result_reader;
using detail::taken;

/// A reader, and three results in front of it: 0, 1 and 2.
void with_results(const std::function<void(result_reader&)>& body) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        result_reader reader(sim, "last", 10, detail::type_of<int>, false);
        for (int i = 0; i < 3; ++i) {
            detail::edge_put(reader.edge, [] {
                return std::string("test");
            }).put<int>(&i, 1, paipa::never);
        }
        body(reader);
        reader.edge.cancel("the test is over");
        reader.edge.drop_given_up();
    });
}

int value(const result_reader& reader) {
    return detail::as_slots<int>(reader.current())->get();
}

/// All that can be read.
std::vector<int> read(result_reader& reader) {
    std::vector<int> all;
    while (reader.next_in_batch() ||
           (reader.fetch(paipa::never) == taken::items && reader.next_in_batch())) {
        all.push_back(value(reader));
    }
    return all;
}

TEST(result_reader, reads_in_order_to_the_end) {
    with_results([](result_reader& reader) {
        EXPECT_FALSE(reader.was_read());
        reader.edge.close({});
        EXPECT_EQ(read(reader), (std::vector{0, 1, 2}));
        EXPECT_TRUE(reader.was_read());
        EXPECT_EQ(reader.unread(), 0U);
    });
}

TEST(result_reader, counts_what_was_taken_and_given_to_nobody) {
    with_results([](result_reader& reader) {
        reader.edge.close({});
        ASSERT_EQ(reader.fetch(paipa::never), taken::items);
        ASSERT_TRUE(reader.next_in_batch());
        const auto popped = reader.edge.figures().popped;
        EXPECT_EQ(reader.unread(), popped - 1);
    });
}

TEST(result_reader, ends_the_tickets_of_its_batch_and_of_the_edge_when_nobody_reads) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticket_book book(sim, 8);
        result_reader reader(sim, "last", 10, detail::type_of<int>, false);
        reader.edge.carry_tickets();
        for (int i = 0; i < 8; ++i) {
            detail::ticket_share share = book.open();
            detail::edge_put(reader.edge, [] {
                return std::string("test");
            }).put<int>(&i, 1, paipa::never, &share);
        }
        int last = -1;
        while (last < 2) {
            if (reader.next_in_batch()) {
                last = value(reader);
            } else {
                ASSERT_EQ(reader.fetch(paipa::never), taken::items);
            }
        }
        EXPECT_FALSE(book.window().is_empty());
        reader.discard(true);
        EXPECT_TRUE(book.window().is_empty());
        EXPECT_EQ(value(reader), 2) << "it stays for whoever looks at it";
        reader.discard(false);
    });
}

TEST(result_reader, gives_nothing_more_once_results_are_thrown_away) {
    with_results([](result_reader& reader) {
        ASSERT_EQ(reader.fetch(paipa::never), taken::items);
        ASSERT_TRUE(reader.next_in_batch());
        ASSERT_FALSE(reader.next_in_batch());
        ASSERT_EQ(reader.fetch(paipa::never), taken::items) << "a batch of the other two";
        ASSERT_TRUE(reader.next_in_batch());
        EXPECT_EQ(value(reader), 1);
        reader.discard(true);
        EXPECT_EQ(value(reader), 1) << "the current one stays";
        EXPECT_FALSE(reader.next_in_batch());
        reader.discard(false);
        EXPECT_EQ(reader.fetch(paipa::never), taken::end);
    });
}

TEST(result_reader, gives_up_at_the_time) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        result_reader reader(sim, "last", 10, detail::type_of<int>, true);
        EXPECT_EQ(reader.fetch(sim.now()), taken::nothing);
        reader.edge.close({});
        EXPECT_EQ(reader.fetch(paipa::never), taken::end);
    });
}

TEST(result_reader, passes_over_meta_entries) {
    paipa::testing::simulation sim(1);
    sim.run([&] {
        result_reader reader(sim, "last", 10, detail::type_of<int>, false);
        int n = 7;
        reader.edge.push_meta(1);
        detail::edge_put(reader.edge, [] {
            return std::string("test");
        }).put<int>(&n, 1, paipa::never);
        reader.edge.close({});
        EXPECT_EQ(read(reader), (std::vector{7}));
    });
}

}  // namespace
