// How well are parallel workers used? w2 and w2x10: two workers, 1 and 10 us of work an item. w3
// and w3s: 128 workers that wait 2 ms an item, many items and few. w4i: do idle workers cost
// anything?

#include <paipa/paipa.hpp>

#include "by_hand.hpp"
#include "measure.hpp"
#include "work.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <ranges>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

struct farm {
    std::size_t workers;
    std::uint64_t items;
    std::function<std::uint64_t(std::uint64_t)> work;
};

template <bool Ordered>
answer with_paipa(const farm& f) {
    std::uint64_t sum = 0;
    auto flow = paipa::step("work", f.work, {.threads = f.workers, .ordered = Ordered}) |
                paipa::step("sum", [&sum](std::uint64_t item) { sum += item; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, f.items));
    p.run();
    return sum;
}

template <tbb::filter_mode SumMode>
answer with_tbb(const farm& f) {
    using mode = tbb::filter_mode;
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, f.workers);
    const std::size_t tokens = 64 + f.workers;
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    const auto source = [&](tbb::flow_control& control) {
        if (next == f.items) {
            control.stop();
        }
        return next++;
    };
    tbb::task_arena arena(static_cast<int>(f.workers));
    arena.execute([&] {
        tbb::parallel_pipeline(
            tokens, tbb::make_filter<void, std::uint64_t>(mode::serial_in_order, source) &
                        tbb::make_filter<std::uint64_t, std::uint64_t>(mode::parallel, f.work) &
                        tbb::make_filter<std::uint64_t, void>(
                            SumMode, [&sum](std::uint64_t item) { sum += item; }));
    });
    return sum;
}

answer by_hand(const farm& f) {
    std::uint64_t sum = 0;
    hand_queue<std::uint64_t> in(256);
    hand_queue<std::uint64_t> out(256);
    std::jthread last([&] {
        while (auto item = out.pop()) {
            sum += *item;
        }
    });
    {
        std::vector<std::jthread> workers;
        for (std::size_t i = 0; i < f.workers; ++i) {
            workers.emplace_back([&] {
                while (auto item = in.pop()) {
                    out.push(f.work(*item));
                }
            });
        }
        for (std::uint64_t i = 0; i < f.items; ++i) {
            in.push(i);
        }
        in.close();
    }
    out.close();
    last.join();
    return sum;
}

// Every thread takes its share, nothing is handed over.
answer static_split(const farm& f) {
    std::vector<std::uint64_t> sums(f.workers);
    {
        std::vector<std::jthread> workers;
        for (std::size_t w = 0; w < f.workers; ++w) {
            workers.emplace_back([&f, &sums, w] {
                std::uint64_t sum = 0;
                for (std::uint64_t i = w; i < f.items; i += f.workers) {
                    sum += f.work(i);
                }
                sums[w] = sum;
            });
        }
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t part : sums) {
        sum += part;
    }
    return sum;
}

// 96 idle workers
constexpr std::size_t idle_steps = 3;
constexpr std::size_t idle_threads = 32;
constexpr auto settling = 300ms;
constexpr auto idling = 2s;

answer processor_time_of_idling() {
    std::this_thread::sleep_for(settling);  // until all have started and have nothing to do
    const double before = processor_seconds();
    std::this_thread::sleep_for(idling);
    answer idle;
    idle.cpu_s = processor_seconds() - before;
    return idle;
}

answer idle_paipa() {
    const paipa::step_options many{.threads = idle_threads};
    const auto pass = [](int item) { return item; };
    auto flow = paipa::step("first", pass, many) | paipa::step("second", pass, many) |
                paipa::step("third", [](int) {}, many);
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    p.put(1);
    answer idle = processor_time_of_idling();
    idle.result = p.stop().delivered;
    return idle;
}

answer idle_by_hand() {
    hand_queue<int> queue(256);
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < idle_steps * idle_threads; ++i) {
        workers.emplace_back([&queue] {
            while (queue.pop()) {
            }
        });
    }
    answer idle = processor_time_of_idling();
    queue.close();
    idle.result = 1;
    return idle;
}

void ask(const std::string& name, const farm& f, answer (*run)(const farm&)) {
    compare(name, f.items, f.items * (f.items - 1) / 2, [f, run] { return run(f); });
}

void ask_in_both_orders(const std::string& question, const farm& f) {
    ask(question + "/paipa", f, with_paipa<false>);
    ask(question + "/paipa_ordered", f, with_paipa<true>);
    ask(question + "/tbb", f, with_tbb<tbb::filter_mode::serial_out_of_order>);
    ask(question + "/tbb_ordered", f, with_tbb<tbb::filter_mode::serial_in_order>);
    ask(question + "/by_hand", f, by_hand);
    ask(question + "/limit", f, static_split);
}

void ask_in_any_order(const std::string& question, const farm& f, std::uint64_t tbb_items) {
    farm fewer = f;
    fewer.items = tbb_items;
    ask(question + "/paipa", f, with_paipa<false>);
    ask(question + "/tbb", fewer, with_tbb<tbb::filter_mode::serial_out_of_order>);
    ask(question + "/by_hand", f, by_hand);
    ask(question + "/limit", f, static_split);
}

}  // namespace

void add_questions() {
    const auto busy_for = [](double us) {
        return [spin = busy(us)](std::uint64_t item) {
            spin.work();
            return item;
        };
    };
    const auto wait = [](std::uint64_t item) {
        std::this_thread::sleep_for(2ms);
        return item;
    };
    ask_in_both_orders("w2", {.workers = 2, .items = 500'000, .work = busy_for(1)});
    ask_in_both_orders("w2x10", {.workers = 2, .items = 50'000, .work = busy_for(10)});
    ask_in_any_order("w3", {.workers = 128, .items = 64'000, .work = wait}, 16'000);
    ask_in_any_order("w3s", {.workers = 128, .items = 3'200, .work = wait}, 3'200);
    compare("w4i/paipa", 1, 1, idle_paipa);
    compare("w4i/by_hand", 1, 1, idle_by_hand);
}

}  // namespace bench
