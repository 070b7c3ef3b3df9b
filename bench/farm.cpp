// How well are parallel workers used? W2: two workers, 1 us of work an item. W3: 128 workers that
// wait 2 ms an item, for which the ideal is items / workers * 2 ms. W4i: 96 idle workers use no
// processor. Beside threads with a mutex and condition variables written by hand.

#include <paipa/paipa.hpp>

#include "by_hand.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <ranges>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

/// Processor time of this process so far, in seconds.
double processor_seconds() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

int spin(int item) {
    const auto until = clock_type::now() + 1us;
    while (clock_type::now() < until) {
    }
    return item;
}

int wait(int item) {
    std::this_thread::sleep_for(2ms);
    return item;
}

struct shape {
    std::size_t workers;
    int items;
    int (*work)(int);
    bool ordered = false;
};

std::int64_t with_paipa(const shape& s) {
    std::int64_t sum = 0;
    auto flow = paipa::step("work", s.work, {.threads = s.workers, .ordered = s.ordered}) |
                paipa::step("sum", [&sum](int item) { sum += item; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(0, s.items));
    p.run();
    return sum;
}

std::int64_t by_hand(const shape& s) {
    std::int64_t sum = 0;
    hand_queue<int> in(256);
    hand_queue<int> out(256);
    std::jthread last([&] {
        while (auto item = out.pop()) {
            sum += *item;
        }
    });
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < s.workers; ++i) {
            workers.emplace_back([&] {
                while (auto item = in.pop()) {
                    out.push(s.work(*item));
                }
            });
        }
        for (int i = 0; i < s.items; ++i) {
            in.push(i);
        }
        in.close();
    }
    out.close();
    last.join();
    return sum;
}

void farm(benchmark::State& state, std::int64_t (*run)(const shape&), const shape& s) {
    const std::int64_t right = std::int64_t{s.items} * (s.items - 1) / 2;
    const double before = processor_seconds();
    for (auto _ : state) {
        if (run(s) != right) {
            state.SkipWithError("wrong sum");
            return;
        }
    }
    state.SetItemsProcessed(state.iterations() * s.items);
    state.counters["cpu_s"] =
        benchmark::Counter(processor_seconds() - before, benchmark::Counter::kAvgIterations);
}

/// The same items without any hand-over: what the waits alone take, timers included.
std::int64_t ideal_waits(const shape& s) {
    std::vector<std::jthread> workers;
    for (std::size_t w = 0; w < s.workers; ++w) {
        workers.emplace_back([&s, w] {
            for (std::size_t i = w; i < static_cast<std::size_t>(s.items); i += s.workers) {
                s.work(0);
            }
        });
    }
    return std::int64_t{s.items} * (s.items - 1) / 2;
}

void idle(benchmark::State& state) {
    const auto pass = [](int item) { return item; };
    auto flow = paipa::step("a", pass, {.threads = 32}) | paipa::step("b", pass, {.threads = 32}) |
                paipa::step("c", [](int) {}, {.threads = 32});
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    p.put(1);
    std::this_thread::sleep_for(200ms);  // the workers have started, and have nothing to do
    double used = 0;
    for (auto _ : state) {
        const double before = processor_seconds();
        std::this_thread::sleep_for(2s);
        used += processor_seconds() - before;
    }
    p.stop();
    state.counters["cpu_s"] = benchmark::Counter(used, benchmark::Counter::kAvgIterations);
}

constexpr shape w2{.workers = 2, .items = 500'000, .work = spin};
constexpr shape w2_ordered{.workers = 2, .items = 500'000, .work = spin, .ordered = true};
constexpr shape w3{.workers = 128, .items = 64'000, .work = wait};

BENCHMARK_CAPTURE(farm, W2 / paipa, with_paipa, w2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W2 / paipa_ordered, with_paipa, w2_ordered)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W2 / by_hand, by_hand, w2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W2 / limit, ideal_waits, w2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W3 / paipa, with_paipa, w3)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W3 / by_hand, by_hand, w3)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(farm, W3 / limit, ideal_waits, w3)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(idle)->Name("W4i/paipa")->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
