#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/runtime.hpp>

#include "../../../ticket_book.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace {

using paipa::detail::final_outcome;
using paipa::detail::ticket;
using paipa::detail::ticket_in_hand;
using paipa::detail::ticket_share;

class a_ticket_in_hand : public testing::Test {
protected:
    void take() { hand_.take(book_.open().release()); }

    ticket_book book_{paipa::default_runtime(), 4};
    ticket_in_hand hand_;
};

TEST_F(a_ticket_in_hand, ends_when_the_worker_is_through_or_has_the_next_item) {
    take();
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), final_outcome::delivered);
    take();
    take();
    EXPECT_EQ(book_.outcome_of(1), final_outcome::delivered);
    hand_.take(nullptr);
    EXPECT_EQ(book_.outcome_of(2), final_outcome::delivered);
    hand_.note(final_outcome::dead);
    hand_.end();  // an item without a ticket
    take();
    hand_.end();
    EXPECT_EQ(book_.outcome_of(3), final_outcome::delivered);
}

TEST_F(a_ticket_in_hand, ends_as_the_worst_that_was_noted) {
    take();
    hand_.note(final_outcome::dropped);
    hand_.note(final_outcome::skipped);
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), final_outcome::dropped);
}

TEST_F(a_ticket_in_hand, goes_on_with_the_last_output_and_takes_the_notes_along) {
    take();
    hand_.note(final_outcome::skipped);
    ticket_share output(hand_.share_for_output(true));
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), std::nullopt);
    output.end(final_outcome::delivered);
    EXPECT_EQ(book_.outcome_of(0), final_outcome::skipped);
}

TEST_F(a_ticket_in_hand, shares_with_an_output_that_others_may_follow) {
    take();
    ticket_share output(hand_.share_for_output(false));
    output.end(final_outcome::delivered);
    EXPECT_EQ(book_.outcome_of(0), std::nullopt);
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), final_outcome::delivered);
}

TEST_F(a_ticket_in_hand, has_a_share_for_each_of_some_outputs) {
    for (const bool is_last : {false, true}) {
        take();
        ticket* const t = hand_.shares_for_outputs(3, is_last);
        const unsigned number = is_last ? 1 : 0;
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(book_.outcome_of(number), std::nullopt);
            ticket_share(t).end(final_outcome::delivered);
        }
        EXPECT_EQ(book_.outcome_of(number).has_value(), is_last);
        hand_.end();
        EXPECT_EQ(book_.outcome_of(number), final_outcome::delivered);
    }
}

TEST_F(a_ticket_in_hand, has_none_for_outputs_of_an_item_without_one) {
    EXPECT_EQ(hand_.share_for_output(true), nullptr);
    EXPECT_EQ(hand_.shares_for_outputs(2, false), nullptr);
    EXPECT_TRUE(hand_.is_ready());
    hand_.wait_until_ready();
}

TEST_F(a_ticket_in_hand, is_kept_for_another_try_without_its_notes) {
    take();
    hand_.note(final_outcome::dropped);
    ticket_share kept = hand_.keep();
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), std::nullopt);
    hand_.take(kept.release());
    hand_.end();
    EXPECT_EQ(book_.outcome_of(0), final_outcome::delivered);
}

TEST_F(a_ticket_in_hand, opens_one_for_each_output_where_items_enter) {
    ticket_in_hand entry(book_.window());
    ticket_share first(entry.share_for_output(true));
    ticket_share second(entry.share_for_output(false));
    EXPECT_EQ(first.get()->number(), 0U);
    EXPECT_EQ(second.get()->number(), 1U);
    ticket_share third(entry.share_for_output(true));
    EXPECT_TRUE(entry.is_ready());
    ticket_share fourth(entry.share_for_output(true));
    EXPECT_FALSE(entry.is_ready());
    first.end(final_outcome::delivered);
    EXPECT_TRUE(entry.is_ready());
    entry.wait_until_ready();
    second.end(final_outcome::delivered);
    third.end(final_outcome::delivered);
    fourth.end(final_outcome::delivered);
}

}  // namespace
