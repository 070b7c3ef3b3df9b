#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>

#include "../number_in.hpp"
#include "../ticket_book.hpp"
#include "shape.hpp"
#include "shape_check.hpp"
#include "shape_run.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

// Runs with forks and merges against a sequential model, in the simulation and on threads.
// PAIPA_SEED=<n> runs that shape alone; PAIPA_SHAPES=<n> says how many shapes each test has.

namespace model {
namespace {

/// Runs a shape, and returns what is wrong whatever happens. Random shapes have tickets, and every
/// second diamond. Few places make the items wait for each other.
std::string run_and_check(const shape& s, paipa::runtime& rt, std::uint64_t seed, shape_end& end) {
    if (s.is_diamond && seed % 2 == 0) {
        end = run_shape(s, rt);
        return check_books(s, end);
    }
    ticket_book book(rt, std::size_t{1} << (seed / 2 % 8));
    end = run_shape(s, rt, &book);
    end.book = nullptr;  // it ends here
    const std::string wrong = check_books(s, end);
    return wrong.empty() ? check_tickets(s, end, book) : wrong;
}

/// Runs the shape of each seed. `check` says what is wrong with its end.
template <class Make, class Check>
void for_seeds(unsigned usual, Make make, Check check) {
    constexpr std::uint64_t none = ~std::uint64_t{0};
    const std::uint64_t alone = number_in("PAIPA_SEED", none);
    const std::uint64_t first = alone == none ? 0 : alone;
    const std::uint64_t seeds = alone == none ? number_in("PAIPA_SHAPES", usual) : 1;
    for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
        const shape s = make(static_cast<unsigned>(seed));
        std::string wrong;
        shape_end end;
        try {
            paipa::testing::simulation sim(seed);
            sim.run([&] { wrong = run_and_check(s, sim, seed, end); });
            wrong = wrong.empty() ? check(s, end) : wrong;
        } catch (const std::exception& e) {
            wrong = e.what();
        }
        ASSERT_EQ(wrong, "") << "seed " << seed << ", " << s.text() << end.books.text();
    }
}

const auto finishes = [](const shape& s, const shape_end& end) -> std::string {
    return end.failed ? "it failed" : check_all(s, end);
};

const auto fails_or_finishes = [](const shape& s, const shape_end& end) -> std::string {
    return end.failed ? "" : check_all(s, end);
};

const auto ends_without_a_failure = [](const shape& /*s*/, const shape_end& end) -> std::string {
    return end.failed ? "it failed" : "";
};

/// A branch that ends early disturbs the other one neither in its items nor in its state.
std::string keeps_the_other_branch(const shape& s, const shape_end& end) {
    if (end.failed || end.books.state != paipa::run_state::finished) {
        return "the run did not finish";
    }
    const bool copies = s.steps[0].does == deed::broadcast;
    int in_the_other = 0;
    for (const traveller& t : end.seen) {
        in_the_other += t.path == 2 ? 1 : 0;
    }
    return in_the_other == (copies ? s.items : s.items / 2) ? "" : "the other branch lost items";
}

TEST(a_diamond, that_routes_loses_nothing_and_aligns_meta_entries) {
    for_seeds(2000, [](unsigned seed) { return diamond(seed, false, {}); }, finishes);
}

TEST(a_diamond, that_broadcasts_loses_nothing_and_aligns_meta_entries) {
    for_seeds(2000, [](unsigned seed) { return diamond(seed, true, {}); }, finishes);
}

TEST(a_diamond, goes_on_when_a_branch_ends_early) {
    for_seeds(
        2000, [](unsigned seed) { return diamond(seed, seed % 2 == 0, {.branches_leave = true}); },
        keeps_the_other_branch);
}

TEST(a_diamond, ends_when_its_sink_ends_early) {
    for_seeds(
        2000, [](unsigned seed) { return diamond(seed, seed % 2 == 0, {.sink_leaves = true}); },
        ends_without_a_failure);
}

TEST(a_diamond, ends_when_a_branch_fails) {
    for_seeds(
        2000, [](unsigned seed) { return diamond(seed, seed % 2 == 0, {.failures = true}); },
        fails_or_finishes);
}

TEST(random_shapes, lose_nothing_and_align_meta_entries) {
    for_seeds(1000, [](unsigned seed) { return random_shape(seed, {}); }, finishes);
}

TEST(random_shapes, end_whatever_ends_early_or_fails) {
    for_seeds(
        1000,
        [](unsigned seed) {
            return random_shape(seed, {.failures = seed % 2 == 0,
                                       .branches_leave = seed % 3 == 0,
                                       .sink_leaves = seed % 5 == 0});
        },
        [](const shape& /*s*/, const shape_end& /*end*/) { return std::string(); });
}

TEST(shapes_on_threads, lose_nothing_and_align_meta_entries) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        for (const shape& s :
             {diamond(seed, false, {}), diamond(seed, true, {}), random_shape(seed, {})}) {
            shape_end end;
            EXPECT_EQ(run_and_check(s, paipa::default_runtime(), seed, end), "")
                << s.text() << end.books.text();
            ASSERT_EQ(finishes(s, end), "") << s.text() << end.books.text();
        }
    }
}

TEST(shapes_on_threads, end_whatever_ends_early_or_fails) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        for (const shape& s : {diamond(seed, true, {.branches_leave = true}),
                               diamond(seed, false, {.sink_leaves = true}),
                               diamond(seed, true, {.failures = true})}) {
            shape_end end;
            ASSERT_EQ(run_and_check(s, paipa::default_runtime(), seed, end), "")
                << s.text() << end.books.text();
        }
    }
}

}  // namespace
}  // namespace model
