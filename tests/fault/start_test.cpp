#include <paipa/paipa.hpp>
#include <paipa/testing/fault_injection.hpp>
#include <paipa/testing/simulation.hpp>

#include "run.hpp"
#include "support.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <system_error>
#include <utility>

// The system refuses to start a thread: every one in turn.

namespace fault {
namespace {

using item = cargo<false>;

auto flow_of(world* w, std::size_t threads) {
    return paipa::step<probe<item>>("a", {.threads = threads}, w, std::size_t{0}) |
           paipa::step<probe<item>>("b", {.threads = threads}, w, std::size_t{1});
}

/// Runs it as told, and says whether a thread was refused.
template <class Pipeline, class F>
bool start_and_end(Pipeline& p, F run) {
    try {
        run();
        return false;
    } catch (const std::system_error& e) {
        EXPECT_EQ(e.code(), std::errc::resource_unavailable_try_again);
        EXPECT_FALSE(p.ok());
        EXPECT_FALSE(p.alive());
        EXPECT_EQ(p.failure()->where, "start of the thread");
        EXPECT_THROW(p.stop(), std::system_error);
        return true;
    }
}

void read_all(paipa::pipeline<item, item>& p) {
    for (auto&& i : p.results()) {
        EXPECT_GE(i.value(), 0);
    }
}

void start_and_stop(paipa::pipeline<item, item>& p) {
    p.start();
    p.stop();
}

void push_and_stop(paipa::pipeline<item>& p, paipa::queue<item>& queue) {
    p.start();
    for (long i = 0; i < 20; ++i) {
        queue.push(item(i));
    }
    p.stop();
}

template <class Pipeline>
void expect_whole(const Pipeline& p, bool refused, int callbacks) {
    const paipa::report r = p.report();
    EXPECT_TRUE(r.balanced()) << r;
    EXPECT_EQ(r.failure_count, refused ? 1U : 0U) << r;
    EXPECT_EQ(callbacks, refused ? 1 : 0);
}

bool one_run(std::size_t nth, std::size_t threads, mode how, paipa::runtime& real) {
    world w(place::nowhere, 0, 0);
    bool refused = false;
    {
        int callbacks = 0;
        paipa::testing::thread_refusal rt(nth, real);
        const auto queue = std::make_shared<paipa::queue<item>>(2, &real);
        paipa::pipeline_options options{
            .quiet = true,
            .capacity = 2,
            .fail_callback = [&](const paipa::failure&) { ++callbacks; },
            .runtime = &rt};
        const auto go = [&](auto& p, auto run) {
            p.put_iterable(faulty_range<item>(&w, 20));
            p.put_iterable(faulty_range<item>(&w, 20));
            refused = start_and_end(p, run);
            expect_whole(p, refused, callbacks);
        };
        if (how == mode::input_queue) {
            paipa::pipeline<item> p{flow_of(&w, threads), queue, std::move(options)};
            go(p, [&] { push_and_stop(p, *queue); });
        } else if (how == mode::run) {
            paipa::pipeline<item> p{flow_of(&w, threads), std::move(options)};
            go(p, [&] { p.run(); });
        } else {
            paipa::pipeline<item, item> p{flow_of(&w, threads), std::move(options)};
            go(p, [&] { how == mode::results ? read_all(p) : start_and_stop(p); });
        }
    }
    for (const hooks& h : w.steps) {
        EXPECT_EQ(h.thread_initialized, h.thread_shut);
        EXPECT_EQ(h.step_initialized, h.step_shut);
        EXPECT_EQ(h.made, h.unmade);
        EXPECT_EQ(h.out_of_order, 0);
    }
    EXPECT_EQ(item::live, 0);
    return refused;
}

/// Refuses the first, the second, ... until a run needs fewer threads. Returns how many it needs.
std::size_t sweep(std::size_t threads, mode how, std::uint64_t seed) {
    std::size_t nth = 1;
    for (bool refused = true; refused; ++nth) {
        if (seed == 0) {
            refused = one_run(nth, threads, how, paipa::default_runtime());
        } else {
            paipa::testing::simulation sim(seed);
            sim.run([&] { refused = one_run(nth, threads, how, sim); });
        }
    }
    return nth - 2;
}

TEST(start, each_thread_may_be_refused) {
    const std::size_t before = threads_of_this_process();
    for (std::uint64_t seed = 0; seed <= 20; ++seed) {
        for (const mode how : modes) {
            const std::size_t sources = how == mode::input_queue ? 3 : 2;
            EXPECT_EQ(sweep(1, how, seed), 2U + sources);
            EXPECT_EQ(sweep(3, how, seed), 6U + sources);
        }
    }
    EXPECT_TRUE(threads_come_back_to(before));
}

TEST(start, a_source_that_comes_later_may_be_refused) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::testing::thread_refusal rt(3, sim);
            paipa::pipeline<int> p{paipa::step("x", [](int x) { return x; }, {.threads = 2}),
                                   {.quiet = true, .runtime = &rt}};
            p.start();
            p.put_iterable(std::views::iota(0, 10));
            EXPECT_THROW(p.stop(), std::system_error);
            EXPECT_TRUE(p.report().balanced()) << p.report();
        });
    }
}

/// A producer that does not know of the failure must not wait for room for ever.
template <class F>
void expect_orphaned(paipa::testing::simulation& sim, F end) {
    auto queue = std::make_shared<paipa::queue<int>>(2, &sim);
    paipa::pipeline<int> p{
        paipa::step("x", [](int x) { return x; }), queue, {.quiet = true, .runtime = &sim}};
    end(p);
    EXPECT_THROW(for (int i = 0; i < 100; ++i) { queue->push(i); }, paipa::closed_error);
}

TEST(start, a_queue_is_not_waited_for_when_the_pipeline_never_ran) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] { expect_orphaned(sim, [](auto& p) { p.cancel(); }); });
    }
}

TEST(start, a_queue_is_not_waited_for_when_its_thread_was_refused) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::testing::thread_refusal rt(2, sim);
            auto queue = std::make_shared<paipa::queue<int>>(2, &sim);
            paipa::pipeline<int> p{
                paipa::step("x", [](int x) { return x; }), queue, {.quiet = true, .runtime = &rt}};
            EXPECT_THROW(p.start(), std::system_error);
            EXPECT_THROW(for (int i = 0; i < 100; ++i) { queue->push(i); }, paipa::closed_error);
        });
    }
}

TEST(start, no_thread_stays_behind_after_a_thousand_runs) {
    const std::size_t before = threads_of_this_process();
    for (int i = 0; i < 1000; ++i) {
        paipa::pipeline<int> p{paipa::step("x", [](int x) { return x; }), {.quiet = true}};
        p.put(i);
        p.finish();
        p.run();
    }
    EXPECT_TRUE(threads_come_back_to(before));
}

}  // namespace
}  // namespace fault
