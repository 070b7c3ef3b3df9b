#include <paipa/testing/simulation.hpp>

#include "support.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

// Destruction, daemon pipelines, stuck callbacks, questions while it runs.

namespace {

using namespace promises;

/// Collects the library's messages while it lives.
class captured_log {
public:
    captured_log() {
        paipa::set_log_hook(
            [this](paipa::log_level, std::string_view s) { lines_.add(std::string(s)); });
    }

    captured_log(const captured_log&) = delete;
    captured_log& operator=(const captured_log&) = delete;

    ~captured_log() { paipa::set_log_hook({}); }

    [[nodiscard]] std::vector<std::string> lines() const { return lines_.items(); }

private:
    bag<std::string> lines_;
};

class life : public with_threads {};

PAIPA_WITH_THREADS(life);

TEST_P(life, destructor_of_a_running_pipeline_finishes_it) {
    bag<int> seen;
    {
        paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.threads = threads()}) |
                              paipa::step("b", [&](int x) { seen.add(x); }),
                          {.quiet = true, .capacity = 4}};
        p.put_iterable(numbers(0, 500));
        p.put_all(numbers(500, 600));
        p.start();
    }
    EXPECT_EQ(seen.sorted(), numbers(0, 600));
}

TEST_P(life, destructor_of_a_running_pipeline_still_answers_its_steps) {
    std::atomic<int> answered = 0;
    paipa::pipeline<int>* self = nullptr;
    const auto ask = [&](int) {
        eventually([&] {  // the destructor has called finish, and waits for this step
            try {
                (void)self->try_put(1);
                return false;
            } catch (const paipa::closed_error&) {
                return true;
            }
        });
        answered += self->ok() && self->alive() && !self->failure() ? 1 : 0;
        self->finish();
    };
    {
        paipa::pipeline<int> p{paipa::step("a", ask, {.threads = threads()}), {.quiet = true}};
        self = &p;
        p.start();
        p.put(0);
    }
    EXPECT_GE(answered, 1);
}

TEST_P(life, destructor_loses_nothing_where_others_unwind) {
    bag<int> seen;

    struct tidying_up {
        ~tidying_up() {  // an exception is in flight, and none of the pipeline's business
            paipa::pipeline p{
                paipa::step("a", [this](int x) { seen.add(x); }, {.threads = threads}),
                {.quiet = true}};
            p.put_iterable(numbers(0, 50'000));
            p.start();
        }

        bag<int>& seen;
        std::size_t threads;
    };

    EXPECT_EQ(refusal<std::runtime_error>([&] {
                  const tidying_up last{seen, threads()};
                  throw std::runtime_error("up");
              }),
              "up");
    EXPECT_EQ(seen.sorted(), numbers(0, 50'000));
}

TEST_P(life, destructor_of_a_running_pipeline_ends_an_endless_source_during_unwinding) {
    std::atomic<int> seen = 0;
    EXPECT_EQ(refusal<std::runtime_error>([&] {
                  paipa::pipeline p{paipa::step("a", [&](int) { ++seen; }, {.threads = threads()}),
                                    {.quiet = true}};
                  p.put_iterable(std::views::iota(0));
                  p.start();
                  eventually([&] { return seen > 10; });
                  throw std::runtime_error("elsewhere");
              }),
              "elsewhere");
}

TEST_P(life, destructor_says_what_never_ran) {
    const captured_log log;
    {
        paipa::pipeline p{paipa::step("a", [](int) {}, {.threads = threads()}),
                          {.name = "idle", .quiet = true}};
        p.put_all(numbers(0, 3));
    }
    EXPECT_EQ(log.lines(), std::vector<std::string>{
                               "paipa::pipeline 'idle': 3 items abandoned: the pipeline was "
                               "destroyed before it ran"});
}

TEST_P(life, daemon_may_be_left_behind_and_counts_what_is_lost) {
    const captured_log log;
    auto stuck = std::make_shared<gate>();
    auto begun = std::make_shared<std::atomic<std::size_t>>(0);
    auto left = std::make_shared<std::atomic<std::size_t>>(0);
    const std::size_t n = threads();
    {
        paipa::pipeline p{paipa::step("a",
                                      [stuck, begun, left](int) {
                                          ++*begun;
                                          stuck->wait();
                                          ++*left;
                                      },
                                      {.threads = n}),
                          {.name = "ghost", .daemon = true, .quiet = true}};
        p.put_all(numbers(0, 100));
        p.start();
        EXPECT_TRUE(eventually([&] { return *begun == n; }));
    }  // returns, though every worker is in user code
    EXPECT_EQ(*left, 0U);
    EXPECT_EQ(log.lines(),
              std::vector<std::string>{"paipa::pipeline 'ghost': " + std::to_string(100 - n) +
                                       " items abandoned: the daemon pipeline was "
                                       "destroyed"});
    stuck->open();
    EXPECT_TRUE(eventually([&] { return *left == n; }));
    EXPECT_EQ(*begun, n);  // and no worker took another item
}

TEST_P(life, drain_names_the_callback_that_does_not_return) {
    const captured_log log;
    gate stuck;
    std::atomic<std::size_t> begun = 0;
    paipa::pipeline p{paipa::step("stuck",
                                  [&](int) {
                                      ++begun;
                                      stuck.wait();
                                  },
                                  {.threads = threads()}),
                      {.name = "p", .quiet = true}};
    p.put_all(numbers(0, 100));
    p.start();
    EXPECT_TRUE(eventually([&] { return begun == threads(); }));
    const auto r = p.drain(0ns);
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_TRUE(r.balanced()) << r;
    EXPECT_EQ(r.steps[0].inside, threads());
    ASSERT_EQ(log.lines().size(), 1U);
    for (const std::string& text : {log.lines().front(), p.explain()}) {
        EXPECT_TRUE(text.starts_with("paipa::pipeline 'p' is cancelled\n")) << text;
        for (std::size_t i = 0; i < threads(); ++i) {
            const std::string line = "    stuck/" + std::to_string(i) + ": running for ";
            EXPECT_NE(text.find(line), std::string::npos) << text;
        }
    }
    stuck.open();
    expect_closed(p.stop());
}

/// So a loop that reads while the run is alive loses some; a range of the results reads them all.
TEST(life, is_over_while_results_lie_unread) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::pipeline<int, int> p{paipa::step("a", [](int x) { return x; }),
                                        {.quiet = true, .runtime = &sim}};
            p.put_all(numbers(0, 5));
            p.finish();
            p.start();
            sim.sleep_for(1s);
            EXPECT_FALSE(p.alive());
            std::vector<int> got;
            for (const int x : p.results()) {
                got.push_back(x);
            }
            EXPECT_EQ(got, numbers(0, 5));
        });
    }
}

/// Waits for ten minutes inside of its second `next`.
paipa::generator<int> slow_source(paipa::testing::simulation* sim) {
    co_yield 1;
    sim->sleep_for(10min);
    co_yield 2;
}

TEST(life_of_a_source, that_blocks_is_explained_by_name) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::pipeline p{paipa::step("a", [](int) {}),
                              {.name = "p", .quiet = true, .runtime = &sim}};
            p.put_iterable(slow_source(&sim));
            p.start();
            sim.sleep_for(1min);
            EXPECT_EQ(
                p.explain(),
                "paipa::pipeline 'p' is running\n"
                "  intake -> a: 0 of 64 queued, 0 unfinished\n"
                "    a/0: waiting for input for 60.0 s\n"
                "    source/0: running for 60.0 s\n"
                "  the bottleneck is the source 'source': its thread ran 100 % of the time\n");
            const auto r = p.stop();
            expect_closed(r);
            EXPECT_EQ(r.delivered, 2U);
        });
        EXPECT_LT(sim.switches(), 200U);  // whoever waits for it does not look again and again
    }
}

TEST(life_of_a_source, that_blocks_is_named_where_a_drain_waits_in_vain) {
    const captured_log log;
    gate begun;
    gate stuck;
    paipa::pipeline p{paipa::step("a", [](int) {}), {.name = "p", .quiet = true}};
    p.put_iterable(std::views::iota(0, 3) | std::views::filter([&](int x) {
                       if (x == 1) {
                           begun.open();
                           stuck.wait();
                       }
                       return true;
                   }));
    p.start();
    EXPECT_TRUE(begun.wait());
    EXPECT_EQ(p.drain(0ns).state, paipa::run_state::cancelled);
    ASSERT_EQ(log.lines().size(), 1U);
    for (const std::string& text : {log.lines().front(), p.explain()}) {
        EXPECT_NE(text.find("    a/0: not running\n"), std::string::npos) << text;
        EXPECT_NE(text.find("    source/0: running for "), std::string::npos) << text;
    }
    stuck.open();
    expect_closed(p.stop());
}

TEST_P(life, questions_can_be_asked_at_any_time) {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.threads = threads()}) |
                          paipa::step("b", [](int) {}, {.threads = threads()}),
                      {.quiet = true, .capacity = 8}};
    EXPECT_TRUE(p.report().balanced());
    EXPECT_EQ(p.report().state, paipa::run_state::ready);
    EXPECT_TRUE(p.explain().starts_with("paipa::pipeline 'pipeline' is ready\n"));
    EXPECT_TRUE(p.ok());
    EXPECT_FALSE(p.alive());
    p.put_iterable(numbers(0, 5'000));
    p.start();
    while (p.alive()) {
        const auto r = p.report();
        for (const paipa::step_report& s : r.steps) {
            EXPECT_TRUE(s.balanced()) << r;
        }
        for (const paipa::edge_report& e : r.edges) {
            EXPECT_TRUE(e.balanced()) << r;
        }
        EXPECT_LE(p.count(), 5'000U);
        EXPECT_TRUE(p.ok());
    }
    expect_closed(p.stop());
    EXPECT_EQ(p.count(), 5'000U);
}

TEST_P(life, members_may_be_called_from_many_threads_at_once) {
    paipa::pipeline p{paipa::step("a", [](int) {}, {.threads = threads()}),
                      {.quiet = true, .capacity = 2}};
    p.start();
    std::vector<std::thread> callers;
    std::atomic<std::uint64_t> accepted = 0;
    for (int t = 0; t < 8; ++t) {
        callers.emplace_back([&, t] {
            try {
                for (int i = 0; i < 200; ++i) {
                    p.put(i);
                    ++accepted;
                }
            } catch (const paipa::closed_error&) {
            }
            t % 2 == 0 ? p.finish() : (void)p.stop();
        });
    }
    for (auto& t : callers) {
        t.join();
    }
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.edges.front().pushed, accepted);
    EXPECT_EQ(r.delivered, accepted);
}

[[noreturn]] void exit_with_a_daemon_running() {
    static gate& never = *new gate;  // outlives the end of the process
    static std::atomic<bool> begun = false;
    static paipa::pipeline p{paipa::step("a",
                                         [](int) {
                                             begun = true;
                                             never.wait();
                                         }),
                             {.daemon = true, .quiet = true}};
    p.put_all({1, 2});
    p.start();
    eventually([] { return begun.load(); });
    std::exit(0);
}

TEST(life_of_a_process, ends_though_a_daemon_pipeline_runs) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(exit_with_a_daemon_running(), testing::ExitedWithCode(0), "1 items abandoned");
}

}  // namespace
