#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// Many threads at once, many times; most of the worth is in the runs under the thread sanitizer.

namespace {

using namespace std::chrono_literals;
using pipe = paipa::pipeline<int>;

constexpr int producers = 8;

auto work(std::atomic<std::uint64_t>& seen) {
    return paipa::step("a", [](int x) { return x + 1; }, {.threads = 3}) |
           paipa::step("b", [&seen](int) { ++seen; }, {.threads = 2});
}

/// Producers that put until they are refused; counts what was taken.
class crowd {
public:
    crowd(pipe& p, int each) {
        for (int i = 0; i < producers; ++i) {
            threads_.emplace_back([this, &p, each] { produce(p, each); });
        }
        started_.wait();
    }

    std::uint64_t join() {
        for (auto& t : threads_) {
            t.join();
        }
        return taken_.load();
    }

private:
    void produce(pipe& p, int each) {
        started_.count_down();
        try {
            for (int i = 0; i < each; ++i) {
                p.put(i);
                ++taken_;
            }
        } catch (const paipa::closed_error&) {
            return;  // the run was ended meanwhile: what the test is about
        }
    }

    std::latch started_{producers};
    std::atomic<std::uint64_t> taken_{0};
    std::vector<std::thread> threads_;
};

/// Eight producers put while `end` ends the run from another thread.
template <class F>
void put_while(F end) {
    for (int round = 0; round < 40; ++round) {
        std::atomic<std::uint64_t> seen = 0;
        pipe p{work(seen), {.quiet = true, .capacity = 4}};
        p.start();
        crowd all(p, 400);
        while (seen < static_cast<std::uint64_t>(round)) {
            std::this_thread::yield();
        }
        end(p);
        const std::uint64_t taken = all.join();
        p.stop();
        const paipa::report r = p.report();
        ASSERT_TRUE(r.balanced()) << r;
        ASSERT_EQ(r.edges[0].pushed, taken) << r;
        ASSERT_EQ(r.delivered, seen) << r;
        ASSERT_EQ(r.delivered + r.abandoned(), taken) << r;
        ASSERT_LE(r.edges[0].most, 4U) << r;
    }
}

TEST(stress, eight_producers_put_while_another_stops) {
    put_while([](pipe& p) { EXPECT_EQ(p.stop().abandoned(), 0U); });
}

TEST(stress, eight_producers_put_while_another_drains) {
    put_while([](pipe& p) { EXPECT_EQ(p.drain().abandoned(), 0U); });
}

TEST(stress, eight_producers_put_while_another_cancels) {
    put_while([](pipe& p) { p.cancel(); });
}

TEST(stress, sixteen_threads_end_a_run_in_every_way) {
    for (int round = 0; round < 40; ++round) {
        std::atomic<std::uint64_t> seen = 0;
        pipe p{work(seen), {.quiet = true, .capacity = 4}};
        p.put_iterable(std::views::iota(0));
        p.start();
        const std::vector<std::function<void()>> ways = {
            [&] { p.stop(); }, [&] { p.finish(); }, [&] { p.cancel(); }, [&] { p.drain(1ms); }};
        std::latch go(16);
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < 16; ++i) {
            threads.emplace_back([&, i] {
                go.arrive_and_wait();
                ways[i % ways.size()]();
            });
        }
        for (auto& t : threads) {
            t.join();
        }
        ASSERT_TRUE(p.stop().balanced());
        ASSERT_FALSE(p.alive());
    }
}

TEST(stress, a_running_pipeline_is_destroyed) {
    std::atomic<std::uint64_t> seen = 0;
    for (int round = 0; round < 100; ++round) {
        pipe p{work(seen), {.quiet = true, .capacity = 2}};
        p.put_iterable(std::views::iota(0, 200));
        p.start();
    }
    EXPECT_EQ(seen, 100U * 200U);
}

/// Keeps the report of a run whose pipeline is gone.
struct last_report final : paipa::tracker {
    void run_ended(const paipa::report& r) override { books.set_value(r); }

    std::promise<paipa::report> books;
};

/// Pushes until nobody reads the queue any more; counts what was taken.
void push_all(paipa::queue<int>& queue, std::latch& started, std::atomic<std::uint64_t>& pushed) {
    started.count_down();
    try {
        for (int i = 0;; ++i) {
            queue.push(i);
            ++pushed;
        }
    } catch (const paipa::closed_error&) {
        return;  // the pipeline has ended
    }
}

/// Whatever was pushed was processed, is counted as abandoned, or is still in the queue.
void destroy_under_pushes(bool daemon, std::uint64_t after) {
    std::atomic<std::uint64_t> seen = 0;
    std::atomic<std::uint64_t> pushed = 0;
    const auto queue = std::make_shared<paipa::queue<int>>(4);
    const auto last = std::make_shared<last_report>();
    std::latch started(producers);
    std::vector<std::thread> crowd;
    {
        pipe p{
            work(seen), queue, {.daemon = daemon, .quiet = true, .capacity = 4, .tracker = last}};
        p.start();
        for (int i = 0; i < producers; ++i) {
            crowd.emplace_back([&] { push_all(*queue, started, pushed); });
        }
        started.wait();
        while (seen < after) {
            std::this_thread::yield();
        }
    }
    for (auto& t : crowd) {
        t.join();
    }
    const paipa::report r = last->books.get_future().get();
    ASSERT_TRUE(r.balanced()) << r;
    ASSERT_TRUE(daemon || r.abandoned() == 0) << r;
    ASSERT_EQ(r.delivered, seen) << r;
    ASSERT_EQ(seen + r.abandoned() + queue->size(), pushed) << r;
}

TEST(stress, eight_producers_push_into_a_queue_while_its_pipeline_is_destroyed) {
    paipa::set_log_hook([](paipa::log_level, std::string_view) {});
    for (std::uint64_t round = 0; round < 40; ++round) {
        destroy_under_pushes(false, round);
        destroy_under_pushes(true, round);
    }
    paipa::set_log_hook({});
}

TEST(stress, a_thousand_pipelines_start_and_stop) {
    std::uint64_t total = 0;
    for (int round = 0; round < 1000; ++round) {
        std::atomic<std::uint64_t> seen = 0;
        pipe p{paipa::step("x", [&seen](int) { ++seen; }, {.threads = 2}), {.quiet = true}};
        p.start();
        p.put(round);
        p.stop();
        total += seen;
    }
    EXPECT_EQ(total, 1000U);
}

TEST(stress, of_eight_threads_that_run_it_at_once_exactly_one_does) {
    for (int round = 0; round < 100; ++round) {
        std::atomic<std::uint64_t> seen = 0;
        std::atomic<int> ran = 0;
        std::atomic<int> refused = 0;
        pipe p{work(seen), {.quiet = true}};
        p.put(round);
        p.finish();
        std::latch go(8);
        std::vector<std::thread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                go.arrive_and_wait();
                try {
                    p.run();
                    ++ran;
                } catch (const paipa::state_error&) {
                    ++refused;
                }
            });
        }
        for (auto& t : threads) {
            t.join();
        }
        ASSERT_EQ(ran, 1);
        ASSERT_EQ(refused, 7);
        ASSERT_EQ(seen, 1U);
        ASSERT_TRUE(p.report().balanced()) << p.report();
    }
}

TEST(stress, every_item_of_a_full_queue_is_retried) {
    for (const std::size_t capacity : {1U, 2U, 8U}) {
        std::vector<std::atomic<int>> tries(1000);
        pipe p{paipa::step("flaky",
                           [&tries](const int& x) {
                               if (++tries[static_cast<std::size_t>(x)] < 3) {
                                   throw x;
                               }
                           },
                           {.threads = 4, .capacity = capacity, .retry = {.attempts = 3}}),
               {.quiet = true}};
        p.put_iterable(std::views::iota(0, 1000));
        const paipa::report r = p.run();
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.delivered, 1000U);
        EXPECT_EQ(r.steps[0].retries, 2000U);
        EXPECT_LE(r.edges[0].most, capacity) << r;
    }
}

class requeuing final : public paipa::abstract_step<int> {
public:
    void process(int x) override {
        if (x > 0) {
            self().requeue(x - 1, x % 3 == 0 ? paipa::duration{1us} : paipa::duration{});
        }
    }
};

TEST(stress, every_item_is_requeued_many_times) {
    for (const std::size_t capacity : {1U, 2U, 16U}) {
        pipe p{paipa::step<requeuing>("again", {.threads = 4, .capacity = capacity}),
               {.quiet = true}};
        p.put_iterable(std::views::iota(0, 100));
        const paipa::report r = p.run();
        EXPECT_TRUE(r.balanced()) << r;
        EXPECT_EQ(r.delivered, 100U);
        EXPECT_LE(r.edges[0].most, capacity) << r;
    }
}

TEST(stress, two_hundred_workers_share_little_work) {
    std::atomic<std::uint64_t> seen = 0;
    pipe p{paipa::step("a", [](int x) { return x; }, {.threads = 100, .capacity = 2}) |
               paipa::step("b", [&seen](int) { ++seen; }, {.threads = 100, .capacity = 2}),
           {.quiet = true}};
    p.put_iterable(std::views::iota(0, 3000));
    EXPECT_TRUE(p.run().balanced());
    EXPECT_EQ(seen, 3000U);
}

TEST(stress, results_are_left_while_another_stops) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::pipeline p{paipa::step("x", [](int x) { return x; }),
                              {.quiet = true, .capacity = 2, .runtime = &sim}};
            p.put_iterable(std::views::iota(0, 40));
            p.start();
            const auto stopper = sim.spawn("stopper", [&p] { p.stop(); });
            int read = 0;
            for (int x : p.results()) {
                if (++read + x % 2 == 5) {
                    break;
                }
            }
            stopper->join();
            EXPECT_TRUE(p.report().balanced()) << p.report();
        });
    }
}

/// Questions from another thread while the steps' workers are made.
TEST(stress, questions_are_answered_while_a_run_starts) {
    for (int i = 0; i < 200; ++i) {
        std::atomic<std::uint64_t> seen = 0;
        pipe p{paipa::step("a", [](int x) { return x; }, {.threads = 8}) |
                   paipa::fuse(paipa::step("b", [](int x) { return x; }, {.threads = 8}),
                               paipa::step("c", [&seen](int) { ++seen; })),
               {.quiet = true}};
        p.put_iterable(std::views::iota(0, 10));
        std::atomic<bool> over = false;
        std::latch asking(2);
        std::jthread asker([&] {
            asking.arrive_and_wait();
            while (!over.load()) {
                EXPECT_LE(p.report().delivered, 10U);
                EXPECT_FALSE(p.explain().empty());
                EXPECT_LE(p.count(), 10U);
            }
        });
        asking.arrive_and_wait();
        p.run();
        over = true;
        EXPECT_EQ(seen.load(), 10U);
    }
}

}  // namespace
