#include "support.hpp"
#include "virtual_time.hpp"

#include <any>
#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// What `explain()` and the report call a worker's wait: by what it waits for.

namespace {

using namespace promises;

using waits = virtual_time;

INSTANTIATE_TEST_SUITE_P(seed, waits, testing::Range(std::uint64_t{1}, std::uint64_t{9}));

bool says(const std::string& text, const std::string& line) {
    return text.find(line) != std::string::npos;
}

/// One item takes a minute, the others no time.
auto slow_zero(paipa::testing::simulation& sim) {
    return [&sim](int x) {
        if (x == 0) {
            sim.sleep_for(1min);
        }
        return x;
    };
}

TEST_P(waits, for_an_earlier_item_of_an_ordered_step_are_for_the_turn) {
    run([&] {
        paipa::pipeline p{
            paipa::step("a", slow_zero(sim), {.threads = 2, .capacity = 4, .ordered = true}) |
                paipa::step("b", [](int) {}),
            options()};
        p.put_all(numbers(0, 100));
        p.start();
        sim.sleep_for(10s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, ": waiting for its turn for 10.0 s")) << text;
        EXPECT_FALSE(says(text, "    a/1: waiting for input")) << text;
        const auto r = p.stop();
        EXPECT_EQ(r.steps[0].time.waiting_for_turn, 1min);
        EXPECT_EQ(r.steps[0].time.waiting_for_input, 0s);
    });
}

TEST_P(waits, behind_a_slow_reader_of_an_ordered_step_are_for_room_and_turn) {
    run([&] {
        auto o = options();
        o.capacity = 4;
        paipa::pipeline p{
            paipa::step("a", [](int x) { return x; }, {.threads = 4, .ordered = true}), o};
        p.put_all(numbers(0, 100));
        p.finish();
        for (const int x : p.results()) {
            if (x == 50) {
                const std::string text = p.explain();
                EXPECT_FALSE(says(text, "waiting for input")) << text;
            }
            sim.sleep_for(1s);
        }
        const auto t = p.report().steps[0].time;
        EXPECT_GT(t.waiting_for_room + t.waiting_for_turn, 300s);
        EXPECT_EQ(t.waiting_for_input, 0s);
    });
}

TEST_P(waits, for_items_before_a_meta_entry_are_for_the_entry) {
    run([&] {
        paipa::pipeline p{
            paipa::step("a", slow_zero(sim), {.threads = 2}) | paipa::step("b", [](int) {}),
            options()};
        p.put(0);
        p.put_meta(1);
        p.put(1);
        p.start();
        sim.sleep_for(10s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, ": waiting for a meta entry to pass for 10.0 s")) << text;
        EXPECT_EQ(p.stop().steps[0].time.waiting_for_meta, 1min);
    });
}

TEST_P(waits, for_the_next_try_are_named_also_where_order_holds_other_items) {
    run([&] {
        paipa::pipeline p{
            paipa::step("a",
                        [&](int x) {
                            if (x == 0 && sim.elapsed() < 1min) {
                                throw std::runtime_error("not yet");
                            }
                            return x;
                        },
                        {.capacity = 4, .retry = {.attempts = 2, .delay = 1min}, .ordered = true}) |
                paipa::step("b", [](int) {}),
            options()};
        p.put_all(numbers(0, 20));
        p.start();
        sim.sleep_for(10s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, "    a/0: waiting to retry for 10.0 s")) << text;
        EXPECT_EQ(p.stop().steps[0].time.waiting_to_retry, 1min);
    });
}

/// Every hook takes a minute.
struct hooked final : paipa::abstract_step<int, int> {
    explicit hooked(paipa::testing::simulation* s) : sim(s) {}

    void step_initialize() override { sim->sleep_for(1min); }

    void initialize() override { sim->sleep_for(1min); }

    void thread_initialize() override { sim->sleep_for(1min); }

    void in_queue_empty() override { sim->sleep_for(1min); }

    int process(int x) override { return x; }

    std::any process_meta(std::any m) override {
        sim->sleep_for(1min);
        return m;
    }

    void thread_shutdown() override { sim->sleep_for(1min); }

    void step_shutdown() override { sim->sleep_for(1min); }

    paipa::testing::simulation* sim;
};

TEST_P(waits, in_hooks_have_the_names_of_the_hooks) {
    run([&] {
        paipa::pipeline p{
            paipa::step<hooked>("h", {.idle_interval = 1h}, &sim) | paipa::step("b", [](int) {}),
            options()};
        const auto starter = sim.spawn("starter/0", [&] {
            p.put_meta(1);
            p.start();
            p.finish();
        });
        std::string text;
        for (int minute = 0; minute < 7; ++minute) {
            sim.sleep_for(minute == 0 ? 10s : 60s);
            text += p.explain();
        }
        starter->join();
        const auto r = p.stop();
        for (const char* const hook : {"step_initialize", "initialize", "thread_initialize",
                                       "process_meta", "thread_shutdown", "step_shutdown"}) {
            EXPECT_TRUE(says(text, std::string("    h/0: in ") + hook + " for 10.0 s")) << text;
        }
        EXPECT_EQ(r.steps[0].time.running, 0s);
        EXPECT_EQ(r.steps[0].time.in_hooks, 6min);
    });
}

TEST_P(waits, of_a_slow_idle_hook_have_its_name) {
    run([&] {
        paipa::pipeline p{paipa::step<hooked>("h", {.idle_interval = 1h}, &sim), options()};
        p.start();
        sim.sleep_for(70s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, "    h/0: in in_queue_empty for 10.0 s")) << text;
        p.cancel();
    });
}

TEST_P(waits, of_a_tracker_that_is_slow_have_its_name) {
    struct slow_tracker final : paipa::tracker {
        explicit slow_tracker(paipa::testing::simulation* s) : sim(s) {}

        void item_ended(std::string_view, std::size_t, paipa::item_outcome) override {
            sim->sleep_for(1min);
        }

        paipa::testing::simulation* sim;
    };

    run([&] {
        auto o = options();
        o.tracker = std::make_shared<slow_tracker>(&sim);
        paipa::pipeline p{paipa::step("a", [](int) {}), o};
        p.put(1);
        p.start();
        sim.sleep_for(10s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, "    a/0: in the tracker, running for 10.0 s")) << text;
        p.stop();
    });
}

TEST_P(waits, of_the_source_of_an_empty_queue_are_for_input) {
    run([&] {
        const auto q = std::make_shared<paipa::queue<int>>(4, &sim);
        paipa::pipeline p{paipa::step("a", [](int) {}), q, options()};
        p.start();
        sim.sleep_for(10s);
        const std::string text = p.explain();
        EXPECT_TRUE(says(text, "    input queue/0: waiting for input for 10.0 s")) << text;
        p.stop();
    });
}

}  // namespace
