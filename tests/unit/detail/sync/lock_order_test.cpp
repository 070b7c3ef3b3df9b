#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>

#include <gtest/gtest.h>

#include <mutex>

namespace {

using paipa::detail::mutex;
using paipa::detail::mutex_lock;

using order = paipa::detail::lock_order;

#ifdef PAIPA_CHECK_LOCK_ORDER

/// As in a pipeline: `behind` is the mutex of the edge behind an ordered step, `in_front` that of
/// the edge in front of the step.
class lock_order : public testing::Test {
protected:
    lock_order() { behind.set_next(in_front); }

    static void lock_both(mutex& first, mutex& second) {
        const mutex_lock a(first);
        const mutex_lock b(second);
    }

    mutex log{order::log};
    mutex behind{order::edge};
    mutex in_front{order::edge};
    mutex other_edge{order::edge};
    mutex queue{};
    mutex other_queue{};
    mutex seats{order::seats};
};

using lock_order_death = lock_order;
constexpr auto is_late = "paipa: lock order: expected a mutex that comes later than the one";

TEST_F(lock_order, allows_later_mutexes) {
    lock_both(log, behind);
    lock_both(log, queue);
    lock_both(in_front, queue);
    lock_both(queue, seats);
    const mutex_lock first(behind);
    lock_both(in_front, seats);
}

TEST_F(lock_order_death, refuses_an_earlier_mutex) {
    EXPECT_DEATH(lock_both(queue, behind), is_late);
    EXPECT_DEATH(lock_both(seats, queue), is_late);
    EXPECT_DEATH(lock_both(behind, log), is_late);
}

TEST_F(lock_order_death, refuses_a_second_mutex_of_the_same_place) {
    EXPECT_DEATH(lock_both(queue, other_queue), is_late);
    EXPECT_DEATH(lock_both(behind, other_edge), is_late);
    EXPECT_DEATH(lock_both(queue, queue), is_late);
}

TEST_F(lock_order_death, refuses_the_edge_behind_under_the_edge_in_front) {
    EXPECT_DEATH(lock_both(in_front, behind), is_late);
}

TEST_F(lock_order_death, refuses_to_give_up_what_is_not_held) {
    EXPECT_DEATH(
        {
            const mutex_lock held(behind);
            std::unique_lock not_held(in_front, std::adopt_lock);
        },
        "paipa: lock order: the thread does not hold the mutex that it gives up");
}

TEST_F(lock_order, allows_any_mutex_that_is_only_tried) {
    const mutex_lock held(queue);
    if (!behind.try_lock()) {
        FAIL() << "nobody has it";
    }
    behind.unlock();
}

TEST_F(lock_order, forgets_a_mutex_that_was_given_up_before_a_later_one) {
    std::unique_lock first(behind);
    std::unique_lock second(queue);
    first.unlock();
    second.unlock();
    lock_both(behind, in_front);
}

#else

TEST(lock_order, costs_no_memory_where_it_is_not_checked) {
    EXPECT_EQ(sizeof(mutex), sizeof(std::mutex));
    EXPECT_EQ(sizeof(mutex_lock), sizeof(void*));
    mutex queue;
    mutex edge(order::edge);
    const mutex_lock held(queue);
    const mutex_lock earlier(edge);
}

#endif

}  // namespace
