#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <vector>

namespace {

using paipa::detail::waiter;

/// Some waiters, each at a seat of its own.
class wait_list : public testing::Test {
protected:
    void add_all() {
        for (waiter& w : waiters_) {
            list_.add(w);
        }
    }

    /// The numbers of those that wait, the longest waiting first; nobody waits then.
    std::vector<std::size_t> pop_all() {
        std::vector<std::size_t> all;
        while (const paipa::seat* const s = list_.pop()) {
            all.push_back(static_cast<std::size_t>(s - seats_.data()));
        }
        EXPECT_TRUE(list_.empty());
        return all;
    }

    std::array<paipa::seat, 4> seats_;
    std::array<waiter, 4> waiters_{waiter(seats_[0]), waiter(seats_[1]), waiter(seats_[2]),
                                   waiter(seats_[3])};
    paipa::detail::wait_list list_;
};

using order = std::vector<std::size_t>;

TEST_F(wait_list, serves_those_first_who_came_first) {
    EXPECT_TRUE(list_.empty());
    EXPECT_EQ(list_.pop(), nullptr);
    add_all();
    EXPECT_FALSE(list_.empty());
    EXPECT_EQ(pop_all(), (order{0, 1, 2, 3}));
    EXPECT_EQ(list_.pop(), nullptr);
}

TEST_F(wait_list, lets_anybody_leave) {
    const std::array<order, 4> rests{{{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}}};
    for (std::size_t i = 0; i < 4; ++i) {
        add_all();
        list_.remove(waiters_[i]);
        EXPECT_FALSE(waiters_[i].listed);
        EXPECT_EQ(pop_all(), rests[i]);
    }
}

TEST_F(wait_list, is_the_same_when_somebody_leaves_who_is_not_in_it) {
    list_.remove(waiters_[0]);
    EXPECT_TRUE(list_.empty());
    add_all();
    EXPECT_EQ(list_.pop(), &seats_[0]);
    EXPECT_EQ(list_.pop(), &seats_[1]);
    list_.remove(waiters_[0]);  // it does not bring the second one back, who came behind it
    EXPECT_EQ(pop_all(), (order{2, 3}));
    list_.remove(waiters_[3]);
    EXPECT_TRUE(list_.empty());
}

TEST_F(wait_list, puts_those_who_come_again_behind_the_others) {
    add_all();
    list_.remove(waiters_[3]);
    list_.remove(waiters_[1]);
    list_.add(waiters_[3]);
    list_.add(waiters_[1]);
    EXPECT_EQ(pop_all(), (order{0, 2, 3, 1}));
    list_.add(waiters_[2]);
    list_.add(waiters_[0]);
    EXPECT_EQ(pop_all(), (order{2, 0}));
}

TEST_F(wait_list, is_usable_after_its_only_waiter_has_left) {
    list_.add(waiters_[0]);
    list_.remove(waiters_[0]);
    EXPECT_TRUE(list_.empty());
    list_.add(waiters_[1]);
    list_.add(waiters_[0]);
    EXPECT_EQ(pop_all(), (order{1, 0}));
}

}  // namespace
