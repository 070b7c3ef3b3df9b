// Does memory stay flat when a step is slow? w5: strings of 1 KiB through a step of 1 us and a sink
// of 2 us; what is not bounded piles them up. memory: does a long run need more than a short one?

#include <paipa/paipa.hpp>

#include "by_hand.hpp"
#include "measure.hpp"
#include "work.hpp"

#include <cstddef>
#include <cstdint>
#include <oneapi/tbb/parallel_pipeline.h>
#include <ranges>
#include <string>
#include <thread>
#include <utility>

namespace bench {

namespace {

constexpr std::uint64_t strings = 300'000;

struct job {
    busy step = busy(1);
    busy sink = busy(2);

    static std::string make(std::uint64_t i) {
        return std::string(1024, static_cast<char>('a' + i % 26));
    }

    std::string pass(std::string item) const {
        step.work();
        return item;
    }

    std::uint64_t use(const std::string& item) const {
        sink.work();
        return static_cast<std::uint64_t>(item.back());
    }
};

answer with_paipa(const job& j) {
    std::uint64_t sum = 0;
    auto flow = paipa::step("step", [&j](std::string item) { return j.pass(std::move(item)); }) |
                paipa::step("sink", [&](const std::string& item) { sum += j.use(item); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, strings) | std::views::transform(job::make));
    p.run();
    return sum;
}

answer with_tbb(const job& j) {
    using mode = tbb::filter_mode;
    constexpr std::size_t tokens = 256;
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    const auto source = [&](tbb::flow_control& control) {
        if (next == strings) {
            control.stop();
            return std::string();
        }
        return job::make(next++);
    };
    tbb::parallel_pipeline(
        tokens,
        tbb::make_filter<void, std::string>(mode::serial_in_order, source) &
            tbb::make_filter<std::string, std::string>(
                mode::serial_in_order, [&](std::string item) { return j.pass(std::move(item)); }) &
            tbb::make_filter<std::string, void>(
                mode::serial_in_order, [&](const std::string& item) { sum += j.use(item); }));
    return sum;
}

answer by_hand(const job& j) {
    std::uint64_t sum = 0;
    hand_queue<std::string> first(256);
    hand_queue<std::string> second(256);
    const std::jthread step([&] {
        while (auto item = first.pop()) {
            second.push(j.pass(std::move(*item)));
        }
        second.close();
    });
    std::jthread sink([&] {
        while (auto item = second.pop()) {
            sum += j.use(*item);
        }
    });
    for (std::uint64_t i = 0; i < strings; ++i) {
        first.push(job::make(i));
    }
    first.close();
    sink.join();
    return sum;
}

// The slowest step alone on one thread, the others on another, nothing is handed over.
answer apart(const job& j) {
    std::uint64_t sum = 0;
    {
        const std::jthread others([&j] {
            for (std::uint64_t i = 0; i < strings; ++i) {
                j.pass(job::make(i));
            }
        });
        std::string item;
        for (std::uint64_t i = 0; i < strings; ++i) {
            item.assign(1024, static_cast<char>('a' + i % 26));
            sum += j.use(item);
        }
    }
    return sum;
}

answer numbers(std::uint64_t items) {
    std::uint64_t sum = 0;
    const auto pass = [](std::uint64_t item) { return item; };
    auto flow = paipa::step("first", pass, {.threads = 2}) |
                paipa::step("sum", [&sum](std::uint64_t item) { sum += item; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, items));
    p.run();
    return sum;
}

}  // namespace

void add_questions() {
    std::uint64_t right = 0;
    for (std::uint64_t i = 0; i < strings; ++i) {
        right += 'a' + i % 26;
    }
    const auto add = [right, j = job()](const std::string& who, answer (*run)(const job&)) {
        compare("w5/" + who, strings, right, [j, run] { return run(j); });
    };
    add("paipa", with_paipa);
    add("tbb", with_tbb);
    add("by_hand", by_hand);
    add("limit", apart);

    constexpr std::uint64_t few = 100'000;
    constexpr std::uint64_t many = 10'000'000;
    compare("memory/paipa_short", few, few * (few - 1) / 2, [] { return numbers(few); });
    compare("memory/paipa_long", many, many * (many - 1) / 2, [] { return numbers(many); });
}

}  // namespace bench
