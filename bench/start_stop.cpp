// What does a pipeline cost that has hardly anything to do? Build it, start it, hand one item
// through, stop it: w7 with 128 + 16 workers, w7s with three steps of one.

#include <paipa/paipa.hpp>

#include "by_hand.hpp"
#include "measure.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

using counts = std::vector<std::size_t>;  // threads, step by step

std::uint64_t large_paipa() {
    std::uint64_t seen = 0;
    auto flow = paipa::step("many", [](int item) { return item; }, {.threads = 128}) |
                paipa::step("some", [](int item) { return item; }, {.threads = 16}) |
                paipa::step("one", [&seen](int) { ++seen; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    p.put(1);
    p.stop();
    return seen;
}

std::uint64_t small_paipa() {
    std::uint64_t seen = 0;
    const auto pass = [](int item) { return item; };
    auto flow = paipa::step("first", pass) | paipa::step("second", pass) |
                paipa::step("third", [&seen](int) { ++seen; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    p.put(1);
    p.stop();
    return seen;
}

// Bare threads on queues of one's own, the last of which counts.
std::uint64_t by_hand(const counts& threads) {
    std::vector<std::unique_ptr<hand_queue<int>>> queues;
    for (std::size_t i = 0; i < threads.size(); ++i) {
        queues.push_back(std::make_unique<hand_queue<int>>(256));
    }
    std::atomic<std::uint64_t> seen = 0;
    std::vector<std::vector<std::jthread>> steps(threads.size());
    for (std::size_t s = 0; s < threads.size(); ++s) {
        for (std::size_t i = 0; i < threads[s]; ++i) {
            steps[s].emplace_back([&, s] {
                while (auto item = queues[s]->pop()) {
                    if (s + 1 == threads.size()) {
                        ++seen;
                    } else {
                        queues[s + 1]->push(*item);
                    }
                }
            });
        }
    }
    queues[0]->push(1);
    for (std::size_t s = 0; s < threads.size(); ++s) {
        queues[s]->close();
        steps[s].clear();  // joins
    }
    return seen;
}

// Bare threads that wait for the one item, which ends them all.
std::uint64_t bare_threads(const counts& threads) {
    std::atomic<int> item = 0;
    std::atomic<std::uint64_t> seen = 0;
    {
        std::vector<std::jthread> all(std::accumulate(threads.begin(), threads.end(), 0UL));
        for (std::jthread& thread : all) {
            thread = std::jthread([&] {
                item.wait(0);
                seen.store(1);
            });
        }
        item.store(1);
        item.notify_all();
    }
    return seen;
}

void ask(const std::string& name, std::uint64_t times, std::function<std::uint64_t()> run) {
    compare(name, times, times, [run = std::move(run), times] {
        std::uint64_t seen = 0;
        for (std::uint64_t i = 0; i < times; ++i) {
            seen += run();
        }
        return seen;
    });
}

}  // namespace

void add_questions() {
    constexpr std::uint64_t few = 30;
    constexpr std::uint64_t many = 500;
    const counts large{128, 16, 1};
    const counts small{1, 1, 1};
    ask("w7/paipa", few, large_paipa);
    ask("w7/by_hand", few, [large] { return by_hand(large); });
    ask("w7/limit", few, [large] { return bare_threads(large); });
    ask("w7s/paipa", many, small_paipa);
    ask("w7s/by_hand", many, [small] { return by_hand(small); });
    ask("w7s/limit", many, [small] { return bare_threads(small); });
}

}  // namespace bench
