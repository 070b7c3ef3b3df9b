#include <paipa/paipa.hpp>

#include "../number_in.hpp"
#include "run.hpp"
#include "watchers.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>

// Where it throws x how it runs x threads x position: on threads, and in simulated schedules, of
// which PAIPA_SCHEDULES=<n> says how many (8).

namespace fault {
namespace {

using item = cargo<false>;

const std::uint64_t schedules = number_in("PAIPA_SCHEDULES", 8);

auto function(world* w, std::size_t position) {
    return [w, position](item i) {
        w->what.pass(place::process, position);
        return i;
    };
}

struct pulling {
    world* w;
    std::size_t position;

    paipa::generator<item> operator()(paipa::generator<item> in) const {
        return pull(std::move(in), w, position);
    }

    static paipa::generator<item> pull(paipa::generator<item> in, world* w, std::size_t position) {
        w->what.pass(place::iter_before, position);
        for (auto&& i : in) {
            w->what.pass(place::iter_after, position);
            co_yield std::move(i);
        }
    }
};

paipa::step_options with(const cell& c) {
    return {.threads = c.threads, .ordered = c.ordered};
}

auto classes(world* w, const cell& c) {
    return paipa::step<probe<item>>("first", with(c), w, std::size_t{0}) |
           paipa::step<probe<item>>("middle", with(c), w, std::size_t{1}) |
           paipa::step<probe<item>>("last", with(c), w, std::size_t{2});
}

auto functions(world* w, const cell& c) {
    return paipa::step("first", function(w, 0), with(c)) |
           paipa::step<probe<item>>("second", with(c), w, std::size_t{1}) |
           paipa::step("middle", function(w, 2), with(c)) |
           paipa::step<probe<item>>("fourth", with(c), w, std::size_t{3}) |
           paipa::step("last", function(w, 4), with(c));
}

auto ranges(world* w, const cell& c) {
    return paipa::iter_step("first", pulling{w, 0}, with(c)) |
           paipa::step<probe<item>>("second", with(c), w, std::size_t{1}) |
           paipa::iter_step("middle", pulling{w, 2}, with(c)) |
           paipa::step<probe<item>>("fourth", with(c), w, std::size_t{3}) |
           paipa::iter_step("last", pulling{w, 4}, with(c));
}

/// What the runs of one place did together.
struct tally {
    std::size_t failed = 0;
    std::size_t tracker_calls = 0;
};

/// All modes and numbers of threads of one place, on threads and in simulated schedules.
template <class Make>
tally sweep(cell c, Make make, bool must_fail = true) {
    tally all;
    for (const mode how : modes) {
        for (const std::size_t threads : {1U, 3U}) {
            c.how = how;
            c.threads = threads;
            for (std::uint64_t seed = 0; seed <= schedules; ++seed) {
                const outcome o = run_cell<item>(c, make, seed);
                EXPECT_EQ(o.complaints, "");
                EXPECT_TRUE(o.failed || !must_fail) << c.text() << ": the plan was not reached";
                all.failed += o.failed ? 1U : 0U;
                all.tracker_calls += static_cast<std::size_t>(o.tracker_calls);
            }
        }
    }
    return all;
}

class hook : public testing::TestWithParam<place> {};

TEST_P(hook, fails_the_run_once) {
    for (const std::size_t position : {0U, 1U, 2U}) {
        sweep({.where = GetParam(), .position = position}, classes);
    }
}

INSTANTIATE_TEST_SUITE_P(of_a_class_step, hook,
                         testing::Values(place::process, place::constructor, place::step_initialize,
                                         place::initialize, place::thread_initialize,
                                         place::thread_shutdown, place::step_shutdown,
                                         place::process_meta));

TEST(matrix, a_run_without_a_fault_has_no_complaints) {
    sweep({}, classes, false);
    sweep({}, functions, false);
    sweep({}, ranges, false);
    sweep({.from_range = true}, classes, false);
}

TEST(matrix, a_hook_that_throws_in_the_last_worker_fails_the_run_once) {
    for (const place where : {place::constructor, place::initialize, place::thread_initialize,
                              place::thread_shutdown}) {
        for (const std::size_t position : {0U, 1U, 2U}) {
            for (const mode how : modes) {
                for (std::uint64_t seed = 0; seed <= schedules; ++seed) {
                    const cell c{
                        .where = where, .position = position, .how = how, .threads = 3, .nth = 3};
                    EXPECT_EQ(run_cell<item>(c, classes, seed).complaints, "");
                }
            }
        }
    }
}

TEST(matrix, an_idle_hook_that_throws_fails_the_run_once) {
    for (const std::size_t position : {0U, 1U, 2U}) {
        sweep({.where = place::in_queue_empty, .position = position, .from_range = true}, classes);
    }
}

TEST(matrix, a_process_that_throws_later_fails_the_run_once) {
    for (const std::size_t position : {0U, 1U, 2U}) {
        sweep({.where = place::process, .position = position, .nth = 9}, classes);
        sweep({.where = place::process, .position = position, .nth = items_of_a_run}, classes);
    }
}

TEST(matrix, a_function_step_that_throws_fails_the_run_once) {
    for (const std::size_t position : {0U, 2U, 4U}) {
        for (const std::size_t nth : {1U, 9U, 24U}) {
            sweep({.where = place::process, .position = position, .nth = nth}, functions);
        }
    }
}

TEST(matrix, an_ordered_step_that_throws_fails_the_run_once) {
    for (const std::size_t position : {0U, 2U, 4U}) {
        for (const std::size_t nth : {1U, 9U, 24U}) {
            sweep({.where = place::process, .position = position, .nth = nth, .ordered = true},
                  functions);
        }
    }
}

TEST(matrix, an_iter_step_that_throws_before_its_first_item_fails_the_run_once) {
    for (const std::size_t position : {0U, 2U, 4U}) {
        sweep({.where = place::iter_before, .position = position}, ranges);
    }
}

TEST(matrix, an_iter_step_that_throws_after_an_item_fails_the_run_once) {
    for (const std::size_t position : {0U, 2U, 4U}) {
        for (const std::size_t nth : {1U, 9U, 24U}) {
            sweep({.where = place::iter_after, .position = position, .nth = nth}, ranges);
        }
    }
}

TEST(matrix, a_source_that_throws_fails_the_run_once) {
    for (const place where : {place::source_begin, place::source_first, place::source_later}) {
        sweep({.where = where, .from_range = true}, classes);
    }
}

TEST(matrix, a_tracker_that_throws_is_logged_and_changes_nothing) {
    for (const bool from_range : {false, true}) {
        const quiet_log log;
        const tally all =
            sweep({.from_range = from_range, .tracker_throws = true}, functions, false);
        EXPECT_EQ(all.failed, 0U);
        EXPECT_EQ(log.size(), all.tracker_calls);
    }
}

TEST(matrix, a_tracker_that_throws_hides_no_failure) {
    for (const place where : {place::step_initialize, place::thread_initialize, place::process,
                              place::thread_shutdown, place::step_shutdown}) {
        const quiet_log log;
        const tally all = sweep({.where = where, .position = 1, .tracker_throws = true}, functions);
        EXPECT_EQ(log.size(), all.tracker_calls);
    }
}

TEST(matrix, a_callback_that_throws_is_logged_once_and_hides_no_failure) {
    for (const place where : {place::source_later, place::step_initialize, place::process,
                              place::thread_shutdown, place::step_shutdown}) {
        const quiet_log log;
        const bool source = where == place::source_later;
        const tally all = sweep({.where = where,
                                 .position = source ? 0U : 1U,
                                 .from_range = source,
                                 .callback_throws = true},
                                functions);
        EXPECT_EQ(log.size(), all.failed);
    }
}

}  // namespace
}  // namespace fault
