#include <paipa/detail/edge/outbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace {

using ints = std::vector<int>;

template <class T>
class outbox_of : public each_item<T> {
protected:
    /// Offers items with these numbers. Returns how many the outbox took; the others end here.
    std::size_t add(int from, int to) {
        const auto n = static_cast<std::size_t>(to - from);
        paipa::detail::row cells(paipa::detail::type_of<T>, n);
        for (int i = from; i < to; ++i) {
            paipa::detail::fill_cell<T>(cells.raw<T>() + (i - from), item_of<T>(i));
        }
        const std::size_t taken = out_.add_items(cells, 0, n);
        cells.drop(taken, n - taken, paipa::detail::final_outcome::abandoned);
        return taken;
    }

    /// Hands so many items over to the edge, and takes them out of it.
    ints hand_over(std::size_t n) {
        paipa::detail::ring to(paipa::detail::type_of<T>);
        to.reserve(n);
        out_.hand_over(to, n);
        EXPECT_EQ(to.size(), n);
        paipa::detail::row cells(paipa::detail::type_of<T>, n);
        to.hand_out(cells, n);
        ints all;
        for (std::size_t i = 0; i < n; ++i) {
            all.push_back(number_of(paipa::detail::as_slots<T>(cells.at(i))->get()));
        }
        cells.drop(0, n, paipa::detail::final_outcome::delivered);
        return all;
    }

    paipa::detail::outbox out_{&paipa::detail::type_of<T>};
};

TYPED_TEST_SUITE(outbox_of, item_kinds);

TYPED_TEST(outbox_of, takes_no_more_items_than_it_has_reserved) {
    EXPECT_TRUE(this->out_.full());
    this->out_.reserve(3);
    EXPECT_FALSE(this->out_.full());
    EXPECT_EQ(this->out_.unused(), 3U);
    EXPECT_EQ(this->add(0, 2), 2U);
    EXPECT_FALSE(this->out_.full());
    EXPECT_EQ(this->add(2, 5), 1U);
    EXPECT_TRUE(this->out_.full());
    EXPECT_EQ(this->out_.staged(), 3U);
    EXPECT_EQ(this->out_.added().load(), 3U);
}

TYPED_TEST(outbox_of, hands_its_items_over_in_their_order) {
    this->out_.reserve(4);
    this->add(0, 4);
    EXPECT_EQ(this->hand_over(3), (ints{0, 1, 2}));
    EXPECT_EQ(this->out_.staged(), 1U);
    EXPECT_EQ(this->out_.unused(), 1U);
    EXPECT_EQ(this->hand_over(1), (ints{3}));
    EXPECT_EQ(this->out_.staged(), 0U);
    EXPECT_EQ(this->out_.added().load(), 4U);  // also of those that have gone
}

TYPED_TEST(outbox_of, keeps_the_slots_of_staged_items_when_it_reserves_again) {
    this->out_.reserve(2);
    this->add(0, 2);
    this->out_.reserve(3);  // the two included
    EXPECT_EQ(this->out_.unused(), 3U);
    EXPECT_EQ(this->add(2, 5), 1U);
    EXPECT_EQ(this->hand_over(3), (ints{0, 1, 2}));
}

TYPED_TEST(outbox_of, goes_on_at_the_beginning_of_its_memory) {
    const std::size_t room = this->out_.room();
    ASSERT_EQ(room, paipa::detail::type_of<TypeParam>.batch);
    const auto most = static_cast<int>(room);
    this->out_.reserve(room);
    EXPECT_EQ(this->add(0, most), room);
    this->hand_over(room - 1);
    this->out_.reserve(room);
    EXPECT_EQ(this->add(most, most + 2), 2U);
    EXPECT_EQ(this->hand_over(3), (ints{most - 1, most, most + 1}));
}

TYPED_TEST(outbox_of, takes_a_row_only_up_to_the_end_of_its_memory) {
    const std::size_t room = this->out_.room();
    const auto most = static_cast<int>(room);
    this->out_.reserve(room);
    this->add(0, most - 1);
    this->hand_over(room - 1);
    this->out_.reserve(room);
    EXPECT_EQ(this->add(0, 3), room == 1 ? 0U : 1U);
    EXPECT_EQ(this->add(1, 3), 2U);
    EXPECT_EQ(this->hand_over(3), (ints{0, 1, 2}));
}

TYPED_TEST(outbox_of, drops_the_oldest_items_when_it_is_told_and_all_at_its_end) {
    this->out_.reserve(4);
    this->add(0, 4);
    this->out_.drop(2);
    EXPECT_EQ(this->out_.staged(), 2U);
    EXPECT_EQ(this->hand_over(1), (ints{2}));
}

TEST(outbox, is_full_where_nothing_is_ever_added) {
    const paipa::detail::outbox none(nullptr);
    EXPECT_TRUE(none.full());
    EXPECT_EQ(none.staged(), 0U);
    EXPECT_EQ(none.room(), 0U);
}

}  // namespace
