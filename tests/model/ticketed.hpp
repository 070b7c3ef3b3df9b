#ifndef PAIPA_TESTS_MODEL_TICKETED_HPP
#define PAIPA_TESTS_MODEL_TICKETED_HPP
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/ticket/final_outcome.hpp>
#include <paipa/detail/ticket/ticket.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/error.hpp>
#include <paipa/options.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../ticket_book.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace model {

using paipa::detail::final_outcome;
using outcomes = std::vector<final_outcome>;

inline constexpr auto delivered = final_outcome::delivered;
inline constexpr auto skipped = final_outcome::skipped;
inline constexpr auto dropped = final_outcome::dropped;
inline constexpr auto dead = final_outcome::dead;
inline constexpr auto abandoned = final_outcome::abandoned;

/// A run whose items have tickets.
template <class Out>
class ticketed {
public:
    template <class Flow>
    ticketed(paipa::runtime& rt, const Flow& flow, std::size_t places = 64,
             std::size_t capacity = paipa::default_capacity)
        : book(rt, places),
          run(paipa::detail::make_run<int, Out>(
              flow, paipa::pipeline_options{
                        .name = "p", .quiet = true, .capacity = capacity, .runtime = &rt})) {
        carry_tickets(*run);
    }

    void put(int n) {
        paipa::detail::ticket_share share = book.open();
        paipa::detail::edge_put(run->intake(), run->site("put"))
            .put<int>(&n, 1, paipa::never, &share);
    }

    /// Puts the numbers from 0 on, and runs to the end. Returns how each of them has ended.
    outcomes run_with(int numbers) {
        run->start("start");
        for (int n = 0; n < numbers; ++n) {
            put(n);
        }
        end();
        return all();
    }

    void end() {
        run->finish();
        try {
            run->stop();
        } catch (const std::exception&) {
            has_failed = true;
        }
    }

    outcomes all() {
        outcomes got;
        for (std::uint64_t n = 0; n < book.window().opened(); ++n) {
            const auto outcome = book.outcome_of(n);
            EXPECT_TRUE(outcome.has_value()) << n;
            got.push_back(outcome.value_or(abandoned));
        }
        return got;
    }

    ticket_book book;  // outlives the run
    std::shared_ptr<paipa::detail::run_core> run;
    bool has_failed = false;
};

/// Runs a flow without results in the simulation, with 100 schedules. Each must end in this way.
template <class Make>
void expect_ends(int numbers, const outcomes& wanted, Make make) {
    for (std::uint64_t seed = 0; seed < 100 && !testing::Test::HasFailure(); ++seed) {
        paipa::testing::simulation sim(seed);
        sim.run([&] {
            ticketed<void> t(sim, make());
            EXPECT_EQ(t.run_with(numbers), wanted) << "seed " << seed;
        });
    }
}

inline auto sink() {
    return paipa::step("sink", [](int) {});
}

inline int fail_for_one(int n) {
    if (n == 1) {
        throw std::runtime_error("one");
    }
    return n;
}

inline int skip_one(int n) {
    if (n == 1) {
        throw paipa::skip_entry();
    }
    return n;
}

inline std::vector<int> three(int n) {
    return {10 * n, 10 * n + 1, 10 * n + 2};
}

/// A sink that wants to see open tickets only.
class open_tickets_sink {
public:
    template <class Out>
    void watch(ticketed<Out>& t) {
        look_ = [&t](std::uint64_t number) { return t.book.outcome_of(number); };
    }

    /// The item came of that with this number.
    void see(std::uint64_t number) {
        EXPECT_EQ(look_(number), std::nullopt) << number;
        ++seen;
    }

    int seen = 0;

private:
    std::function<std::optional<final_outcome>(std::uint64_t)> look_;
};

}  // namespace model
#endif
