#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/row.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace {

using paipa::detail::output_run;
using counts = std::pair<std::size_t, std::size_t>;

template <class T>
output_run run_of(std::size_t items, const std::vector<int>& outputs) {
    output_run run;
    run.items = items;
    for (const int n : outputs) {
        run.outputs.add<T>(item_of<T>(n));
    }
    return run;
}

template <class T>
class reorder_buffer_of : public each_item<T> {
protected:
    explicit reorder_buffer_of(std::size_t window = 4) : buffer_(window) {}

    void put(std::uint64_t number, std::size_t items, const std::vector<int>& outputs) {
        output_run run = run_of<T>(items, outputs);
        buffer_.put(number, run);
        EXPECT_EQ(run.items, 0U);
        EXPECT_EQ(run.outputs.size(), 0U);
    }

    /// The outputs of the run that begins with this item, which has so many items.
    std::vector<int> take(std::uint64_t number, std::size_t items) {
        EXPECT_EQ(buffer_.take(number, hand_), items);
        std::vector<int> all;
        for (std::size_t i = 0; i < hand_.outputs.size(); ++i) {
            all.push_back(number_of(hand_.outputs.at<T>(i)));
        }
        hand_.outputs.clear();
        return all;
    }

    /// All that is in the ring.
    std::vector<int> pop_all() {
        const std::size_t n = ring_.size();
        paipa::detail::row row(ring_.type(), n);
        ring_.hand_out(row, n);
        std::vector<int> all;
        for (std::size_t i = 0; i < n; ++i) {
            all.push_back(number_of(paipa::detail::as_slots<T>(row.at(i))->get()));
        }
        row.drop(0, n, paipa::detail::final_outcome::delivered);
        return all;
    }

    paipa::detail::reorder_buffer buffer_;
    paipa::detail::ring ring_{paipa::detail::type_of<T>};
    output_run hand_;
};

TYPED_TEST_SUITE(reorder_buffer_of, item_kinds);

TYPED_TEST(reorder_buffer_of, gives_items_out_by_their_number_in_whatever_order_they_come) {
    EXPECT_TRUE(this->take(0, 0).empty());
    this->put(2, 1, {20});
    this->put(1, 1, {10});
    EXPECT_TRUE(this->take(0, 0).empty());  // not done
    this->put(3, 1, {30});
    this->put(0, 1, {0});
    for (int n = 0; n < 4; ++n) {
        EXPECT_EQ(this->take(static_cast<std::uint64_t>(n), 1), (std::vector<int>{10 * n}));
        EXPECT_TRUE(this->take(static_cast<std::uint64_t>(n), 0).empty());  // it is gone
    }
}

TYPED_TEST(reorder_buffer_of, goes_around_with_a_full_window) {
    for (int first = 0; first < 40; first += 4) {
        for (const int n : {first + 3, first + 1, first + 2, first}) {
            this->put(static_cast<std::uint64_t>(n), 1, {n, n + 1000});
        }
        for (int n = first; n < first + 4; ++n) {
            EXPECT_EQ(this->take(static_cast<std::uint64_t>(n), 1),
                      (std::vector<int>{n, n + 1000}));
        }
    }
}

TYPED_TEST(reorder_buffer_of, tells_an_item_without_outputs_from_one_that_is_missing) {
    this->put(1, 1, {});
    EXPECT_EQ(this->buffer_.take(1, this->ring_, 10), (counts{0, 1}));
    EXPECT_EQ(this->buffer_.take(1, this->ring_, 10), (counts{0, 0}));
    this->put(2, 1, {});
    EXPECT_TRUE(this->take(2, 1).empty());
    EXPECT_TRUE(this->take(2, 0).empty());
}

TYPED_TEST(reorder_buffer_of, fills_the_room_that_there_is_and_goes_on_where_it_stopped) {
    this->ring_.reserve(8);
    this->put(5, 3, {1, 2, 3});
    EXPECT_EQ(this->buffer_.take(5, this->ring_, 0), (counts{0, 0}));
    EXPECT_EQ(this->buffer_.take(5, this->ring_, 2), (counts{2, 0}));
    EXPECT_EQ(this->buffer_.take(5, this->ring_, 2), (counts{1, 3}));
    EXPECT_EQ(this->buffer_.take(5, this->ring_, 2), (counts{0, 0}));
    EXPECT_EQ(this->pop_all(), (std::vector<int>{1, 2, 3}));
    this->put(5, 1, {4});  // in the same place, of which nothing is gone
    EXPECT_EQ(this->buffer_.take(5, this->ring_, 1), (counts{1, 1}));
    EXPECT_EQ(this->pop_all(), (std::vector<int>{4}));
}

TYPED_TEST(reorder_buffer_of, gives_out_what_is_left_of_a_run_whose_first_outputs_have_gone) {
    this->ring_.reserve(8);
    this->put(0, 1, {1, 2, 3, 4});
    EXPECT_EQ(this->buffer_.take(0, this->ring_, 3), (counts{3, 0}));
    EXPECT_EQ(this->take(0, 1), (std::vector<int>{4}));
    EXPECT_EQ(this->pop_all(), (std::vector<int>{1, 2, 3}));
}

TYPED_TEST(reorder_buffer_of, counts_what_it_drops_when_the_run_is_given_up) {
    this->ring_.reserve(8);
    this->put(4, 2, {1, 2});
    this->put(6, 1, {3, 4, 5});
    this->put(7, 1, {});
    EXPECT_EQ(this->buffer_.take(4, this->ring_, 1), (counts{1, 0}));
    EXPECT_EQ(this->buffer_.give_up(), (counts{4, 2}));  // one item's output has gone
    EXPECT_EQ(this->buffer_.give_up(), (counts{0, 0}));
    for (const std::uint64_t n : {4U, 5U, 6U, 7U}) {
        EXPECT_TRUE(this->take(n, 0).empty());
    }
    EXPECT_EQ(this->pop_all(), (std::vector<int>{1}));
}

TYPED_TEST(reorder_buffer_of, ends_what_is_left_in_it) {
    this->ring_.reserve(8);
    this->put(0, 2, {1, 2, 3});
    EXPECT_EQ(this->buffer_.take(0, this->ring_, 2), (counts{2, 0}));
    this->put(1, 1, {4});
    this->buffer_.give_up();  // else the first two, which are no more, would end twice
    this->put(2, 1, {5});
}

TEST(reorder_buffer, has_a_place_for_each_item_of_a_window_of_any_size) {
    for (std::uint64_t window = 1; window < 20; ++window) {
        paipa::detail::reorder_buffer buffer(window);
        for (std::uint64_t n = 100; n < 100 + window; ++n) {
            output_run run = run_of<int>(1, {static_cast<int>(n)});
            buffer.put(n, run);
        }
        EXPECT_EQ(buffer.give_up(), (counts{window, window}));
    }
}

TEST(reorder_buffer, hands_the_memory_of_emptied_lists_to_those_who_put) {
    paipa::detail::reorder_buffer buffer(4);
    output_run run = run_of<int>(1, {1});
    const void* const memory = run.outputs.items().at(0);
    buffer.put(0, run);
    EXPECT_EQ(run.outputs.bytes(), 0U);  // no list has been emptied so far
    output_run hand;
    EXPECT_EQ(buffer.take(0, hand), 1U);
    hand.outputs.clear();
    output_run second = run_of<int>(1, {2});
    buffer.put(1, second);
    EXPECT_EQ(buffer.take(1, hand), 1U);  // leaves the first list
    output_run next = run_of<int>(1, {3});
    buffer.put(2, next);
    ASSERT_GT(next.outputs.bytes(), 0U);
    EXPECT_EQ(next.outputs.items().at(0), memory);
}

TEST(output_run, counts_the_items_that_have_outputs) {
    EXPECT_EQ(run_of<int>(3, {1, 2}).items_with_outputs(), 2U);
    EXPECT_EQ(run_of<int>(1, {1, 2, 3}).items_with_outputs(), 1U);
    EXPECT_EQ(run_of<int>(1, {}).items_with_outputs(), 0U);
}

}  // namespace
