#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "../edge/edge_case.hpp"
#include "../items_case.hpp"
#include "stage_case.hpp"

#include <gtest/gtest.h>

#include <any>
#include <cstddef>
#include <vector>

namespace {

namespace detail = paipa::detail;
using detail::taken;
using ints = std::vector<int>;

/// A worker of a step that returns numbers, between two edges.
class output : public testing::Test {
protected:
    static constexpr std::size_t capacity = 32;

    output() {
        behind.edge.start_bounds();
        out.open();
    }

    /// What has come to the edge behind since the last time.
    ints arrived() {
        ints all;
        while (next.look() == taken::items) {
            for (const int n : next.finish()) {
                all.push_back(n);
            }
        }
        return all;
    }

    void send(const ints& numbers) {
        for (const int n : numbers) {
            out(n);
        }
    }

    stage_case::a_run run{paipa::default_runtime()};
    stage_case::a_step step{"a", paipa::step_options{}};
    number_edge front{paipa::default_runtime(), capacity};
    number_edge behind{paipa::default_runtime(), capacity};
    detail::worker_context core{run, &step, 0};
    detail::output<int> out{core, &behind.edge, false};
    number_reader next{behind.edge};
};

TEST_F(output, sends_items_at_once_and_in_their_order) {
    send({1, 2, 3});
    EXPECT_EQ(arrived(), (ints{1, 2, 3}));
    EXPECT_EQ(core.emitted(), 3U);
}

TEST_F(output, keeps_held_items_until_they_are_sent) {
    out.hold(true);
    send({1, 2});
    EXPECT_EQ(out.held().size(), 2U);
    EXPECT_EQ(arrived(), (ints{}));
    EXPECT_EQ(core.emitted(), 0U);
    out.hold(false);
    out.send_held();
    EXPECT_EQ(out.held().size(), 0U);
    send({3});
    EXPECT_EQ(arrived(), (ints{1, 2, 3}));
    EXPECT_EQ(core.emitted(), 3U);
}

TEST_F(output, sends_more_held_items_than_the_outbox_has_room_for) {
    paipa::testing::simulation sim;
    number_edge narrow(sim, 4);
    narrow.edge.start_bounds();
    detail::output<int> held(core, &narrow.edge, true);
    held.open();
    ints all;
    sim.run([&] {
        const auto reader = sim.spawn("reader", [&] {
            number_reader slow(narrow.edge);
            while (slow.wait() == taken::items) {
                for (const int n : slow.finish()) {
                    all.push_back(n);
                }
            }
        });
        for (int n = 0; n < 50; ++n) {
            held(n);
        }
        EXPECT_EQ(held.held().size(), 50U);
        held.send_held();
        held.hand_over(true);
        narrow.edge.close({});
        reader->join();
    });
    ints expected;
    for (int n = 0; n < 50; ++n) {
        expected.push_back(n);
    }
    EXPECT_EQ(all, expected);
}

TEST_F(output, counts_items_that_nobody_wants) {
    detail::output<int> last(core, nullptr, false);
    last.open();
    last(1);
    EXPECT_EQ(core.emitted(), 1U);
    last.hold(true);
    last(2);
    last(3);
    EXPECT_EQ(core.emitted(), 1U);
    last.send_held();
    EXPECT_EQ(core.emitted(), 3U);
    EXPECT_TRUE(last.make_room());
    last.hand_over(true);
    last.push_meta(5);  // it goes nowhere
    EXPECT_EQ(core.emitted(), 3U);
}

TEST_F(output, is_over_when_the_edge_in_front_is_cancelled) {
    EXPECT_FALSE(out.is_over());
    out.stop_with(front.edge);
    EXPECT_FALSE(out.is_over());
    front.edge.cancel("enough");
    EXPECT_TRUE(out.is_over());
    EXPECT_TRUE(detail::batch_outputs<int>(out).is_over());
}

TEST_F(output, counts_items_that_come_too_late_and_does_not_keep_them) {
    tokens() = {};
    {
        detail::edge cancelled(paipa::default_runtime(), "a", "b", capacity,
                               detail::type_of<token>);
        detail::output<token> late(core, &cancelled, false);
        late.open();
        cancelled.cancel("enough");
        late(token(1));
        EXPECT_EQ(core.unstaged.get(), 1U);
        late.hold(true);
        late(token(2));
        late(token(3));
        EXPECT_EQ(tokens().living.size(), 2U);
        late.send_held();
        EXPECT_EQ(late.held().size(), 0U);
        EXPECT_EQ(tokens().living.size(), 0U);
        EXPECT_EQ(core.unstaged.get(), 3U);
        EXPECT_EQ(cancelled.figures().abandoned, 3U);
        EXPECT_FALSE(late.make_room());
        EXPECT_EQ(core.unstaged.get(), 3U);  // there was no item
        EXPECT_EQ(cancelled.figures().abandoned, 3U);
    }
    EXPECT_EQ(tokens().faults, 0U);
}

TEST_F(output, gives_the_slots_that_it_does_not_use_back_when_it_is_told) {
    EXPECT_TRUE(out.make_room());
    send({1});
    EXPECT_EQ(behind.put(ints(capacity)), 0U);
    out.hand_over(false);
    EXPECT_EQ(behind.put(ints(capacity)), 0U);
    out.hand_over(true);
    EXPECT_EQ(behind.put(ints(capacity)), capacity - 1);
}

TEST_F(output, puts_a_meta_entry_behind_the_items_in_front_of_it) {
    send({1});
    out.push_meta(std::any(5));
    send({2});
    ASSERT_EQ(next.look(4), taken::items);
    EXPECT_EQ(next.finish(), (ints{1}));
    ASSERT_EQ(next.look(4), taken::meta);
    EXPECT_EQ(std::any_cast<int>(behind.edge.take_meta()), 5);
    behind.edge.meta_passed();
    EXPECT_EQ(arrived(), (ints{2}));
}

TEST_F(output, asks_whether_items_may_leave_each_time_their_number_has_doubled) {
    std::vector<std::size_t> asked;
    out.on_overflow([&](std::size_t held) {
        asked.push_back(held);
        return false;
    });
    out.hold(true);
    send(ints(20));
    EXPECT_EQ(asked, (std::vector<std::size_t>{1, 2, 4, 8, 16}));
    EXPECT_EQ(out.held().size(), 20U);
    asked.clear();
    out.held().clear();
    out.hold(true);  // the next item of the step
    send(ints(3));
    EXPECT_EQ(asked, (std::vector<std::size_t>{1, 2}));
}

TEST_F(output, asks_when_there_is_one_item_more_than_may_be_held) {
    std::vector<std::size_t> asked;
    out.on_overflow([&](std::size_t held) {
        asked.push_back(held);
        return false;
    });
    out.hold(true);
    for (std::size_t i = 0; i <= detail::most_held_outputs; ++i) {
        out(0);
    }
    ASSERT_GE(asked.size(), 2U);
    EXPECT_EQ(asked.back(), detail::most_held_outputs + 1);
    EXPECT_EQ(asked[asked.size() - 2], detail::most_held_outputs);
}

TEST_F(output, sends_held_and_further_items_once_they_may_leave) {
    out.hold(true);
    out.on_overflow([](std::size_t held) { return held == 2; });
    detail::batch_outputs<int> batch(out);
    batch(1);
    EXPECT_EQ(arrived(), (ints{}));
    batch(2);
    EXPECT_EQ(arrived(), (ints{1, 2}));
    batch(3);
    EXPECT_EQ(out.held().size(), 0U);
    EXPECT_EQ(arrived(), (ints{3}));
}

}  // namespace
