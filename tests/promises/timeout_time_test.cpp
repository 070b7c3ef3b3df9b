#include "support.hpp"
#include "virtual_time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

// `.item_timeout` on a virtual clock: when exactly a token is requested and an item is late.

namespace {

using namespace promises;
using paipa::failure_action;

class timeout_time : public virtual_time {
protected:
    /// Runs the step for the items, and checks the books.
    template <class Step>
    void run_step(const Step& step, const std::vector<int>& items) {
        run([&] {
            paipa::pipeline p{step, options()};
            p.put_all(items);
            p.finish();
            results.clear();
            for (const int x : p.results()) {
                results.push_back(x);
            }
            books = p.report();
            letters = p.dead_letters();
        });
        EXPECT_TRUE(books.balanced()) << books;
        for (const paipa::step_report& s : books.steps) {
            EXPECT_EQ(s.inside, 0U) << books;
        }
    }

    [[nodiscard]] std::string reason() const {
        return letters.empty() ? "no dead letter" : letters.at(0).reason();
    }

    std::vector<int> results;
    paipa::report books;
    std::vector<paipa::dead_letter> letters;
};

INSTANTIATE_TEST_SUITE_P(seeds, timeout_time, testing::Range<std::uint64_t>(1, 21));

/// Does what a test says for each item; its token may be asked for from there.
struct does final : paipa::abstract_step<const int&, int> {
    using body = std::function<int(paipa::step_worker<int>&, int)>;

    explicit does(body b) : act(std::move(b)) {}

    int process(const int& x) override { return act(self(), x); }

    body act;
};

TEST_P(timeout_time, requests_the_token_at_the_end_of_the_time) {
    const auto act = [this](paipa::step_worker<int>& me, int x) {
        const std::stop_callback heard(me.stop_token(), [this] { times.push_back(sim.elapsed()); });
        sim.sleep_for(7s);
        return x;
    };
    run_step(paipa::step<does>(
                 "fetch", {.on_failure = failure_action::dead_letter, .item_timeout = 5s}, act),
             {1, 2});
    EXPECT_EQ(times, (std::vector<paipa::duration>{5s, 12s}));
    EXPECT_EQ(books.dead(), 2U);
}

TEST_P(timeout_time, ends_a_sleep_at_the_end_of_the_time) {
    const auto act = [this](paipa::step_worker<int>& me, int x) {
        EXPECT_FALSE(me.sleep_for(1h));
        times.push_back(sim.elapsed());
        EXPECT_TRUE(me.stop_token().stop_requested());
        EXPECT_FALSE(me.sleep_for(1h));
        return x;
    };
    run_step(
        paipa::step<does>("fetch", {.on_failure = failure_action::drop, .item_timeout = 5s}, act),
        {1, 2});
    EXPECT_EQ(times, (std::vector<paipa::duration>{5s, 10s}));
    EXPECT_EQ(books.dropped(), 2U);
}

TEST_P(timeout_time, is_over_exactly_at_its_end) {
    const auto sleeps = [this](paipa::duration time) {
        return [this, time](const int& x) {
            sim.sleep_for(time);
            return x;
        };
    };
    const paipa::step_options o{.on_failure = failure_action::dead_letter, .item_timeout = 5s};
    run_step(paipa::step("fetch", sleeps(5s - 1ns), o), {1});
    EXPECT_EQ(results, std::vector{1});
    run_step(paipa::step("fetch", sleeps(5s), o), {1});
    EXPECT_EQ(reason(), "step 'fetch': item_timeout: expected an end within 5.0 s, got 5.0 s");
    run_step(paipa::step("fetch", sleeps(7200ms), o), {1});
    EXPECT_EQ(reason(), "step 'fetch': item_timeout: expected an end within 5.0 s, got 7.2 s");
}

TEST_P(timeout_time, tells_short_times_in_small_units) {
    const auto sleeps = [this](const int& x) {
        sim.sleep_for(x * 1ns);
        return x;
    };
    const auto of = [&](paipa::duration time, int ns) {
        run_step(paipa::step("a", sleeps,
                             {.on_failure = failure_action::dead_letter, .item_timeout = time}),
                 {ns});
        return reason();
    };
    EXPECT_EQ(of(20ms, 25'500'000),
              "step 'a': item_timeout: expected an end within 20.0 ms, got 25.5 ms");
    EXPECT_EQ(of(2us, 2'500), "step 'a': item_timeout: expected an end within 2.0 us, got 2.5 us");
    EXPECT_EQ(of(20ns, 30), "step 'a': item_timeout: expected an end within 20 ns, got 30 ns");
}

TEST_P(timeout_time, is_that_of_each_try) {
    int calls = 0;
    const auto act = [&](paipa::step_worker<int>&, int x) {
        sim.sleep_for(++calls < 3 ? 6s : 4s);
        times.push_back(sim.elapsed());
        return x;
    };
    run_step(
        paipa::step<does>(
            "a", {.retry = {.attempts = 3, .delay = 10s, .factor = 1}, .item_timeout = 5s}, act),
        {1});
    EXPECT_EQ(times, (std::vector<paipa::duration>{6s, 22s, 36s}));
    EXPECT_EQ(results, std::vector{1});
    EXPECT_EQ(books.steps[0].retries, 2U);
}

TEST_P(timeout_time, leaves_a_late_retry_after_its_meaning_so_it_costs_no_attempt) {
    int calls = 0;
    const auto comes_later = [&](const int& x) {
        if (++calls < 4) {
            sim.sleep_for(6s);
            throw paipa::retry_after{1s};
        }
        times.push_back(sim.elapsed());
        return x;
    };
    run_step(paipa::step("a", comes_later, {.item_timeout = 5s}), {1});
    EXPECT_EQ(results, std::vector{1});
    EXPECT_EQ(times, std::vector<paipa::duration>{21s});
}

TEST_P(timeout_time, leaves_the_token_of_an_item_in_time_alone) {
    std::vector<std::stop_token> tokens;
    const auto act = [&](paipa::step_worker<int>& me, int x) {
        tokens.push_back(me.stop_token());
        EXPECT_EQ(me.stop_token(), tokens.back());
        EXPECT_TRUE(me.sleep_for(4s));
        return x;
    };
    run_step(paipa::step<does>("a", {.item_timeout = 5s}, act), {1, 2, 3});
    ASSERT_EQ(tokens.size(), 3U);
    EXPECT_NE(tokens[0], tokens[1]);
    for (const std::stop_token& token : tokens) {
        EXPECT_FALSE(token.stop_requested());
    }
}

TEST_P(timeout_time, requests_a_token_that_is_asked_for_too_late) {
    const auto act = [&](paipa::step_worker<int>& me, int x) {
        sim.sleep_for(6s);
        EXPECT_TRUE(me.stop_token().stop_requested());
        return x;
    };
    run_step(paipa::step<does>("a", {.on_failure = failure_action::drop, .item_timeout = 5s}, act),
             {1});
    EXPECT_EQ(books.dropped(), 1U);
}

TEST_P(timeout_time, has_requested_the_token_of_a_late_try_before_its_error_is_known) {
    std::stop_token token;
    const auto act = [&](paipa::step_worker<int>& me, int x) {
        token = me.stop_token();
        sim.sleep_for(5s);  // the timer wakes in the same moment
        return x;
    };
    bool requested = false;
    run([&] {
        auto o = options();
        o.dead_letter_callback = [&](const paipa::dead_letter&) {
            requested = token.stop_requested();
        };
        paipa::pipeline p{
            paipa::step<does>("a", {.on_failure = failure_action::dead_letter, .item_timeout = 5s},
                              act),
            o};
        p.put(1);
        p.finish();
        p.run();
    });
    EXPECT_TRUE(requested);
}

TEST_P(timeout_time, does_not_count_what_an_item_waits_in_queues) {
    const auto takes = [this](int x) {
        sim.sleep_for(3s);
        return x;
    };
    run_step(paipa::step("a", takes, {.item_timeout = 4s}) |
                 paipa::step("b", takes, {.capacity = 1, .item_timeout = 4s}),
             numbers(0, 20));
    EXPECT_EQ(results, numbers(0, 20));
}

TEST_P(timeout_time, does_not_count_what_held_outputs_wait_for_room) {
    const auto takes = [this](paipa::duration time) {
        return [this, time](int x) {
            sim.sleep_for(time);
            return x;
        };
    };
    const auto three = [this](int x) -> paipa::generator<int> {
        return [](paipa::testing::simulation* s, int n) -> paipa::generator<int> {
            s->sleep_for(1s);
            co_yield n;
            co_yield n;
            co_yield n;
        }(&sim, x);
    };
    for (const bool ordered : {false, true}) {
        run_step(
            paipa::step("many", three, {.threads = 2, .ordered = ordered, .item_timeout = 2s}) |
                paipa::step("one", takes(1s), {.capacity = 1, .item_timeout = 2s}) |
                paipa::step("slow", takes(10s), {.capacity = 1}),
            numbers(0, 5));
        EXPECT_EQ(results.size(), 15U);
    }
}

TEST_P(timeout_time, of_fused_steps_is_the_time_of_the_first_one_alone) {
    const auto takes = [this](paipa::duration time) {
        return [this, time](const int& x) {
            sim.sleep_for(time);
            return x;
        };
    };
    run_step(paipa::fuse(paipa::step("a", takes(4s), {.item_timeout = 5s}),
                         paipa::step("b", takes(4s)), paipa::step("c", takes(4s))),
             {1, 2});
    EXPECT_EQ(results, (std::vector{1, 2}));
    int behind = 0;
    run_step(
        paipa::fuse(paipa::step("a", takes(6s),
                                {.on_failure = failure_action::dead_letter, .item_timeout = 5s}),
                    paipa::step("b",
                                [&](const int& x) {
                                    ++behind;
                                    return x;
                                })),
        {1, 2});
    EXPECT_EQ(behind, 0);
    EXPECT_EQ(books.dead(), 2U);
    EXPECT_EQ(reason(), "step 'a': item_timeout: expected an end within 5.0 s, got 6.0 s");
}

TEST_P(timeout_time, of_outputs_that_leave_at_once_fails_the_try_behind_them) {
    const auto late = [this](int x) -> paipa::generator<int> {
        return [](paipa::testing::simulation* s, int n) -> paipa::generator<int> {
            co_yield n;
            s->sleep_for(6s);
        }(&sim, x);
    };
    run_step(paipa::step("a", late,
                         {.on_failure = failure_action::drop,
                          .outputs = paipa::outputs::at_once,
                          .item_timeout = 5s}),
             {1, 2});
    EXPECT_EQ(results, (std::vector{1, 2}));
    EXPECT_EQ(books.dropped(), 2U);
}

}  // namespace
