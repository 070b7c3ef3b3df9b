#include <paipa/error.hpp>
#include <paipa/fuse.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/timed_chunk.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

namespace {

using namespace std::chrono_literals;

template <class F>
std::string refusal(F f) {
    try {
        f();
    } catch (const paipa::config_error& e) {
        return e.what();
    }
    return "accepted";
}

std::string step_refusal(const paipa::step_options& o) {
    return refusal([&] { (void)paipa::step("s", [](int) {}, o); });
}

std::string pipeline_refusal(const paipa::pipeline_options& o) {
    return refusal([&] { const paipa::pipeline p{paipa::step("s", [](int) {}), o}; });
}

TEST(options, are_refused_at_once_where_they_cannot_work) {
    EXPECT_EQ(step_refusal({.threads = 0}), "paipa::step 's': threads: expected at least 1, got 0");
    EXPECT_EQ(step_refusal({.capacity = 0}),
              "paipa::step 's': capacity: expected at least 1, got 0");
    EXPECT_EQ(step_refusal({.retry = {.attempts = 2, .delay = -1ns}}),
              "paipa::step 's': retry.delay: expected 0 or more, got -1 ns");
    EXPECT_EQ(step_refusal({.retry = {.attempts = 2, .factor = 0.5}}),
              "paipa::step 's': retry.factor: expected 1 or more, got 0.500000");
    EXPECT_EQ(step_refusal({.retry = {.retry_after_limit = -1ns}}),
              "paipa::step 's': retry.retry_after_limit: expected 0 or more, got -1 ns");
    EXPECT_EQ(step_refusal({.retry = {.attempts = 2, .budget = {.ratio = 0}}}),
              "paipa::step 's': retry.budget.ratio: expected more than 0, got 0.000000");
    EXPECT_EQ(
        step_refusal({.retry = {.budget = {.ratio = 1}}}),
        "paipa::step 's': retry.budget: expected it with 2 attempts or more, got attempts = 1");
    EXPECT_EQ(step_refusal({.idle_interval = 0s}),
              "paipa::step 's': idle_interval: expected more than 0, got 0 ns");
    EXPECT_EQ(step_refusal({.item_timeout = -1ns}),
              "paipa::step 's': item_timeout: expected 0 or more, got -1 ns");
    EXPECT_EQ(pipeline_refusal({.capacity = 0}),
              "paipa::pipeline 'pipeline': capacity: expected at least 1, got 0");
    EXPECT_EQ(pipeline_refusal({.retry = {.attempts = 0}}),
              "paipa::pipeline 'pipeline': retry.attempts: expected at least 1, got 0");
    EXPECT_EQ(step_refusal({}), "accepted");
}

// Designators must follow the order of the fields, so that order is a promise: this compiles.
TEST(options, have_their_fields_in_the_documented_order) {
    const paipa::step_options step{.threads = 1,
                                   .capacity = 2,
                                   .retry = {.attempts = 2,
                                             .delay = 1ns,
                                             .max_delay = 2ns,
                                             .factor = 1,
                                             .jitter = true,
                                             .on = paipa::retry_on<int>(),
                                             .budget = {.ratio = 0.5},
                                             .retry_after_limit = 3ns},
                                   .on_failure = {paipa::drop_on<int>()},
                                   .ordered = false,
                                   .idle_interval = 1s,
                                   .outputs = paipa::outputs::at_once,
                                   .item_timeout = 4ns};
    EXPECT_EQ(step_refusal(step), "accepted");
    EXPECT_EQ(pipeline_refusal({.retry = step.retry, .on_failure = step.on_failure}), "accepted");
}

struct says_nothing final : paipa::abstract_step<int> {
    void process(int) override {}
};

struct hears_of_idleness final : paipa::abstract_step<int> {
    void process(int) override {}

    void in_queue_empty() override {}
};

TEST(options, are_refused_at_once_where_a_kind_of_step_cannot_honour_them) {
    const paipa::step_options ordered{.threads = 2, .ordered = true};
    const std::string one_thread =
        "paipa::step 's': ordered: expected one thread, because each worker keeps items back, and "
        "what it keeps has no place in the order, got 2 threads";
    const auto chunk = [](const paipa::step_options& o) {
        return refusal([&] { (void)paipa::step("s", paipa::chunk(2), o); });
    };
    EXPECT_EQ(chunk(ordered), one_thread);
    EXPECT_EQ(refusal([&] { (void)paipa::step("s", paipa::timed_chunk({}), ordered); }),
              one_thread);
    EXPECT_EQ(chunk({.threads = 2}), "accepted");
    EXPECT_EQ(chunk({.ordered = true}), "accepted");
    EXPECT_EQ(refusal([&] { (void)paipa::step("s", paipa::identity(), ordered); }), "accepted");

    const paipa::step_options idle{.idle_interval = 2s};
    const std::string no_idleness =
        "paipa::step 's': idle_interval: expected it at a class step with in_queue_empty alone, "
        "got 2000000000 ns";
    EXPECT_EQ(step_refusal(idle), no_idleness);
    EXPECT_EQ(chunk(idle), no_idleness);
    EXPECT_EQ(refusal([&] { (void)paipa::step<says_nothing>("s", idle); }), no_idleness);
    EXPECT_EQ(refusal([&] { (void)paipa::iter_step("s", [](auto range) { return range; }, idle); }),
              no_idleness);
    EXPECT_EQ(refusal([&] { (void)paipa::step<hears_of_idleness>("s", idle); }), "accepted");
}

TEST(options, bound_the_time_of_items_where_a_step_is_called_item_by_item) {
    const paipa::step_options timed{.item_timeout = 1s};
    EXPECT_EQ(step_refusal(timed), "accepted");
    EXPECT_EQ(refusal([&] { (void)paipa::step("s", paipa::identity(), timed); }), "accepted");
    EXPECT_EQ(
        refusal([&] { (void)paipa::iter_step("s", [](auto range) { return range; }, timed); }),
        "paipa::iter_step 's': item_timeout: expected none, because an iter step is not called "
        "item by item, got 1000000000 ns");
    EXPECT_EQ(refusal([&] { (void)paipa::step("s", paipa::chunk(2), timed); }),
              "paipa::step 's': item_timeout: expected none, because the step keeps items beyond "
              "their call, got 1000000000 ns");
    const auto same = [](int x) { return x; };
    EXPECT_EQ(
        refusal([&] { (void)paipa::fuse(paipa::step("s", same, timed), paipa::step("t", same)); }),
        "accepted");
    EXPECT_EQ(
        refusal([&] { (void)paipa::fuse(paipa::step("s", same), paipa::step("t", same, timed)); }),
        "paipa::fuse: step 't': item_timeout: expected none, because it has no edge in front "
        "of it, got 1000000000 ns");
}

TEST(options, of_a_step_that_consumes_its_item_bound_its_time_too) {
    paipa::pipeline p{paipa::step("s",
                                  [](std::unique_ptr<int>) {
                                      const auto end = std::chrono::steady_clock::now() + 2ms;
                                      while (std::chrono::steady_clock::now() < end) {
                                      }
                                  },
                                  {.on_failure = paipa::failure_action::drop, .item_timeout = 1ms}),
                      {.quiet = true}};
    p.put(std::make_unique<int>(1));
    p.finish();
    EXPECT_EQ(p.run().dropped(), 1U);
}

TEST(options, of_the_pipeline_hold_for_steps_that_do_not_say) {
    int calls = 0;
    auto fails = [&calls](int) {
        ++calls;
        throw 1;
    };
    paipa::pipeline p{paipa::step("s", fails),
                      {.quiet = true,
                       .capacity = 7,
                       .retry = {.attempts = 3},
                       .on_failure = paipa::failure_action::drop}};
    p.put(1);
    p.finish();
    const auto r = p.run();
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(r.dropped(), 1);
    EXPECT_EQ(r.edges[0].capacity, 7);
}

TEST(options, default_capacity_is_64_kib_of_trivial_items_and_256_others) {
    const paipa::pipeline trivial{paipa::step("s", [](long) {}), {.quiet = true}};
    EXPECT_EQ(trivial.report().edges[0].capacity, 8192);
    const paipa::pipeline owning{paipa::step("s", [](std::string) {}), {.quiet = true}};
    EXPECT_EQ(owning.report().edges[0].capacity, 256);
}

TEST(options, pauses_grow_up_to_a_bound) {
    const paipa::retry_policy policy{.attempts = 9, .delay = 1s, .max_delay = 5s, .factor = 2};
    EXPECT_EQ(paipa::detail::retry_pause(policy, 1, 0), 1s);
    EXPECT_EQ(paipa::detail::retry_pause(policy, 3, 0), 4s);
    EXPECT_EQ(paipa::detail::retry_pause(policy, 4, 0), 5s);
    EXPECT_EQ(paipa::detail::retry_pause(policy, 4000, 0), 5s);
    EXPECT_EQ(paipa::detail::retry_pause({.attempts = 9}, 4000, 0), 0s);
    const auto longest = paipa::duration::max();
    const paipa::retry_policy boundless{.attempts = 9, .delay = 1s, .max_delay = longest};
    EXPECT_EQ(paipa::detail::retry_pause(boundless, 4000, 0), longest);
}

TEST(options, jitter_takes_up_to_a_half_off) {
    const paipa::retry_policy policy{.attempts = 9, .delay = 8s, .jitter = true};
    paipa::duration least = 1h;
    paipa::duration most = 0s;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const auto pause = paipa::detail::retry_pause(policy, 1, seed);
        least = std::min(least, pause);
        most = std::max(most, pause);
    }
    EXPECT_GE(least, 4s);
    EXPECT_LT(least, 5s);
    EXPECT_GT(most, 7s);
    EXPECT_LE(most, 8s);
}

}  // namespace
