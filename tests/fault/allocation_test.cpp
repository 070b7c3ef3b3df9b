#include <paipa/paipa.hpp>

#include "run.hpp"
#include "shortage.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Every allocation of building, feeding and running a pipeline fails in turn.

namespace fault {
namespace {

using item = cargo<false>;

/// What a run shows once memory is there again.
struct aftermath {
    bool threw = false;
    bool ended = true;
    bool one_to_one = false;  // each step makes one item of one
    std::optional<paipa::report> books{};
};

constexpr long half = 6;

/// What a call is refused is the caller's affair: the run goes on without it.
template <class F>
void try_to(aftermath& seen, F f) {
    try {
        f();
    } catch (const std::bad_alloc&) {
        seen.threw = true;
    } catch (const paipa::closed_error&) {
        seen.threw = true;  // the run had failed before
    }
}

/// Memory is there again: what has not begun runs, what has begun comes to its end.
template <class Pipeline>
void end(Pipeline& p, aftermath& seen) {
    shortage::end();
    if (p.report().state == paipa::run_state::ready) {
        p.finish();
        p.run();
    } else {
        try_to(seen, [&] { p.stop(); });
    }
    seen.ended = !p.alive();
    seen.books = p.report();
}

template <class Pipeline, class Put>
void fill(Pipeline& p, Put put) {
    for (long i = 0; i < half; ++i) {
        put(item(i));
    }
    p.put_meta(1);
    for (long i = half; i < 2 * half; ++i) {
        put(item(i));
    }
}

template <class Pipeline>
void run_as_told(Pipeline& p, mode how) {
    if (how == mode::background) {
        p.start();
    }
    fill(p, [&](item i) { p.put(std::move(i)); });
    p.finish();
    if constexpr (requires { p.results(); }) {
        for (auto&& i : p.results()) {
            EXPECT_GE(i.value(), 0);
        }
    } else if (how == mode::run) {
        p.run();
    } else {
        p.stop();
    }
}

paipa::pipeline_options short_edges() {
    return {.name = "a name that needs memory", .quiet = true, .capacity = 2};
}

/// Builds, feeds, runs.
template <class Flow>
void run(const Flow& flow, aftermath& seen, mode how = mode::run) {
    if (how == mode::input_queue) {
        const auto queue = std::make_shared<paipa::queue<item>>(16);
        paipa::pipeline<item> p{flow, queue, short_edges()};
        try_to(seen, [&] {
            p.start();
            fill(p, [&](item i) { queue->push(std::move(i)); });
            p.stop();
        });
        end(p, seen);
    } else if (how == mode::results) {
        paipa::pipeline<item, item> p{flow, short_edges()};
        try_to(seen, [&] { run_as_told(p, how); });
        end(p, seen);
    } else {
        paipa::pipeline<item> p{flow, short_edges()};
        try_to(seen, [&] { run_as_told(p, how); });
        end(p, seen);
    }
}

/// In the background, fed by a range and a queue, with results.
template <class Flow>
void stream(const Flow& flow, aftermath& seen) {
    auto queue = std::make_shared<paipa::queue<item>>(16);
    paipa::pipeline<item, item> p{flow, queue, {.quiet = true, .capacity = 2}};
    try_to(seen, [&] {
        p.put_iterable([] { return std::vector<item>(3, item(1)); });
        p.start();
        for (long i = 0; i < 12; ++i) {
            queue->push(item(i));
        }
        queue->close();
        for (auto&& i : p.results()) {
            EXPECT_GE(i.value(), 0);
        }
    });
    queue->close();
    end(p, seen);
}

/// What must hold however the memory ran out.
void expect_whole(const aftermath& seen, const std::string& when) {
    ASSERT_EQ(item::live, 0) << when;
    ASSERT_TRUE(seen.ended) << when;
    if (!seen.books) {
        return;
    }
    const paipa::report& r = *seen.books;
    ASSERT_TRUE(r.balanced()) << when << "\n" << r;
    ASSERT_TRUE(seen.threw || r.failure_count == 0) << when << "\n" << r;
    for (std::size_t i = 0; i < r.steps.size(); ++i) {
        ASSERT_EQ(r.steps[i].inside, 0U) << when << "\n" << r;
        ASSERT_EQ(r.steps[i].received, r.edges[i].popped) << when << "\n" << r;
        if (i + 1 < r.edges.size()) {
            ASSERT_EQ(r.steps[i].emitted, r.edges[i + 1].pushed) << when << "\n" << r;
        }
    }
    for (const auto& edge : r.edges) {
        ASSERT_EQ(edge.queued, 0U) << when << "\n" << r;
    }
    if (seen.one_to_one) {
        const bool read = r.edges.size() > r.steps.size();
        const std::uint64_t arrived = read ? r.edges.back().popped : r.delivered;
        ASSERT_EQ(r.edges[0].pushed, arrived + r.abandoned()) << when << "\n" << r;
    }
}

/// Sweeps `body` over the first allocation that fails, until a run needs fewer.
template <class F>
void sweep(F body) {
    if (!shortage::is_possible()) {
        GTEST_SKIP() << "no allocation can be made to fail here";
    }
    paipa::set_log_hook([](paipa::log_level, std::string_view) {});
    for (const long length : {1L, 3L, 40L}) {
        long nth = 1;
        for (bool felt = true; felt; ++nth) {
            aftermath seen;
            {
                const shortage now(nth, length);
                try {
                    body(seen);
                } catch (const std::bad_alloc&) {
                    seen.threw = true;
                }
                felt = shortage::was_felt();
            }
            expect_whole(
                seen, "allocation " + std::to_string(nth) + ", length " + std::to_string(length));
            if (testing::Test::HasFatalFailure()) {
                return;
            }
        }
        EXPECT_GT(nth, 50);
    }
    paipa::set_log_hook({});
}

item pass(item i) {
    return i;
}

item odd_ones_fail(const item& i) {
    return i.value() % 2 == 1 ? throw i.value() : item(i.value());
}

paipa::generator<item> twice(item i) {
    co_yield item(i.value());
    co_yield std::move(i);
}

paipa::generator<item> pull(paipa::generator<item> in) {
    for (auto&& i : in) {
        co_yield std::move(i);
    }
}

/// Emits every item, and asks for it once more.
class asking_again final : public paipa::abstract_step<item, item, void> {
public:
    void process(item i) override {
        const long value = i.value();
        emit(item(value));
        if (value < 100) {
            self().requeue(item(value + 100));
        }
    }
};

/// Passes each item once, and notes when one comes twice.
class at_most_once {
public:
    explicit at_most_once(std::atomic<bool>* seen_twice) : twice_(seen_twice) {}

    item operator()(item i) const {
        const auto bit = std::uint64_t{1} << static_cast<unsigned>(i.value());
        if ((seen_->fetch_or(bit) & bit) != 0) {
            *twice_ = true;
        }
        return i;
    }

private:
    std::atomic<bool>* twice_;
    std::shared_ptr<std::atomic<std::uint64_t>> seen_ =
        std::make_shared<std::atomic<std::uint64_t>>(0);
};

/// The item and one that no input is.
paipa::generator<item> and_its_double(const item& i) {
    const long value = i.value();
    co_yield item(value);
    co_yield item(value + 2 * half);
}

paipa::step_options three() {
    return {.threads = 3};
}

TEST(allocation, may_fail_on_hand_over_however_it_runs) {
    if (!shortage::is_possible()) {
        GTEST_SKIP() << "no allocation can be made to fail here";
    }
    for (const mode how : modes) {
        for (const std::size_t threads : {1U, 3U}) {
            std::set<std::string> failed_at;
            // The step itself needs no memory: where it failed, it was on handing its output over.
            // Which allocation that is depends on the threads: a sweep may pass over it.
            const auto on_hand_over = [&] {
                return failed_at.contains("process") || failed_at.contains("hand-over");
            };
            for (int sweeps = 0; sweeps < 20 && !on_hand_over(); ++sweeps) {
                sweep([&](aftermath& seen) {
                    const paipa::step_options o{.threads = threads};
                    seen.one_to_one = true;
                    run(paipa::step("a", pass, o) | paipa::step("b", pass, o), seen, how);
                    for (const paipa::failure& f : seen.books->failures) {
                        failed_at.insert(f.where);
                    }
                });
                if (HasFatalFailure()) {
                    return;
                }
            }
            EXPECT_TRUE(on_hand_over()) << testing::PrintToString(failed_at);
        }
    }
}

TEST(allocation, may_fail_in_function_steps) {
    sweep([](aftermath& seen) {
        run(paipa::step("a", pass, three()) | paipa::step("b", pass, three()), seen);
    });
}

TEST(allocation, may_fail_in_class_steps) {
    sweep([](aftermath& seen) {
        world w(place::nowhere, 0, 0);
        run(paipa::step<probe<item>>("a", three(), &w, std::size_t{0}) |
                paipa::step<probe<item>>("b", {}, &w, std::size_t{1}),
            seen);
        for (const hooks& h : w.steps) {
            ASSERT_EQ(h.thread_initialized, h.thread_shut);
            ASSERT_EQ(h.step_initialized, h.step_shut);
            ASSERT_EQ(h.out_of_order, 0);
        }
    });
}

TEST(allocation, may_fail_in_generator_and_iter_steps) {
    sweep([](aftermath& seen) {
        run(paipa::step("a", twice, three()) | paipa::iter_step("b", pull), seen);
    });
}

TEST(allocation, may_fail_in_stock_steps) {
    sweep([](aftermath& seen) {
        run(paipa::chunk(4) | paipa::flatten() |
                paipa::filter([](const item& i) { return i.value() % 3 != 0; }),
            seen);
    });
}

TEST(allocation, may_fail_in_retries_and_dead_letters) {
    sweep([](aftermath& seen) {
        run(paipa::step("a", odd_ones_fail,
                        {.threads = 3,
                         .retry = {.attempts = 3},
                         .on_failure = paipa::failure_action::dead_letter}),
            seen);
    });
}

TEST(allocation, may_fail_where_failed_items_are_dropped) {
    sweep([](aftermath& seen) {
        run(paipa::step("a", odd_ones_fail,
                        {.threads = 3, .on_failure = paipa::failure_action::drop}) |
                paipa::step("b", pass),
            seen);
    });
}

TEST(allocation, may_fail_in_ordered_steps) {
    sweep([](aftermath& seen) {
        run(paipa::step("a", twice, {.threads = 3, .ordered = true}) | paipa::step("b", pass),
            seen);
    });
}

/// What waits for its turn and never leaves is abandoned: no item is both delivered and lost, and
/// none is neither.
TEST(allocation, may_fail_in_ordered_steps_however_they_run) {
    for (const mode how : modes) {
        for (const bool retries : {false, true}) {
            const paipa::step_options o{
                .threads = 3, .retry = {.attempts = retries ? 2U : 1U}, .ordered = true};
            sweep([&](aftermath& seen) {
                seen.one_to_one = true;
                run(paipa::step("a", pass, o) | paipa::step("b", pass, o), seen, how);
            });
        }
    }
}

TEST(allocation, may_fail_in_steps_that_requeue_and_emit) {
    for (const unsigned attempts : {1U, 3U}) {
        const paipa::step_options o{.threads = 3,
                                    .retry = {.attempts = attempts},
                                    .on_failure = paipa::failure_action::drop};
        sweep([&](aftermath& seen) {
            run(paipa::step<asking_again>("a", o) | paipa::step("b", pass), seen);
        });
    }
}

TEST(allocation, may_fail_without_a_second_try_of_what_has_left) {
    sweep([](aftermath& seen) {
        std::atomic<bool> twice = false;
        run(paipa::step("a", and_its_double, {.threads = 3, .retry = {.attempts = 3}}) |
                paipa::step("b", at_most_once(&twice)),
            seen);
        ASSERT_FALSE(twice);
    });
}

TEST(allocation, may_fail_in_sources_queues_and_results) {
    sweep([](aftermath& seen) { stream(paipa::step("a", pass, three()), seen); });
}

}  // namespace
}  // namespace fault
