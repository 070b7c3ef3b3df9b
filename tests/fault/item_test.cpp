#include <paipa/paipa.hpp>

#include "../number_in.hpp"
#include "run.hpp"
#include "watchers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

// Items that throw when they are moved or copied, and watchers that throw.

namespace fault {
namespace {

template <class Item>
auto functions(world*, const cell& c) {
    const auto pass = [](Item i) { return i; };
    return paipa::step("first", pass, {.threads = c.threads}) |
           paipa::step("last", pass, {.threads = c.threads});
}

/// PAIPA_STRIDE=<n>: only every nth move or copy throws.
const std::size_t stride = number_in("PAIPA_STRIDE", 1);

/// Lets each move or copy throw in turn, until a run needs fewer. Returns how often the run failed,
/// or the push, as far as was tried.
template <class Item>
int sweep(cell c, std::uint64_t seed) {
    int failed = 0;
    c.nth = 1 + seed % stride;
    for (bool reached = true; reached; c.nth += stride) {
        std::atomic<bool> blown = false;
        const outcome o = run_cell<Item>(
            c, [&](world* w, const cell& which) { return functions<Item>(w, which); }, seed,
            &blown);
        EXPECT_EQ(o.complaints, "");
        failed += o.failed || o.refused ? 1 : 0;
        reached = blown;
    }
    return failed;
}

TEST(items, a_move_that_throws_fails_the_run_once) {
    for (const mode how : modes) {
        for (const std::size_t threads : {1U, 3U}) {
            for (std::uint64_t seed = 0; seed <= 1; ++seed) {
                cell c{.where = place::move,
                       .how = how,
                       .threads = threads,
                       .from_range = how != mode::input_queue};
                EXPECT_GT(static_cast<int>(stride) * sweep<cargo<true>>(c, seed),
                          3 * items_of_a_run);
                c.on_failure = paipa::failure_action::drop;
                sweep<cargo<true>>(c, seed);
            }
        }
    }
}

TEST(items, a_copy_that_throws_is_a_failed_attempt) {
    for (const mode how : modes) {
        for (const std::size_t threads : {1U, 3U}) {
            for (std::uint64_t seed = 0; seed <= 2; ++seed) {
                const cell c{.where = place::copy, .how = how, .threads = threads, .attempts = 3};
                EXPECT_EQ(sweep<cargo<false>>(c, seed), 0);
            }
        }
    }
}

TEST(items, a_copy_that_throws_for_a_dead_letter_makes_one) {
    for (std::uint64_t seed = 0; seed <= 4; ++seed) {
        const cell c{.where = place::copy,
                     .threads = 3,
                     .nth = 7,
                     .on_failure = paipa::failure_action::dead_letter};
        std::atomic<bool> blown = false;
        const outcome o = run_cell<cargo<false>>(c, functions<cargo<false>>, seed, &blown);
        EXPECT_EQ(o.complaints, "");
        EXPECT_TRUE(blown);
        EXPECT_EQ(o.books.dead(), 1U);
    }
}

TEST(watchers, a_tracker_that_throws_changes_nothing) {
    const quiet_log log;
    const auto watch = std::make_shared<throwing_tracker>();
    {
        paipa::pipeline<int> p{paipa::step("x", [](int x) { return x; }, {.threads = 3}),
                               {.quiet = true, .tracker = watch}};
        p.put_all({1, 2, 3, 4, 5});
        p.finish();
        EXPECT_EQ(p.run().state, paipa::run_state::finished);
        EXPECT_EQ(p.count(), 5U);
    }
    EXPECT_EQ(watch->open, 0);
    EXPECT_EQ(watch->calls, 2 * (1 + 3 + 5));
    EXPECT_EQ(log.size(), static_cast<std::size_t>(watch->calls));
}

TEST(watchers, a_tracker_sees_pairs_when_the_run_fails) {
    const quiet_log log;
    const auto watch = std::make_shared<throwing_tracker>();
    {
        paipa::pipeline<int> p{paipa::step("x", [](int x) { return x == 3 ? throw x : x; },
                                           {.threads = 3, .retry = {.attempts = 2}}),
                               {.quiet = true, .tracker = watch}};
        p.put_all({1, 2, 3, 4, 5});
        p.finish();
        EXPECT_THROW(p.run(), int);
    }
    EXPECT_EQ(watch->open, 0);
}

TEST(watchers, a_callback_that_throws_does_not_hide_the_failure) {
    const quiet_log log;
    int calls = 0;
    paipa::pipeline<int> p{paipa::step("x", [](int x) { throw x; }),
                           {.quiet = true, .fail_callback = [&](const paipa::failure&) {
                                ++calls;
                                throw std::runtime_error("callback");
                            }}};
    p.put(7);
    p.finish();
    EXPECT_THROW(p.run(), int);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(log.size(), 1U);
    EXPECT_TRUE(p.report().balanced());
}

TEST(watchers, a_dead_letter_callback_that_throws_fails_the_run) {
    paipa::pipeline<int> p{paipa::step("x", [](const int& x) { throw x; }),
                           {.quiet = true,
                            .on_failure = paipa::failure_action::dead_letter,
                            .dead_letter_callback = [](const paipa::dead_letter&) {
                                throw std::runtime_error("callback");
                            }}};
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_THROW(p.run(), std::runtime_error);
    EXPECT_TRUE(p.report().balanced()) << p.report();
}

struct unspeakable final : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};

struct worse {
    worse() = default;

    worse(const worse&) { throw 1; }
};

TEST(watchers, what_cannot_be_told_still_arrives) {
    const auto run = [](auto thrower) {
        paipa::pipeline<int> p{paipa::step("x", thrower), {.quiet = true}};
        p.put(1);
        p.finish();
        p.run();
    };
    EXPECT_THROW(run([](int) { throw unspeakable(); }), unspeakable);
    EXPECT_THROW(run([](int) { throw worse(); }), worse);
    EXPECT_THROW(run([](int) { throw std::string("text"); }), std::string);
    EXPECT_THROW(run([](int) { throw nullptr; }), std::nullptr_t);
}

}  // namespace
}  // namespace fault
