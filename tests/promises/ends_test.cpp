#include "support.hpp"

#include <atomic>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace promises;

class ends : public with_threads {};

PAIPA_WITH_THREADS(ends);

int same(int x) {
    return x;
}

paipa::generator<int> first_five(paipa::generator<int> in) {
    int n = 0;
    for (const int x : in) {
        co_yield x;
        if (++n == 5) {
            break;
        }
    }
}

paipa::generator<int> all_of(paipa::generator<int> in) {
    for (const int x : in) {
        co_yield x;
    }
}

TEST_P(ends, run_processes_everything) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::step("b", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true}};
    p.put_all(numbers(0, 500));
    p.put_iterable(numbers(500, 1'000));
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(seen.sorted(), numbers(0, 1'000));
    EXPECT_EQ(p.count(), 1'000U);
}

TEST_P(ends, stop_processes_everything_iterables_included) {
    bag<int> seen;
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::step("b", [&](int x) { seen.add(x); }, {.threads = threads()}),
                      {.quiet = true, .capacity = 2}};
    p.put_iterable(numbers(0, 1'000));
    p.start();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(seen.sorted(), numbers(0, 1'000));
}

TEST_P(ends, without_input_at_once) {
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::iter_step("b", all_of, {.threads = threads()}) |
                          paipa::step("c", paipa::chunk(3), {.threads = threads()}),
                      {.quiet = true}};
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(p.count(), 0U);
}

TEST_P(ends, a_second_finish_and_a_second_stop_change_nothing) {
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}), {.quiet = true}};
    p.put_all(numbers(0, 10));
    p.finish();
    p.finish();
    p.start();
    p.finish();
    const auto first = p.stop();
    const auto second = p.stop();
    p.finish();
    p.cancel();
    const auto third = p.drain();
    expect_closed(first);
    EXPECT_EQ(first.delivered, 10U);
    EXPECT_EQ(second.delivered, 10U);
    EXPECT_EQ(second.state, paipa::run_state::finished);
    EXPECT_EQ(third.state, paipa::run_state::finished);
}

TEST_P(ends, a_flow_runs_again_as_if_for_the_first_time) {
    auto flow = paipa::step("count", [n = 0](int) mutable { return ++n; }) |
                paipa::step("same", same, {.threads = threads(), .ordered = true}) |
                paipa::iter_step("iter", all_of);
    for (int run = 0; run < 3; ++run) {
        paipa::pipeline p{flow, {.quiet = true}};
        p.put_all(numbers(0, 50));
        p.finish();
        std::vector<int> got;
        for (const int x : p.results()) {
            got.push_back(x);
        }
        EXPECT_EQ(got, numbers(1, 51)) << "run " << run;
        expect_closed(p.report());
    }
}

TEST_P(ends, drain_stops_an_endless_iterable_and_processes_what_is_inside) {
    std::atomic<std::uint64_t> pulled = 0;
    std::atomic<std::uint64_t> seen = 0;
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::step("b", [&](int) { ++seen; }, {.threads = threads()}),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0) | std::views::transform([&](int x) {
                       ++pulled;
                       return x;
                   }));
    p.start();
    EXPECT_TRUE(eventually([&] { return seen > 100; }));
    const auto r = p.drain();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::drained);
    EXPECT_EQ(r.abandoned(), 0U);
    EXPECT_EQ(seen, pulled);
}

TEST_P(ends, drain_stops_several_sources_and_a_put) {
    paipa::pipeline p{paipa::step("a", [](int) {}, {.threads = threads()}), {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    p.put_iterable(std::views::iota(0));
    p.start();
    p.put(1);
    EXPECT_TRUE(eventually([&] { return p.count() > 100; }));
    const auto r = p.drain();
    expect_closed(r);
    EXPECT_EQ(r.abandoned(), 0U);
    EXPECT_THROW(p.put(2), paipa::closed_error);
}

TEST_P(ends, cancel_abandons_and_counts) {
    gate begun;
    gate goes_on;
    paipa::pipeline p{paipa::step("a",
                                  [&](int x) {
                                      begun.open();
                                      goes_on.wait();
                                      return x;
                                  },
                                  {.threads = threads()}) |
                          paipa::step("b", [](int) {}),
                      {.quiet = true}};
    p.put_all(numbers(0, 1'000));
    p.start();
    EXPECT_TRUE(begun.wait());
    p.cancel();
    p.cancel();
    EXPECT_FALSE(p.alive());
    EXPECT_TRUE(p.ok());
    goes_on.open();
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_EQ(r.steps[0].finished + r.abandoned(), 1'000U + r.edges[1].abandoned) << r;
    EXPECT_GE(r.abandoned(), 1'000 - threads());
    EXPECT_EQ(p.count(), 0U);
}

TEST_P(ends, run_forever_is_stopped_from_elsewhere) {
    for (const int how : {0, 1, 2}) {
        std::atomic<int> seen = 0;
        paipa::pipeline p{paipa::step("a", [&](int) { ++seen; }, {.threads = threads()}),
                          {.quiet = true}};
        p.put_all(numbers(0, 10));
        std::thread elsewhere([&] {
            eventually([&] { return seen == 10; });
            if (how == 0) {
                p.finish();
            } else if (how == 1) {
                p.cancel();
            } else {
                p.drain();
            }
        });
        const auto r = p.run_forever();
        elsewhere.join();
        expect_closed(r);
        EXPECT_EQ(seen, 10);
        EXPECT_EQ(r.state, how == 0   ? paipa::run_state::finished
                           : how == 1 ? paipa::run_state::cancelled
                                      : paipa::run_state::drained);
    }
}

TEST_P(ends, an_early_end_is_no_failure) {
    std::atomic<int> callbacks = 0;
    paipa::pipeline p{
        paipa::step("a", same, {.threads = threads()}) | paipa::iter_step("take", first_five) |
            paipa::step("b", same, {.threads = threads()}),
        {.quiet = true, .fail_callback = [&](const paipa::failure&) { ++callbacks; }}};
    p.put_iterable(std::views::iota(0));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 5U);
    EXPECT_TRUE(p.ok());
    EXPECT_FALSE(p.failure());
    EXPECT_EQ(r.failure_count, 0U);
    EXPECT_EQ(callbacks, 0);
    EXPECT_THROW(p.put(1), paipa::closed_error);
}

TEST_P(ends, an_early_end_of_the_first_step_abandons_the_rest) {
    paipa::pipeline p{
        paipa::iter_step("take", first_five, {.threads = threads()}) | paipa::step("b", same),
        {.quiet = true}};
    p.put_all(numbers(0, 1'000));
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 5 * threads());
    EXPECT_EQ(r.abandoned(), 1'000 - 5 * threads());
}

TEST_P(ends, an_early_end_while_fed_by_a_queue_or_by_put) {
    auto q = std::make_shared<paipa::queue<int>>(4);
    paipa::pipeline p{
        paipa::step("a", same, {.threads = threads()}) | paipa::iter_step("take", first_five),
        q,
        {.quiet = true}};
    p.start();
    EXPECT_THROW(
        {
            for (int i = 0;; ++i) {
                q->push(i);
            }
        },
        paipa::closed_error);
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 5U);
}

TEST_P(ends, an_early_end_in_front_of_an_early_end) {
    paipa::pipeline p{
        paipa::iter_step("take", first_five) | paipa::step("a", same, {.threads = threads()}) |
            paipa::iter_step("none",
                             [](paipa::generator<int>) -> paipa::generator<int> { co_return; }) |
            paipa::step("b", same, {.threads = threads()}),
        {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 0U);
}

/// A view pulls no item that it does not pass on.
TEST_P(ends, an_early_end_by_a_standard_view_abandons_the_rest) {
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::iter_step("take", std::views::take(5)) |
                          paipa::step("b", same, {.threads = threads()}),
                      {.quiet = true, .capacity = 8}};
    p.put_all(numbers(0, 1'000));
    p.finish();
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 5U);
    EXPECT_EQ(r.steps[1].finished, 5U) << r;
    EXPECT_EQ(r.abandoned(), 1'000U - 5U) << r;
}

TEST_P(ends, an_early_end_by_a_view_in_a_function_stops_an_endless_source) {
    const auto five = [](paipa::generator<int> in) { return std::move(in) | std::views::take(5); };
    paipa::pipeline p{paipa::step("a", same, {.threads = threads()}) |
                          paipa::iter_step("take", five) |
                          paipa::step("b", same, {.threads = threads()}),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0));
    p.start();
    EXPECT_TRUE(eventually([&] { return !p.alive(); }));
    EXPECT_THROW(p.put(1), paipa::closed_error);
    const auto r = p.stop();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::ended_early);
    EXPECT_EQ(p.count(), 5U);
    EXPECT_EQ(r.edges[0].pushed, 5U + r.abandoned()) << r;
}

/// Of several workers one may return: the others go on, and that is no early end.
TEST(end, of_one_worker_of_an_iter_step_leaves_the_rest_to_its_siblings) {
    std::atomic<bool> returned = false;
    paipa::pipeline p{paipa::iter_step("some",
                                       [&](paipa::generator<int> in) -> paipa::generator<int> {
                                           const bool quits = !returned.exchange(true);
                                           for (const int x : in) {
                                               co_yield x;
                                               if (quits) {
                                                   co_return;
                                               }
                                           }
                                       },
                                       {.threads = 2}),
                      {.quiet = true, .capacity = 4}};
    p.put_iterable(numbers(0, 1'000));
    const auto r = p.run();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(p.count() + r.abandoned(), 1'000U);
}

TEST(end, of_run_while_comes_with_the_body) {
    paipa::pipeline p{paipa::step("a", same), {.quiet = true}};
    const auto r = p.run_while([&] { p.put_all(numbers(0, 100)); });
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(p.count(), 100U);
}

TEST(end, of_run_while_with_a_throwing_body_is_a_cancel) {
    gate goes_on;
    paipa::pipeline p{paipa::step("a", [&](int) { goes_on.wait(); }, {.capacity = 100}),
                      {.quiet = true}};
    EXPECT_EQ(refusal<std::runtime_error>([&] {
                  p.run_while([&] {
                      p.put_all(numbers(0, 100));
                      goes_on.open();
                      throw std::runtime_error("the body's own");
                  });
              }),
              "the body's own");
    const auto r = p.report();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_FALSE(p.alive());
}

TEST(end, of_run_while_prefers_the_bodys_error_to_the_runs) {
    paipa::pipeline p{paipa::step("a", [](int) { throw 1; }), {.quiet = true}};
    EXPECT_THROW(p.run_while([&] {
        p.put(1);
        eventually([&] { return !p.ok(); });
        throw std::string("the body's own");
    }),
                 std::string);
    EXPECT_EQ(p.failure()->what, "int 1");
    expect_closed(p.report());
}

TEST(end, of_run_while_whose_body_meets_the_failed_run_is_the_runs_failure) {
    paipa::pipeline p{paipa::step("a", [](int) { throw 1; }), {.quiet = true}};
    EXPECT_THROW(p.run_while([&] {
        p.put(1);
        eventually([&] { return !p.ok(); });
        p.put(2);
    }),
                 int);
    const auto r = p.report();
    expect_closed(r);
    EXPECT_EQ(r.failure_count, 2U);
    ASSERT_EQ(r.failures.size(), 2U);
    EXPECT_EQ(r.failures[1].step, "run_while");
    EXPECT_TRUE(r.failures[1].what.starts_with(
        "paipa::pipeline 'pipeline': put: no more items are taken: the run failed: step 'a'"))
        << r.failures[1].what;
}

TEST(end, may_come_before_the_beginning) {
    paipa::pipeline p{paipa::step("a", same), {.quiet = true}};
    p.put_all(numbers(0, 3));
    p.cancel();
    const auto r = p.report();
    expect_closed(r);
    EXPECT_EQ(r.state, paipa::run_state::cancelled);
    EXPECT_EQ(r.abandoned(), 3U);
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }),
              "paipa::pipeline 'pipeline': run: a pipeline runs once: expected a new pipeline, got "
              "one that is cancelled; make another from the same flow");
}

}  // namespace
