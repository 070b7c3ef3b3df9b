#include <paipa/log.hpp>

#include "support.hpp"
#include "virtual_time.hpp"

#include <atomic>
#include <chrono>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// Readers of results that come early, leave early, or wait for a long time.

namespace {

using namespace promises;

int same(int x) {
    return x;
}

class readers : public with_threads {};

PAIPA_WITH_THREADS(readers);

TEST_P(readers, that_leave_an_endless_run_let_its_destructor_end) {
    std::atomic<int> made = 0;
    {
        paipa::pipeline p{paipa::step("same", same, {.threads = threads()}),
                          {.quiet = true, .capacity = 4}};
        p.put_iterable(std::views::iota(0) | std::views::transform([&](int x) {
                           ++made;
                           return x;
                       }));
        for ([[maybe_unused]] const int x : p.results()) {
            break;
        }
    }
    EXPECT_GT(made, 0);
}

TEST(reader, that_has_left_makes_the_destructor_an_early_end_that_is_counted) {
    struct books final : paipa::tracker {
        void run_ended(const paipa::report& r) override { at_end = r; }

        paipa::report at_end;
    };

    const auto kept = std::make_shared<books>();
    {
        paipa::pipeline p{paipa::step("same", same),
                          {.quiet = true, .capacity = 4, .tracker = kept}};
        p.put_iterable(std::views::iota(0));
        int taken = 0;
        for ([[maybe_unused]] const int x : p.results()) {
            if (++taken == 3) {
                break;
            }
        }
    }
    const paipa::report& r = kept->at_end;
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_TRUE(r.balanced()) << r;
    EXPECT_EQ(r.failure_count, 0U);
    EXPECT_EQ(r.delivered, 3 + r.results_unread + r.edges.back().abandoned) << r;
}

TEST(reader, that_has_left_does_not_keep_stop_from_processing_everything) {
    std::vector<int> seen;
    paipa::pipeline p{paipa::step("note",
                                  [&](int x) {
                                      seen.push_back(x);
                                      return x;
                                  }),
                      {.quiet = true, .capacity = 4}};
    p.put_iterable(numbers(0, 100));
    for ([[maybe_unused]] const int x : p.results()) {
        break;
    }
    const auto r = p.stop();
    EXPECT_EQ(seen, numbers(0, 100));
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(r.results_unread, 99U);
}

TEST(reader, that_never_came_leaves_the_destructor_to_process_everything) {
    std::vector<int> seen;
    {
        paipa::pipeline p{paipa::step("note",
                                      [&](int x) {
                                          seen.push_back(x);
                                          return x;
                                      }),
                          {.quiet = true, .capacity = 4}};
        p.put_iterable(numbers(0, 100));
        p.start();
    }
    EXPECT_EQ(seen, numbers(0, 100));
}

TEST(reader, may_start_a_run_that_others_feed_later) {
    paipa::pipeline p{paipa::step("same", same), {.quiet = true}};
    std::thread feeder([&] {
        EXPECT_TRUE(eventually([&] { return p.alive(); }));
        p.put_all(numbers(0, 10));
        p.finish();
    });
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
    }
    feeder.join();
    EXPECT_EQ(got, numbers(0, 10));
}

TEST(reader, may_start_a_run_that_a_queue_feeds) {
    const auto q = std::make_shared<paipa::queue<int>>(4);
    paipa::pipeline p{paipa::step("same", same), q, {.quiet = true}};
    std::thread feeder([&] {
        for (const int x : numbers(0, 10)) {
            q->push(x);
        }
        q->close();
    });
    std::vector<int> got;
    for (const int x : p.results()) {
        got.push_back(x);
    }
    feeder.join();
    EXPECT_EQ(got, numbers(0, 10));
}

TEST(reader, hears_of_a_failure_behind_what_is_queued_though_a_callback_does_not_return) {
    gate queued;
    gate returns;
    gate stuck;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      if (x == 4) {
                                          stuck.open();
                                          returns.wait();
                                      } else if (x == 5) {
                                          stuck.wait();
                                          queued.wait();
                                          throw std::runtime_error("five");
                                      }
                                      return x;
                                  },
                                  {.threads = 2}),
                      {.quiet = true}};
    p.put_all(numbers(0, 6));
    p.finish();
    std::vector<int> got;
    EXPECT_EQ(refusal<std::runtime_error>([&] {
                  for (const int x : p.results()) {
                      got.push_back(x);
                      if (got.size() == 1) {
                          EXPECT_TRUE(eventually([&] { return p.report().delivered == 4; }));
                          queued.open();
                          EXPECT_TRUE(eventually([&] { return !p.ok(); }));
                      }
                  }
              }),
              "five");
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, numbers(0, 4));
    EXPECT_EQ(p.report().steps[0].inside, 1U);  // the callback still runs
    returns.open();
    EXPECT_THROW(p.stop(), std::runtime_error);
    expect_closed(p.report());
}

class waits : public virtual_time {
protected:
    /// Runs `body`, and returns the warnings.
    std::vector<std::string> warnings(const std::function<void()>& body) {
        std::vector<std::string> said;
        paipa::set_log_hook([&](paipa::log_level l, std::string_view text) {
            if (l == paipa::log_level::warning) {
                said.emplace_back(text);
            }
        });
        sim.run(body);
        paipa::set_log_hook({});
        return said;
    }
};

INSTANTIATE_TEST_SUITE_P(seeds, waits, testing::Range<std::uint64_t>(1, 6));

TEST_P(waits, for_a_callback_that_takes_a_minute_are_told_once) {
    const auto said = warnings([&] {
        paipa::pipeline p{
            paipa::step("sleeps", [&](int) { sim.sleep_for(std::chrono::minutes{1}); }), options()};
        p.put(1);
        p.start();
        p.stop();
    });
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said[0].starts_with(
        "paipa::pipeline 'pipeline': stop: nothing has moved for 10 s, but items are inside; step "
        "'sleeps', worker 0, has been in its code for "))
        << said[0];
    EXPECT_NE(said[0].find("sleeps/0: running"), std::string::npos) << said[0];
}

TEST_P(waits, of_a_reader_for_a_callback_that_takes_a_minute_are_told_once) {
    const auto said = warnings([&] {
        paipa::pipeline p{paipa::step("sleeps",
                                      [&](int x) {
                                          sim.sleep_for(std::chrono::minutes{1});
                                          return x;
                                      }),
                          options()};
        p.put(1);
        p.finish();
        for ([[maybe_unused]] const int x : p.results()) {
        }
    });
    ASSERT_EQ(said.size(), 1U);
    EXPECT_TRUE(said[0].starts_with("paipa::pipeline 'pipeline': results: nothing has moved"))
        << said[0];
}

TEST_P(waits, of_run_without_a_reader_let_all_workers_work) {
    sim.run([&] {
        paipa::pipeline p{paipa::step("sleeps",
                                      [&](int x) {
                                          sim.sleep_for(std::chrono::milliseconds{10});
                                          return x;
                                      },
                                      {.threads = 8}),
                          {.quiet = true, .capacity = 1, .runtime = &sim}};
        p.put_all(numbers(0, 160));
        p.finish();
        EXPECT_EQ(p.run().results_unread, 160U);
    });
    EXPECT_LT(sim.elapsed(), std::chrono::milliseconds{400});  // 200 at best, 1,600 one by one
}

TEST_P(waits, for_a_slow_source_or_an_idle_service_are_no_news) {
    const auto said = warnings([&] {
        const auto q = std::make_shared<paipa::queue<int>>(4, &sim);
        paipa::pipeline idle{paipa::step("a", [](int) {}), q, options()};
        idle.start();
        const auto slow = [this]() -> paipa::generator<int> {
            sim.sleep_for(std::chrono::hours{1});
            co_yield 1;
        };
        paipa::pipeline p{paipa::step("b", [](int) {}), options()};
        p.put_iterable(slow);
        p.run();
        idle.stop();
    });
    EXPECT_EQ(said, std::vector<std::string>{});
}

TEST_P(waits, while_a_chunk_keeps_items_back_are_no_news) {
    const auto said = warnings([&] {
        const auto slow = [this]() -> paipa::generator<int> {
            co_yield 1;
            sim.sleep_for(std::chrono::hours{1});
        };
        paipa::pipeline<int> p{paipa::chunk(10) | paipa::step("b", [](std::vector<int>) {}),
                               options()};
        p.put_iterable(slow);
        p.run();
    });
    EXPECT_EQ(said, std::vector<std::string>{});
}

}  // namespace
