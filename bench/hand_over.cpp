// What does it cost to hand an item from step to step? Three steps of one thread each that do no
// work, default options, beside threads with a mutex and condition variables written by hand.
// Compare within one run: --benchmark_enable_random_interleaving=true --benchmark_repetitions=7

#include <paipa/paipa.hpp>

#include "by_hand.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <ranges>
#include <string>
#include <thread>
#include <utility>

namespace {

constexpr std::size_t capacity = 256;  // of the hand-written queues; paipa's default for strings

template <class T>
T make(std::uint64_t i) {
    if constexpr (std::is_integral_v<T>) {
        return i;
    } else {
        return T(32, static_cast<char>('a' + i % 26));
    }
}

std::uint64_t weight(std::uint64_t item) {
    return item;
}

std::uint64_t weight(const std::string& item) {
    return static_cast<std::uint64_t>(item[0]);
}

template <class T>
std::uint64_t expected(std::uint64_t items) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < items; ++i) {
        sum += weight(make<T>(i));
    }
    return sum;
}

template <class T>
std::uint64_t with_paipa(std::uint64_t items) {
    std::uint64_t sum = 0;
    const auto pass = [](T item) { return item; };
    auto flow = paipa::step("first", pass) | paipa::step("second", pass) |
                paipa::step("sum", [&sum](const T& item) { sum += weight(item); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, items) | std::views::transform(make<T>));
    p.run();
    return sum;
}

template <class T>
std::uint64_t by_hand(std::uint64_t items) {
    std::uint64_t sum = 0;
    hand_queue<T> first(capacity);
    hand_queue<T> second(capacity);
    hand_queue<T> third(capacity);
    const auto pass = [](hand_queue<T>& from, hand_queue<T>& to) {
        while (auto item = from.pop()) {
            to.push(std::move(*item));
        }
        to.close();
    };
    const std::jthread one(pass, std::ref(first), std::ref(second));
    const std::jthread two(pass, std::ref(second), std::ref(third));
    std::jthread three([&] {
        while (auto item = third.pop()) {
            sum += weight(*item);
        }
    });
    for (std::uint64_t i = 0; i < items; ++i) {
        first.push(make<T>(i));
    }
    first.close();
    three.join();
    return sum;
}

template <class T, std::uint64_t (*Run)(std::uint64_t)>
void hand_over(benchmark::State& state) {
    const auto items = static_cast<std::uint64_t>(state.range(0));
    const std::uint64_t right = expected<T>(items);
    for (auto _ : state) {
        if (Run(items) != right) {
            state.SkipWithError("wrong sum");
            return;
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

constexpr int few = 200'000;
constexpr int many = 2'000'000;

BENCHMARK(hand_over<std::uint64_t, with_paipa<std::uint64_t>>)
    ->Name("W1/paipa")
    ->Arg(many)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(hand_over<std::uint64_t, by_hand<std::uint64_t>>)
    ->Name("W1/by_hand")
    ->Arg(few)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(hand_over<std::string, with_paipa<std::string>>)
    ->Name("W1s/paipa")
    ->Arg(few)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(hand_over<std::string, by_hand<std::string>>)
    ->Name("W1s/by_hand")
    ->Arg(few)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
