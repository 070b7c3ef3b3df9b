#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/lazy/inline_timer.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../attempt/clock_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>

namespace {

using namespace std::chrono_literals;
using paipa::detail::seat_access;
using paipa::detail::worker_context;

/// A step whose items have two seconds, on a virtual clock.
class inline_timer : public testing::Test {
protected:
    paipa::testing::simulation sim;
    a_run run{sim};
    a_step step{"a", paipa::step_options{.item_timeout = 2s}};
    worker_context worker{run, &step, 0};
};

TEST_F(inline_timer, gives_the_worker_a_clock_while_it_lives) {
    sim.run([&] {
        {
            const paipa::detail::inline_timer timer(worker);
            ASSERT_NE(worker.clock, nullptr);
            EXPECT_EQ(worker.clock->timeout(), 2s);
        }
        EXPECT_EQ(worker.clock, nullptr);
    });
}

TEST_F(inline_timer, requests_the_stop_of_an_item_whose_time_is_over) {
    std::optional<paipa::duration> when;
    sim.run([&] {
        const paipa::detail::inline_timer timer(worker);
        sim.sleep_for(1s);
        worker.clock->begin();
        const std::stop_callback at(worker.clock->token(), [&] { when = sim.elapsed(); });
        sim.sleep_for(10s);
        EXPECT_FALSE(worker.clock->end());
    });
    EXPECT_EQ(when, 3s);
}

/// User code that hears the token runs on the timer's thread.
TEST_F(inline_timer, belongs_to_the_worker_on_whose_thread_it_was_made) {
    worker_context around{run, &step, 1};
    const worker_context* seen = nullptr;
    sim.run([&] {
        seat_access::worker(sim.here()) = &around;
        {
            const paipa::detail::inline_timer timer(worker);
            worker.clock->begin();
            const std::stop_callback at(worker.clock->token(),
                                        [&] { seen = seat_access::worker(sim.here()); });
            sim.sleep_for(10s);
            worker.clock->end();
        }
        seat_access::worker(sim.here()) = nullptr;
    });
    EXPECT_EQ(seen, &around);
}

/// Starts no threads.
class refusing final : public paipa::runtime {
public:
    refusing() : runtime(false) {}

    std::unique_ptr<thread> spawn(const std::string& name,
                                  std::function<void()> /*body*/) override {
        asked = name;
        throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
    }

    paipa::time_point now() noexcept override { return paipa::default_runtime().now(); }

    paipa::seat& here() override { return paipa::default_runtime().here(); }

    void park(paipa::time_point until) override { paipa::default_runtime().park(until); }

    void unpark(paipa::seat& where) noexcept override { paipa::default_runtime().unpark(where); }

    void yield() noexcept override { paipa::default_runtime().yield(); }

    std::string asked;
};

TEST_F(inline_timer, leaves_the_worker_without_a_clock_where_its_thread_is_refused) {
    refusing rt;
    a_run refused{rt};
    worker_context w{refused, &step, 0};
    EXPECT_THROW(const paipa::detail::inline_timer timer(w), std::system_error);
    EXPECT_EQ(rt.asked, "a/timer");
    EXPECT_EQ(w.clock, nullptr);
}

}  // namespace
