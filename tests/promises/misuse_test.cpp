#include "support.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

// Each mistake at run time throws at once; the whole message is compared.

namespace {

using namespace promises;

int same(int x) {
    return x;
}

std::string wrong_step(const paipa::step_options& o) {
    return refusal<paipa::config_error>([&] { (void)paipa::step("s", same, o); });
}

std::string wrong_pipeline(const paipa::pipeline_options& o) {
    return refusal<paipa::config_error>([&] { paipa::pipeline p{paipa::step("s", same), o}; });
}

TEST(misuse, of_step_options) {
    const std::string s = "paipa::step 's': ";
    EXPECT_EQ(wrong_step({.threads = 0}), s + "threads: expected at least 1, got 0");
    EXPECT_EQ(wrong_step({.threads = SIZE_MAX}),
              s + "threads: expected at most 65536, got 18446744073709551615");
    EXPECT_EQ(wrong_step({.capacity = 0}), s + "capacity: expected at least 1, got 0");
    EXPECT_EQ(wrong_step({.retry = {.delay = -1ns}}),
              s + "retry.delay: expected 0 or more, got -1 ns");
    EXPECT_EQ(wrong_step({.retry = {.max_delay = -2ns}}),
              s + "retry.max_delay: expected 0 or more, got -2 ns");
    EXPECT_EQ(wrong_step({.retry = {.factor = 0.5}}),
              s + "retry.factor: expected 1 or more, got 0.500000");
    EXPECT_EQ(wrong_step({.retry = {.factor = std::numeric_limits<double>::quiet_NaN()}}),
              s + "retry.factor: expected 1 or more, got nan");
    EXPECT_EQ(wrong_step({.idle_interval = 0ns}),
              s + "idle_interval: expected more than 0, got 0 ns");
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::step("", same); }),
              "paipa::step: name: expected some text, got an empty one");
}

TEST(misuse, of_the_options_of_any_kind_of_step) {
    struct klass final : paipa::abstract_step<int> {
        void process(int) override {}
    };

    const auto iter = [](paipa::generator<int> in) { return in; };
    const std::string zero = "threads: expected at least 1, got 0";
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::step<klass>("c", {.threads = 0}); }),
              "paipa::step 'c': " + zero);
    EXPECT_EQ(refusal<paipa::config_error>(
                  [] { (void)paipa::step("chunk", paipa::chunk(2), {.threads = 0}); }),
              "paipa::step 'chunk': " + zero);
    EXPECT_EQ(
        refusal<paipa::config_error>([&] { (void)paipa::iter_step("i", iter, {.threads = 0}); }),
        "paipa::step 'i': " + zero);
    EXPECT_EQ(refusal<paipa::config_error>(
                  [&] { (void)paipa::iter_step("i", iter, {.retry = {.attempts = 3}}); }),
              "paipa::iter_step 'i': retry.attempts: expected 1, because what an iter step has "
              "pulled cannot be tried again, got 3");
    EXPECT_EQ(refusal<paipa::config_error>([&] {
                  (void)paipa::iter_step("i", iter, {.on_failure = paipa::failure_action::drop});
              }),
              "paipa::iter_step 'i': on_failure: expected failure_action::fail, because a range "
              "that threw has ended, got another action");
    EXPECT_EQ(refusal<paipa::config_error>(
                  [&] { (void)paipa::iter_step("i", iter, {.threads = 2, .ordered = true}); }),
              "paipa::iter_step 'i': ordered: expected one thread, because an iter step relates no "
              "output to an input, got 2 threads");
}

TEST(misuse, of_stock_steps) {
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::chunk(0); }),
              "paipa::chunk: size: expected at least 1, got 0");
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::timed_chunk({.size = 0}); }),
              "paipa::timed_chunk: size: expected at least 1, got 0");
    EXPECT_EQ(refusal<paipa::config_error>([] { (void)paipa::timed_chunk({.timeout = 0s}); }),
              "paipa::timed_chunk: timeout: expected more than 0, got 0 ns");
}

TEST(misuse, of_flows) {
    EXPECT_EQ(refusal<paipa::config_error>(
                  [] { (void)(paipa::step("twin", same) | paipa::step("twin", same)); }),
              "paipa::flow: step names: expected each name once, got 'twin' twice");
    EXPECT_EQ(refusal<paipa::config_error>(
                  [] { const paipa::pipeline<int> p{paipa::flow<>{}, {.name = "void"}}; }),
              "paipa::pipeline 'void': flow: expected at least one step, got an empty flow");
    // Unnamed ones may repeat.
    paipa::pipeline<int> p{paipa::identity() | paipa::identity() | paipa::identity(),
                           {.quiet = true}};
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.steps[0].name, "identity");
    EXPECT_EQ(r.steps[1].name, "identity#2");
    EXPECT_EQ(r.steps[2].name, "identity#3");
}

TEST(misuse, of_pipeline_options) {
    const std::string p = "paipa::pipeline 'pipeline': ";
    EXPECT_EQ(wrong_pipeline({.capacity = 0}), p + "capacity: expected at least 1, got 0");
    EXPECT_EQ(wrong_pipeline({.retry = {.attempts = 0}}),
              p + "retry.attempts: expected at least 1, got 0");
    EXPECT_EQ(wrong_pipeline({.retry = {.delay = -5ns}}),
              p + "retry.delay: expected 0 or more, got -5 ns");
    EXPECT_EQ(wrong_pipeline({.notice_interval = 0ns}),
              p + "notice_interval: expected more than 0, got 0 ns");
    EXPECT_EQ(refusal<paipa::config_error>([] {
                  paipa::pipeline too_wide{paipa::step("s", same, {.threads = 2, .ordered = true}),
                                           {.capacity = SIZE_MAX - 1}};
              }),
              "paipa::step 's': capacity: expected at most 16777216, because an ordered step keeps "
              "a place for each item, got 18446744073709551614");
}

TEST(misuse, of_queues) {
    EXPECT_EQ(refusal<paipa::config_error>([] { const paipa::queue<int> q(0); }),
              "paipa::queue: capacity: expected at least 1, got 0");
    EXPECT_EQ(refusal<paipa::config_error>([] {
                  paipa::pipeline p{paipa::step("s", same), std::shared_ptr<paipa::queue<int>>{}};
              }),
              "paipa::pipeline 'pipeline': input queue: expected a queue, got null");
}

/// What the step's own options cannot know: the pipeline asks for retries of what is consumed.
TEST(misuse, of_retries_and_dead_letters_of_consumed_items) {
    using item = std::unique_ptr<int>;
    const auto consume = paipa::step("eat", [](item) {});
    const std::string expected =
        "expected an item that can be copied, or a step that takes it by const reference, got a "
        "move-only item by value";
    EXPECT_EQ(refusal<paipa::config_error>(
                  [&] { paipa::pipeline<item> p{consume, {.retry = {.attempts = 2}}}; }),
              "paipa::step 'eat': retry.attempts: " + expected + " with 2 attempts");
    EXPECT_EQ(refusal<paipa::config_error>([&] {
                  paipa::pipeline<item> p{consume,
                                          {.on_failure = paipa::failure_action::dead_letter}};
              }),
              "paipa::step 'eat': failure_action::dead_letter: " + expected);
}

TEST(misuse, of_runs_that_wait_for_a_queue) {
    const std::string endless =
        "nothing would ever end this run: expected finish() or an iterable before it, got an open "
        "intake; call finish(), or use start() and stop(), or run_forever()";
    for (const bool with_iterable : {false, true}) {
        const auto queue = std::make_shared<paipa::queue<int>>(8);
        paipa::pipeline<int, int> p{paipa::step("s", same), queue, {.name = "p", .quiet = true}};
        if (with_iterable) {
            p.put_iterable({1, 2});
        }
        EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }),
                  "paipa::pipeline 'p': run: " + endless);
        queue->push(3);
        queue->close();
        const auto r = p.run();
        expect_closed(r);
        EXPECT_EQ(r.delivered, with_iterable ? 3U : 1U);
    }
}

TEST(misuse, of_runs) {
    paipa::pipeline p{paipa::step("s", same), {.name = "p", .quiet = true}};
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }),
              "paipa::pipeline 'p': run: nothing would ever end this run: expected finish() or an "
              "iterable before it, got an open intake; call finish(), or use start() and stop(), "
              "or run_forever()");
    EXPECT_FALSE(p.alive());
    p.start();
    const auto once = [](const std::string& who, const std::string& got) {
        return "paipa::pipeline 'p': " + who +
               ": a pipeline runs once: expected a new pipeline, got one that is " + got +
               "; make another from the same flow";
    };
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.start(); }), once("start", "running"));
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }), once("run", "running"));
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run_forever(); }),
              once("run_forever", "running"));
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run_while([] {}); }),
              once("run_while", "running"));
    EXPECT_TRUE(p.alive());
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }), once("run", "finished"));
}

/// Clean-up code need not know how far its pipeline has come.
TEST(misuse, is_no_stop_or_drain_of_what_has_not_begun) {
    paipa::pipeline p{paipa::step("s", same), {.name = "p", .quiet = true}};
    p.put(1);
    EXPECT_EQ(p.stop().state, paipa::run_state::ready);
    EXPECT_EQ(p.drain(0s).state, paipa::run_state::ready);
    p.put(2);  // it takes items as before, and runs
    p.start();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.delivered, 2U);
    EXPECT_EQ(p.stop().delivered, 2U);
}

TEST(misuse, of_put_after_finish) {
    for (const bool started : {false, true}) {
        paipa::pipeline p{paipa::step("s", same), {.name = "p", .quiet = true}};
        if (started) {
            p.start();
        }
        p.put(1);
        p.finish();
        const auto closed = [](const std::string& who) {
            return "paipa::pipeline 'p': " + who + ": no more items are taken: finish was called";
        };
        EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put(1); }), closed("put"));
        EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put_all({1, 2}); }), closed("put"));
        EXPECT_EQ(refusal<paipa::closed_error>([&] { (void)p.try_put(1); }), closed("try_put"));
        EXPECT_EQ(refusal<paipa::closed_error>([&] { (void)p.put_for(1, 1h); }), closed("put_for"));
        EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put_iterable({1}); }),
                  closed("put_iterable"));
        EXPECT_EQ(refusal<paipa::closed_error>([&] { p.put_meta(1); }), closed("put_meta"));
        const auto r = started ? p.stop() : p.run();
        expect_closed(r);
        EXPECT_EQ(r.delivered, 1U);
    }
}

TEST(misuse, of_results) {
    paipa::pipeline p{paipa::step("s", same), {.name = "p", .quiet = true}};
    p.put(1);
    p.finish();
    {
        auto one = p.results();
        EXPECT_EQ(refusal<paipa::state_error>([&] { auto two = p.results(); }),
                  "paipa::pipeline 'p': results: expected no other reader, got a second one");
    }
    for (const int x : p.results()) {
        EXPECT_EQ(x, 1);
    }
    expect_closed(p.report());
}

TEST(misuse, of_emit_and_self_in_a_constructor) {
    struct emits final : paipa::abstract_step<int, int> {
        emits() { emit(1); }

        int process(int x) override { return x; }
    };

    struct asks final : paipa::abstract_step<int, int> {
        asks() { (void)self(); }

        int process(int x) override { return x; }
    };

    EXPECT_EQ(refusal<paipa::state_error>([] { const emits e; }),
              "abstract_step::emit: expected a running step, got a constructor");
    EXPECT_EQ(refusal<paipa::state_error>([] { const asks a; }),
              "abstract_step::self: expected a running step, got a constructor");
    paipa::pipeline p{paipa::step<asks>("a"), {.quiet = true}};
    p.put(1);
    p.finish();
    EXPECT_THROW(p.run(), paipa::state_error);  // made when the run starts
    EXPECT_EQ(p.failure()->where, "constructor");
    expect_closed(p.report());
}

TEST(misuse, of_requeue_and_storage) {
    struct wrong final : paipa::abstract_step<int> {
        explicit wrong(bag<std::string>* s) : said(s) {}

        void process(int x) override {
            if (x < 1) {
                self().requeue(x + 1);
                said->add(refusal<paipa::state_error>([&] { self().requeue(5); }));
            }
            *self().storage<int>() = 1;
            said->add(refusal<paipa::state_error>([&] { (void)self().storage<long>(); }));
        }

        void thread_shutdown() override {
            said->add(refusal<paipa::state_error>([&] { self().requeue(6); }));
        }

        bag<std::string>* said;
    };

    bag<std::string> said;
    paipa::pipeline p{paipa::step<wrong>("w", {}, &said), {.quiet = true}};
    p.put(0);
    p.finish();
    expect_closed(p.run());
    const std::string type =
        "step 'w': storage: expected the type of the first call, int, got long";
    EXPECT_EQ(
        said.items(),
        (std::vector<std::string>{
            "step 'w': requeue: expected one call per item in hand, got a second one", type, type,
            "step 'w': requeue: expected an item in hand, got a call outside of process"}));
}

/// Every error of the library can be caught as one.
TEST(misuse, has_one_root) {
    EXPECT_THROW((void)paipa::chunk(0), paipa::error);
    paipa::pipeline p{paipa::step("s", same), {.quiet = true}};
    EXPECT_THROW(p.run(), paipa::error);
    p.finish();
    EXPECT_THROW(p.put(1), paipa::error);
}

}  // namespace
