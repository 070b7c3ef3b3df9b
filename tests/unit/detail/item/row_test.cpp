#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/runtime.hpp>

#include "../../../ticket_book.hpp"
#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>

namespace {

using paipa::detail::final_outcome;
using paipa::detail::row;
using paipa::detail::ticket_share;
using paipa::detail::type_of;

template <class T>
class row_of : public each_item<T> {
protected:
    static void put(row& r, std::size_t at, int n) {
        paipa::detail::fill_cell<T>(r.raw<T>() + at, item_of<T>(n));
    }

    static int number_at(const row& r, std::size_t at) {
        return number_of(paipa::detail::as_slots<T>(r.at(at))->get());
    }

    ticket_book book_{paipa::default_runtime(), 8};
};

TYPED_TEST_SUITE(row_of, item_kinds);

TYPED_TEST(row_of, moves_items_with_their_tickets) {
    row from(type_of<TypeParam>, 4, true);
    row to(type_of<TypeParam>, 4, true);
    for (std::size_t i = 0; i < 3; ++i) {
        this->put(from, i, static_cast<int>(i));
    }
    from.set_ticket(0, this->book_.open().release());
    from.set_ticket(2, this->book_.open().release());
    to.take_in(1, from, 0, 3);
    EXPECT_EQ(this->number_at(to, 1), 0);
    EXPECT_EQ(this->number_at(to, 3), 2);
    EXPECT_EQ(from.take_ticket(0), nullptr);
    EXPECT_EQ(from.take_ticket(2), nullptr);
    to.drop(1, 1, final_outcome::skipped);
    EXPECT_EQ(this->book_.outcome_of(0), final_outcome::skipped);
    to.drop(2, 1, final_outcome::dropped);  // it has none
    EXPECT_EQ(this->book_.outcome_of(1), std::nullopt);
    ticket_share last(to.take_ticket(3));
    to.drop(3, 1, final_outcome::dropped);
    EXPECT_EQ(this->book_.outcome_of(1), std::nullopt);
    last.end(final_outcome::delivered);
    EXPECT_EQ(this->book_.outcome_of(1), final_outcome::delivered);
}

TYPED_TEST(row_of, moves_items_within_itself) {
    row r(type_of<TypeParam>, 2, true);
    this->put(r, 1, 5);
    r.set_ticket(1, this->book_.open().release());
    r.take_in(0, r, 1, 1);
    EXPECT_EQ(this->number_at(r, 0), 5);
    r.drop(0, 1, final_outcome::dead);
    EXPECT_EQ(this->book_.outcome_of(0), final_outcome::dead);
}

TYPED_TEST(row_of, needs_no_column) {
    row from(type_of<TypeParam>, 2);
    row to(type_of<TypeParam>, 2);
    EXPECT_FALSE(from.carries_tickets());
    EXPECT_EQ(from.tickets(), nullptr);
    this->put(from, 0, 1);
    to.take_in(1, from, 0, 1);
    EXPECT_EQ(to.take_ticket(1), nullptr);
    EXPECT_EQ(this->number_at(to, 1), 1);
    to.drop(1, 1, final_outcome::delivered);
}

TYPED_TEST(row_of, gets_a_column_and_changes_places_with_it) {
    row r(type_of<TypeParam>, 1);
    r.carry_tickets();
    EXPECT_TRUE(r.carries_tickets());
    this->put(r, 0, 1);
    r.set_ticket(0, this->book_.open().release());
    row other;
    EXPECT_EQ(other.cells(), 0U);
    r.swap(other);
    EXPECT_EQ(r.cells(), 0U);
    EXPECT_FALSE(r.carries_tickets());
    EXPECT_EQ(other.cells(), 1U);
    other.drop(0, 1, final_outcome::delivered);
    EXPECT_EQ(this->book_.outcome_of(0), final_outcome::delivered);
}

}  // namespace
