#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

namespace {

using paipa::detail::final_outcome;
using paipa::detail::item_type;
using paipa::detail::slot;
using paipa::detail::type_of;

std::vector<int> numbers(int from, int to) {
    std::vector<int> all(static_cast<std::size_t>(to - from));
    std::iota(all.begin(), all.end(), from);
    return all;
}

/// A ring, used as the engine does: from blocks of cells, to blocks of cells.
template <class T>
struct items {
    explicit items(const item_type& type = type_of<T>) : ring(type) {}

    void push(int n) {
        ring.reserve(1);
        paipa::detail::fill_cell<T>(static_cast<slot<T>*>(ring.end()), item_of<T>(n));
        ring.added();
    }

    /// Pushes `to - from` items, in one piece.
    void push_all(int from, int to) {
        const auto n = static_cast<std::size_t>(to - from);
        paipa::detail::row cells(ring.type(), n);
        for (std::size_t i = 0; i < n; ++i) {
            paipa::detail::fill_cell<T>(cells.raw<T>() + i, item_of<T>(from + static_cast<int>(i)));
        }
        ring.reserve(n);
        ring.take_in(cells, 0, n);
    }

    std::vector<int> pop(std::size_t n) {
        paipa::detail::row cells(ring.type(), n);
        ring.hand_out(cells, n);
        std::vector<int> all;
        for (std::size_t i = 0; i < n; ++i) {
            all.push_back(number_of(paipa::detail::as_slots<T>(cells.at(i))->get()));
        }
        cells.drop(0, n, final_outcome::delivered);
        return all;
    }

    paipa::detail::ring ring;
};

template <class T>
class ring : public each_item<T> {};

TYPED_TEST_SUITE(ring, item_kinds);

TYPED_TEST(ring, hands_items_out_in_the_order_in_which_they_came) {
    items<TypeParam> r;
    EXPECT_EQ(r.ring.size(), 0U);
    for (int n = 0; n < 5; ++n) {
        r.push(n);
    }
    r.push_all(5, 8);
    EXPECT_EQ(r.ring.size(), 8U);
    EXPECT_EQ(r.pop(3), numbers(0, 3));
    EXPECT_EQ(r.ring.size(), 5U);
    EXPECT_EQ(r.pop(5), numbers(3, 8));
    EXPECT_EQ(r.ring.size(), 0U);
}

TYPED_TEST(ring, keeps_the_order_when_it_wraps_around) {
    items<TypeParam> r;  // 8 cells: it begins and ends at each place, with each number of items
    int pushed = 0;
    int popped = 0;
    for (int round = 0; round < 64; ++round) {
        const int n = 1 + round % 8;
        r.push_all(pushed, pushed + n);
        pushed += n;
        EXPECT_EQ(r.pop(static_cast<std::size_t>(n)), numbers(popped, popped + n));
        popped += n;
    }
    EXPECT_EQ(r.ring.size(), 0U);
}

TYPED_TEST(ring, takes_single_items_in_where_it_wraps_around) {
    items<TypeParam> r;
    r.push_all(0, 8);
    for (int n = 8; n < 30; ++n) {
        EXPECT_EQ(r.pop(1), numbers(n - 8, n - 7));
        r.push(n);
    }
    EXPECT_EQ(r.pop(8), numbers(22, 30));
}

TYPED_TEST(ring, grows_in_the_middle_of_a_wrap) {
    items<TypeParam> r;
    r.push_all(0, 8);
    EXPECT_EQ(r.pop(5), numbers(0, 5));
    r.push_all(8, 13);  // full, and its first item lies behind its last one
    r.push_all(13, 40);
    EXPECT_EQ(r.ring.size(), 35U);
    EXPECT_EQ(r.pop(35), numbers(5, 40));
}

TYPED_TEST(ring, changes_places_with_another_one) {
    items<TypeParam> one;
    items<TypeParam> other;
    one.push_all(0, 8);
    EXPECT_EQ(one.pop(6), numbers(0, 6));
    one.push_all(8, 12);
    other.push(50);
    one.ring.swap(other.ring);
    EXPECT_EQ(one.ring.size(), 1U);
    EXPECT_EQ(one.pop(1), numbers(50, 51));
    EXPECT_EQ(other.pop(6), numbers(6, 12));
}

TYPED_TEST(ring, ends_the_items_that_are_left_in_it) {
    items<TypeParam> r;
    r.push_all(0, 8);
    EXPECT_EQ(r.pop(6), numbers(0, 6));
    r.push_all(8, 13);  // seven, in two pieces
    EXPECT_EQ(r.ring.size(), 7U);
}

TYPED_TEST(ring, moves_nothing_when_it_is_asked_for_no_item) {
    items<TypeParam> r;
    r.push_all(0, 0);
    EXPECT_TRUE(r.pop(0).empty());  // without any memory
    r.push(1);
    r.push_all(0, 0);
    EXPECT_TRUE(r.pop(0).empty());
    EXPECT_EQ(r.pop(1), numbers(1, 2));
}

/// The sizes of the blocks that rings have made, for a type that reports them.
std::vector<std::size_t> made;

void note(void*, std::size_t cells) noexcept {
    made.push_back(cells);
}

const item_type& reporting() {
    static const item_type type = [] {
        item_type t = type_of<int>;
        t.make = &note;
        return t;
    }();
    return type;
}

class ring_memory : public testing::Test {
protected:
    ring_memory() { made.clear(); }

    paipa::detail::ring ring_{reporting()};
    paipa::detail::row row_{type_of<int>, 1000};  // of a type that reports nothing
};

TEST_F(ring_memory, grows_to_the_next_power_of_two_and_no_earlier) {
    ring_.reserve(1);
    ring_.reserve(8);
    EXPECT_EQ(made, (std::vector<std::size_t>{8}));
    ring_.take_in(row_, 0, 8);
    ring_.reserve(0);
    EXPECT_EQ(made, (std::vector<std::size_t>{8}));
    ring_.reserve(1);
    ring_.reserve(8);
    ring_.reserve(9);
    EXPECT_EQ(made, (std::vector<std::size_t>{8, 16, 32}));
}

TEST_F(ring_memory, is_given_back_only_where_there_is_far_more_than_needed) {
    ring_.reserve(128);
    ring_.shrink(17);
    EXPECT_EQ(made, (std::vector<std::size_t>{128}));
    ring_.shrink(16);
    EXPECT_EQ(made, (std::vector<std::size_t>{128, 32}));
    ring_.shrink(0);
    EXPECT_EQ(made, (std::vector<std::size_t>{128, 32}));  // small enough
    ring_.reserve(64);
    ring_.shrink(0);
    EXPECT_EQ(made, (std::vector<std::size_t>{128, 32, 64, 8}));
}

TEST(ring_of_tokens, keeps_its_items_when_it_gives_memory_back) {
    tokens() = {};
    {
        items<token> r;
        r.push_all(0, 120);
        EXPECT_EQ(r.pop(115), numbers(0, 115));
        r.push_all(120, 131);
        r.ring.shrink(16);  // all 16 of them, which wrap around
        EXPECT_EQ(r.pop(16), numbers(115, 131));
    }
    EXPECT_TRUE(tokens().living.empty());
    EXPECT_EQ(tokens().faults, 0U);
}

}  // namespace
