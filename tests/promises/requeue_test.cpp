#include "support.hpp"
#include "virtual_time.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

// Items that a class step gives back.

namespace {

using namespace promises;

class requeued : public virtual_time {};

INSTANTIATE_TEST_SUITE_P(seeds, requeued, testing::Range<std::uint64_t>(1, 21));

/// Gives items back until two of them are there, or `give_up` calls have been made.
struct pairing final : paipa::abstract_step<int> {
    pairing(int* c, bool* t) : calls(c), together(t) {}

    void process(int x) override {
        if (++*calls > 100'000) {
            throw std::runtime_error("a livelock");
        }
        if (x == 2) {
            *together = true;
        }
        if (!*together) {
            self().requeue(x);
        }
    }

    int* calls;
    bool* together;
};

TEST_P(requeued, items_that_wait_for_another_one_back_off) {
    int calls = 0;
    bool together = false;
    run([&] {
        paipa::pipeline p{paipa::step<pairing>("pairs", {.capacity = 2}, &calls, &together),
                          options()};
        p.start();
        p.put(1);
        sim.sleep_for(std::chrono::seconds{10});
        p.put(2);
        expect_closed(p.stop());
    });
    EXPECT_TRUE(together);
    EXPECT_LE(calls, 120);  // every 100 ms
}

TEST_P(requeued, items_that_fill_the_edge_are_named_and_use_no_processor) {
    int calls = 0;
    bool together = false;
    std::string said;
    run([&] {
        paipa::pipeline p{paipa::step<pairing>("pairs", {.capacity = 1}, &calls, &together),
                          options()};
        p.start();
        p.put(1);
        sim.sleep_for(std::chrono::seconds{10});
        said = p.explain();
        EXPECT_FALSE(p.try_put(2));
        expect_closed(p.drain(std::chrono::seconds{1}));
    });
    EXPECT_LE(calls, 130);
    EXPECT_NE(said.find("1 items go back and forth by requeue, and nothing else happens"),
              std::string::npos)
        << said;
}

struct later_once final : paipa::abstract_step<int> {
    later_once(std::vector<int>* o) : order(o) {}

    void process(int x) override {
        order->push_back(x);
        if (x == 1 && order->size() == 1) {
            self().requeue(x);
        }
    }

    std::vector<int>* order;
};

TEST_P(requeued, items_go_behind_those_that_wait) {
    std::vector<int> order;
    run([&] {
        paipa::pipeline p{paipa::step<later_once>("a", {}, &order), options()};
        p.put_all({1, 2, 3, 4, 5});
        p.finish();
        expect_closed(p.run());
    });
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 4, 5, 1}));
}

enum class end { skip, nullopt, value, error };

/// Gives each item back once, and ends that call as it is told to.
struct ends_as final : paipa::abstract_step<int, int, std::optional<int>> {
    ends_as(end h, int* c) : how(h), calls(c) {}

    std::optional<int> process(int x) override {
        if (++*calls > 1) {
            return x;
        }
        self().requeue(x + 10);
        switch (how) {
            case end::skip:
                throw paipa::skip_entry{};
            case end::nullopt:
                return std::nullopt;
            case end::value:
                return x;
            default:
                throw std::runtime_error("a failed try");
        }
    }

    end how;
    int* calls;
};

struct outcome {
    std::vector<int> results;
    int calls = 0;
    paipa::report books;
};

outcome of_a_call_that_ends_with(end how, const paipa::step_options& o) {
    outcome all;
    paipa::pipeline p{paipa::step<ends_as>("a", o, how, &all.calls), {.quiet = true}};
    p.put(1);
    p.finish();
    for (const int x : p.results()) {
        all.results.push_back(x);
    }
    all.books = p.report();
    expect_closed(all.books);
    return all;
}

void expect_given_back(const outcome& o, const std::vector<int>& results) {
    EXPECT_EQ(o.results, results);
    EXPECT_EQ(o.calls, 2);
    EXPECT_EQ(o.books.steps[0].received, 1U);
    EXPECT_EQ(o.books.steps[0].finished, 1U);
    EXPECT_EQ(o.books.steps[0].skipped, 0U);
}

/// The options choose among the ways through a worker: plain, watched and ordered.
const paipa::step_options ways[] = {
    {}, {.retry = {.attempts = 2}}, {.threads = 2, .ordered = true}};

TEST(a_requeued_item, is_given_back_whatever_its_call_ends_with) {
    for (const paipa::step_options& o : ways) {
        expect_given_back(of_a_call_that_ends_with(end::skip, o), {11});
        expect_given_back(of_a_call_that_ends_with(end::nullopt, o), {11});
        expect_given_back(of_a_call_that_ends_with(end::value, o), {1, 11});
    }
}

TEST(a_requeued_item, whose_call_throws_has_had_a_failed_try) {
    const outcome again = of_a_call_that_ends_with(end::error, {.retry = {.attempts = 2}});
    EXPECT_EQ(again.results, std::vector<int>{1});  // the original item
    EXPECT_EQ(again.books.steps[0].retries, 1U);
    const outcome dead =
        of_a_call_that_ends_with(end::error, {.on_failure = paipa::failure_action::dead_letter});
    EXPECT_EQ(dead.calls, 1);
    EXPECT_EQ(dead.books.steps[0].dead, 1U);
}

TEST(a_requeued_item, of_a_chain_is_given_back_though_its_call_skips) {
    int calls = 0;
    std::vector<int> got;
    for (const int x :
         paipa::combine(std::vector{1}, paipa::step<ends_as>("a", {}, end::skip, &calls))) {
        got.push_back(x);
    }
    EXPECT_EQ(got, std::vector<int>{11});
}

}  // namespace
