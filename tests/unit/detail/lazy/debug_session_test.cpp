#include <paipa/detail/lazy/debug_session.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "../../observe/debugger_case.hpp"
#include "../run_case.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::step_record;
using paipa::detail::debug_settings;

/// Sessions that go by the clock of a simulation.
class debug_session : public testing::Test {
protected:
    [[nodiscard]] std::shared_ptr<const debug_settings> settings(
        paipa::duration every, std::function<std::uint64_t()> calls = {}) {
        return std::make_shared<const debug_settings>(paipa::debugger_options{
            .every = every, .reporters = {reports}, .calls = std::move(calls), .runtime = &sim});
    }

    /// The figures of the last report.
    [[nodiscard]] const std::vector<step_record>& last() const { return reports->shown.back(); }

    paipa::testing::simulation sim;
    std::shared_ptr<keeping> reports = std::make_shared<keeping>();
};

TEST_F(debug_session, gives_time_to_the_step_that_was_entered_last) {
    sim.run([&] {
        paipa::detail::debug_session session(settings(1h));
        const std::size_t a = session.add("a");
        const std::size_t b = session.add("b");
        EXPECT_FALSE(session.is_last(a));
        EXPECT_TRUE(session.is_last(b));
        sim.sleep_for(50s);  // the time of whoever walks the chain
        const std::size_t walker = session.enter(b);
        sim.sleep_for(1s);
        const std::size_t outer = session.enter(a);
        sim.sleep_for(2s);
        session.leave(outer);
        sim.sleep_for(3s);
        session.leave(walker);
        sim.sleep_for(50s);
        session.finish();
    });
    ASSERT_EQ(reports->shown.size(), 1U);
    ASSERT_EQ(last().size(), 2U);
    EXPECT_EQ(last()[0].name, "a");
    EXPECT_EQ(last()[0].run_time, 2s);
    EXPECT_EQ(last()[1].name, "b");
    EXPECT_EQ(last()[1].run_time, 4s);
}

TEST_F(debug_session, tells_how_many_entries_a_step_passes_in_a_second) {
    sim.run([&] {
        paipa::detail::debug_session session(settings(1h));
        const std::size_t a = session.add("a");
        session.add("b");
        const std::size_t walker = session.enter(a);
        sim.sleep_for(2s);
        session.leave(walker);
        session.count(a, 3);
        session.count(a, 5);
        session.finish();
    });
    EXPECT_EQ(last()[0].count, 8U);
    EXPECT_EQ(last()[0].throughput, 4.0);
    EXPECT_EQ(last()[1].count, 0U);
    EXPECT_EQ(last()[1].throughput, 0.0);
    EXPECT_EQ(last()[0].calls, std::nullopt);
}

TEST_F(debug_session, shows_its_last_figures_once) {
    sim.run([&] {
        paipa::detail::debug_session session(settings(1h));
        session.add("a");
        EXPECT_TRUE(reports->shown.empty());
        session.finish();
        session.finish();
    });
    EXPECT_EQ(reports->shown.size(), 1U);
}

TEST_F(debug_session, shows_figures_when_their_time_has_come) {
    sim.run([&] {
        paipa::detail::debug_session session(settings(10s));
        const std::size_t a = session.add("a");
        for (int i = 0; i < 25; ++i) {
            const std::size_t walker = session.enter(a);
            sim.sleep_for(1s);
            session.leave(walker);
            session.count(a, 1);
        }
        EXPECT_EQ(reports->shown.size(), 2U);
        session.finish();
    });
    ASSERT_EQ(reports->shown.size(), 3U);
    EXPECT_EQ(reports->shown[0].at(0).run_time, 10s);
    EXPECT_EQ(reports->shown[1].at(0).run_time, 20s);
    EXPECT_EQ(reports->shown[2].at(0).run_time, 25s);
    EXPECT_EQ(reports->shown[2].at(0).count, 25U);
}

TEST_F(debug_session, leaves_figures_out_while_another_chain_shows_its_own) {
    sim.run([&] {
        const auto shared = settings(10s);
        paipa::detail::debug_session session(shared);
        const std::size_t a = session.add("a");
        {
            const paipa::detail::held_lock other(shared->showing);
            sim.sleep_for(10s);
            session.leave(session.enter(a));
            EXPECT_TRUE(reports->shown.empty());
        }
        sim.sleep_for(10s);
        session.leave(session.enter(a));
        EXPECT_EQ(reports->shown.size(), 1U);
    });
}

TEST_F(debug_session, gives_calls_to_the_step_that_made_them) {
    std::uint64_t calls = 100;
    sim.run([&] {
        paipa::detail::debug_session session(settings(1h, [&calls] { return calls; }));
        const std::size_t a = session.add("a");
        calls += 1'000;  // of whoever walks the chain
        const std::size_t walker = session.enter(a);
        calls += 6;
        session.leave(walker);
        session.count(a, 4);
        session.finish();
    });
    EXPECT_EQ(last()[0].calls, 6U);
    EXPECT_EQ(last()[0].calls_per_entry, 1.5);
}

TEST_F(debug_session, counts_no_calls_where_the_counter_throws) {
    bool bad = false;
    std::uint64_t calls = 0;
    sim.run([&] {
        paipa::detail::debug_session session(
            settings(1h, [&] { return bad ? throw std::runtime_error("no counter") : calls; }));
        const std::size_t a = session.add("a");
        bad = true;
        const std::size_t walker = session.enter(a);
        bad = false;
        calls += 2;
        session.leave(walker);
        session.finish();
    });
    EXPECT_EQ(last()[0].calls, 2U);
}

TEST_F(debug_session, logs_what_a_weigher_has_thrown) {
    const run_case::log_kept log;
    sim.run([&] {
        paipa::detail::debug_session session(settings(1h));
        const std::size_t a = session.add("a");
        try {
            throw std::runtime_error("no scales");
        } catch (...) {
            session.weigher_threw(a);
        }
    });
    EXPECT_EQ(log.lines,
              std::vector<std::string>{"paipa::runtime_debugger: the weigher of 'a' threw, and is "
                                       "left out from now on: no scales"});
}

}  // namespace
