#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/runtime.hpp>

#include "../../../ticket_book.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using paipa::detail::final_outcome;
using paipa::detail::ticket_share;

class a_ticket : public testing::Test {
protected:
    /// One with one share, which is the caller's.
    paipa::detail::ticket& open() {
        paipa::detail::ticket* const t = book_.open().release();
        if (t == nullptr) {
            throw std::logic_error("no place");
        }
        return *t;
    }

    ticket_book book_{paipa::default_runtime(), 4};
};

TEST_F(a_ticket, ends_with_its_last_share) {
    paipa::detail::ticket& t = open();
    t.share(2);
    ticket_share first(&t);
    ticket_share second(&t);
    ticket_share third(&t);
    first.end(final_outcome::delivered);
    second.end(final_outcome::delivered);
    EXPECT_EQ(book_.outcome_of(0), std::nullopt);
    third.end(final_outcome::delivered);
    EXPECT_EQ(book_.outcome_of(0), final_outcome::delivered);
}

TEST_F(a_ticket, keeps_the_worst_outcome_whatever_comes_last) {
    paipa::detail::ticket& t = open();
    t.share(1);
    t.end(final_outcome::dead);
    EXPECT_EQ(t.outcome(), final_outcome::dead);
    t.end(final_outcome::skipped);
    EXPECT_EQ(book_.outcome_of(0), final_outcome::dead);
}

TEST_F(a_ticket, counts_the_items_of_its_window_and_forgets_the_last_one_of_its_place) {
    for (unsigned n = 0; n < 10; ++n) {
        ticket_share t = book_.open();
        EXPECT_EQ(t.get()->number(), n);
        EXPECT_EQ(t.get()->outcome(), final_outcome::delivered);
        t.end(n % 2 == 0 ? final_outcome::dropped : final_outcome::delivered);
        EXPECT_EQ(book_.outcome_of(n),
                  n % 2 == 0 ? final_outcome::dropped : final_outcome::delivered);
    }
}

TEST_F(a_ticket, ends_once_when_many_threads_end_its_shares) {
    for (unsigned n = 0; n < 200; ++n) {
        paipa::detail::ticket& t = open();
        t.share(3);
        std::vector<std::thread> all;
        for (int i = 0; i < 3; ++i) {
            all.emplace_back(
                [&t, i] { t.end(i == 1 ? final_outcome::skipped : final_outcome::delivered); });
        }
        t.end(final_outcome::delivered);
        for (std::thread& one : all) {
            one.join();
        }
        ASSERT_EQ(book_.outcome_of(n), final_outcome::skipped);
    }
}

TEST_F(a_ticket, of_a_share_that_is_forgotten_is_abandoned) {
    {
        const ticket_share forgotten = book_.open();
        EXPECT_TRUE(static_cast<bool>(forgotten));
    }
    EXPECT_EQ(book_.outcome_of(0), final_outcome::abandoned);
    ticket_share kept = book_.open();
    kept = book_.open();
    EXPECT_EQ(book_.outcome_of(1), final_outcome::abandoned);
    kept.end(final_outcome::delivered);
}

TEST_F(a_ticket, goes_with_a_share_that_moves) {
    ticket_share from = book_.open();
    ticket_share to(std::move(from));
    EXPECT_FALSE(static_cast<bool>(from));  // NOLINT(bugprone-use-after-move): that is asked
    from.end(final_outcome::dead);
    EXPECT_EQ(book_.outcome_of(0), std::nullopt);
    to.end(final_outcome::delivered);
    to.end(final_outcome::dead);
    EXPECT_EQ(book_.outcome_of(0), final_outcome::delivered);
}

}  // namespace
