// What does a lazy step cost? W6: iota, filter, map, filter, sum; W6c: the same with chunk(1024)
// and flatten; beside a loop written by hand and std::views. And what does the debugger cost, per
// item and step? Compare within one run:
// --benchmark_enable_random_interleaving=true --benchmark_repetitions=7

#include <paipa/paipa.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <span>
#include <vector>

namespace {

using number = std::uint64_t;

constexpr auto even = [](number n) { return n % 2 == 0; };
constexpr auto triple = [](number n) { return n * 3; };
constexpr auto wanted = [](number n) { return (n & 4) == 0; };
constexpr std::size_t chunk_size = 1024;

template <class Range>
number sum_of(Range&& range) {
    number sum = 0;
    for (const number n : range) {
        sum += n;
    }
    return sum;
}

auto source(number items) {
    return std::views::iota(number{0}, items);
}

// W6
number loop(number items) {
    number sum = 0;
    for (number n = 0; n < items; ++n) {
        if (even(n) && wanted(triple(n))) {
            sum += triple(n);
        }
    }
    return sum;
}

number views(number items) {
    return sum_of(source(items) | std::views::filter(even) | std::views::transform(triple) |
                  std::views::filter(wanted));
}

number stock(number items) {
    return sum_of(paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                                 paipa::filter(wanted)));
}

number consumed(number items) {
    number sum = 0;
    paipa::consume(paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                                  paipa::filter(wanted)),
                   [&sum](number n) { sum += n; });
    return sum;
}

paipa::generator<number> filter_even(paipa::generator<number> in) {
    for (const number n : in) {
        if (even(n)) {
            co_yield n;
        }
    }
}

paipa::generator<number> map_triple(paipa::generator<number> in) {
    for (const number n : in) {
        co_yield triple(n);
    }
}

paipa::generator<number> filter_wanted(paipa::generator<number> in) {
    for (const number n : in) {
        if (wanted(n)) {
            co_yield n;
        }
    }
}

number generators(number items) {
    return sum_of(paipa::combine(source(items), filter_even, map_triple, filter_wanted));
}

number steps(number items) {
    return sum_of(paipa::combine(source(items), paipa::step("even", paipa::filter(even)),
                                 paipa::step("triple", triple),
                                 paipa::step("wanted", paipa::filter(wanted))));
}

// W6c
number loop_in_chunks(number items) {
    number sum = 0;
    std::vector<number> chunk;
    const auto flush = [&] {
        for (const number n : chunk) {
            sum += n;
        }
        chunk.clear();
    };
    for (number n = 0; n < items; ++n) {
        if (even(n) && wanted(triple(n))) {
            chunk.push_back(triple(n));
            if (chunk.size() == chunk_size) {
                flush();
            }
        }
    }
    flush();
    return sum;
}

number stock_in_chunks(number items) {
    return sum_of(paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                                 paipa::filter(wanted), paipa::chunk(chunk_size),
                                 paipa::flatten()));
}

number consumed_in_chunks(number items) {
    number sum = 0;
    paipa::consume(
        paipa::combine(source(items), paipa::filter(even), paipa::map(triple),
                       paipa::filter(wanted), paipa::chunk(chunk_size), paipa::flatten()),
        [&sum](number n) { sum += n; });
    return sum;
}

// The debugger, over three steps and the source that do nothing
struct silent final : paipa::reporter {
    void show(std::span<const paipa::step_record>) override {}
};

constexpr auto same = [](number n) { return n; };

number debugged(number items) {
    const paipa::runtime_debugger debug{{.reporters = {std::make_shared<silent>()}}};
    return sum_of(
        paipa::combine(debug, source(items), paipa::map(same), paipa::map(same), paipa::map(same)));
}

number expected(number (*run)(number), number items) {
    return run == debugged ? items * (items - 1) / 2 : loop(items);
}

void walk(benchmark::State& state, number (*run)(number)) {
    const auto items = static_cast<number>(state.range(0));
    const number right = expected(run, items);
    for (auto _ : state) {
        if (run(items) != right) {
            state.SkipWithError("wrong sum");
            return;
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

constexpr int many = 10'000'000;
constexpr int few = 1'000'000;

BENCHMARK_CAPTURE(walk, loop, loop)->Name("W6/loop")->Arg(many)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, views, views)->Name("W6/views")->Arg(many)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, stock, stock)->Name("W6/stock")->Arg(many)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, consumed, consumed)
    ->Name("W6/stock_consumed")
    ->Arg(many)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, generators, generators)
    ->Name("W6/generators")
    ->Arg(few)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, steps, steps)->Name("W6/steps")->Arg(few)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, loop_in_chunks, loop_in_chunks)
    ->Name("W6c/loop")
    ->Arg(many)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, stock_in_chunks, stock_in_chunks)
    ->Name("W6c/stock")
    ->Arg(many)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, consumed_in_chunks, consumed_in_chunks)
    ->Name("W6c/stock_consumed")
    ->Arg(many)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk, debugged, debugged)
    ->Name("debugger/three_steps_and_source")
    ->Arg(few)
    ->Unit(benchmark::kMillisecond);

}  // namespace
