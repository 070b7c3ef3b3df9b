#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

int twice(int x) {
    return 2 * x;
}

TEST(pipeline, runs_what_was_put_before) {
    int sum = 0;
    auto flow = paipa::step("twice", twice, {.threads = 3}) |
                paipa::step("sum", [&sum](int x) { sum += x; });
    paipa::pipeline p{flow, {.quiet = true}};
    for (int i = 0; i < 1000; ++i) {
        p.put(i);
    }
    p.finish();
    const paipa::report r = p.run();
    EXPECT_EQ(sum, 999'000);
    EXPECT_EQ(p.count(), 1000);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_TRUE(r.balanced());
}

TEST(pipeline, merges_two_iterables_and_a_put) {
    std::atomic<int> sum = 0;
    paipa::pipeline p{paipa::step("sum", [&sum](int x) { sum += x; }, {.threads = 2}),
                      {.quiet = true}};
    p.put(1);
    p.put_iterable(std::views::iota(0, 100));
    p.put_iterable(std::vector<int>(50, 2));
    p.run();
    EXPECT_EQ(sum, 1 + 4950 + 100);
}

TEST(pipeline, hands_out_results_with_back_pressure) {
    paipa::pipeline p{paipa::step("twice", twice), {.quiet = true, .capacity = 4}};
    p.put_iterable(std::views::iota(0, 1000));
    std::vector<int> got;
    for (int&& x : p.results()) {
        got.push_back(x);
    }
    ASSERT_EQ(got.size(), 1000);
    EXPECT_EQ(got.back(), 1998);
    EXPECT_TRUE(p.report().balanced());
}

TEST(pipeline, rethrows_the_first_failure_as_it_was_thrown) {
    paipa::pipeline p{paipa::step("throws",
                                  [](int x) {
                                      if (x == 3) {
                                          throw x;
                                      }
                                      return x;
                                  }),
                      {.quiet = true}};
    p.put_all({1, 2, 3, 4});
    p.finish();
    EXPECT_THROW(p.run(), int);
    EXPECT_FALSE(p.ok());
    EXPECT_TRUE(p.report().balanced());
    EXPECT_THROW(p.put(5), paipa::closed_error);
}

class summing final : public paipa::abstract_step<int, std::string> {
public:
    std::string process(int x) override {
        sum_ += x;
        return std::to_string(x);
    }

    void thread_shutdown() override { emit("sum " + std::to_string(sum_)); }

private:
    int sum_ = 0;
};

TEST(pipeline, runs_class_steps_and_iter_steps) {
    auto flow = paipa::step<summing>("sum") |
                paipa::iter_step(
                    "join", [](paipa::generator<std::string> in) -> paipa::generator<std::string> {
                        std::string all;
                        for (auto&& s : in) {
                            all += s + ",";
                        }
                        co_yield all;
                    });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    for (std::string s : p.results()) {
        EXPECT_EQ(s, "1,2,3,sum 6,");
    }
    EXPECT_EQ(p.count(), 1);
}

TEST(pipeline, keeps_the_order_through_parallel_workers) {
    auto flow = paipa::step("x",
                            [](int x) -> std::optional<int> {
                                return x % 3 == 0 ? std::nullopt : std::optional(x);
                            },
                            {.threads = 4, .ordered = true}) |
                paipa::step("many",
                            [](int x) -> paipa::generator<int> {
                                for (int i = 0; i < x % 200; ++i) {
                                    co_yield x;
                                }
                            },
                            {.threads = 4, .ordered = true});
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(0, 5000));
    std::vector<int> got;
    for (int x : p.results()) {
        got.push_back(x);
    }
    std::vector<int> expected;
    for (int x = 0; x < 5000; ++x) {
        if (x % 3 != 0) {
            expected.insert(expected.end(), static_cast<std::size_t>(x % 200), x);
        }
    }
    EXPECT_EQ(got, expected);
    EXPECT_TRUE(p.report().balanced()) << p.report();
}

TEST(pipeline, retries_and_keeps_dead_letters) {
    std::atomic<int> calls = 0;
    paipa::pipeline p{paipa::step("flaky",
                                  [&calls](const int& x) {
                                      ++calls;
                                      if (x % 10 == 0) {
                                          throw std::runtime_error("ten");
                                      }
                                      return x;
                                  },
                                  {.threads = 4,
                                   .capacity = 3,
                                   .retry = {.attempts = 3},
                                   .on_failure = paipa::failure_action::dead_letter}),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(1, 1001));
    const paipa::report r = p.run();
    EXPECT_EQ(calls, 900 + 3 * 100);
    EXPECT_EQ(r.dead(), 100);
    EXPECT_TRUE(r.balanced()) << r;
    ASSERT_EQ(p.dead_letters().size(), 100);
    EXPECT_EQ(p.dead_letters().front().attempts.size(), 3);
    EXPECT_EQ(*p.dead_letters().front().item_as<int>() % 10, 0);
}

TEST(pipeline, carries_move_only_items) {
    int sum = 0;
    auto flow =
        paipa::step("make", [](int x) { return std::make_unique<int>(x); }) | paipa::identity() |
        paipa::filter([](const std::unique_ptr<int>& x) { return *x % 2 == 0; }) | paipa::chunk(7) |
        paipa::flatten() | paipa::step("sum", [&sum](std::unique_ptr<int> x) { sum += *x; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(0, 100));
    const auto r = p.run();
    EXPECT_EQ(sum, 2450);
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(pipeline, early_end_is_no_failure) {
    auto flow = paipa::step("x", twice, {.threads = 2}) |
                paipa::iter_step("take", [](paipa::generator<int> in) -> paipa::generator<int> {
                    int n = 0;
                    for (int&& x : in) {
                        co_yield x;
                        if (++n == 5) {
                            break;
                        }
                    }
                });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    const auto r = p.run();
    EXPECT_EQ(p.count(), 5);
    EXPECT_TRUE(p.ok());
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(pipeline, is_fed_from_a_queue) {
    auto q = std::make_shared<paipa::queue<int>>(16);
    std::atomic<int> sum = 0;
    paipa::pipeline p{
        paipa::step("sum", [&sum](int x) { sum += x; }), q, {.name = "ping", .quiet = true}};
    p.start();
    for (int i = 0; i < 100; ++i) {
        q->push(i);
    }
    EXPECT_TRUE(p.alive());
    p.stop();
    EXPECT_EQ(sum, 4950);
    EXPECT_FALSE(p.alive());
    EXPECT_THROW(q->push(1), paipa::closed_error);
}

TEST(pipeline, drains_an_endless_iterable) {
    paipa::pipeline p{paipa::step("x", [](int) {}), {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    p.start();
    while (p.count() < 100) {
    }
    const auto r = p.drain();
    EXPECT_EQ(r.state, paipa::run_state::drained);
    EXPECT_EQ(r.abandoned(), 0);
    EXPECT_TRUE(r.balanced()) << r;
}

TEST(pipeline, tells_of_its_progress_unless_quiet) {
    for (const bool quiet : {false, true}) {
        std::vector<std::string> lines;
        paipa::set_log_hook(
            [&](paipa::log_level, std::string_view line) { lines.emplace_back(line); });
        paipa::testing::simulation sim;
        sim.run([&] {
            paipa::pipeline p{paipa::step("x", [](int) {}),
                              {.name = "n", .quiet = quiet, .runtime = &sim}};
            p.start();
            for (int i = 0; i < 15; ++i) {
                p.put(i);
                sim.sleep_for(1s);
            }
            p.stop();
        });
        paipa::set_log_hook({});
        if (quiet) {
            EXPECT_TRUE(lines.empty());
        } else {
            ASSERT_EQ(lines.size(), 2);
            EXPECT_EQ(lines[0],
                      "paipa::pipeline 'n': 11 items delivered after 10.0 s, 1 per second");
            EXPECT_EQ(lines[1], "paipa::pipeline 'n': finished after 15.0 s, 15 items delivered");
        }
    }
}

TEST(pipeline, explains_who_waits_for_whom) {
    paipa::testing::simulation sim;
    sim.run([&] {
        auto slow = [&](int) { sim.sleep_for(1h); };
        paipa::pipeline p{paipa::step("pass", twice) | paipa::step("slow", slow, {.capacity = 1}),
                          {.name = "n", .quiet = true, .capacity = 1, .runtime = &sim}};
        p.start();
        for (int i = 0; i < 4; ++i) {
            p.put(i);
        }
        sim.sleep_for(10s);
        EXPECT_EQ(p.explain(),
                  "paipa::pipeline 'n' is running\n"
                  "  intake -> pass: 1 of 1 queued, 1 unfinished\n"
                  "    pass/0: waiting for room for 10.0 s\n"
                  "  pass -> slow: 1 of 1 queued, 1 unfinished\n"
                  "    slow/0: running for 10.0 s\n"
                  "  the bottleneck is step 'slow': its worker ran 100 % of the time\n");
        p.stop();
    });
}

TEST(pipeline, moves_with_its_run) {
    static_assert(std::is_nothrow_move_constructible_v<paipa::pipeline<int, int>>);
    static_assert(std::is_nothrow_move_assignable_v<paipa::pipeline<int, int>>);
    std::vector<paipa::pipeline<int, int>> all;
    for (int i = 0; i < 5; ++i) {  // the vector grows while they run
        all.emplace_back(paipa::step("twice", twice), paipa::pipeline_options{.quiet = true});
        all.back().put(i);
        all.back().start();
    }
    int sum = 0;
    for (auto& p : all) {
        p.finish();
        for (const int x : p.results()) {
            sum += x;
        }
        EXPECT_TRUE(p.stop().balanced());
    }
    EXPECT_EQ(sum, 20);
}

TEST(pipeline, ends_its_own_run_before_it_takes_another_by_assignment) {
    int seen = 0;
    const auto counts = paipa::step("counts", [&seen](int x) { seen += x; });
    paipa::pipeline p{counts, {.quiet = true}};
    p.put(1);
    p.start();
    p = paipa::pipeline{counts, {.name = "another", .quiet = true}};
    EXPECT_EQ(seen, 1);  // of the run that was stopped
    p.put(10);
    p.finish();
    EXPECT_EQ(p.run().name, "another");
    EXPECT_EQ(seen, 11);
    auto& same = p;
    p = std::move(same);
    EXPECT_EQ(p.report().name, "another");
}

TEST(pipeline, that_was_moved_from_says_so) {
    paipa::pipeline p{paipa::step("twice", twice), {.quiet = true}};
    paipa::pipeline other(std::move(p));
    const auto refusal = [](auto call) -> std::string {
        try {
            call();
        } catch (const paipa::state_error& e) {
            return e.what();
        }
        return "accepted";
    };
    const std::string moved = "paipa::pipeline: expected a pipeline, got one that was moved from";
    // NOLINTBEGIN(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(refusal([&] { p.put(1); }), moved);
    EXPECT_EQ(refusal([&] { p.put_iterable({1, 2}); }), moved);
    EXPECT_EQ(refusal([&] { p.put_meta(1); }), moved);
    EXPECT_EQ(refusal([&] { p.finish(); }), moved);
    EXPECT_EQ(refusal([&] { p.run(); }), moved);
    EXPECT_EQ(refusal([&] { p.stop(); }), moved);
    EXPECT_EQ(refusal([&] { (void)p.results(); }), moved);
    EXPECT_EQ(refusal([&] { (void)p.report(); }), moved);
    EXPECT_EQ(refusal([&] { (void)p.alive(); }), moved);
    // NOLINTEND(bugprone-use-after-move)
}

}  // namespace
