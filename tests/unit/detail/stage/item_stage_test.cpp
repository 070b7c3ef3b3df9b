#include <paipa/abstract_step.hpp>
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/stage/item_stage.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/generator.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/timed_chunk.hpp>
#include <paipa/testing/simulation.hpp>

#include "run_through.hpp"

#include <gtest/gtest.h>

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::failure_action;
using paipa::detail::run_core;
using paipa::testing::simulation;
using stage_case::simulate;
using ints = std::vector<int>;
using words = std::vector<std::string>;

/// Fails the first two tries of each item.
class third_time {
public:
    bool fails(int n) { return ++tries_[n] < 3; }

private:
    std::map<int, int> tries_{};
};

/// Puts what comes into a list that begins anew with each simulation.
auto into(ints& left) {
    left.clear();
    return paipa::step("last", [&left](int n) { left.push_back(n); });
}

ints up_to(int end) {
    ints all;
    for (int n = 0; n < end; ++n) {
        all.push_back(n);
    }
    return all;
}

TEST(item_stage, tries_an_item_again_until_it_succeeds) {
    ints left;
    simulate(
        [&](simulation&) {
            const auto step = [t = third_time()](int n) mutable {
                return t.fails(n) ? throw std::runtime_error("no") : n;
            };
            return paipa::step("a", step, {.retry = {.attempts = 3, .delay = 1s}}) | into(left);
        },
        5,
        [&](run_core& run, simulation& sim) {
            EXPECT_EQ(run.state(), paipa::run_state::finished);
            EXPECT_EQ(left.size(), 5U);
            EXPECT_EQ(run.books().steps[0].finished, 5U);
            EXPECT_EQ(run.books().steps[0].retries, 10U);
            EXPECT_EQ(sim.elapsed(), 3s);  // 1 s and 2 s, and they wait together
        });
}

TEST(item_stage, keeps_the_order_of_items_that_are_tried_again) {
    ints left;
    for (const std::size_t threads : {1U, 3U}) {
        simulate(
            [&](simulation&) {
                const auto step = [t = third_time()](int n) mutable {
                    return n % 3 == 0 && t.fails(n) ? throw std::runtime_error("no") : n;
                };
                return paipa::step("a", step,
                                   {.threads = threads,
                                    .retry = {.attempts = 9, .delay = 1ms},
                                    .ordered = true}) |
                       into(left);
            },
            20, [&](run_core&, simulation&) { EXPECT_EQ(left, up_to(20)); });
    }
}

TEST(item_stage, lets_ordered_items_overtake_a_slow_one_in_a_window_only) {
    int begun = 0;
    int begun_meanwhile = 0;
    simulate(
        [&](simulation& sim) {
            begun = 0;
            const auto first_is_slow = [&](int n) {
                ++begun;
                if (n == 0) {
                    sim.sleep_for(1h);
                    begun_meanwhile = begun;
                }
                return n;
            };
            return paipa::step("a", std::function<int(int)>(first_is_slow),
                               {.threads = 2, .capacity = 4, .ordered = true});
        },
        20,
        [&](run_core&, simulation&) {
            EXPECT_EQ(begun_meanwhile, 6);  // capacity and threads
            EXPECT_EQ(begun, 20);
        });
}

TEST(item_stage, sends_the_outputs_of_the_try_that_succeeds_only) {
    ints left;
    simulate(
        [&](simulation&) {
            const auto step = [t = third_time()](int n) mutable -> paipa::generator<int> {
                const bool fails = t.fails(n);
                co_yield n;
                co_yield n;
                if (fails) {
                    throw std::runtime_error("no");
                }
            };
            return paipa::step("a", step, {.retry = {.attempts = 3}}) | into(left);
        },
        2, [&](run_core&, simulation&) { EXPECT_EQ(left, (ints{0, 0, 1, 1})); });
}

TEST(item_stage, sends_no_output_of_a_try_that_is_cut_short) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        sim.run([&] {
            run_core* cancelled = nullptr;
            const auto step = [&cancelled](int n) -> paipa::generator<int> {
                co_yield n;
                cancelled->cancel("enough");
                co_yield n;
                co_yield n;
            };
            const auto run = paipa::detail::make_run<int, void>(
                paipa::step("a", std::ref(step), {.on_failure = failure_action::drop}),
                {.quiet = true, .runtime = &sim});
            cancelled = run.get();
            run_case::put(*run, 1);
            run->start("test");
            run->wait_end(paipa::never, "test");
            EXPECT_EQ(run->books().steps[0].finished, 0U);
            EXPECT_EQ(run->books().steps[0].abandoned, 1U);
            EXPECT_EQ(run->books().steps[0].emitted, 0U);
        });
    }
}

TEST(item_stage, counts_a_try_that_takes_too_long_as_failed) {
    simulate(
        [](simulation& sim) {
            const auto slow = [&sim](int n) {
                sim.sleep_for(n % 2 == 0 ? 1s : 3s);
                return n;
            };
            return paipa::step("a", slow, {.on_failure = failure_action::drop, .item_timeout = 2s});
        },
        4,
        [](run_core& run, simulation& sim) {
            EXPECT_EQ(run.books().steps[0].finished, 2U);
            EXPECT_EQ(run.books().steps[0].dropped, 2U);
            EXPECT_EQ(sim.elapsed(), 8s);
        });
}

TEST(item_stage, fails_the_run_with_the_number_of_the_try) {
    simulate(
        [](simulation&) {
            return paipa::step("a", [](int) -> int { throw std::runtime_error("no"); },
                               {.retry = {.attempts = 2}});
        },
        3,
        [](run_core& run, simulation&) {
            EXPECT_EQ(run.state(), paipa::run_state::failed);
            EXPECT_EQ(to_string(*run.first_failure()),
                      "step 'a' (process, worker 0, attempt 2): no");
        });
}

TEST(item_stage, keeps_the_books_of_ordered_items_behind_one_that_never_leaves) {
    for (const bool has_many_outputs : {false, true}) {
        const auto one = [](int n) { return n == 3 ? throw std::runtime_error("no") : n; };
        const auto many = [one](int n) -> paipa::generator<int> {
            co_yield one(n);
            co_yield n;
        };
        const paipa::step_options o{.threads = 3, .ordered = true};
        const auto look = [](run_core& run, simulation&) {  // they balance, too
            const paipa::step_report a = run.books().steps[0];
            EXPECT_EQ(a.inside, 0U);
            EXPECT_GE(a.abandoned, 1U);
            EXPECT_LE(a.finished, 3U);  // those in front of it
        };
        if (has_many_outputs) {
            simulate([&](simulation&) { return paipa::step("a", many, o); }, 20, look);
        } else {
            simulate([&](simulation&) { return paipa::step("a", one, o); }, 20, look);
        }
    }
}

/// Writes down its hooks. One of them may throw.
class writing final : public paipa::abstract_step<int, int> {
public:
    writing(words& all, std::string bad) : all_(all), bad_(std::move(bad)) {}

    void step_initialize() override { write("step_initialize"); }

    void initialize() override { write("initialize"); }

    void thread_initialize() override { write("thread_initialize"); }

    int process(int n) override {
        write("process");
        return n;
    }

    void thread_shutdown() override { write("thread_shutdown"); }

    void step_shutdown() override { write("step_shutdown"); }

private:
    void write(const std::string& hook) {
        all_.push_back(hook);
        if (hook == bad_) {
            throw std::runtime_error("no");
        }
    }

    words& all_;
    const std::string bad_;
};

/// The hooks that are called, and where the run fails.
void expect_hooks(const std::string& bad, const words& expected) {
    words all;
    simulate(
        [&](simulation&) {
            all.clear();
            return paipa::step<writing>("a", paipa::step_options{}, std::ref(all), bad);
        },
        1,
        [&](run_core& run, simulation&) {
            EXPECT_EQ(all, expected);
            EXPECT_EQ(run.first_failure() ? run.first_failure()->where : "", bad);
        });
}

TEST(item_stage, calls_its_hooks_in_their_order) {
    expect_hooks("", {"step_initialize", "initialize", "thread_initialize", "process",
                      "thread_shutdown", "step_shutdown"});
}

TEST(item_stage, processes_nothing_where_a_thread_cannot_begin) {
    expect_hooks("thread_initialize",
                 {"step_initialize", "initialize", "thread_initialize", "step_shutdown"});
}

TEST(item_stage, ends_a_thread_whose_item_has_failed_the_run) {
    expect_hooks("process", {"step_initialize", "initialize", "thread_initialize", "process",
                             "thread_shutdown", "step_shutdown"});
}

/// Notes when it has nothing to do, and passes meta entries on as their successors.
class idle_step final : public paipa::abstract_step<int, int> {
public:
    idle_step(std::vector<paipa::duration>& when, simulation& sim) : when_(when), sim_(sim) {}

    int process(int n) override { return n; }

    void in_queue_empty() override { when_.push_back(sim_.elapsed()); }

    std::any process_meta(std::any entry) override { return std::any_cast<int>(entry) + 1; }

private:
    std::vector<paipa::duration>& when_;
    simulation& sim_;
};

TEST(item_stage, calls_an_idle_step_at_once_and_then_at_its_interval) {
    simulation sim;
    std::vector<paipa::duration> when;
    sim.run([&] {
        const auto run = paipa::detail::make_run<int, void>(
            paipa::step<idle_step>("a", {.idle_interval = 3s}, std::ref(when), std::ref(sim)),
            {.quiet = true, .runtime = &sim});
        run->start("test");
        sim.sleep_for(4s);
        run_case::put(*run, 1);
        sim.sleep_for(4s);
        run->stop();
    });
    EXPECT_EQ(when, (std::vector<paipa::duration>{0s, 3s, 4s, 7s}));
}

TEST(item_stage, passes_on_what_a_step_makes_of_a_meta_entry) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        std::vector<paipa::duration> when;
        sim.run([&] {
            const auto run = paipa::detail::make_run<int, int>(
                paipa::step<idle_step>("a", {.threads = 2}, std::ref(when), std::ref(sim)),
                {.quiet = true, .runtime = &sim});
            run_case::put(*run, 1);
            run->intake().push_meta(std::any(5));
            run_case::put(*run, 2);
            std::string seen;
            run->reader_came();
            run->finish();
            run->begin_reading();
            while (const void* const cell = run->next_result()) {
                seen += std::to_string(*static_cast<const int*>(cell));
            }
            run->reader_left();
            EXPECT_EQ(seen, "12");
            EXPECT_EQ(run->books().steps[0].finished, 2U);
        });
    }
}

/// Writes down what it sees of chunks and meta entries.
class chunk_reader final : public paipa::abstract_step<ints> {
public:
    explicit chunk_reader(words& seen) : seen_(seen) {}

    void process(ints chunk) override { seen_.push_back(std::to_string(chunk.size()) + " items"); }

    std::any process_meta(std::any entry) override {
        seen_.emplace_back("meta");
        return entry;
    }

private:
    words& seen_;
};

TEST(item_stage, sends_what_a_step_keeps_back_before_a_meta_entry_passes) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        simulation sim(seed);
        words seen;
        sim.run([&] {
            const auto run = paipa::detail::make_run<int, void>(
                paipa::chunk(3) |
                    paipa::step<chunk_reader>("last", paipa::step_options{}, std::ref(seen)),
                {.quiet = true, .runtime = &sim});
            run_case::put(*run, 1);
            run_case::put(*run, 2);
            run->intake().push_meta(std::any(5));
            run_case::put(*run, 3);
            run->start("test");
            run->stop();
        });
        EXPECT_EQ(seen, (words{"2 items", "meta", "1 items"}));
    }
}

TEST(item_stage, sends_what_a_step_keeps_back_when_its_time_has_come) {
    std::vector<std::string> left;
    simulation sim;
    sim.run([&] {
        const auto run = paipa::detail::make_run<int, void>(
            paipa::timed_chunk({.size = 3, .timeout = 2s}) |
                paipa::step("last",
                            [&](const ints& chunk) {
                                left.push_back(std::to_string(chunk.size()) + " after " +
                                               std::to_string(sim.elapsed() / 1s));
                            }),
            {.quiet = true, .runtime = &sim});
        run->start("test");
        for (int n = 0; n < 4; ++n) {
            run_case::put(*run, n);
        }
        sim.sleep_for(5s);
        run_case::put(*run, 4);
        run->stop();
    });
    EXPECT_EQ(left, (words{"3 after 0", "1 after 2", "1 after 5"}));
}

}  // namespace
