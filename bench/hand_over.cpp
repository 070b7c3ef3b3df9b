// What does it cost to hand an item from step to step? Three steps of one thread each that do no
// work, fed by a source: w1 with numbers, w1s with strings; default options.

#include <paipa/paipa.hpp>

#include "by_hand.hpp"
#include "measure.hpp"
#include "spsc_ring.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <oneapi/tbb/parallel_pipeline.h>
#include <ranges>
#include <string>
#include <thread>
#include <utility>

namespace bench {

namespace {

template <class T>
T make(std::uint64_t i) {
    if constexpr (std::integral<T>) {
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
constexpr auto pass = [](T item) { return item; };

// What paipa's edges hold by default
template <class T>
constexpr std::size_t capacity = std::integral<T> ? 8192 : 256;

template <class T>
answer with_paipa(std::uint64_t items) {
    std::uint64_t sum = 0;
    auto flow = paipa::step("first", pass<T>) | paipa::step("second", pass<T>) |
                paipa::step("sum", [&sum](const T& item) { sum += weight(item); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, items) | std::views::transform(make<T>));
    p.run();
    return sum;
}

answer fused(std::uint64_t items) {
    std::uint64_t sum = 0;
    auto flow = paipa::fuse(paipa::step("first", pass<std::uint64_t>),
                            paipa::step("second", pass<std::uint64_t>),
                            paipa::step("sum", [&sum](std::uint64_t item) { sum += item; }));
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, items));
    p.run();
    return sum;
}

template <class T>
answer with_tbb(std::uint64_t items) {
    using mode = tbb::filter_mode;
    constexpr std::size_t tokens = 64;  // more make no difference
    std::uint64_t next = 0;
    std::uint64_t sum = 0;
    const auto source = [&](tbb::flow_control& control) {
        if (next == items) {
            control.stop();
            return T();
        }
        return make<T>(next++);
    };
    tbb::parallel_pipeline(
        tokens, tbb::make_filter<void, T>(mode::serial_in_order, source) &
                    tbb::make_filter<T, T>(mode::serial_in_order, pass<T>) &
                    tbb::make_filter<T, T>(mode::serial_in_order, pass<T>) &
                    tbb::make_filter<T, void>(mode::serial_in_order,
                                              [&sum](const T& item) { sum += weight(item); }));
    return sum;
}

template <class T>
answer by_hand(std::uint64_t items) {
    std::uint64_t sum = 0;
    hand_queue<T> first(capacity<T>);
    hand_queue<T> second(capacity<T>);
    hand_queue<T> third(capacity<T>);
    const auto move = [](hand_queue<T>& from, hand_queue<T>& to) {
        while (auto item = from.pop()) {
            to.push(pass<T>(std::move(*item)));
        }
        to.close();
    };
    const std::jthread one(move, std::ref(first), std::ref(second));
    const std::jthread two(move, std::ref(second), std::ref(third));
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

template <class T>
answer limit(std::uint64_t items) {
    std::uint64_t sum = 0;
    spsc_ring<T> first(8192);
    spsc_ring<T> second(8192);
    spsc_ring<T> third(8192);
    const auto move = [](spsc_ring<T>& from, spsc_ring<T>& to) {
        while (from.take([&to](T&& item) { to.push(pass<T>(std::move(item))); })) {
        }
        to.close();
    };
    const std::jthread one(move, std::ref(first), std::ref(second));
    const std::jthread two(move, std::ref(second), std::ref(third));
    std::jthread three([&] {
        while (third.take([&sum](const T& item) { sum += weight(item); })) {
        }
    });
    for (std::uint64_t i = 0; i < items; ++i) {
        first.push(make<T>(i));
    }
    first.close();
    three.join();
    return sum;
}

template <class T>
void ask(const std::string& name, std::uint64_t items, answer (*run)(std::uint64_t)) {
    std::uint64_t right = 0;
    for (std::uint64_t i = 0; i < items; ++i) {
        right += weight(make<T>(i));
    }
    compare(name, items, right, [run, items] { return run(items); });
}

template <class T>
void ask_all(const std::string& question, std::uint64_t many, std::uint64_t few) {
    ask<T>(question + "/paipa", many, with_paipa<T>);
    ask<T>(question + "/tbb", few, with_tbb<T>);
    ask<T>(question + "/by_hand", few, by_hand<T>);
    ask<T>(question + "/limit", many, limit<T>);
}

}  // namespace

void add_questions() {
    ask_all<std::uint64_t>("w1", 5'000'000, 1'000'000);
    ask<std::uint64_t>("w1/paipa_fused", 20'000'000, fused);
    ask_all<std::string>("w1s", 2'000'000, 500'000);
}

}  // namespace bench
