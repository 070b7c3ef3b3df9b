#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/inbox_list.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/ring.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>

#include <gtest/gtest.h>

#include <cstddef>

namespace {

namespace detail = paipa::detail;

/// Two inboxes, of which the first has taken four numbers and begun one.
class inbox_list : public testing::Test {
protected:
    inbox_list() {
        detail::ring queue(detail::type_of<int>);
        queue.reserve(4);
        for (int n = 0; n < 4; ++n) {
            detail::fill_cell<int>(static_cast<detail::slot<int>*>(queue.end()), n);
            queue.added();
        }
        first.refill(queue, 4, 0);
        first.begun_later = 3;
        all.add(first);
        all.add(second);
        EXPECT_TRUE(first.take_next());
    }

    ~inbox_list() override {
        for (detail::inbox* const in : {&first, &second}) {
            while (in->take_next()) {
                in->drop_taken(paipa::detail::final_outcome::delivered);
            }
        }
    }

    detail::inbox first{detail::type_of<int>, true};
    detail::inbox second{detail::type_of<int>, true};
    detail::inbox_list all;
    std::size_t begun_later = 3;
};

TEST_F(inbox_list, lets_an_idle_reader_take_over_what_is_not_begun) {
    EXPECT_TRUE(all.steal(second, begun_later));
    EXPECT_TRUE(second.take_next());
    EXPECT_EQ(first.begun_later + second.begun_later, begun_later);
    EXPECT_LT(begun_later, 3U);
}

TEST_F(inbox_list, asks_nobody_where_all_is_begun) {
    begun_later = 0;
    EXPECT_FALSE(all.steal(second, begun_later));
}

TEST_F(inbox_list, takes_nothing_from_the_reader_itself) {
    EXPECT_FALSE(all.steal(first, begun_later));
    EXPECT_EQ(begun_later, 3U);
}

TEST_F(inbox_list, takes_nothing_from_a_reader_that_has_left) {
    all.remove(first);
    EXPECT_FALSE(all.steal(second, begun_later));
}

}  // namespace
