#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include "support.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <ranges>
#include <string>
#include <utility>

// Calls from inside: from a step, and from the destructor of an item.

namespace fault {
namespace {

using namespace std::chrono_literals;
using pipe = paipa::pipeline<int>;

constexpr std::uint64_t schedules = 100;

/// `call(p)` from inside of a step, at the fifth item, in many schedules.
template <class F>
void call_inside(F call) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            pipe* self = nullptr;
            const auto step = [&](int x) {
                if (x == 5) {
                    call(*self);
                }
                return x;
            };
            pipe p{paipa::step("a", step, {.threads = 2}) | paipa::step("b", [](int) {}),
                   {.quiet = true, .capacity = 2, .runtime = &sim}};
            self = &p;
            p.put_iterable(std::views::iota(0, 30));
            const paipa::report r = p.run();
            EXPECT_TRUE(r.balanced()) << r;
        });
    }
}

TEST(inside, a_step_may_ask_for_any_end) {
    call_inside([](pipe& p) { p.finish(); });
    call_inside([](pipe& p) { p.stop(); });
    call_inside([](pipe& p) { p.drain(); });
    call_inside([](pipe& p) { p.drain(1ms); });
    call_inside([](pipe& p) { p.cancel(); });
}

TEST(inside, a_step_may_not_start_its_own_pipeline) {
    call_inside([](pipe& p) {
        EXPECT_THROW(p.start(), paipa::state_error);
        EXPECT_THROW(p.run(), paipa::state_error);
    });
}

TEST(inside, a_put_into_the_own_full_intake_is_refused) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            pipe* self = nullptr;
            pipe p{paipa::step("a",
                               [&](int x) {
                                   while (x == 1) {
                                       self->put(0);  // until it is full
                                   }
                               }),
                   {.quiet = true, .capacity = 2, .runtime = &sim}};
            self = &p;
            p.start();
            p.put(1);
            EXPECT_THROW(p.stop(), paipa::error);
            EXPECT_TRUE(p.report().balanced()) << p.report();
        });
    }
}

/// Calls the pipeline when it is destroyed, where it did not move on.
struct caller {
    caller(int n, std::function<void()> f) : number(n), call(std::move(f)) {}

    caller(caller&& other) noexcept
        : number(other.number), call(std::exchange(other.call, nullptr)) {}

    caller& operator=(caller&&) = delete;
    caller(const caller&) = delete;
    caller& operator=(const caller&) = delete;

    ~caller() {
        if (call) {
            call();
        }
    }

    int number;
    std::function<void()> call;
};

TEST(inside, an_items_destructor_may_call_the_pipeline) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            paipa::pipeline<caller>* self = nullptr;
            const auto call = [&] {
                (void)self->report();
                (void)self->explain();
                try {
                    (void)self->try_put(caller(0, nullptr));
                } catch (const paipa::closed_error&) {
                    return;  // it ends: as good as a full one
                }
            };
            paipa::pipeline<caller> p{paipa::step("a", [](caller c) { return c; }, {.threads = 2}) |
                                          paipa::step("b",
                                                      [&](caller c) {
                                                          if (c.number == 9) {
                                                              self->cancel();
                                                          }
                                                      }),
                                      {.quiet = true, .capacity = 2, .runtime = &sim}};
            self = &p;
            for (int i = 0; i < 20; ++i) {
                p.put(caller(i, call));
            }
            p.finish();
            const paipa::report r = p.run();
            EXPECT_TRUE(r.balanced()) << r;
        });
    }
}

/// The last handle of a pipeline goes on one of its workers.
template <class Pipeline>
void destroy_inside(std::uint64_t seed) {
    paipa::testing::simulation sim(seed);
    int seen = 0;
    sim.run([&] {
        std::unique_ptr<Pipeline> p;
        const auto step = [&](int x) {
            ++seen;
            if (x == 0) {
                p.reset();
            }
            return x;
        };
        p = std::make_unique<Pipeline>(
            paipa::step("a", step) | paipa::step("b", [](int x) { return x; }),
            paipa::pipeline_options{.quiet = true, .capacity = 2, .runtime = &sim});
        for (int i = 0; i < 20; ++i) {
            p->put(i);
        }
        p->start();
        while (p != nullptr) {
            sim.sleep_for(1ms);
        }
    });  // returns when every fiber has ended
    EXPECT_EQ(seen, 20);
}

TEST(inside, a_step_may_destroy_its_pipeline) {
    for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
        destroy_inside<paipa::pipeline<int>>(seed);
        destroy_inside<paipa::pipeline<int, int>>(seed);
    }
}

TEST(inside, a_step_may_run_another_pipeline) {
    int sum = 0;
    pipe p{paipa::step("outer",
                       [&sum](int x) {
                           pipe inner{paipa::step("inner", [&sum](int y) { sum += y; }),
                                      {.quiet = true}};
                           inner.put(x);
                           inner.finish();
                           inner.run();
                       }),
           {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    p.run();
    EXPECT_EQ(sum, 6);
}

TEST(stuck, a_step_that_never_returns_is_named) {
    const std::size_t before = threads_of_this_process();
    std::latch release(1);
    {
        pipe p{paipa::step("fine", [](int x) { return x; }) |
                   paipa::step("stuck", [&](int) { release.wait(); }, {.threads = 2}),
               {.quiet = true}};
        p.put_all({1, 2, 3});
        p.start();
        EXPECT_TRUE(eventually([&] { return p.report().steps[1].inside == 2; }));
        paipa::set_log_hook([](paipa::log_level, std::string_view) {});
        const paipa::report r = p.drain(1ms);
        paipa::set_log_hook({});
        EXPECT_EQ(r.state, paipa::run_state::cancelled);
        const std::string text = p.explain();
        EXPECT_NE(text.find("stuck/0: running for"), std::string::npos) << text;
        EXPECT_NE(text.find("stuck/1: running for"), std::string::npos) << text;
        EXPECT_NE(text.find("fine/0: not running"), std::string::npos) << text;
        release.count_down();
        EXPECT_TRUE(p.stop().balanced());
    }
    EXPECT_TRUE(threads_come_back_to(before));
}

}  // namespace
}  // namespace fault
