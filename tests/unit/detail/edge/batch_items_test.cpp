#include <paipa/detail/edge/batch_items.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/slot.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

using paipa::detail::inbox;
using paipa::detail::slot;

using items = paipa::detail::batch_items<int>;

using ints = std::vector<int>;

/// Two readers of the same edge, and one that has no siblings.
class batch_items : public testing::Test {
protected:
    /// Begins a batch of items 0, 1, 2 and so on.
    static void refill(inbox& in, int n, std::uint64_t base = 0) {
        paipa::detail::ring queue(paipa::detail::type_of<int>);
        queue.reserve(static_cast<std::size_t>(n));
        for (int i = 0; i < n; ++i) {
            paipa::detail::fill_cell<int>(static_cast<slot<int>*>(queue.end()), i);
            queue.added();
        }
        in.refill(queue, static_cast<std::size_t>(n), base);
    }

    static ints claimed(const items& all) {
        ints numbers;
        for (slot<int>* at = all.begin(); at != all.end(); ++at) {
            numbers.push_back(at->get());
        }
        return numbers;
    }

    /// What the owner finds when it takes its items one by one.
    static ints rest(inbox& in) {
        ints numbers;
        while (in.take_next()) {
            numbers.push_back(in.taken_as<int>().get());
        }
        return numbers;
    }

    inbox alone{paipa::detail::type_of<int>, false};
    inbox shared{paipa::detail::type_of<int>, true};
    inbox sibling{paipa::detail::type_of<int>, true};
};

TEST_F(batch_items, claims_the_whole_batch_of_a_reader_without_siblings) {
    refill(alone, 4, 100);
    {
        items all(alone);
        ASSERT_TRUE(all.claim());
        EXPECT_EQ(claimed(all), (ints{0, 1, 2, 3}));
        EXPECT_EQ(all.sequence(all.begin()), 100U);
        EXPECT_EQ(all.sequence(all.begin() + 3), 103U);
        EXPECT_EQ(all.claimed(), 4U);
        all.done();
        EXPECT_FALSE(all.claim());
    }
    EXPECT_EQ(alone.done, 4U);
    EXPECT_EQ(rest(alone), (ints{}));
}

TEST_F(batch_items, claims_one_item_at_a_time_where_a_sibling_may_want_the_others) {
    refill(shared, 3);
    items all(shared);
    ASSERT_TRUE(all.claim());
    EXPECT_EQ(claimed(all), (ints{0}));
    EXPECT_EQ(sibling.steal(shared), 2U);
    all.done();
    EXPECT_FALSE(all.claim());
    EXPECT_EQ(all.claimed(), 1U);
    EXPECT_EQ(rest(sibling), (ints{1, 2}));
}

TEST_F(batch_items, counts_on_from_what_was_done_before) {
    for (inbox* const in : std::array{&alone, &shared}) {
        in->done = 5;
        refill(*in, 2);
        {
            items all(*in);
            while (all.claim()) {
                all.done();
            }
        }
        EXPECT_EQ(in->done, 7U);
    }
}

TEST_F(batch_items, does_not_count_an_item_of_which_the_edge_has_been_told) {
    refill(alone, 3);
    {
        items all(alone);
        ASSERT_TRUE(all.claim());
        all.miss();
        all.done();
    }
    EXPECT_EQ(alone.done, 2U);
}

TEST_F(batch_items, gives_back_what_lies_behind_an_item_that_throws) {
    refill(alone, 5);
    {
        items all(alone);
        ASSERT_TRUE(all.claim());
        all.stand_at(all.begin() + 2);  // at 2; 0 and 1 are done
    }
    EXPECT_EQ(alone.done, 2U);
    EXPECT_EQ(rest(alone), (ints{3, 4}));
}

TEST_F(batch_items, leaves_others_to_siblings_when_an_item_throws) {
    refill(shared, 3);
    {
        items all(shared);
        ASSERT_TRUE(all.claim());
        all.done();
        ASSERT_TRUE(all.claim());
    }
    EXPECT_EQ(shared.done, 1U);
    EXPECT_EQ(sibling.steal(shared), 1U);
    EXPECT_EQ(rest(sibling), (ints{2}));
}

TEST_F(batch_items, has_nothing_to_claim_in_an_empty_inbox) {
    items all(alone);
    EXPECT_FALSE(all.claim());
    EXPECT_EQ(all.begin(), all.end());
}

}  // namespace
