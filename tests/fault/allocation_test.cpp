#include <paipa/paipa.hpp>

#include "shortage.hpp"
#include "steps.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
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
    std::optional<paipa::report> books{};
};

void fill(paipa::pipeline<item>& p) {
    for (long i = 0; i < 6; ++i) {
        p.put(item(i));
    }
    p.put_meta(1);
    for (long i = 6; i < 12; ++i) {
        p.put(item(i));
    }
    p.finish();
}

/// Builds, feeds, runs; a put that failed is the caller's affair, so the run goes on.
template <class Flow>
void run(const Flow& flow, aftermath& seen) {
    paipa::pipeline<item> p{flow,
                            {.name = "a name that needs memory", .quiet = true, .capacity = 2}};
    try {
        fill(p);
        p.run();
    } catch (const std::bad_alloc&) {
        seen.threw = true;
    }
    shortage::end();
    if (p.report().state == paipa::run_state::ready) {
        p.finish();
        p.run();
    }
    seen.ended = !p.alive();
    seen.books = p.report();
}

/// In the background, fed by a range and a queue, with results.
template <class Flow>
void stream(const Flow& flow, aftermath& seen) {
    auto queue = std::make_shared<paipa::queue<item>>(16);
    paipa::pipeline<item, item> p{flow, queue, {.quiet = true, .capacity = 2}};
    try {
        p.put_iterable([] { return std::vector<item>(3, item(1)); });
        p.start();
        for (long i = 0; i < 12; ++i) {
            queue->push(item(i));
        }
        queue->close();
        for (auto&& i : p.results()) {
            EXPECT_GE(i.value(), 0);
        }
    } catch (const std::bad_alloc&) {
        seen.threw = true;
    } catch (const paipa::closed_error&) {
        seen.threw = true;  // the run had failed before
    }
    shortage::end();
    queue->close();
    if (p.report().state != paipa::run_state::ready) {
        try {
            p.stop();
        } catch (const std::bad_alloc&) {
            seen.threw = true;
        }
    }
    seen.ended = !p.alive();
    seen.books = p.report();
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
            ASSERT_EQ(item::live, 0) << "allocation " << nth << ", length " << length;
            ASSERT_TRUE(seen.ended) << "allocation " << nth << ", length " << length;
            if (seen.books) {
                ASSERT_TRUE(seen.books->balanced())
                    << "allocation " << nth << ", length " << length << "\n"
                    << *seen.books;
                for (const auto& step : seen.books->steps) {
                    ASSERT_EQ(step.inside, 0U) << *seen.books;
                }
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

paipa::step_options three() {
    return {.threads = 3};
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

TEST(allocation, may_fail_in_sources_queues_and_results) {
    sweep([](aftermath& seen) { stream(paipa::step("a", pass, three()), seen); });
}

}  // namespace
}  // namespace fault
