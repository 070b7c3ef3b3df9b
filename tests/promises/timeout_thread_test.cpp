#include <paipa/testing/fault_injection.hpp>

#include "support.hpp"
#include "virtual_time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// The thread that requests the tokens of late items: when there is one, and how it ends, whatever
// ends the run. In a simulation a thread that does not end stalls the simulation.

namespace {

using namespace promises;

/// Notes what becomes of the threads of another runtime.
class thread_watch final : public paipa::runtime {
public:
    explicit thread_watch(paipa::runtime& real) : runtime(true), real_(real) {}

    std::unique_ptr<thread> spawn(const std::string& name, std::function<void()> body) override {
        names.insert(name);
        return real_.spawn(name, [this, name, run = std::move(body)] {
            run();
            ended.insert(name);
        });
    }

    paipa::time_point now() noexcept override { return real_.now(); }

    paipa::seat& here() override { return real_.here(); }

    void park(paipa::time_point until) override { real_.park(until); }

    void unpark(paipa::seat& where) noexcept override { real_.unpark(where); }

    void yield() noexcept override { real_.yield(); }

    std::set<std::string> names;
    std::set<std::string> ended;

protected:
    void do_point() override { real_.point(); }

private:
    paipa::runtime& real_;
};

class timeout_thread : public virtual_time {
protected:
    /// Runs `use` with a pipeline of one step, whose timer must have ended then.
    template <class Step, class F>
    void with(const Step& step, F use) {
        thread_watch rt(sim);
        run([&] {
            paipa::pipeline p{step, {.quiet = true, .runtime = &rt}};
            use(p);
        });
        EXPECT_TRUE(rt.names.contains("a/timer"));
        EXPECT_EQ(rt.names, rt.ended);
    }

    [[nodiscard]] auto sleeping() {
        return paipa::step("a", [this](int) { sim.sleep_for(1s); },
                           {.threads = 2, .item_timeout = 5s});
    }
};

INSTANTIATE_TEST_SUITE_P(seeds, timeout_thread, testing::Range<std::uint64_t>(1, 21));

TEST_P(timeout_thread, ends_with_the_items) {
    with(sleeping(), [](auto& p) {
        p.put_all({1, 2, 3});
        p.finish();
        expect_closed(p.run());
    });
}

TEST_P(timeout_thread, ends_by_cancel_drain_and_the_destructor) {
    with(sleeping(), [this](auto& p) {
        p.put_all({1, 2, 3});
        p.start();
        sim.sleep_for(500ms);
        p.cancel();
        expect_closed(p.stop());
    });
    with(sleeping(), [](auto& p) {
        p.put_all({1, 2, 3});
        p.start();
        expect_closed(p.drain(10s));
    });
    with(sleeping(), [](auto& p) {
        p.put_all({1, 2, 3});
        p.start();
    });
}

TEST_P(timeout_thread, ends_by_a_failure) {
    with(paipa::step("a", [](int) { throw std::runtime_error("no"); }, {.item_timeout = 5s}),
         [](auto& p) {
             p.put(1);
             p.finish();
             EXPECT_THROW(p.run(), std::runtime_error);
         });
}

struct throws_in final : paipa::abstract_step<int, int> {
    explicit throws_in(int w) : where(w) {}

    int process(int x) override { return x; }

    void fail(int at) const {
        if (at == where) {
            throw std::runtime_error("hook");
        }
    }

    void step_initialize() override { fail(1); }

    void initialize() override { fail(2); }

    void thread_initialize() override { fail(3); }

    void thread_shutdown() override { fail(4); }

    void step_shutdown() override { fail(5); }

    int where;
};

TEST_P(timeout_thread, ends_or_never_starts_where_a_hook_throws) {
    for (int where = 1; where <= 5; ++where) {
        thread_watch rt(sim);
        run([&] {
            paipa::pipeline p{
                paipa::step<throws_in>("a", {.threads = 2, .item_timeout = 5s}, where),
                {.quiet = true, .runtime = &rt}};
            p.put(1);
            p.finish();
            EXPECT_THROW(p.run(), std::runtime_error);
            expect_closed(p.report());
        });
        EXPECT_EQ(rt.names.contains("a/timer"), where > 2);
        EXPECT_EQ(rt.names, rt.ended);
    }
}

TEST_P(timeout_thread, ends_where_a_thread_is_refused_and_may_be_that_one) {
    for (std::size_t nth = 1; nth <= 4; ++nth) {
        run([&] {
            thread_watch watch(sim);
            paipa::testing::thread_refusal rt(nth, watch);
            {
                paipa::pipeline p{sleeping(), {.quiet = true, .runtime = &rt}};
                p.put(1);
                p.finish();
                if (nth <= 3) {  // two workers and the timer
                    EXPECT_THROW(p.run(), std::system_error);
                } else {
                    p.run();
                }
                EXPECT_TRUE(p.report().balanced());
            }
            EXPECT_EQ(watch.names, watch.ended);
        });
    }
}

TEST_P(timeout_thread, does_not_exist_in_a_run_that_never_starts_or_has_no_time_out) {
    thread_watch rt(sim);
    run([&] {
        {
            const paipa::pipeline p{sleeping(), {.quiet = true, .runtime = &rt}};
        }
        {
            paipa::pipeline p{sleeping(), {.quiet = true, .runtime = &rt}};
            p.put(1);
            p.cancel();
        }
        EXPECT_TRUE(rt.names.empty());
        paipa::pipeline p{paipa::step("a", [](int) {}), {.quiet = true, .runtime = &rt}};
        p.put(1);
        p.finish();
        p.run();
    });
    EXPECT_EQ(rt.names, std::set<std::string>{"a/0"});
}

TEST_P(timeout_thread, uses_no_processor_time_while_no_item_is_in_hand) {
    run([&] {
        paipa::pipeline p{sleeping(), options()};
        p.put_all({1, 2, 3});
        p.start();
        sim.sleep_for(1h);
        const std::uint64_t before = sim.switches();
        sim.sleep_for(10'000h);
        EXPECT_LE(sim.switches() - before, 20U);  // of this fiber, and wake-ups for no reason
        p.stop();
    });
}

// On threads: what listens to a token may ask for the end of the run, which waits for the thread
// that it is on.

struct ends_its_run final : paipa::abstract_step<int, int> {
    explicit ends_its_run(std::function<void()> e) : end(std::move(e)) {}

    int process(int x) override {
        const std::stop_callback ending(self().stop_token(), end);
        while (self().sleep_for(1h)) {
        }
        return x;
    }

    std::function<void()> end;
};

class timeout_listener : public testing::Test {
protected:
    const paipa::step_options dropping{.on_failure = paipa::failure_action::drop,
                                       .item_timeout = 1ms};
    const std::function<void()> end = [this] {
        pipeline->cancel();
        pipeline->stop();
    };
    paipa::pipeline<int>* pipeline = nullptr;
};

TEST_F(timeout_listener, may_ask_for_the_end_of_its_run) {
    paipa::pipeline<int> p{paipa::step<ends_its_run>("a", dropping, end), {.quiet = true}};
    pipeline = &p;
    p.put(1);
    p.start();
    EXPECT_TRUE(eventually([&] { return !p.alive(); }));
    expect_closed(p.stop());
}

TEST_F(timeout_listener, in_a_chain_inside_of_a_step_may_ask_for_the_end_of_that_run) {
    const auto walks = [this](int x) {
        auto chain = paipa::combine(numbers(0, 1), paipa::step<ends_its_run>("b", dropping, end));
        return x + static_cast<int>(paipa::consume(chain));
    };
    paipa::pipeline<int> p{paipa::step("a", walks), {.quiet = true}};
    pipeline = &p;
    p.put(1);
    p.start();
    EXPECT_TRUE(eventually([&] { return !p.alive(); }));
    expect_closed(p.stop());
}

// In chains: the thread begins with the walk, and is gone when the steps have shut down.

/// Threads of this process with the name of the timer.
std::size_t timers() {
    std::size_t n = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::ifstream(task.path() / "comm") >> name;
        n += name == "a/timer" ? 1U : 0U;
    }
    return n;
}

/// The kernel may show a thread a little later than it began, or ended.
bool timers_are(std::size_t n) {
    return eventually([n] { return timers() == n; });
}

auto timed_chain() {
    return paipa::combine(numbers(1, 4),
                          paipa::step("a", [](int x) { return x; }, {.item_timeout = 1h}));
}

TEST(timeout_in_combine, has_its_thread_from_the_first_item_to_the_last) {
    auto chain = timed_chain();
    EXPECT_TRUE(timers_are(0));
    for ([[maybe_unused]] const int x : chain) {
        EXPECT_TRUE(timers_are(1));
    }
    EXPECT_TRUE(timers_are(0));
}

TEST(timeout_in_combine, has_its_thread_until_a_chain_that_was_left_is_destroyed) {
    {
        auto chain = timed_chain();
        auto at = chain.begin();
        EXPECT_EQ(*at, 1);
        EXPECT_TRUE(timers_are(1));
    }
    EXPECT_TRUE(timers_are(0));
}

TEST(timeout_in_combine, has_no_thread_behind_a_failure_whatever_failed) {
    for (int where = 0; where <= 5; ++where) {
        auto chain =
            paipa::combine(numbers(0, 3), paipa::step<throws_in>("a", {.item_timeout = 1h}, where) |
                                              paipa::step("b", [&](int) {
                                                  if (where == 0) {
                                                      throw std::runtime_error("no");
                                                  }
                                              }));
        EXPECT_THROW(paipa::consume(chain), std::runtime_error);
        EXPECT_TRUE(timers_are(0)) << where;
    }
}

TEST(timeout_in_combine, has_no_thread_behind_an_early_end) {
    const auto first = [](paipa::generator<int> items) -> paipa::generator<int> {
        for (const int x : items) {
            co_yield x;
            co_return;
        }
    };
    auto chain = paipa::combine(numbers(0, 3),
                                paipa::step("a", [](int x) { return x; }, {.item_timeout = 1h}) |
                                    paipa::iter_step("first", first));
    EXPECT_EQ(paipa::consume(chain), 1U);
    EXPECT_TRUE(timers_are(0));
}

}  // namespace
