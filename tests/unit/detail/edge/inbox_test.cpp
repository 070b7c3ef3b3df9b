#include <paipa/detail/edge/batch_items.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace {

using ints = std::vector<int>;

template <class T>
void push(paipa::detail::ring& ring, int from, int to) {
    for (int n = from; n < to; ++n) {
        ring.reserve(1);
        paipa::detail::fill_cell<T>(static_cast<paipa::detail::slot<T>*>(ring.end()),
                                    item_of<T>(n));
        ring.added();
    }
}

/// Takes the next item; -1: the batch is done.
template <class T>
int next(paipa::detail::inbox& in) {
    if (!in.take_next()) {
        return -1;
    }
    const int n = number_of(in.taken_as<T>().get());
    in.drop_taken(paipa::detail::final_outcome::delivered);
    return n;
}

template <class T>
class inbox_of : public each_item<T> {
protected:
    /// Begins a batch with these items in it.
    void refill(paipa::detail::inbox& in, int from, int to, std::uint64_t base = 0) {
        push<T>(queue_, from, to);
        in.refill(queue_, static_cast<std::size_t>(to - from), base);
    }

    static ints rest(paipa::detail::inbox& in) {
        ints all;
        for (int n = next<T>(in); n >= 0; n = next<T>(in)) {
            all.push_back(n);
        }
        return all;
    }

    paipa::detail::ring queue_{paipa::detail::type_of<T>};
    paipa::detail::inbox owner_{paipa::detail::type_of<T>, true};
    paipa::detail::inbox thief_{paipa::detail::type_of<T>, true};
    paipa::detail::inbox alone_{paipa::detail::type_of<T>, false};
};

TYPED_TEST_SUITE(inbox_of, item_kinds);

TYPED_TEST(inbox_of, gives_its_owner_one_item_after_the_other) {
    for (paipa::detail::inbox* const in : {&this->owner_, &this->alone_}) {
        EXPECT_FALSE(in->take_next());
        this->refill(*in, 0, 3);
        EXPECT_EQ(this->rest(*in), (ints{0, 1, 2}));
        EXPECT_FALSE(in->take_next());
        this->refill(*in, 7, 8);
        EXPECT_EQ(this->rest(*in), (ints{7}));
    }
}

TYPED_TEST(inbox_of, ends_what_is_left_of_a_batch_and_keeps_the_taken_item) {
    for (paipa::detail::inbox* const in : {&this->owner_, &this->alone_}) {
        this->refill(*in, 0, 4);
        EXPECT_TRUE(in->take_next());
        EXPECT_EQ(in->drop_rest(paipa::detail::final_outcome::delivered), 3U);
        EXPECT_EQ(number_of(in->taken_as<TypeParam>().get()), 0);
        in->drop_taken(paipa::detail::final_outcome::delivered);
        EXPECT_EQ(in->drop_rest(paipa::detail::final_outcome::delivered), 0U);
        EXPECT_FALSE(in->take_next());
    }
}

TYPED_TEST(inbox_of, takes_only_as_many_items_as_it_is_told) {
    push<TypeParam>(this->queue_, 0, 5);
    this->alone_.refill(this->queue_, 2, 0);
    EXPECT_EQ(this->queue_.size(), 3U);
    EXPECT_EQ(this->rest(this->alone_), (ints{0, 1}));
    this->alone_.refill(this->queue_, 3, 2);
    EXPECT_EQ(this->rest(this->alone_), (ints{2, 3, 4}));
}

TYPED_TEST(inbox_of, holds_a_whole_batch) {
    constexpr auto batch = static_cast<int>(paipa::detail::type_of<TypeParam>.batch);
    this->refill(this->owner_, 0, batch);
    const ints all = this->rest(this->owner_);
    ASSERT_EQ(all.size(), paipa::detail::type_of<TypeParam>.batch);
    EXPECT_EQ(all.back(), batch - 1);
}

TYPED_TEST(inbox_of, loses_the_rest_that_nobody_has_claimed_to_a_thief) {
    this->refill(this->owner_, 0, 5);
    EXPECT_EQ(next<TypeParam>(this->owner_), 0);
    ASSERT_TRUE(this->owner_.take_next());  // the owner still works on this one
    EXPECT_EQ(this->thief_.steal(this->owner_), 3U);
    EXPECT_EQ(this->thief_.steal(this->owner_), 0U);
    EXPECT_EQ(number_of(this->owner_.template taken_as<TypeParam>().get()), 1);
    this->owner_.drop_taken(paipa::detail::final_outcome::delivered);
    EXPECT_FALSE(this->owner_.take_next());
    EXPECT_EQ(this->thief_.steal(this->owner_), 0U);
}

TYPED_TEST(inbox_of, gives_a_thief_what_it_has_stolen) {
    this->refill(this->owner_, 0, 4);
    EXPECT_EQ(next<TypeParam>(this->owner_), 0);
    EXPECT_EQ(this->thief_.steal(this->owner_), 3U);
    EXPECT_EQ(this->rest(this->thief_), (ints{1, 2, 3}));
    this->refill(this->owner_, 4, 6);
    EXPECT_EQ(this->rest(this->owner_), (ints{4, 5}));
}

TYPED_TEST(inbox_of, has_nothing_to_steal_before_its_first_and_behind_its_last_item) {
    EXPECT_EQ(this->thief_.steal(this->owner_), 0U);
    this->refill(this->owner_, 0, 1);
    EXPECT_EQ(next<TypeParam>(this->owner_), 0);
    EXPECT_EQ(this->thief_.steal(this->owner_), 0U);
    EXPECT_EQ(next<TypeParam>(this->owner_), -1);
    EXPECT_EQ(this->thief_.steal(this->owner_), 0U);
}

TYPED_TEST(inbox_of, may_be_robbed_of_what_was_stolen) {
    this->refill(this->owner_, 0, 4);
    EXPECT_EQ(this->thief_.steal(this->owner_), 4U);
    EXPECT_EQ(next<TypeParam>(this->thief_), 0);
    EXPECT_EQ(this->owner_.steal(this->thief_), 3U);
    EXPECT_EQ(this->rest(this->owner_), (ints{1, 2, 3}));
}

TYPED_TEST(inbox_of, knows_the_numbers_of_items_also_of_stolen_ones) {
    this->refill(this->owner_, 0, 4, 100);
    EXPECT_EQ(next<TypeParam>(this->owner_), 0);
    EXPECT_EQ(this->thief_.steal(this->owner_), 3U);
    paipa::detail::batch_items<TypeParam> items(this->thief_);
    ASSERT_TRUE(items.claim());
    EXPECT_EQ(items.sequence(items.begin()), 101U);
    EXPECT_EQ(number_of(items.begin()->get()), 1);
    paipa::detail::clear_cell<TypeParam>(*items.begin());
    items.done();
}

TYPED_TEST(inbox_of, ends_the_items_that_nobody_has_claimed) {
    this->refill(this->owner_, 0, 5);
    EXPECT_EQ(next<TypeParam>(this->owner_), 0);
    this->refill(this->alone_, 5, 8);
    EXPECT_EQ(next<TypeParam>(this->alone_), 5);
    this->refill(this->thief_, 8, 9);
}

/// An owner and a thief that take what is in the owner's inbox, as two readers of an edge do.
class two_readers {
public:
    static constexpr int items = 100'000;
    static constexpr int batch = 32;

    void own() {
        for (int first = 0; first < items; first += batch) {
            {
                const std::lock_guard guard(mutex_);
                push<int>(queue_, first, first + batch);
                owner_.refill(queue_, batch, static_cast<std::uint64_t>(first));
            }
            for (int n = next<int>(owner_); n >= 0; n = next<int>(owner_)) {
                owned.push_back(n);
            }
        }
        is_done_.store(true);
    }

    void steal() {
        while (!is_done_.load()) {
            std::size_t got = 0;
            {
                const std::lock_guard guard(mutex_);
                got = thief_.steal(owner_);
            }
            for (int n = got == 0 ? -1 : next<int>(thief_); n >= 0; n = next<int>(thief_)) {
                stolen.push_back(n);
                --got;
            }
            misses += got;
            std::this_thread::yield();
        }
    }

    std::vector<int> owned{};
    std::vector<int> stolen{};
    std::size_t misses = 0;  // stolen items that did not come

private:
    paipa::detail::ring queue_{paipa::detail::type_of<int>};
    paipa::detail::inbox owner_{paipa::detail::type_of<int>, true};
    paipa::detail::inbox thief_{paipa::detail::type_of<int>, true};
    std::mutex mutex_{};  // of the edge
    std::atomic<bool> is_done_{false};
};

TEST(inbox, gives_each_item_to_its_owner_or_to_a_thief_but_never_to_both) {
    two_readers readers;
    std::thread thief([&] { readers.steal(); });
    readers.own();
    thief.join();
    std::vector<int> times(two_readers::items);
    for (const std::vector<int>* const taken : {&readers.owned, &readers.stolen}) {
        for (const int n : *taken) {
            ++times.at(static_cast<std::size_t>(n));
        }
    }
    EXPECT_EQ(times, std::vector<int>(two_readers::items, 1));
    EXPECT_EQ(readers.misses, 0U);
}

}  // namespace
