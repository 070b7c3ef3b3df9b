#include <paipa/detail/item/slot.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using paipa::detail::batch_limit;
using paipa::detail::clear_cell;
using paipa::detail::fill_cell;
using paipa::detail::slot;

/// Memory for one item, used as the engine does: a cell that is reused is never raw.
template <class T>
class cell {
public:
    cell() {
        if constexpr (slot<T>::is_reused) {
            std::construct_at(at());
        }
    }

    cell(const cell&) = delete;
    cell& operator=(const cell&) = delete;

    ~cell() {
        if constexpr (slot<T>::is_reused) {
            std::destroy_at(at());
        }
    }

    slot<T>* at() { return reinterpret_cast<slot<T>*>(memory_.data()); }

private:
    alignas(slot<T>) std::array<std::byte, sizeof(slot<T>)> memory_;
};

template <class T>
class each_slot : public each_item<T> {};

TYPED_TEST_SUITE(each_slot, item_kinds);

TYPED_TEST(each_slot, holds_the_item_that_it_is_filled_with_until_it_is_cleared) {
    cell<TypeParam> c;
    for (int n = 0; n < 3; ++n) {
        fill_cell<TypeParam>(c.at(), item_of<TypeParam>(n));
        EXPECT_EQ(number_of(c.at()->get()), n);
        clear_cell<TypeParam>(*c.at());
        EXPECT_TRUE(tokens().living.empty());
    }
}

TYPED_TEST(each_slot, can_be_moved_without_an_exception) {
    static_assert(std::is_nothrow_move_constructible_v<slot<TypeParam>>);
    slot<TypeParam> from(std::in_place, item_of<TypeParam>(7));
    slot<TypeParam> to(std::move(from));
    EXPECT_EQ(number_of(to.get()), 7);
}

TEST(slot, keeps_an_item_whose_move_may_throw_in_a_box) {
    static_assert(slot<boxed_token>::is_boxed);
    static_assert(!slot<token>::is_boxed && !slot<int>::is_boxed);
    tokens() = {};
    slot<boxed_token> from(std::in_place, boxed_token(1));
    const boxed_token* const place = &from.get();
    slot<boxed_token> to(std::move(from));
    EXPECT_EQ(&to.get(), place);  // the item itself was not moved
}

TEST(slot, hands_its_memory_to_whoever_brings_the_next_item) {
    static_assert(slot<std::string>::is_reused && slot<std::vector<int>>::is_reused);
    static_assert(!slot<std::vector<std::string>>::is_reused && !slot<int>::is_reused);
    slot<std::vector<int>> reused(std::in_place, std::vector<int>(10, 1));
    const int* const first = reused.get().data();
    std::vector<int> second(20, 2);
    const int* const other = second.data();
    reused.fill(std::move(second));
    EXPECT_EQ(reused.get(), std::vector<int>(20, 2));
    EXPECT_EQ(reused.get().data(), other);
    // NOLINTNEXTLINE(bugprone-use-after-move): it is empty, and has the memory of the first item
    EXPECT_TRUE(second.empty());
    EXPECT_EQ(second.data(), first);
}

TEST(slot, copies_an_item_that_it_may_not_move_from) {
    slot<std::string> reused;
    const std::string item = "a text that is too long for the string itself";
    reused.fill(item);
    EXPECT_EQ(reused.get(), item);
}

TEST(slot, frees_large_blocks_at_once_and_keeps_small_ones) {
    slot<std::vector<char>> reused(std::in_place, std::vector<char>(512));
    reused.release();
    EXPECT_EQ(reused.get().capacity(), 512);
    reused.fill(std::vector<char>(513));
    reused.release();
    EXPECT_EQ(reused.get().capacity(), 0);
}

template <std::size_t Size>
struct bytes {
    std::array<char, Size> all;
};

TEST(batch_limit, is_a_power_of_two_that_fits_in_the_cache) {
    EXPECT_EQ(batch_limit<bytes<1>>, 1024);
    EXPECT_EQ(batch_limit<bytes<8>>, 1024);
    EXPECT_EQ(batch_limit<bytes<12>>, 512);
    EXPECT_EQ(batch_limit<bytes<100>>, 256);
    EXPECT_EQ(batch_limit<bytes<1000>>, 32);
    EXPECT_EQ(batch_limit<bytes<40'000>>, 1);
}

}  // namespace
