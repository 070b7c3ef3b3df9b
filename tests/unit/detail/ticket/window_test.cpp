#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "../../../ticket_book.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::detail::final_outcome;
using paipa::detail::ticket_share;

TEST(a_window, has_as_many_places_as_the_next_power_of_two) {
    ticket_book book(paipa::default_runtime(), 3);
    std::vector<ticket_share> all;
    while (ticket_share t = book.window().try_open()) {
        all.push_back(std::move(t));
    }
    EXPECT_EQ(all.size(), 4U);
}

TEST(a_window, knows_up_to_which_ticket_all_have_ended) {
    ticket_book book(paipa::default_runtime(), 4);
    paipa::detail::window& w = book.window();
    EXPECT_TRUE(w.is_empty());
    std::vector<ticket_share> all;
    for (int n = 0; n < 4; ++n) {
        all.push_back(w.try_open());
    }
    EXPECT_EQ(w.opened(), 4U);
    EXPECT_EQ(w.head(), 0U);
    all[1].end(final_outcome::delivered);
    EXPECT_EQ(w.head(), 0U);
    EXPECT_FALSE(static_cast<bool>(w.try_open())) << "the place of the slowest one is not free";
    all[0].end(final_outcome::delivered);
    EXPECT_EQ(w.head(), 2U);
    all[0] = w.try_open();
    EXPECT_EQ(all[0].get()->number(), 4U);
    EXPECT_EQ(w.head(), 2U);
    all[2].end(final_outcome::delivered);
    all[3].end(final_outcome::delivered);
    EXPECT_EQ(w.head(), 4U);
    EXPECT_FALSE(w.is_empty());
    all[0].end(final_outcome::delivered);
    EXPECT_EQ(w.head(), 5U);
    EXPECT_TRUE(w.is_empty());
}

TEST(a_window, makes_who_opens_wait_for_the_place_in_any_schedule) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            constexpr int tickets = 20;
            ticket_book book(sim, 2);
            std::vector<paipa::detail::ticket*> open(tickets);
            std::size_t opened = 0;
            const auto opener = sim.spawn("opener", [&] {
                for (; opened < tickets; ++opened) {
                    open[opened] = book.open().release();
                    ASSERT_NE(open[opened], nullptr);
                }
            });
            for (std::size_t n = 0; n < tickets; ++n) {
                while (opened <= n) {
                    sim.sleep_for(1us);
                }
                EXPECT_LE(opened, n + 3);
                ticket_share(open[n]).end(final_outcome::delivered);
            }
            opener->join();
        });
    }
}

/// Somebody waits for the only place for an hour. Then `end` gets the ticket that lies there, and
/// the wait is over. Returns whether it has brought a ticket.
bool wait_for_long(const std::function<void(paipa::detail::window&, ticket_share&)>& end) {
    bool got = false;
    paipa::testing::simulation sim(1);
    sim.run([&] {
        ticket_book book(sim, 1);
        ticket_share first = book.open();
        bool over = false;
        const auto opener = sim.spawn("opener", [&] {
            ticket_share second = book.open();
            over = true;
            got = static_cast<bool>(second);
            second.end(final_outcome::delivered);
        });
        sim.sleep_for(1h);
        EXPECT_FALSE(over);
        end(book.window(), first);
        sim.sleep_for(1us);
        EXPECT_TRUE(over);
        opener->join();
        first.end(final_outcome::delivered);
    });
    return got;
}

TEST(a_window, wakes_who_waits_for_a_place_for_long) {
    EXPECT_TRUE(wait_for_long([](paipa::detail::window& /*w*/, ticket_share& first) {
        first.end(final_outcome::delivered);
    }));
}

TEST(a_window, ends_the_wait_for_a_place_when_it_is_cancelled) {
    EXPECT_FALSE(wait_for_long([](paipa::detail::window& w, ticket_share& first) {
        w.cancel();
        EXPECT_TRUE(w.has_place()) << "there is no use in waiting";
        first.end(final_outcome::delivered);
        EXPECT_FALSE(static_cast<bool>(w.try_open()));
    }));
}

TEST(a_window, calls_its_hook_before_the_place_is_free) {
    paipa::detail::window* all = nullptr;
    bool seen = false;
    paipa::detail::window w(paipa::default_runtime(), 1, [&](const paipa::detail::ticket& t) {
        EXPECT_EQ(t.number(), 0U);
        EXPECT_EQ(t.outcome(), final_outcome::skipped);
        EXPECT_FALSE(static_cast<bool>(all->try_open()));
        seen = true;
    });
    all = &w;
    w.try_open().end(final_outcome::skipped);
    EXPECT_TRUE(seen);
}

TEST(a_window, needs_no_hook) {
    paipa::detail::window w(paipa::default_runtime(), 1, {});
    w.try_open().end(final_outcome::delivered);
    EXPECT_TRUE(w.is_empty());
}

}  // namespace
