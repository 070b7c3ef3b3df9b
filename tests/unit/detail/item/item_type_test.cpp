#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace {

using paipa::detail::as_slots;
using paipa::detail::cell_block;
using paipa::detail::default_items;
using paipa::detail::fill_cell;
using paipa::detail::item_box;
using paipa::detail::item_type;
using paipa::detail::slot;
using paipa::detail::type_of;
using paipa::detail::type_or_none;

TEST(item_type, has_a_function_only_where_there_is_something_to_do) {
    const item_type& number = type_of<int>;
    EXPECT_EQ(number.make, nullptr);
    EXPECT_EQ(number.unmake, nullptr);
    EXPECT_EQ(number.move, nullptr);
    EXPECT_EQ(number.move_out, nullptr);
    EXPECT_EQ(number.destroy, nullptr);
    const item_type& text = type_of<std::string>;
    EXPECT_NE(text.make, nullptr);
    EXPECT_NE(text.unmake, nullptr);
    EXPECT_NE(text.move, nullptr);
    const item_type& pointer = type_of<std::unique_ptr<int>>;
    EXPECT_EQ(pointer.make, nullptr);
    EXPECT_EQ(pointer.unmake, nullptr);
    EXPECT_NE(pointer.move, nullptr);
    EXPECT_NE(pointer.move_out, nullptr);
    EXPECT_NE(pointer.destroy, nullptr);
}

/// Its bytes could be copied, but its move constructor, which is deleted, counts as one that may
/// throw: it lies in a box.
struct boxed_bytes {
    explicit boxed_bytes(int n) : number(n) {}

    boxed_bytes(const boxed_bytes&) = default;
    boxed_bytes(boxed_bytes&&) = delete;
    boxed_bytes& operator=(const boxed_bytes&) = delete;
    boxed_bytes& operator=(boxed_bytes&&) = delete;
    ~boxed_bytes() = default;

    int number;
};

TEST(item_type, moves_no_box_by_its_bytes) {
    static_assert(std::is_trivially_copyable_v<boxed_bytes> && slot<boxed_bytes>::is_boxed);
    EXPECT_NE(type_of<boxed_bytes>.move, nullptr);
    EXPECT_NE(type_of<boxed_bytes>.destroy, nullptr);
}

TEST(item_type, describes_a_cell) {
    const item_type& type = type_of<std::string>;
    EXPECT_EQ(type.size, sizeof(slot<std::string>));
    EXPECT_EQ(type.alignment, alignof(slot<std::string>));
    EXPECT_EQ(*type.type, typeid(std::string));
    slot<std::string> cell(std::in_place, "text");
    EXPECT_EQ(type.item(&cell), &cell.get());
}

TEST(item_type, gives_an_edge_more_small_items_than_large_ones) {
    EXPECT_EQ(default_items<char>, 65'536);
    EXPECT_EQ(default_items<int>, 16'384);
    EXPECT_EQ((default_items<std::array<char, 255>>), 257);
    EXPECT_EQ((default_items<std::array<char, 256>>), 256);
    EXPECT_EQ(default_items<std::string>, 256);
}

TEST(item_type, does_not_exist_for_a_step_that_returns_nothing) {
    EXPECT_EQ(type_or_none<void>(), nullptr);
    EXPECT_EQ(type_or_none<int>(), &type_of<int>);
}

struct alignas(64) wide {
    int number;
};

TEST(cell_block, lays_its_cells_one_behind_the_other_as_they_want_to_be_aligned) {
    const cell_block block(type_of<wide>, 3);
    EXPECT_EQ(block.cells(), 3);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.at(i)) % 64, 0);
        EXPECT_EQ(block.at(i), block.raw<wide>() + i);
    }
}

template <class T>
class cell_blocks : public each_item<T> {
protected:
    static void put(cell_block& block, std::size_t at, int n) {
        fill_cell<T>(block.template raw<T>() + at, item_of<T>(n));
    }

    static int number_at(cell_block& block, std::size_t at) {
        return number_of(as_slots<T>(block.at(at))->get());
    }
};

TYPED_TEST_SUITE(cell_blocks, item_kinds);

TYPED_TEST(cell_blocks, take_items_in_at_a_place) {
    cell_block from(type_of<TypeParam>, 3);
    cell_block to(type_of<TypeParam>, 5);
    for (std::size_t i = 0; i < 3; ++i) {
        this->put(from, i, static_cast<int>(i));
    }
    to.take_in(2, from.at(1), 2);
    EXPECT_EQ(this->number_at(to, 2), 1);
    EXPECT_EQ(this->number_at(to, 3), 2);
    EXPECT_EQ(this->number_at(from, 0), 0);  // stayed
    from.destroy(0, 1);
    to.destroy(2, 2);
}

TYPED_TEST(cell_blocks, change_places_with_their_items) {
    cell_block one(type_of<TypeParam>, 1);
    this->put(one, 0, 4);
    cell_block other;
    other.swap(one);
    EXPECT_EQ(one.cells(), 0);
    EXPECT_EQ(other.cells(), 1);
    EXPECT_EQ(this->number_at(other, 0), 4);
    other.destroy(0, 1);
}

template <class T>
class item_boxes : public each_item<T> {
protected:
    static int number_in(const item_box& box) { return number_of(as_slots<T>(box.cell())->get()); }
};

TYPED_TEST_SUITE(item_boxes, item_kinds);

TYPED_TEST(item_boxes, hold_one_item_of_a_type) {
    item_box box;
    EXPECT_FALSE(box);
    box = item_box::of(item_of<TypeParam>(3));
    ASSERT_TRUE(box);
    EXPECT_EQ(&box.type(), &type_of<TypeParam>);
    EXPECT_TRUE(box.template holds<TypeParam>());
    EXPECT_FALSE(box.template holds<char>());
    EXPECT_EQ(this->number_in(box), 3);
    box.reset();
    EXPECT_FALSE(box);
    EXPECT_TRUE(tokens().living.empty());
    box.reset();  // nothing is left to destroy
}

TYPED_TEST(item_boxes, hand_their_item_over_and_end_the_one_they_had) {
    item_box from = item_box::of(item_of<TypeParam>(1));
    item_box to = item_box::of(item_of<TypeParam>(2));
    to = std::move(from);
    // NOLINTNEXTLINE(bugprone-use-after-move): it is empty
    EXPECT_FALSE(from);
    ASSERT_TRUE(to);
    EXPECT_EQ(this->number_in(to), 1);
    EXPECT_LE(tokens().living.size(), 1);
}

TYPED_TEST(item_boxes, move_an_item_out_of_a_cell_that_remains_to_be_destroyed) {
    cell_block cells(type_of<TypeParam>, 1);
    fill_cell<TypeParam>(cells.raw<TypeParam>(), item_of<TypeParam>(5));
    const item_box box(type_of<TypeParam>, cells.at(0));
    cells.destroy(0, 1);
    ASSERT_TRUE(box);
    EXPECT_EQ(this->number_in(box), 5);
}

}  // namespace
