#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace {

using paipa::detail::output_list;

template <class T>
std::vector<int> numbers_in(const output_list& list) {
    std::vector<int> all;
    for (std::size_t i = 0; i < list.size(); ++i) {
        all.push_back(number_of(list.at<T>(i)));
    }
    return all;
}

template <class T>
void add(output_list& list, int from, int to) {
    for (int n = from; n < to; ++n) {
        list.add<T>(item_of<T>(n));
    }
}

template <class T>
class output_list_of : public each_item<T> {};

TYPED_TEST_SUITE(output_list_of, item_kinds);

TYPED_TEST(output_list_of, keeps_items_in_order_while_it_grows) {
    output_list list;
    EXPECT_EQ(list.size(), 0U);
    EXPECT_EQ(list.bytes(), 0U);
    std::vector<int> want;
    for (int n = 0; n < 20; ++n) {
        add<TypeParam>(list, n, n + 1);
        want.push_back(n);
        EXPECT_EQ(numbers_in<TypeParam>(list), want);
    }
}

TYPED_TEST(output_list_of, takes_all_of_another_list_behind_its_own) {
    output_list list;
    output_list more;
    list.append(more);  // nothing, and no memory
    EXPECT_EQ(list.bytes(), 0U);
    add<TypeParam>(more, 0, 3);
    list.append(more);
    EXPECT_EQ(more.size(), 0U);
    EXPECT_GT(more.bytes(), 0U);
    add<TypeParam>(more, 3, 200);
    list.append(more);
    EXPECT_EQ(more.size(), 0U);
    ASSERT_EQ(list.size(), 200U);
    for (std::size_t i = 0; i < 200; ++i) {
        EXPECT_EQ(number_of(list.at<TypeParam>(i)), static_cast<int>(i));
    }
}

TYPED_TEST(output_list_of, takes_a_part_that_the_other_list_forgets_later) {
    output_list list;
    output_list more;
    add<TypeParam>(list, 0, 1);
    add<TypeParam>(more, 10, 15);
    list.append_part(more, 0, 1);
    list.append_part(more, 1, 3);
    list.append_part(more, 3, 3);
    more.forget(3);
    EXPECT_EQ(numbers_in<TypeParam>(list), (std::vector<int>{0, 10, 11, 12}));
    EXPECT_EQ(numbers_in<TypeParam>(more), (std::vector<int>{13, 14}));
    more.forget(0);
    EXPECT_EQ(numbers_in<TypeParam>(more), (std::vector<int>{13, 14}));
}

TYPED_TEST(output_list_of, drops_items_one_by_one_and_forgets_them) {
    output_list list;
    add<TypeParam>(list, 0, 4);
    list.drop(0, paipa::detail::final_outcome::abandoned);
    list.drop(1, paipa::detail::final_outcome::abandoned);
    list.forget(2);
    EXPECT_EQ(numbers_in<TypeParam>(list), (std::vector<int>{2, 3}));
}

TYPED_TEST(output_list_of, moves_and_changes_places_without_moving_items) {
    output_list list;
    add<TypeParam>(list, 0, 3);
    const void* const first = list.items().at(0);
    output_list moved(std::move(list));
    EXPECT_EQ(moved.items().at(0), first);
    output_list other;
    add<TypeParam>(other, 7, 8);
    other.swap(moved);
    EXPECT_EQ(other.items().at(0), first);
    EXPECT_EQ(numbers_in<TypeParam>(other), (std::vector<int>{0, 1, 2}));
    EXPECT_EQ(numbers_in<TypeParam>(moved), (std::vector<int>{7}));
}

TYPED_TEST(output_list_of, keeps_its_memory_when_it_is_emptied) {
    output_list list;
    list.clear();  // without any
    add<TypeParam>(list, 0, 5);
    const std::size_t bytes = list.bytes();
    const void* const first = list.items().at(0);
    list.clear();
    EXPECT_EQ(list.size(), 0U);
    EXPECT_EQ(list.bytes(), bytes);
    EXPECT_EQ(list.items().at(0), first);
    add<TypeParam>(list, 5, 7);
    EXPECT_EQ(numbers_in<TypeParam>(list), (std::vector<int>{5, 6}));
}

TYPED_TEST(output_list_of, gives_memory_for_more_than_a_batch_back) {
    constexpr std::size_t batch = paipa::detail::type_of<TypeParam>.batch;
    output_list list;
    add<TypeParam>(list, 0, static_cast<int>(batch));
    list.clear();
    EXPECT_GT(list.bytes(), 0U);
    add<TypeParam>(list, 0, static_cast<int>(batch) + 1);
    list.clear();
    EXPECT_EQ(list.bytes(), 0U);
    EXPECT_EQ(list.size(), 0U);
}

TEST(output_list, takes_memory_for_a_row_of_items_as_soon_as_one_is_appended) {
    output_list one;
    one.add<int>(1);
    EXPECT_EQ(one.bytes(), sizeof(int));
    output_list row;
    row.append(one);
    EXPECT_EQ(row.bytes(), paipa::detail::list_bytes);
    output_list tiny;
    tiny.add<char>('a');
    output_list many;
    many.append(tiny);
    EXPECT_EQ(many.bytes(), paipa::detail::run_limit);  // one byte each
}

TEST(output_list, says_whether_more_fits_in_the_memory_that_it_has) {
    output_list list;
    output_list more;
    EXPECT_TRUE(list.has_room_for(more));
    add<int>(more, 0, 3);
    EXPECT_TRUE(list.has_room_for(more));  // it has none at all
    add<int>(list, 0, 5);                  // of 8 cells
    EXPECT_TRUE(list.has_room_for(more));
    add<int>(more, 3, 4);
    EXPECT_FALSE(list.has_room_for(more));
}

}  // namespace
