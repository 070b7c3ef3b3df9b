#include <paipa/combine.hpp>
#include <paipa/error.hpp>
#include <paipa/generator.hpp>
#include <paipa/log.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "debugger_case.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using paipa::combine;
using paipa::generator;
using paipa::step_record;

generator<std::string> reversed(generator<std::string> texts) {
    for (std::string&& text : texts) {
        std::ranges::reverse(text);
        co_yield std::move(text);
    }
}

generator<std::vector<std::string>> wrapped(generator<std::string> texts) {
    for (std::string&& text : texts) {
        std::vector<std::string> one;
        one.push_back(std::move(text));
        co_yield std::move(one);
    }
}

generator<int> behind(paipa::testing::simulation* sim, generator<int> numbers) {
    for (const int n : numbers) {
        co_yield n;
        sim->sleep_for(2s);
    }
}

class debugger : public debugger_case {};

// Counts

TEST_F(debugger, counts_every_row_exactly) {
    std::size_t n = 0;
    for (std::string&& text : combine(watching(), std::views::iota(10'000, 19'999), as_text,
                                      reversed, wrapped, paipa::flatten())) {
        n += text.size() / 5;
    }
    EXPECT_EQ(n, 9'999U);
    ASSERT_EQ(reports->shown.size(), 1U);
    EXPECT_EQ(names(),
              (std::vector<std::string>{"source", "step 1", "step 2", "step 3", "flatten"}));
    EXPECT_EQ(counts(), std::vector<std::uint64_t>(5, 9'999));
    for (const step_record& r : last()) {
        EXPECT_GT(r.run_time.count(), 0) << r.name;
        EXPECT_GT(r.throughput, 0) << r.name;
        EXPECT_EQ(r.calls, std::nullopt);
        EXPECT_EQ(r.calls_per_entry, std::nullopt);
    }
}

TEST_F(debugger, names_steps_by_their_place_their_kind_or_their_name) {
    auto chain = combine(watching(), std::views::iota(0, 10), std::make_tuple(as_text, reversed),
                         paipa::step("a", [](std::string s) { return s; }) | paipa::chunk(2),
                         paipa::flatten(), wrapped, paipa::step("b", paipa::flatten()),
                         paipa::iter_step("c", reversed));
    EXPECT_EQ(paipa::consume(chain), 10U);
    EXPECT_EQ(names(), (std::vector<std::string>{"source", "step 1", "step 2", "a", "chunk",
                                                 "flatten", "step 6", "b", "c"}));
    EXPECT_EQ(counts(), std::vector<std::uint64_t>(9, 10));
}

TEST_F(debugger, counts_lists_by_their_length) {
    auto chain =
        combine(watching(), std::views::iota(0, 10), paipa::chunk(4),
                paipa::map([](const std::vector<int>& v) { return std::list(v.begin(), v.end()); }),
                paipa::filter([](const std::list<int>& v) { return v.size() == 4; }),
                paipa::map([](const std::list<int>& v) { return std::to_string(v.size()); }));
    EXPECT_EQ(paipa::consume(chain), 2U);
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{10, 10, 10, 8, 2}));
}

struct parcel {
    std::vector<int> inside;
};

TEST_F(debugger, counts_what_a_weigher_says) {
    auto debug = watching();
    debug.weigh<parcel>([](const parcel& p) { return p.inside.size(); });
    debug.weigh<std::string>([](const std::string& s) { return s.size(); });
    debug.weigh<std::vector<int>>([](const std::vector<int>&) { return 1; });
    auto chain =
        combine(debug, std::views::iota(0, 5), paipa::chunk(2),
                paipa::map([](std::vector<int> v) { return parcel(std::move(v)); }),
                paipa::map([](const parcel& p) { return std::string(3 * p.inside.size(), 'x'); }));
    EXPECT_EQ(paipa::consume(chain), 3U);
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{5, 3, 5, 15}));
}

TEST_F(debugger, leaves_a_weigher_that_throws_out_and_the_chain_as_it_is) {
    std::vector<std::string> lines;
    paipa::set_log_hook([&](paipa::log_level, std::string_view text) { lines.emplace_back(text); });
    auto debug = watching();
    debug.weigh<std::vector<int>>([](const std::vector<int>& v) {
        return v.front() == 4 ? throw std::runtime_error("no scales") : 10 * v.size();
    });
    auto chain = combine(debug, std::views::iota(0, 10), paipa::chunk(2), paipa::flatten(),
                         paipa::step("again", paipa::chunk(5)));
    EXPECT_EQ(items_of(chain), (std::vector<std::vector<int>>{{0, 1, 2, 3, 4}, {5, 6, 7, 8, 9}}));
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{10, 2 * 20 + 3 * 2, 10, 2 * 50}));
    EXPECT_EQ(lines, (std::vector<std::string>{
                         "paipa::runtime_debugger: the weigher of 'chunk' threw, and "
                         "is left out from now on: no scales"}));
}

TEST_F(debugger, leaves_the_items_of_others_alone) {
    const std::string text(40, 'x');
    std::vector<std::string> texts{text, text};
    auto chain = combine(watching(), texts,
                         paipa::map([](std::string&& s) { return std::string(std::move(s)); }));
    EXPECT_EQ(items_of(chain), texts);
    EXPECT_EQ(texts, (std::vector{text, text}));
    std::vector<std::unique_ptr<int>> boxes;
    boxes.push_back(std::make_unique<int>(3));
    EXPECT_EQ(items_of(combine(watching(), std::move(boxes), paipa::chunk(1), paipa::flatten(),
                               paipa::map([](std::unique_ptr<int> p) { return *p; }))),
              (std::vector{3}));
}

TEST_F(debugger, calls_a_function_once_per_item) {
    int calls = 0;
    auto chain =
        combine(watching(), std::views::iota(0, 10), std::views::transform([&calls](int x) {
                    ++calls;
                    return x;
                }),
                paipa::filter([](int x) { return x % 2 == 0; }));
    EXPECT_EQ(items_of(chain), (std::vector{0, 2, 4, 6, 8}));
    EXPECT_EQ(calls, 10);
    EXPECT_EQ(counts(), (std::vector<std::uint64_t>{10, 10, 5}));
}

// Time

TEST_F(debugger, gives_each_step_its_own_time) {
    const auto working = [this](paipa::duration time) {
        return paipa::map([this, time](int x) {
            sim.sleep_for(time);
            return x;
        });
    };
    const auto times = run_times([&](const paipa::runtime_debugger& debug) {
        return combine(debug, std::views::iota(0, 500), working(10ms), working(3s), working(1ns),
                       working(0s));
    });
    EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 5s, 1'500s, 500ns, 0s}));
    EXPECT_EQ(last()[2].throughput, 1.0 / 3);
}

TEST_F(debugger, gives_a_step_what_it_does_behind_a_yield) {
    const auto working_behind = [this](generator<int> numbers) {
        return behind(&sim, std::move(numbers));
    };
    const auto times = run_times([&](const paipa::runtime_debugger& debug) {
        return combine(debug, std::views::iota(0, 500), paipa::identity(), working_behind,
                       paipa::identity());
    });
    EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 0s, 1'000s, 0s}));
}

TEST_F(debugger, gives_no_step_the_time_of_the_consumer) {
    const auto working = [this](paipa::duration time) {
        return paipa::map([this, time](int x) {
            sim.sleep_for(time);
            return x;
        });
    };
    const auto times = run_times([&](const paipa::runtime_debugger& debug) {
        // The consumer of the watched chain is a step of the one around it.
        return combine(combine(debug, std::views::iota(0, 500), working(1s), working(2s)),
                       working(50s));
    });
    EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 500s, 1'000s}));
}

/// Processor time of this thread so far. The system may count it in steps of milliseconds.
paipa::duration processor_time() {
    rusage used{};  // NOLINT(misc-include-cleaner): <sys/resource.h> has it
    EXPECT_EQ(::getrusage(RUSAGE_THREAD, &used), 0);
    return std::chrono::seconds{used.ru_utime.tv_sec + used.ru_stime.tv_sec} +
           std::chrono::microseconds{used.ru_utime.tv_usec + used.ru_stime.tv_usec};
}

/// Uses the processor for a while, which takes a second of the simulation's time.
generator<int> using_the_processor(paipa::testing::simulation* sim, generator<int> numbers) {
    for (const int n : numbers) {
        const paipa::duration enough = processor_time() + 20ms;
        while (processor_time() < enough) {
            burn(100);
        }
        sim->sleep_for(1s);
        co_yield n;
    }
}

/// It is shared out by run time, of which only one step has any.
TEST_F(debugger, gives_processor_time_to_whom_uses_it) {
    const paipa::duration before = processor_time();
    const auto times = run_times([this](const paipa::runtime_debugger& debug) {
        const auto using_it = [this](generator<int> numbers) {
            return using_the_processor(&sim, std::move(numbers));
        };
        return combine(debug, std::views::iota(0, 5), using_it, paipa::identity());
    });
    const paipa::duration used = processor_time() - before;
    EXPECT_EQ(times, (std::vector<paipa::duration>{0s, 5s, 0s}));
    // The system tells user from system time by a tick now and then; their sum is exact.
    const auto cpu = [](const step_record& s) { return *s.user_cpu + *s.system_cpu; };
    EXPECT_TRUE(last()[1].memory_growth);
    EXPECT_GT(cpu(last()[1]), 0s);
    EXPECT_LE(cpu(last()[1]), used);
    EXPECT_EQ(cpu(last()[0]) + cpu(last()[2]), 0s);
}

TEST_F(debugger, gives_calls_to_whom_makes_them) {
    std::uint64_t queries = 100;
    const paipa::runtime_debugger debug{
        {.every = 1h, .reporters = {reports}, .calls = [&queries] { return queries; }}};
    auto chain = combine(debug, std::views::iota(0, 10), paipa::map([&queries](int x) {
                             queries += 3;
                             return x;
                         }),
                         paipa::filter([&queries](int x) {
                             ++queries;
                             return x < 4;
                         }));
    for (const int x : chain) {
        queries += static_cast<std::uint64_t>(1'000 + 0 * x);
    }
    std::vector<std::uint64_t> calls;
    std::vector<double> per_entry;
    for (const step_record& r : last()) {
        calls.push_back(*r.calls);
        per_entry.push_back(*r.calls_per_entry);
    }
    EXPECT_EQ(calls, (std::vector<std::uint64_t>{0, 30, 10}));
    EXPECT_EQ(per_entry, (std::vector<double>{0, 3, 2.5}));
}

}  // namespace
