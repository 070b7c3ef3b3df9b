#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/stream.hpp>

#include "combine_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// A `threaded` in the middle of a chain: what stands in front of it runs on another thread.

namespace {

using namespace std::chrono_literals;
using paipa::combine;
using paipa::step;
using paipa::threaded;

const paipa::pipeline_options quiet{.quiet = true};
const paipa::step_options kept{.on_failure = paipa::failure_action::dead_letter};
const auto same = [](int x) { return x; };

/// A step that notes its items and hooks, whose names it begins with `name`.
auto notes_of(const std::string& name, diary* notes, const std::string& thrower = {}) {
    return step<noting>(name, {}, notes, thrower);
}

/// How often the hooks of the end ran.
std::ptrdiff_t ends(const diary& notes) {
    return std::ranges::count_if(notes,
                                 [](const std::string& n) { return n.ends_with("_shutdown"); });
}

std::vector<std::string> steps_of(const paipa::report& r) {
    std::vector<std::string> names;
    for (const paipa::step_report& s : r.steps) {
        names.push_back(s.name);
    }
    return names;
}

TEST(threaded, has_the_books_of_all_its_chain) {
    auto chain =
        combine(std::views::iota(0, 100), step("a", same), threaded(step("b", same), quiet),
                step("c", same), threaded(step("d", same), quiet),
                paipa::map([](int x) { return x; }), step("step", same));
    EXPECT_EQ(paipa::consume(chain), 100U);
    const paipa::report r = chain.report();
    EXPECT_EQ(steps_of(r), (std::vector<std::string>{"a", "b", "c", "d", "step"}));
    EXPECT_EQ(r.edges.size(), 4U);
    EXPECT_EQ(r.delivered, 100U);
    EXPECT_EQ(r.state, paipa::run_state::finished);
    EXPECT_EQ(r.abandoned(), 0U);
    EXPECT_TRUE(r.balanced()) << r;
    for (const paipa::step_report& s : r.steps) {
        EXPECT_EQ(s.finished, 100U) << s.name;
    }
}

TEST(threaded, gives_the_steps_in_front_of_it_their_hooks_on_one_thread) {
    struct threads {
        std::vector<std::thread::id> of;
    };

    struct here final : paipa::abstract_step<int, int> {
        explicit here(threads* t) : all(t) {}

        int process(int x) override {
            all->of.push_back(std::this_thread::get_id());
            return x;
        }

        void thread_initialize() override { all->of.push_back(std::this_thread::get_id()); }

        void thread_shutdown() override { all->of.push_back(std::this_thread::get_id()); }

        void step_shutdown() override { all->of.push_back(std::this_thread::get_id()); }

        threads* all;
    };

    for (const int leave_at : {3, 1'000}) {
        threads front;
        threads behind;
        {
            auto chain = combine(std::views::iota(0, 100), step<here>("a", {}, &front),
                                 threaded(step("b", same), quiet), step<here>("c", {}, &behind));
            for (const int x : chain) {
                if (x == leave_at) {
                    break;
                }
            }
        }
        for (const threads& t : {front, behind}) {
            EXPECT_GE(t.of.size(), 3U + 3U);
            EXPECT_EQ(std::ranges::count(t.of, t.of.front()), std::ssize(t.of));
        }
        EXPECT_NE(front.of.front(), std::this_thread::get_id());
        EXPECT_EQ(behind.of.front(), std::this_thread::get_id());
    }
}

TEST(threaded, runs_all_hooks_once_however_its_chain_ends) {
    for (const std::string thrower : {"", "step_initialize", "thread_initialize", "7"}) {
        for (const int place : {0, 1, 2}) {
            std::vector<diary> notes(3);
            const auto of = [&](int i) {
                return notes_of(std::to_string(i), &notes[static_cast<std::size_t>(i)],
                                i == place ? thrower : std::string());
            };
            {
                auto chain = combine(std::views::iota(0), of(0), threaded(of(1), quiet), of(2));
                try {
                    EXPECT_EQ(paipa::consume(chain, 20), 20U);
                    EXPECT_EQ(thrower, "");
                } catch (const std::runtime_error& e) {
                    EXPECT_EQ(e.what(), std::to_string(place) + " " + thrower);
                    EXPECT_EQ(chain.report().state, paipa::run_state::failed);
                    ASSERT_TRUE(chain.failure());
                    EXPECT_EQ(chain.failure()->step, std::to_string(place));
                    EXPECT_EQ(chain.report().failure_count, 1U);
                }
            }
            for (const diary& d : notes) {
                const auto begun = std::ranges::count_if(
                    d, [](const std::string& n) { return n.ends_with("_initialize"); });
                const int threw = thrower.ends_with("_initialize") ? 1 : 0;
                EXPECT_GE(begun, ends(d)) << thrower << " in " << place;
                EXPECT_LE(begun - ends(d), threw) << thrower << " in " << place;
            }
        }
    }
}

TEST(threaded, keeps_the_dead_letters_of_all_its_chain) {
    const auto fails_at = [](int at) {
        return [at](const int& x) { return x == at ? throw std::runtime_error("no") : x; };
    };
    auto chain =
        combine(std::views::iota(0, 10), step("a", fails_at(1), kept),
                threaded(step("b", fails_at(2), kept), quiet), step("c", fails_at(3), kept));
    EXPECT_EQ(paipa::consume(chain), 7U);
    const auto letters = chain.dead_letters();
    ASSERT_EQ(letters.size(), 3U);
    EXPECT_EQ(letters[0].step, "a");
    EXPECT_EQ(letters[1].step, "b");
    EXPECT_EQ(letters[2].step, "c");
    EXPECT_EQ(chain.report().dead(), 3U);
}

TEST(threaded, may_be_asked_for_its_books_at_any_time) {
    auto chain = combine(std::views::iota(0, 2'000), step("a", same),
                         threaded(step("b", same), quiet), step("c", same));
    for (const int x : chain) {
        if (x % 100 == 0) {
            const paipa::report r = chain.report();
            EXPECT_EQ(r.state, paipa::run_state::running);
            EXPECT_EQ(r.steps.back().name, "c");
            EXPECT_EQ(r.steps.back().finished, static_cast<unsigned>(x) + 1U);
            EXPECT_EQ(chain.failure(), std::nullopt);
        }
    }
    EXPECT_EQ(chain.report().steps.size(), 3U);
}

TEST(threaded, gives_steps_on_another_thread_figures_of_their_own) {
    struct keeping final : paipa::reporter {
        void show(std::span<const paipa::step_record> steps) override {
            shown.emplace_back(steps.begin(), steps.end());
        }

        std::vector<std::vector<paipa::step_record>> shown;
    };

    for (const int wanted : {1'000, 10}) {
        const auto reports = std::make_shared<keeping>();
        const paipa::runtime_debugger debug{{.every = 1h, .reporters = {reports}}};
        {
            auto chain = combine(debug, std::views::iota(0, 1'000), step("a", same),
                                 threaded(step("b", same), quiet), step("c", same));
            EXPECT_EQ(paipa::consume(chain, static_cast<std::size_t>(wanted)),
                      static_cast<std::size_t>(wanted));
        }
        ASSERT_EQ(reports->shown.size(), 2U);
        const auto is_front = [](const auto& records) { return records[0].name == "source"; };
        std::ranges::partition(reports->shown, is_front);
        const auto& front = reports->shown[0];
        const auto& behind = reports->shown[1];
        ASSERT_EQ(front.size(), 2U);
        ASSERT_EQ(behind.size(), 2U);
        EXPECT_EQ(front[1].name, "a");
        EXPECT_EQ(behind[0].name, "step 2");
        EXPECT_EQ(behind[1].name, "c");
        EXPECT_EQ(behind[1].count, static_cast<unsigned>(wanted));
        EXPECT_GE(front[1].count, static_cast<unsigned>(wanted));
        EXPECT_LE(front[1].count, 1'000U);
    }
}

TEST(threaded, at_the_end_of_a_chain_finishes_it) {
    auto chain = combine(std::views::iota(0, 10), threaded(step("b", same), quiet));
    EXPECT_EQ(paipa::consume(chain), 10U);
    EXPECT_EQ(chain.report().state, paipa::run_state::finished);
    auto left = combine(std::views::iota(0, 10), threaded(step("b", same), quiet));
    EXPECT_EQ(*left.begin(), 0);
    EXPECT_TRUE(left.report().balanced()) << left.report();
}

/// A step's range belongs to the thread that runs the step.
TEST(threaded, cannot_be_hidden_inside_of_a_step) {
    const auto hidden = paipa::iter_step("hidden", [](paipa::generator<int> in) {
        return paipa::stream(std::move(in), step("inner", same), quiet);
    });
    paipa::pipeline<int> p{hidden, {.name = "p", .quiet = true}};
    p.put_iterable(std::views::iota(0, 10));
    EXPECT_EQ(refusal<paipa::state_error>([&] { p.run(); }),
              "paipa::pipeline 'p': iter_step 'hidden': its range is pulled on another thread: "
              "expected the worker's");
    EXPECT_TRUE(p.report().balanced()) << p.report();
    auto chain = combine(std::views::iota(0, 10), hidden);
    EXPECT_EQ(refusal<paipa::state_error>([&] { paipa::consume(chain); }),
              "paipa::combine: iter_step 'hidden': its range is pulled on another thread: expected "
              "the chain's");
}

}  // namespace
