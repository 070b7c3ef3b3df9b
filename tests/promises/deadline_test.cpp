#include "support.hpp"
#include "virtual_time.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <ranges>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

// Who ends a run has a deadline to keep: no user code runs on that thread before.

namespace {

using namespace promises;

/// Notes on which threads items are destroyed.
struct marked {
    marked(int v, bag<std::thread::id>& b) : value(v), where(&b) {}

    marked(marked&& other) noexcept : value(other.value), where(std::exchange(other.where, {})) {}

    marked& operator=(marked&&) = delete;
    marked(const marked&) = delete;
    marked& operator=(const marked&) = delete;

    ~marked() {
        if (where != nullptr) {
            where->add(std::this_thread::get_id());
        }
    }

    int value;
    bag<std::thread::id>* where;
};

class deadlines : public with_threads {};

PAIPA_WITH_THREADS(deadlines);

void expect_none_here(const bag<std::thread::id>& destroyed) {
    for (const std::thread::id id : destroyed.items()) {
        EXPECT_NE(id, std::this_thread::get_id());
    }
}

TEST_P(deadlines, of_drain_are_kept_while_abandoned_items_are_destroyed) {
    bag<std::thread::id> destroyed;
    gate first;
    gate returns;
    paipa::pipeline p{paipa::step("a",
                                  [&](const marked&) {
                                      first.open();
                                      returns.wait();
                                  },
                                  {.threads = threads()}),
                      {.quiet = true}};
    for (int i = 0; i < 100; ++i) {
        p.put(marked(i, destroyed));
    }
    p.start();
    EXPECT_TRUE(first.wait());
    p.drain(1ms);
    expect_none_here(destroyed);
    returns.open();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_GT(r.abandoned(), 0U);
    EXPECT_EQ(destroyed.items().size(), 100U);  // all of them before the run has ended
    expect_none_here(destroyed);
}

TEST_P(deadlines, of_drain_are_kept_while_results_that_nobody_reads_are_destroyed) {
    bag<std::thread::id> destroyed;
    {
        paipa::pipeline p{
            paipa::step("a", [&](int x) { return marked(x, destroyed); }, {.threads = threads()}),
            {.quiet = true, .capacity = 4}};
        p.put_iterable(std::views::iota(0));
        p.start();
        EXPECT_TRUE(eventually([&] { return p.count() >= 4; }));
        const auto r = p.drain(patience);
        expect_closed(r);
        EXPECT_EQ(r.delivered, r.results_unread);
        expect_none_here(destroyed);
    }
    EXPECT_GE(destroyed.items().size(), 4U);
}

TEST(deadline, of_drain_is_kept_by_a_step_without_end_whose_results_nobody_reads) {
    const auto for_ever = [](int x) -> paipa::generator<int> {
        while (true) {
            co_yield x;
        }
    };
    paipa::pipeline p{paipa::step("endless", for_ever), {.quiet = true, .capacity = 4}};
    p.put(1);
    p.start();
    EXPECT_TRUE(eventually([&] { return p.count() >= 4; }));
    const auto r = p.drain(1ms);  // returns, or this test hangs
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
}

struct waits_for_stop final : paipa::abstract_step<int> {
    struct events {
        gate begun;
        gate returns;
        std::atomic<std::thread::id> called_on{};
    };

    explicit waits_for_stop(events* e) : all(e) {}

    void process(int) override {
        const std::stop_callback called(self().stop_token(), [this] {
            all->called_on = std::this_thread::get_id();
            all->returns.wait();
        });
        all->begun.open();
        eventually([&] { return self().stop_token().stop_requested(); });
    }

    events* all;
};

TEST(deadline, of_drain_is_kept_though_a_stop_callback_does_not_return) {
    waits_for_stop::events all;
    paipa::pipeline p{paipa::step<waits_for_stop>("waits", {}, &all), {.quiet = true}};
    p.put(1);
    p.start();
    EXPECT_TRUE(all.begun.wait());
    p.drain(1ms);  // returns, or this test hangs
    EXPECT_TRUE(eventually([&] { return all.called_on.load() != std::thread::id{}; }));
    EXPECT_NE(all.called_on.load(), std::this_thread::get_id());
    all.returns.open();
    expect_closed(p.stop());
}

/// A source that waits in its own code until it is told to stop.
paipa::generator<int> waiting_source(std::stop_token stop, gate& begun) {
    co_yield 1;
    begun.open();
    eventually([&] { return stop.stop_requested(); });
}

template <class End>
void expect_source_stops(End end) {
    gate begun;
    paipa::pipeline p{paipa::step("a", [](int) {}), {.quiet = true}};
    p.put_iterable([&](std::stop_token stop) { return waiting_source(std::move(stop), begun); });
    p.start();
    EXPECT_TRUE(begun.wait());
    end(p);
    expect_closed(p.stop());
}

TEST(source_with_a_stop_token, ends_with_a_drain) {
    expect_source_stops([](auto& p) { EXPECT_EQ(p.drain().delivered, 1U); });
}

TEST(source_with_a_stop_token, ends_with_a_cancel) {
    expect_source_stops([](auto& p) { p.cancel(); });
}

TEST(source_with_a_stop_token, ends_with_an_early_end_and_with_a_failure) {
    gate begun;
    const auto source = [&](std::stop_token stop) {
        return waiting_source(std::move(stop), begun);
    };
    paipa::pipeline early{paipa::iter_step("first",
                                           [&](paipa::generator<int> in) -> paipa::generator<int> {
                                               for (const int x : in) {
                                                   begun.wait();
                                                   co_yield x;
                                                   break;
                                               }
                                           }),
                          {.quiet = true}};
    early.put_iterable(source);
    EXPECT_EQ(early.run().state, paipa::run_state::ended_early);
    paipa::pipeline fails{paipa::step("a",
                                      [&](int) {
                                          begun.wait();
                                          throw 1;
                                      }),
                          {.quiet = true}};
    fails.put_iterable(source);
    EXPECT_THROW(fails.run(), int);
}

}  // namespace
