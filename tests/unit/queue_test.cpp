#include <paipa/error.hpp>
#include <paipa/queue.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace {

using namespace std::chrono_literals;

// What a pipeline does with its input queue is not for users.
template <class Queue>
concept can_be_attached = requires(Queue q) { q.attach(); };
template <class Queue>
concept can_be_detached = requires(Queue q) { q.detach("why"); };
template <class Queue>
concept can_be_interrupted = requires(Queue q) { q.interrupt(); };
template <class Queue>
concept takes_items_back = requires(Queue q) { q.give_back(1); };
template <class Queue>
concept gives_items_until_a_stop = requires(Queue q) { q.take([] { return true; }, true); };

using number_queue = paipa::queue<int>;
static_assert(!can_be_attached<number_queue> && !can_be_detached<number_queue> &&
              !can_be_interrupted<number_queue> && !takes_items_back<number_queue> &&
              !gives_items_until_a_stop<number_queue>);

TEST(queue, hands_items_over_in_order) {
    paipa::queue<int> q(2);
    std::jthread producer([&q] {
        for (int i = 0; i < 100; ++i) {
            q.push(i);
        }
        q.close();
    });
    int next = 0;
    while (const auto item = q.pop()) {
        EXPECT_EQ(*item, next++);
    }
    EXPECT_EQ(next, 100);
}

TEST(queue, leaves_the_item_with_the_caller_when_it_is_full_or_closed) {
    paipa::queue<std::unique_ptr<int>> q(1);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    EXPECT_TRUE(q.try_push(std::move(first)));
    EXPECT_FALSE(q.try_push(std::move(second)));
    EXPECT_FALSE(q.push_for(std::move(second), 1ms));
    ASSERT_NE(second, nullptr);
    q.close();
    EXPECT_THROW((void)q.try_push(std::move(second)), paipa::closed_error);
    EXPECT_THROW((void)q.push_for(std::move(second), 1ms), paipa::closed_error);
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(*second, 2);
    EXPECT_EQ(q.size(), 1);
}

/// Its move may throw, and does on request.
struct reluctant {
    explicit reluctant(int n) : number(n) {}

    reluctant(reluctant&& other) : number(other.number), refuses(other.refuses) {
        if (refuses) {
            throw std::runtime_error("no move");
        }
    }

    int number;
    bool refuses = false;
};

TEST(queue, keeps_an_item_that_cannot_be_moved_where_it_is) {
    paipa::queue<reluctant> q(1);
    reluctant item(1);
    item.refuses = true;
    EXPECT_THROW((void)q.try_push(std::move(item)), std::runtime_error);
    EXPECT_EQ(q.size(), 0);
    item.refuses = false;
    EXPECT_TRUE(q.try_push(std::move(item)));  // it takes no room
    EXPECT_FALSE(q.try_push(reluctant(2)));
    EXPECT_EQ(q.pop().value().number, 1);
}

TEST(queue, refuses_items_once_closed_and_gives_out_the_rest) {
    paipa::queue<int> q(4);
    q.push(1);
    q.close();
    q.close();
    try {
        q.push(2);
        FAIL();
    } catch (const paipa::closed_error& e) {
        EXPECT_STREQ(e.what(), "paipa::queue: no more items are taken: the queue is closed");
    }
    EXPECT_EQ(q.pop(), 1);
    EXPECT_EQ(q.pop(), std::nullopt);
    EXPECT_EQ(q.try_pop(), std::nullopt);
    EXPECT_TRUE(q.is_closed());
}

TEST(queue, releases_a_blocked_pusher_when_it_closes) {
    paipa::queue<int> q(1);
    q.push(1);
    bool refused = false;
    std::jthread pusher([&] {
        try {
            q.push(2);
        } catch (const paipa::closed_error&) {
            refused = true;
        }
    });
    q.close();
    pusher.join();
    EXPECT_TRUE(refused);
}

TEST(queue, refuses_capacity_0) {
    try {
        const paipa::queue<int> q(0);
        FAIL();
    } catch (const paipa::config_error& e) {
        EXPECT_STREQ(e.what(), "paipa::queue: capacity: expected at least 1, got 0");
    }
}

}  // namespace
