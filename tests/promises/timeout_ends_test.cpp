#include "support.hpp"
#include "virtual_time.hpp"

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

// `.item_timeout` and the run: what requests a token besides the timer, and who is named.

namespace {

using namespace promises;
using paipa::failure_action;

/// Sleeps an hour for each item, unless its token is requested, and notes when that was.
struct listens final : paipa::abstract_step<int> {
    listens(paipa::testing::simulation* s, std::vector<paipa::duration>* h) : sim(s), heard(h) {}

    void process(int) override {
        const std::stop_callback note(self().stop_token(),
                                      [this] { heard->push_back(sim->elapsed()); });
        self().sleep_for(1h);
    }

    paipa::testing::simulation* sim;
    std::vector<paipa::duration>* heard;
};

class timeout_ends : public virtual_time {
protected:
    [[nodiscard]] auto listening(paipa::step_options o) {
        o.item_timeout = 10s;
        return paipa::step<listens>("a", o, &sim, &times);
    }
};

INSTANTIATE_TEST_SUITE_P(seeds, timeout_ends, testing::Range<std::uint64_t>(1, 21));

// What else requests the token.

TEST_P(timeout_ends, a_cancel_requests_the_tokens_of_items_in_hand) {
    run([&] {
        paipa::pipeline p{listening({.threads = 2}), options()};
        p.put_all({1, 2});
        p.start();
        sim.sleep_for(3s);
        p.cancel();
        expect_closed(p.stop());
    });
    EXPECT_EQ(times, (std::vector<paipa::duration>{3s, 3s}));
}

TEST_P(timeout_ends, a_failure_requests_the_tokens_of_items_in_hand) {
    run([&] {
        paipa::pipeline p{paipa::step("f",
                                      [this](int x) {
                                          if (x == 2) {
                                              sim.sleep_for(4s);
                                              throw std::runtime_error("no");
                                          }
                                          return x;
                                      }) |
                              listening({}),
                          options()};
        p.put_all({1, 2});
        p.finish();
        EXPECT_THROW(p.run(), std::runtime_error);
        expect_closed(p.report());
    });
    EXPECT_EQ(times, std::vector<paipa::duration>{4s});
}

TEST_P(timeout_ends, a_drain_requests_them_when_its_time_is_over) {
    run([&] {
        paipa::pipeline p{listening({}), options()};
        p.put(1);
        p.start();
        sim.sleep_for(1s);
        const paipa::report r = p.drain(2s);
        EXPECT_EQ(r.state, paipa::run_state::cancelled);
        expect_closed(p.stop());
    });
    EXPECT_EQ(times, std::vector<paipa::duration>{3s});
}

TEST_P(timeout_ends, the_end_of_the_steps_behind_requests_them) {
    run([&] {
        struct passes final : paipa::abstract_step<int, int> {
            passes(paipa::testing::simulation* s, std::vector<paipa::duration>* h)
                : sim(s), heard(h) {}

            int process(int x) override {
                if (x > 1) {
                    const std::stop_callback note(self().stop_token(),
                                                  [this] { heard->push_back(sim->elapsed()); });
                    self().sleep_for(1h);
                }
                return x;
            }

            paipa::testing::simulation* sim;
            std::vector<paipa::duration>* heard;
        };

        const auto first = [](paipa::generator<int> items,
                              paipa::testing::simulation* s) -> paipa::generator<int> {
            for (const int x : items) {
                s->sleep_for(3s);
                co_yield x;
                co_return;
            }
        };
        paipa::pipeline p{
            paipa::step<passes>("a", {.item_timeout = 10s}, &sim, &times) |
                paipa::iter_step(
                    "first", [&](paipa::generator<int> g) { return first(std::move(g), &sim); }),
            options()};
        p.put_all({1, 2});
        p.finish();
        p.run();
        expect_closed(p.report());
    });
    EXPECT_EQ(times, std::vector<paipa::duration>{3s});
}

TEST_P(timeout_ends, a_token_that_is_asked_for_behind_a_cancel_is_requested) {
    bool requested = false;
    run([&] {
        struct asks_late final : paipa::abstract_step<int> {
            asks_late(paipa::testing::simulation* s, bool* r) : sim(s), requested(r) {}

            void process(int) override {
                sim->sleep_for(3s);
                *requested = self().stop_token().stop_requested();
            }

            paipa::testing::simulation* sim;
            bool* requested;
        };

        paipa::pipeline p{paipa::step<asks_late>("a", {.item_timeout = 10s}, &sim, &requested),
                          options()};
        p.put(1);
        p.start();
        sim.sleep_for(1s);
        p.cancel();
        p.stop();
    });
    EXPECT_TRUE(requested);
}

TEST_P(timeout_ends, outside_of_items_the_token_is_that_of_the_step) {
    std::vector<bool> seen;
    run([&] {
        struct asks_in_hooks final : paipa::abstract_step<int> {
            explicit asks_in_hooks(std::vector<bool>* s) : seen(s) {}

            void process(int) override { self().sleep_for(1h); }

            void thread_initialize() override { token = self().stop_token(); }

            void thread_shutdown() override {
                seen->push_back(token.stop_requested());
                seen->push_back(self().stop_token() == token);
            }

            std::stop_token token;
            std::vector<bool>* seen;
        };

        paipa::pipeline p{paipa::step<asks_in_hooks>(
                              "a", {.on_failure = failure_action::drop, .item_timeout = 5s}, &seen),
                          options()};
        p.put(1);
        p.finish();
        p.run();
    });
    EXPECT_EQ(seen, (std::vector<bool>{false, true}));
}

// explain

TEST_P(timeout_ends, explain_names_a_worker_that_ignores_its_token) {
    std::string before;
    std::string after;
    run([&] {
        paipa::pipeline p{paipa::step("fetch", [this](int) { sim.sleep_for(20s); },
                                      {.on_failure = failure_action::drop, .item_timeout = 5s}),
                          options()};
        p.put(1);
        p.finish();
        p.start();
        sim.sleep_for(4s);
        before = p.explain();
        sim.sleep_for(8s);
        after = p.explain();
        p.stop();
    });
    EXPECT_NE(before.find("    fetch/0: running for 4.0 s\n"), std::string::npos) << before;
    EXPECT_NE(after.find("    fetch/0: running for 12.0 s, 7.0 s beyond its item_timeout: its code "
                         "has not heard its stop token\n"),
              std::string::npos)
        << after;
}

}  // namespace
