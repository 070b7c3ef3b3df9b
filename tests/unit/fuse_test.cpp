#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/flatten.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using paipa::fuse;
using paipa::step;

const paipa::pipeline_options quiet{.quiet = true};
const auto plus_one = [](int x) { return x + 1; };
const auto even_only = [](int x) { return x % 2 == 0 ? std::optional(x) : std::nullopt; };
const auto as_text = [](int x) { return std::to_string(x); };

paipa::generator<int> twice(int x) {
    co_yield x;
    co_yield x + 1;
}

/// Throws for the items that `at` is true for.
template <class F>
auto failing(F at) {
    return [at](const int& x) { return at(x) ? throw std::runtime_error(std::to_string(x)) : x; };
}

/// What comes out of a flow when 0 to `n` go in; the books must balance.
template <class Out, class Flow>
std::vector<Out> through(const Flow& flow, int n, paipa::report* books = nullptr) {
    paipa::pipeline<int, Out> p{flow, quiet};
    p.put_iterable(std::views::iota(0, n));
    std::vector<Out> all = items_of(p.results());
    EXPECT_TRUE(p.report().balanced()) << p.report();
    if (books != nullptr) {
        *books = p.report();
    }
    return all;
}

const paipa::step_report& row(const paipa::report& r, std::string_view name) {
    return *std::ranges::find(r.steps, name, &paipa::step_report::name);
}

TEST(fuse, gives_what_separate_steps_give) {
    const auto a = step("a", plus_one);
    const auto b = step("b", even_only);
    const auto c = step("c", twice);
    const auto d = step("d", as_text);
    const auto apart = through<std::string>(a | b | c | d, 100);
    EXPECT_EQ(through<std::string>(fuse(a, b, c, d), 100), apart);
    EXPECT_EQ(through<std::string>(fuse(a | b, c) | d, 100), apart);
    EXPECT_EQ(through<std::string>(a | fuse(b, c) | d, 100), apart);
    EXPECT_EQ(through<std::string>(a | fuse(b | c | d), 100), apart);
    EXPECT_EQ(through<std::string>(fuse(a) | b | c | d, 100), apart);
    EXPECT_EQ(through<std::string>(a | b | paipa::chunk(3) | paipa::flatten() | fuse(c, d), 100),
              apart);
}

TEST(fuse, runs_all_on_one_thread) {
    std::thread::id first;
    std::thread::id second;
    paipa::pipeline p{fuse(step("a",
                                [&](int x) {
                                    first = std::this_thread::get_id();
                                    return x;
                                }),
                           step("b", [&](int) { second = std::this_thread::get_id(); })),
                      quiet};
    p.put(1);
    p.finish();
    p.run();
    EXPECT_EQ(first, second);
    EXPECT_NE(first, std::thread::id());
}

TEST(fuse, keeps_books_for_each_step) {
    paipa::report r;
    const auto flow = step("before", plus_one) |
                      fuse(step("a", plus_one, {.threads = 3}), step("b", even_only),
                           step("c", twice), step("d", plus_one, {.threads = 3})) |
                      step("behind", plus_one);
    EXPECT_EQ(through<int>(flow, 100, &r).size(), 100U);
    ASSERT_EQ(r.steps.size(), 6U);
    EXPECT_EQ(row(r, "a").received, 100U);
    EXPECT_EQ(row(r, "a").emitted, 100U);
    EXPECT_EQ(row(r, "b").finished, 50U);
    EXPECT_EQ(row(r, "b").skipped, 50U);
    EXPECT_EQ(row(r, "b").emitted, 50U);
    EXPECT_EQ(row(r, "c").finished, 50U);
    EXPECT_EQ(row(r, "c").emitted, 100U);
    EXPECT_EQ(row(r, "d").finished, 100U);
    EXPECT_EQ(row(r, "d").emitted, 100U);
    EXPECT_EQ(row(r, "d").threads, 3U);
    ASSERT_EQ(r.edges.size(), 4U);
    EXPECT_EQ(r.edges[1].to, "a");
    EXPECT_EQ(r.edges[2].from, "d");
    EXPECT_EQ(r.edges[2].to, "behind");
}

TEST(fuse, counts_what_its_last_step_delivers) {
    std::uint64_t seen = 0;
    paipa::pipeline p{fuse(step("a", twice), step("b", [&](int) { ++seen; })), quiet};
    p.put_iterable(std::views::iota(0, 10));
    const paipa::report r = p.run();
    EXPECT_EQ(seen, 20U);
    EXPECT_EQ(p.count(), 20U);
    EXPECT_EQ(r.delivered, 20U);
    EXPECT_TRUE(row(r, "a").sends);
    EXPECT_FALSE(row(r, "b").sends);
}

TEST(fuse, names_the_step_that_failed) {
    for (const std::string bad : {"a", "b", "c"}) {
        const auto maybe = [&](const std::string& name) {
            return step(name, failing([fails = name == bad](int x) { return fails && x == 7; }));
        };
        paipa::pipeline p{fuse(maybe("a"), maybe("b"), maybe("c")), quiet};
        p.put_iterable(std::views::iota(0, 1'000));
        EXPECT_EQ(refusal<std::runtime_error>([&] { p.run(); }), "7");
        ASSERT_TRUE(p.failure());
        EXPECT_EQ(p.failure()->step, bad);
        EXPECT_EQ(p.failure()->where, "process");
        EXPECT_EQ(p.report().failure_count, 1U);
        EXPECT_GE(row(p.report(), bad).abandoned, 1U);
        EXPECT_TRUE(p.report().balanced()) << p.report();
    }
}

TEST(fuse, contains_failures_step_by_step) {
    const paipa::step_options drop{.on_failure = paipa::failure_action::drop};
    const paipa::step_options keep{.on_failure = paipa::failure_action::dead_letter};
    const auto of = [](int n) { return failing([n](int x) { return x % n == 0; }); };
    const auto a = step("a", of(2), drop);
    const auto b = step("b", twice);
    const auto c = step("c", of(3), keep);
    const auto d = step("d", of(5), drop);
    paipa::report apart;
    paipa::report fused;
    const auto expected = through<int>(a | b | c | d, 100, &apart);
    paipa::pipeline p{fuse(a, b, c, d), quiet};
    p.put_iterable(std::views::iota(0, 100));
    EXPECT_EQ(items_of(p.results()), expected);
    fused = p.report();
    EXPECT_TRUE(fused.balanced()) << fused;
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(fused.steps[i].received, apart.steps[i].received);
        EXPECT_EQ(fused.steps[i].finished, apart.steps[i].finished);
        EXPECT_EQ(fused.steps[i].dropped, apart.steps[i].dropped);
        EXPECT_EQ(fused.steps[i].dead, apart.steps[i].dead);
        EXPECT_EQ(fused.steps[i].emitted, apart.steps[i].emitted);
    }
    ASSERT_EQ(p.dead_letters().size(), fused.dead());
    const paipa::dead_letter letter = p.dead_letters().front();
    EXPECT_EQ(letter.step, "c");
    ASSERT_NE(letter.item_as<int>(), nullptr);
    EXPECT_EQ(*letter.item_as<int>() % 3, 0);
    EXPECT_EQ(letter.reason(), std::to_string(*letter.item_as<int>()));
}

TEST(fuse, lets_no_output_of_a_failed_generator_out) {
    const auto fails_behind_its_output = [](int x) -> paipa::generator<int> {
        co_yield x;
        if (x % 2 == 0) {
            throw std::runtime_error("even");
        }
    };
    const paipa::step_options drop{.on_failure = paipa::failure_action::drop};
    const auto bad = step("bad", fails_behind_its_output, drop);
    const std::vector<int> odd{1, 3, 5, 7, 9};
    EXPECT_EQ(through<int>(fuse(step("a", failing([](int) { return false; })), bad), 10), odd);
    EXPECT_EQ(through<int>(fuse(bad, step("b", failing([](int) { return false; }))), 10), odd);
}

TEST(fuse, ends_though_a_step_makes_outputs_without_end) {
    const auto endless = [](int x) -> paipa::generator<int> {
        for (;;) {
            co_yield x;
        }
    };
    const auto none = failing([](int) { return false; });
    const auto left_early = [](const auto& flow) {
        paipa::pipeline p{flow, quiet};
        p.put_iterable({1});
        EXPECT_EQ(*p.results().begin(), 1);
        p.cancel();
        p.stop();
        EXPECT_TRUE(p.report().balanced()) << p.report();
    };
    left_early(fuse(step("a", endless), step("b", none)));
    left_early(fuse(step("a", none), step("b", endless)));
    left_early(fuse(step("a", none), step("b", endless), step("c", none)));
}

TEST(fuse, retries_its_first_step) {
    std::map<int, int> tries;
    const auto second_time = [&](const int& x) {
        return ++tries[x] == 1 ? throw std::runtime_error("again") : x;
    };
    paipa::report r;
    EXPECT_EQ(through<int>(fuse(step("a", second_time, {.retry = {.attempts = 2}, .ordered = true}),
                                step("b", plus_one)),
                           10, &r),
              items_of(std::views::iota(1, 11)));
    EXPECT_EQ(row(r, "a").retries, 10U);
    EXPECT_EQ(row(r, "b").finished, 10U);
}

TEST(fuse, keeps_the_order_of_an_ordered_first_step) {
    const auto flow = fuse(step("a", plus_one, {.threads = 4, .ordered = true}), step("b", twice),
                           step("c", even_only));
    EXPECT_EQ(through<int>(flow, 2'000),
              through<int>(step("a", plus_one) | step("b", twice) | step("c", even_only), 2'000));
}

TEST(fuse, moves_items_that_can_only_be_moved) {
    using box = std::unique_ptr<int>;
    const auto flow = fuse(step("a", [](int x) { return std::make_unique<int>(x); }),
                           step("b", [](box b) { return b; }), step("c", [](box b) { return *b; }));
    EXPECT_EQ(through<int>(flow, 5), items_of(std::views::iota(0, 5)));
}

TEST(fuse, takes_items_whose_move_may_throw) {
    struct heavy {
        explicit heavy(int v) : value(v) {}

        heavy(const heavy&) = default;

        heavy(heavy&& other) noexcept(false) : value(other.value) {}

        heavy& operator=(const heavy&) = default;
        ~heavy() = default;

        int value;
    };

    const auto flow =
        fuse(step("a", [](int x) { return heavy(x); }), step("b", [](heavy h) { return h; }),
             step("c", [](const heavy& h) { return h.value; }));
    EXPECT_EQ(through<int>(flow, 5), items_of(std::views::iota(0, 5)));
}

TEST(fuse, lets_meta_entries_pass_as_barriers) {
    std::vector<int> seen;
    std::size_t seen_at_entry = 0;

    struct noting_entry final : paipa::abstract_step<int, void> {
        noting_entry(std::vector<int>* s, std::size_t* e) : seen(s), at_entry(e) {}

        void process(int x) override { seen->push_back(x); }

        std::any process_meta(std::any m) override {
            *at_entry = seen->size();
            return m;
        }

        std::vector<int>* seen;
        std::size_t* at_entry;
    };

    paipa::pipeline p{fuse(step("a", plus_one, {.threads = 4}), step("b", plus_one)) |
                          step<noting_entry>("c", {}, &seen, &seen_at_entry),
                      quiet};
    p.put_all(items_of(std::views::iota(0, 100)));
    p.put_meta(1);
    p.put_all(items_of(std::views::iota(0, 50)));
    p.finish();
    p.run();
    EXPECT_EQ(seen_at_entry, 100U);
    EXPECT_EQ(seen.size(), 150U);
}

TEST(fuse, tells_a_tracker_of_each_step) {
    struct counting_items final : paipa::tracker {
        void item_started(std::string_view name, std::size_t) override {
            const std::lock_guard lock(mutex);
            ++started[std::string(name)];
        }

        void item_ended(std::string_view name, std::size_t, paipa::item_outcome) override {
            const std::lock_guard lock(mutex);
            ++ended[std::string(name)];
        }

        std::mutex mutex;  // guards the rest
        std::map<std::string, int> started;
        std::map<std::string, int> ended;
    };

    const auto watch = std::make_shared<counting_items>();
    paipa::pipeline<int> p{fuse(step("a", plus_one), step("b", even_only),
                                step("c", failing([](int x) { return x == 4; }),
                                     {.on_failure = paipa::failure_action::drop})),
                           {.quiet = true, .tracker = watch}};
    p.put_iterable(std::views::iota(0, 10));
    p.run();
    EXPECT_EQ(watch->started, (std::map<std::string, int>{{"a", 10}, {"b", 10}, {"c", 5}}));
    EXPECT_EQ(watch->ended, watch->started);
}

TEST(fuse, is_taken_apart_in_a_chain) {
    const auto flow = fuse(step("a", plus_one), step("b", even_only)) | step("c", twice) |
                      fuse(step("d", as_text));
    auto chain = paipa::combine(std::views::iota(0, 10), flow);
    EXPECT_EQ(items_of(chain), through<std::string>(flow, 10));
    ASSERT_EQ(chain.report().steps.size(), 4U);
    EXPECT_EQ(chain.report().steps[1].name, "b");
    EXPECT_EQ(chain.report().steps[1].skipped, 5U);
}

TEST(fuse, refuses_what_needs_an_edge) {
    const auto a = step("a", plus_one, {.threads = 2});
    const auto with = [&](paipa::step_options o) {
        return refusal<paipa::config_error>([&] { (void)fuse(a, step("b", plus_one, o)); });
    };
    EXPECT_EQ(with({.threads = 3}),
              "paipa::fuse: step 'b': threads: expected those of 'a', 2, got 3");
    EXPECT_EQ(with({.capacity = 7}),
              "paipa::fuse: step 'b': capacity: expected none, because it has no edge in front of "
              "it, got 7");
    EXPECT_EQ(with({.retry = {.attempts = 2}}),
              "paipa::fuse: step 'b': retry.attempts: expected 1, because it has no edge in front "
              "of it, got 2");
    EXPECT_EQ(with({.ordered = true}),
              "paipa::fuse: step 'b': ordered: expected it at the first step, 'a', got it here "
              "alone");
    EXPECT_EQ(with({.threads = 2}), "nothing was thrown");
}

TEST(fuse, refuses_names_given_twice) {
    const auto a = step("a", plus_one);
    EXPECT_THROW((void)fuse(a, a), paipa::config_error);
    EXPECT_THROW((void)(fuse(step("b", plus_one), a) | a), paipa::config_error);
}

TEST(fuse, refuses_dead_letters_of_what_it_cannot_keep) {
    using box = std::unique_ptr<int>;
    const auto flow =
        fuse(step("a", [](int x) { return std::make_unique<int>(x); }),
             step("b", [](box b) { return *b; }, {.on_failure = paipa::failure_action::drop}),
             step("c", plus_one));
    EXPECT_EQ(through<int>(flow, 3), items_of(std::views::iota(1, 4)));
    const paipa::pipeline_options keeps{.quiet = true,
                                        .on_failure = paipa::failure_action::dead_letter};
    const auto bad = fuse(step("a", [](int x) { return std::make_unique<int>(x); }),
                          step("b", [](box b) { return *b; }));
    EXPECT_THROW((paipa::pipeline{bad, keeps}), paipa::config_error);
}

}  // namespace
