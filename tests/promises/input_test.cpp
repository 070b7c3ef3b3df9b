#include <paipa/testing/simulation.hpp>

#include "support.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace promises;

class input : public with_threads {};

PAIPA_WITH_THREADS(input);

paipa::generator<int> up_to(int n) {
    for (int i = 0; i < n; ++i) {
        co_yield i;
    }
}

TEST_P(input, merges_two_iterables_and_a_put) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true, .capacity = 4}};
    p.put(0);
    p.put_iterable(numbers(1, 500));
    p.put_iterable(numbers(500, 1'000));
    p.put_all(numbers(1'000, 1'010));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(seen.sorted(), numbers(0, 1'010));
}

TEST_P(input, takes_puts_from_many_threads_while_it_runs) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true, .capacity = 2}};
    p.start();
    std::vector<std::thread> producers;
    for (int t = 0; t < 4; ++t) {
        producers.emplace_back([&p, t] { p.put_all(numbers(250 * t, 250 * (t + 1))); });
    }
    for (auto& t : producers) {
        t.join();
    }
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 1'000));
}

TEST_P(input, of_every_kind_of_iterable) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true}};
    const std::vector<int> by_copy = numbers(0, 10);
    std::list<int> moved{10, 11};
    auto by_name = up_to(3);  // move-only: stays here
    p.put_iterable(by_copy);
    p.put_iterable(std::move(moved));
    p.put_iterable({12, 13});
    p.put_iterable(std::views::iota(14, 16));
    p.put_iterable(by_copy | std::views::transform([](int x) { return x + 100; }));
    p.put_iterable(up_to(4));
    p.put_iterable(by_name);
    p.put_iterable([] { return up_to(5); });
    p.put_iterable([] { return std::vector<short>{16}; });
    const auto r = p.run();
    expect_closed(r);
    auto want = numbers(0, 17);
    for (const int n : {3, 4, 5}) {
        const auto more = numbers(0, n);
        want.insert(want.end(), more.begin(), more.end());
    }
    const auto shifted = numbers(100, 110);
    want.insert(want.end(), shifted.begin(), shifted.end());
    std::sort(want.begin(), want.end());
    EXPECT_EQ(seen.sorted(), want);
    EXPECT_EQ(by_copy, numbers(0, 10));
}

TEST_P(input, of_move_only_items) {
    using item = std::unique_ptr<int>;
    bag<int> seen;
    paipa::pipeline<item> p{paipa::step("a", [&](item x) { seen.add(*x); }, {.threads = threads()}),
                            {.quiet = true}};
    std::vector<item> some;
    for (int i = 0; i < 100; ++i) {
        some.push_back(std::make_unique<int>(i));
    }
    p.put(std::make_unique<int>(100));
    p.put_iterable(std::move(some));
    std::vector<item> more;
    more.push_back(std::make_unique<int>(200));
    more.push_back(std::make_unique<int>(201));
    p.put_all(std::move(more));
    const auto made = std::views::transform([](int x) { return std::make_unique<int>(x); });
    p.put_iterable(std::views::iota(101, 200) | made);
    p.put_all(std::views::iota(202, 300) | made);
    expect_closed(p.run());
    EXPECT_EQ(seen.sorted(), numbers(0, 300));
}

TEST_P(input, of_an_iterable_while_it_runs) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true}};
    p.start();
    p.put_iterable(numbers(0, 100));
    EXPECT_TRUE(eventually([&] { return p.count() == 100; }));
    EXPECT_TRUE(p.alive());  // it did not start with an iterable, so it does not end with one
    p.put_iterable(numbers(100, 200));
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 200));
}

TEST_P(input, try_put_and_put_for_leave_the_item_with_the_caller) {
    gate reads;
    std::atomic<std::size_t> begun = 0;
    paipa::pipeline<std::unique_ptr<int>> p{paipa::step("a",
                                                        [&](std::unique_ptr<int>) {
                                                            ++begun;
                                                            reads.wait();
                                                        },
                                                        {.threads = threads()}),
                                            {.quiet = true, .capacity = 1}};
    p.start();
    for (std::size_t i = 0; i < threads(); ++i) {
        p.put(std::make_unique<int>(0));
    }
    EXPECT_TRUE(eventually([&] { return begun == threads(); }));
    auto item = std::make_unique<int>(1);
    EXPECT_TRUE(p.try_put(std::move(item)));
    EXPECT_EQ(item, nullptr);
    item = std::make_unique<int>(2);
    EXPECT_FALSE(p.try_put(std::move(item)));
    ASSERT_NE(item, nullptr);
    EXPECT_FALSE(p.put_for(std::move(item), 1us));
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(*item, 2);
    reads.open();
    EXPECT_TRUE(p.put_for(std::move(item), 1h));
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.delivered, threads() + 2);
    item = std::make_unique<int>(3);
    EXPECT_THROW((void)p.try_put(std::move(item)), paipa::closed_error);
    EXPECT_THROW((void)p.put_for(std::move(item), 1h), paipa::closed_error);
    ASSERT_NE(item, nullptr);
}

TEST_P(input, queue_is_emptied_by_stop) {
    auto q = std::make_shared<paipa::queue<int>>(1'000);
    bag<int> seen;
    paipa::pipeline p{
        paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}), q, {.quiet = true}};
    for (const int x : numbers(0, 1'000)) {
        q->push(x);
    }
    p.start();
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 1'000));
    EXPECT_EQ(q->size(), 0U);
}

TEST_P(input, queue_that_its_user_closes_ends_the_run) {
    auto q = std::make_shared<paipa::queue<int>>(4);
    bag<int> seen;
    paipa::pipeline p{
        paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}), q, {.quiet = true}};
    std::thread producer([&] {
        for (const int x : numbers(0, 500)) {
            q->push(x);
        }
        q->close();
    });
    const auto r = p.run_forever();
    producer.join();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(seen.sorted(), numbers(0, 500));
    EXPECT_EQ(refusal<paipa::closed_error>([&] { q->push(1); }),
              "paipa::queue: no more items are taken: the queue is closed");
}

TEST_P(input, queue_keeps_what_an_ended_pipeline_left_for_the_next_one) {
    auto q = std::make_shared<paipa::queue<int>>(1'000);
    const auto flow = [&](bag<int>& to) {
        return paipa::step("a", [&to](int x) { to.add(x); }, {.threads = threads()});
    };
    bag<int> first;
    bag<int> second;
    {
        paipa::pipeline p{flow(first), q, {.quiet = true, .capacity = 1}};
        p.start();
        for (const int x : numbers(0, 500)) {
            q->push(x);
        }
        const auto r = p.drain();
        expect_closed(r);
        EXPECT_EQ(r.abandoned(), 0U);
    }
    EXPECT_EQ(refusal<paipa::closed_error>([&] { q->push(1); }),
              "paipa::queue: no more items are taken: its pipeline has ended");
    EXPECT_EQ(q->size(), 500 - first.items().size());
    paipa::pipeline p{flow(second), q, {.quiet = true}};
    q->push(500);
    p.start();
    expect_closed(p.stop());
    auto all = first.items();
    const auto more = second.items();
    all.insert(all.end(), more.begin(), more.end());
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, numbers(0, 501));
}

TEST_P(input, queue_merges_with_iterables_and_put) {
    auto q = std::make_shared<paipa::queue<int>>(4);
    bag<int> seen;
    paipa::pipeline p{
        paipa::step("a", [&](int x) { seen.add(x); }, {.threads = threads()}), q, {.quiet = true}};
    p.put_iterable(numbers(0, 100));
    p.start();
    p.put(100);
    q->push(101);
    EXPECT_TRUE(eventually([&] { return p.count() == 102; }));
    EXPECT_TRUE(p.alive());
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 102));
}

TEST_P(input, queue_wakes_a_blocked_pusher_when_its_pipeline_is_cancelled) {
    auto q = std::make_shared<paipa::queue<int>>(1);
    gate blocked;
    paipa::pipeline p{paipa::step("a", [&](int) { blocked.wait(); }, {.threads = threads()}),
                      q,
                      {.quiet = true, .capacity = 1}};
    p.start();
    std::string said;
    std::atomic<int> pushed = 0;
    std::thread producer([&] {
        said = refusal<paipa::closed_error>([&] {
            while (true) {
                q->push(1);
                ++pushed;
            }
        });
    });
    EXPECT_TRUE(eventually([&] { return q->size() == 1; }));
    p.cancel();
    blocked.open();
    producer.join();
    expect_closed(p.stop());
    EXPECT_EQ(said, "paipa::queue: no more items are taken: its pipeline has ended");
}

/// What was refused is gone; the run must not look at it any more.
TEST_P(input, of_a_refused_iterable_leaves_nothing_behind) {
    gate reads;
    bag<int> seen;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      reads.wait();
                                      seen.add(x);
                                  },
                                  {.threads = threads()}),
                      {.quiet = true, .capacity = 100}};
    p.start();
    p.put_all(numbers(0, 100));
    p.finish();
    for (int i = 0; i < 10; ++i) {
        EXPECT_THROW(p.put_iterable(numbers(0, 100)), paipa::closed_error);
    }
    reads.open();
    expect_closed(p.stop());
    EXPECT_EQ(seen.sorted(), numbers(0, 100));
}

/// Producers never let the queue run empty: what they push after `stop` stays in it.
TEST(input_queue, that_is_fed_on_and_on_does_not_hold_up_the_end) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            const auto queue = std::make_shared<paipa::queue<int>>(4, &sim);
            std::uint64_t pushed = 0;  // fibers share one thread
            std::vector<std::unique_ptr<paipa::runtime::thread>> producers;
            paipa::pipeline p{paipa::step("a", [&](int) { sim.sleep_for(1s); }),
                              queue,
                              {.quiet = true, .capacity = 1, .runtime = &sim}};
            p.start();
            for (int i = 0; i < 8; ++i) {
                producers.push_back(sim.spawn("producer", [&] {
                    try {
                        for (; pushed < 2'000; ++pushed) {
                            queue->push(0);
                        }
                    } catch (const paipa::closed_error&) {
                        return;  // the end of the pipeline
                    }
                }));
            }
            sim.sleep_for(50s);
            const auto before = pushed;
            const auto r = p.stop();
            for (const auto& t : producers) {
                t->join();
            }
            expect_closed(r);
            EXPECT_GE(r.delivered, before);
            EXPECT_LE(r.delivered, before + 8);  // each producer may have been about to count one
            EXPECT_EQ(r.delivered + queue->size(), pushed);
        });
    }
}

}  // namespace
