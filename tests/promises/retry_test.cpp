#include "support.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace promises;
using paipa::failure_action;

class retries : public with_threads {};

PAIPA_WITH_THREADS(retries);

constexpr int items = 500;

/// Calls per item.
class tally {
public:
    int call(int item) { return ++calls_[static_cast<std::size_t>(item)]; }

    void expect_each(int calls) const {
        for (std::size_t i = 0; i < calls_.size(); ++i) {
            EXPECT_EQ(calls_[i], calls) << "item " << i;
        }
    }

private:
    std::array<std::atomic<int>, items> calls_{};
};

TEST_P(retries, happen_as_often_as_attempts_says_and_nothing_vanishes) {
    for (const auto action : {failure_action::dead_letter, failure_action::drop}) {
        tally calls;
        paipa::pipeline p{paipa::step("a",
                                      [&](int x) {
                                          calls.call(x);
                                          throw std::runtime_error("never");
                                          return x;
                                      },
                                      {.threads = threads(),
                                       .capacity = 2,
                                       .retry = {.attempts = 4},
                                       .on_failure = action}),
                          {.quiet = true}};
        p.put_iterable(numbers(0, items));
        const auto r = p.run();
        expect_closed(r);
        calls.expect_each(4);
        const bool letters = action == failure_action::dead_letter;
        EXPECT_EQ(r.state, paipa::run_state::finished);
        EXPECT_EQ(r.dead(), letters ? items : 0U);
        EXPECT_EQ(r.dropped(), letters ? 0U : items);
        EXPECT_EQ(p.dead_letters().size(), r.dead());
        EXPECT_EQ(r.steps[0].retries, 3U * items);
        EXPECT_EQ(p.count(), 0U);
        EXPECT_TRUE(p.ok());
    }
}

TEST_P(retries, exhausted_fail_the_run_and_the_rest_is_counted) {
    std::atomic<int> calls = 0;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      if (x == 9) {
                                          ++calls;
                                          throw std::runtime_error("nine");
                                      }
                                      return x;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 3}}),
                      {.quiet = true}};
    p.put_iterable(numbers(0, items));
    EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "nine");
    const auto r = p.report();
    expect_closed(r);
    EXPECT_EQ(calls, 3);
    EXPECT_EQ(p.failure()->attempt, 3U);
    EXPECT_GE(r.abandoned(), 1U);
}

TEST_P(retries, wait_for_the_last_item) {
    std::atomic<int> calls = 0;
    bag<int> seen;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      if (x == items - 1 && ++calls == 1) {
                                          throw std::runtime_error("once");
                                      }
                                      return x;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 2}}) |
                          paipa::step("b", [&](int x) { seen.add(x); }),
                      {.quiet = true}};
    p.put_all(numbers(0, items));
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(seen.sorted(), numbers(0, items));
    EXPECT_EQ(r.steps[0].retries, 1U);
}

TEST_P(retries, of_every_item_in_a_full_edge_end) {
    for (const std::size_t capacity : {1U, 2U, 8U}) {
        tally calls;
        bag<int> seen;
        paipa::pipeline p{paipa::step("a",
                                      [&](const int& x) {
                                          if (calls.call(x) < 3) {
                                              throw std::runtime_error("not yet");
                                          }
                                          return x;
                                      },
                                      {.threads = threads(), .retry = {.attempts = 3}}) |
                              paipa::step("b", [&](int x) { seen.add(x); }),
                          {.quiet = true, .capacity = capacity}};
        p.put_iterable(numbers(0, items));
        expect_closed(p.run());
        calls.expect_each(3);
        EXPECT_EQ(seen.sorted(), numbers(0, items));
    }
}

TEST_P(retries, work_on_the_original_item) {
    bag<std::string> tried;
    paipa::pipeline p{paipa::step("a",
                                  [&](std::string s) {
                                      tried.add(s);
                                      s += " spoiled";
                                      if (tried.items().size() < 3) {
                                          throw std::runtime_error(s);
                                      }
                                      return s;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 3}}),
                      {.quiet = true}};
    p.put("item");
    p.finish();
    for (const std::string& s : p.results()) {
        EXPECT_EQ(s, "item spoiled");
    }
    EXPECT_EQ(tried.items(), std::vector<std::string>(3, "item"));
    expect_closed(p.report());
}

TEST_P(retries, of_a_class_step_work_on_the_original_item) {
    struct spoiling final : paipa::abstract_step<std::string, std::string> {
        explicit spoiling(bag<std::string>* tried) : tried_(tried) {}

        std::string process(std::string s) override {
            tried_->add(s);
            s += " spoiled";
            if (tried_->items().size() < 3) {
                throw std::runtime_error(s);
            }
            return s;
        }

        bag<std::string>* tried_;
    };

    bag<std::string> tried;
    paipa::pipeline<std::string> p{
        paipa::step<spoiling>("a", {.threads = threads(), .retry = {.attempts = 3}}, &tried),
        {.quiet = true}};
    p.put("item");
    p.finish();
    expect_closed(p.run());
    EXPECT_EQ(tried.items(), std::vector<std::string>(3, "item"));
}

TEST_P(retries, of_move_only_items_are_by_const_reference) {
    using item = std::unique_ptr<int>;

    struct halving final : paipa::abstract_step<const item&, item> {
        explicit halving(tally* t) : calls(t) {}

        item process(const item& x) override {
            if (calls->call(*x) < 3) {
                throw std::runtime_error("not yet");
            }
            return std::make_unique<int>(*x);
        }

        tally* calls;
    };

    tally by_function;
    tally by_class;
    bag<int> seen;
    const paipa::step_options options{.threads = threads(), .retry = {.attempts = 3}};
    paipa::pipeline<item> p{paipa::step(
                                "f",
                                [&](const item& x) {
                                    if (by_function.call(*x) < 3) {
                                        throw std::runtime_error("not yet");
                                    }
                                    return std::make_unique<int>(*x);
                                },
                                options) |
                                paipa::step<halving>("c", options, &by_class) |
                                paipa::step("b", [&](item x) { seen.add(*x); }),
                            {.quiet = true}};
    for (int i = 0; i < items; ++i) {
        p.put(std::make_unique<int>(i));
    }
    p.finish();
    expect_closed(p.run());
    by_function.expect_each(3);
    by_class.expect_each(3);
    EXPECT_EQ(seen.sorted(), numbers(0, items));
}

TEST_P(retries, withhold_the_outputs_of_a_failed_try) {
    tally calls;
    bag<int> seen;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) -> paipa::generator<int> {
                                      co_yield x;
                                      if (calls.call(x) < 2) {
                                          throw std::runtime_error("between two outputs");
                                      }
                                      co_yield x + items;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 2}}) |
                          paipa::step("b", [&](int x) { seen.add(x); }),
                      {.quiet = true}};
    p.put_iterable(numbers(0, items));
    expect_closed(p.run());
    EXPECT_EQ(seen.sorted(), numbers(0, 2 * items));
}

TEST_P(retries, withhold_what_a_failed_try_emitted) {
    struct emitting final : paipa::abstract_step<int, int, void> {
        explicit emitting(tally* t) : calls(t) {}

        void process(int x) override {
            emit(x);
            if (calls->call(x) < 2) {
                throw std::runtime_error("behind an output");
            }
            emit(x + items);
        }

        tally* calls;
    };

    tally calls;
    bag<int> seen;
    paipa::pipeline p{
        paipa::step<emitting>("a", {.threads = threads(), .retry = {.attempts = 2}}, &calls) |
            paipa::step("b", [&](int x) { seen.add(x); }),
        {.quiet = true}};
    p.put_iterable(numbers(0, items));
    expect_closed(p.run());
    EXPECT_EQ(seen.sorted(), numbers(0, 2 * items));
}

TEST_P(retries, are_not_for_skipped_items) {
    tally calls;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) -> std::optional<int> {
                                      calls.call(x);
                                      if (x % 2 == 0) {
                                          throw paipa::skip_entry{};
                                      }
                                      return std::nullopt;
                                  },
                                  {.threads = threads(), .retry = {.attempts = 3}}),
                      {.quiet = true}};
    p.put_iterable(numbers(0, items));
    const auto r = p.run();
    expect_closed(r);
    calls.expect_each(1);
    EXPECT_EQ(r.skipped(), static_cast<std::uint64_t>(items));
    EXPECT_EQ(r.failure_count, 0U);
}

TEST_P(retries, can_be_set_for_the_whole_pipeline) {
    tally calls;
    paipa::pipeline p{
        paipa::step("a",
                    [&](int x) {
                        calls.call(x);
                        throw 1;
                        return x;
                    },
                    {.threads = threads()}) |
            paipa::iter_step("b", [](paipa::generator<int> in) { return in; }),
        {.quiet = true, .retry = {.attempts = 3}, .on_failure = paipa::failure_action::drop}};
    p.put_iterable(numbers(0, items));
    const auto r = p.run();
    expect_closed(r);
    calls.expect_each(3);
    EXPECT_EQ(r.dropped(), static_cast<std::uint64_t>(items));
}

/// The try in hand fails after the end was asked for: with tries left it is abandoned.
TEST_P(retries, that_fail_after_a_cancel_are_abandoned) {
    gate begun;
    gate goes_on;
    paipa::pipeline p{paipa::step("a",
                                  [&](int) {
                                      begun.open();
                                      goes_on.wait();
                                      throw std::runtime_error("too late");
                                  },
                                  {.threads = threads(), .retry = {.attempts = 2}}),
                      {.quiet = true}};
    p.put_all(numbers(0, 10));
    p.start();
    EXPECT_TRUE(begun.wait());
    p.cancel();
    goes_on.open();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_EQ(r.abandoned(), 10U);
    EXPECT_EQ(r.failure_count, 0U);
}

TEST_P(retries, that_wait_are_abandoned_by_a_cancel) {
    std::atomic<int> calls = 0;
    paipa::pipeline p{paipa::step("a",
                                  [&](int) {
                                      ++calls;
                                      throw std::runtime_error("not yet");
                                  },
                                  {.threads = threads(), .retry = {.attempts = 2, .delay = 24h}}),
                      {.quiet = true}};
    p.put_all(numbers(0, 100));
    p.finish();
    p.start();
    EXPECT_TRUE(eventually([&] { return calls == 100; }));  // waiting retries hold no worker
    EXPECT_TRUE(p.alive());
    p.cancel();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.abandoned(), 100U);
    EXPECT_EQ(calls, 100);
}

}  // namespace
