#include <paipa/detail/edge/waiting_retries.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/time.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace {

using namespace std::chrono_literals;
using paipa::time_point;
using paipa::detail::comes_back;
using paipa::detail::retry_entry;

constexpr time_point start{1h};

retry_entry entry(int n, time_point due, comes_back why = comes_back::after_a_failure) {
    return {.item = paipa::detail::item_box::of(token(n)),
            .sequence = static_cast<std::uint64_t>(n),
            .attempt = 1,
            .errors = {},
            .due = due,
            .why = why};
}

class waiting_retries : public testing::Test {
protected:
    waiting_retries() { tokens() = {}; }

    ~waiting_retries() override {
        waiting_.clear();
        EXPECT_TRUE(tokens().living.empty());
        EXPECT_EQ(tokens().faults, 0U);
    }

    void add(int n, time_point due = start, comes_back why = comes_back::after_a_failure) {
        waiting_.add(entry(n, due, why));
    }

    static int number_in(const retry_entry& e) {
        const int n = paipa::detail::as_slots<token>(e.item.cell())->get().number;
        EXPECT_EQ(e.sequence, static_cast<std::uint64_t>(n));
        return n;
    }

    /// The number of the item that goes, -1 if none does.
    int take(time_point now = start, std::uint64_t first_tries = 0, bool is_free = false) {
        const std::optional<retry_entry> e = waiting_.take(now, first_tries, is_free);
        return e ? number_in(*e) : -1;
    }

    paipa::detail::waiting_retries waiting_;
};

TEST_F(waiting_retries, gives_the_earliest_item_out_as_soon_as_its_time_has_come) {
    EXPECT_TRUE(waiting_.empty());
    EXPECT_EQ(waiting_.next(), paipa::never);
    EXPECT_EQ(take(), -1);
    for (const int n : {5, 2, 9, 1, 7}) {
        add(n, start + n * 1s);
    }
    EXPECT_EQ(waiting_.size(), 5U);
    EXPECT_EQ(waiting_.next(), start + 1s);
    EXPECT_EQ(take(start + 1s - 1ns), -1);
    EXPECT_EQ(take(start + 1s), 1);
    EXPECT_EQ(waiting_.next(), start + 2s);
    EXPECT_EQ(take(start + 6s), 2);
    EXPECT_EQ(take(start + 6s), 5);
    EXPECT_EQ(take(start + 6s), -1);
    EXPECT_EQ(waiting_.size(), 2U);
    EXPECT_FALSE(waiting_.empty());
}

TEST_F(waiting_retries, gives_items_of_the_same_time_out_in_the_order_in_which_they_came) {
    for (int n = 0; n < 20; ++n) {
        add(n);
    }
    for (int n = 0; n < 20; ++n) {
        EXPECT_EQ(take(), n);
    }
    EXPECT_TRUE(waiting_.empty());
}

TEST_F(waiting_retries, gives_the_earliest_item_out_before_its_time_when_asked) {
    add(2, start + 2s);
    add(1, start + 1s);
    EXPECT_EQ(number_in(waiting_.take_earliest()), 1);
    EXPECT_EQ(number_in(waiting_.take_earliest()), 2);
    EXPECT_TRUE(waiting_.empty());
}

TEST_F(waiting_retries, changes_places_with_others) {
    add(1);
    paipa::detail::waiting_retries other;
    other.swap(waiting_);
    EXPECT_TRUE(waiting_.empty());
    EXPECT_EQ(other.size(), 1U);
    other.clear();
    EXPECT_TRUE(other.empty());
}

TEST_F(waiting_retries, pays_a_retry_with_as_many_first_tries_as_the_budget_says) {
    waiting_.set_budget({.ratio = 0.25});
    add(1);
    add(2);
    EXPECT_EQ(take(start, 3), -1);
    EXPECT_EQ(waiting_.size(), 2U);
    EXPECT_FALSE(waiting_.is_paid(3, false));
    EXPECT_TRUE(waiting_.is_paid(4, false));
    EXPECT_EQ(take(start, 4), 1);
    EXPECT_EQ(take(start, 7), -1);
    EXPECT_EQ(take(start, 8), 2);
    EXPECT_FALSE(waiting_.is_paid(100, true));  // nobody waits
}

TEST_F(waiting_retries, counts_on_as_if_tenths_were_exact) {
    waiting_.set_budget({.ratio = 0.1});
    add(1);
    for (std::uint64_t tries = 1; tries < 10; ++tries) {
        EXPECT_EQ(take(start, tries), -1);
    }
    EXPECT_EQ(take(start, 10), 1);
}

TEST_F(waiting_retries, counts_no_more_first_tries_than_the_latest_thousand) {
    waiting_.set_budget({.ratio = 0.002});
    for (int n = 0; n < 3; ++n) {
        add(n);
    }
    EXPECT_EQ(take(start, 1'000'000), 0);
    EXPECT_EQ(take(start, 1'000'000), 1);
    EXPECT_EQ(take(start, 1'000'000), -1);
    EXPECT_EQ(take(start, 1'000'500), 2);
}

TEST_F(waiting_retries, keeps_one_retry_in_store_where_a_thousand_first_tries_do_not_pay_it) {
    waiting_.set_budget({.ratio = 0.0005});
    add(1);
    EXPECT_EQ(take(start, 1999), -1);
    EXPECT_EQ(take(start, 2000), 1);
}

TEST_F(waiting_retries, lets_an_unpaid_item_go_where_waiting_is_of_no_use) {
    waiting_.set_budget({.ratio = 0.5});
    add(1);
    add(2, start + 1s);
    EXPECT_EQ(take(start, 1), -1);
    EXPECT_TRUE(waiting_.is_paid(1, true));
    EXPECT_EQ(take(start, 1, true), 1);
    EXPECT_EQ(take(start, 1, true), -1);  // its time has not come
    EXPECT_EQ(take(start + 1s, 2), 2);    // what was earned has been kept
}

TEST_F(waiting_retries, lets_one_item_go_each_time_that_patience_ends) {
    constexpr auto patience = paipa::detail::waiting_retries::patience;
    waiting_.set_budget({.ratio = 0.5});
    add(1);
    add(2);
    EXPECT_EQ(take(start, 1), -1);  // a first try, at this time
    EXPECT_EQ(waiting_.next(), start + patience);
    EXPECT_EQ(take(start + patience - 1ns, 1), -1);
    EXPECT_EQ(take(start + patience, 1), 1);
    EXPECT_EQ(take(start + patience, 1), -1);
    EXPECT_EQ(waiting_.next(), start + 2 * patience);
    EXPECT_EQ(take(start + 2 * patience, 1), 2);
}

TEST_F(waiting_retries, asks_nothing_of_items_that_come_back_without_a_failure) {
    waiting_.set_budget({.ratio = 0.5});
    add(1);
    EXPECT_EQ(take(start, 1), -1);
    add(2, start, comes_back::as_it_asked);
    add(3, start, comes_back::by_requeue);
    EXPECT_EQ(take(start, 1), 2);
    EXPECT_EQ(take(start, 1), 3);
    EXPECT_EQ(take(start, 1), -1);
    EXPECT_EQ(number_in(waiting_.take_earliest()), 1);
}

TEST_F(waiting_retries, lets_an_item_go_first_when_those_before_it_have_left_the_queue) {
    EXPECT_FALSE(waiting_.may_go_first(100));
    retry_entry e = entry(1, start);
    e.note.behind = 7;
    waiting_.add(std::move(e));
    EXPECT_FALSE(waiting_.may_go_first(6));
    EXPECT_TRUE(waiting_.may_go_first(7));
}

TEST_F(waiting_retries, counts_the_items_that_are_given_back_in_vain) {
    for (int n = 0; n < 7; ++n) {
        retry_entry e = entry(n, start);
        e.note.rounds = static_cast<unsigned>(n);
        waiting_.add(std::move(e));
    }
    EXPECT_EQ(waiting_.requeues_in_vain(), 2U);  // in their fifth and sixth round
}

}  // namespace
