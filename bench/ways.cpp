// What do other ways in and out cost than an iterable in, and a last step that returns nothing?
// ways: numbers through three steps of one thread that do no work, as in w1.

#include <paipa/paipa.hpp>

#include "measure.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;

using number = std::uint64_t;

constexpr number items = 2'000'000;
constexpr auto pass = [](number item) { return item; };

auto numbers(number begin = 0, number end = items) {
    return std::views::iota(begin, end);
}

auto flow_into(number& sum) {
    return paipa::step("first", pass) | paipa::step("second", pass) |
           paipa::step("sum", [&sum](number item) { sum += item; });
}

answer run_with(paipa::pipeline_options options) {
    number sum = 0;
    options.quiet = true;
    paipa::pipeline p{flow_into(sum), options};
    p.put_iterable(numbers());
    p.run();
    return sum;
}

answer put_iterable() {
    return run_with({});
}

const std::vector<number>& in_memory() {
    static const std::vector<number> all = [] {
        std::vector<number> them(items);
        std::iota(them.begin(), them.end(), number{0});
        return them;
    }();
    return all;
}

answer put_all() {
    number sum = 0;
    paipa::pipeline p{flow_into(sum), {.quiet = true}};
    p.start();
    p.put_all(in_memory());
    p.stop();
    return sum;
}

answer put_by_4_threads() {
    constexpr number threads = 4;
    number sum = 0;
    paipa::pipeline p{flow_into(sum), {.quiet = true}};
    p.start();
    {
        std::vector<std::jthread> putters;
        for (number t = 0; t < threads; ++t) {
            putters.emplace_back([&p, t] {
                for (const number n : numbers(t * items / threads, (t + 1) * items / threads)) {
                    p.put(n);
                }
            });
        }
    }
    p.stop();
    return sum;
}

answer queue() {
    number sum = 0;
    const auto input = std::make_shared<paipa::queue<number>>(8192);
    paipa::pipeline p{flow_into(sum), input, {.quiet = true}};
    p.start();
    for (const number n : numbers()) {
        input->push(n);
    }
    p.stop();
    return sum;
}

answer results() {
    auto flow =
        paipa::step("first", pass) | paipa::step("second", pass) | paipa::step("third", pass);
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(numbers());
    number sum = 0;
    for (const number n : p.results()) {
        sum += n;
    }
    return sum;
}

// What a run's figures cost when they are asked for a hundred times a second
struct silent final : paipa::reporter {
    void show(std::span<const paipa::step_record>) override {}
};

answer reported() {
    return run_with({.reporters = {std::make_shared<silent>()}, .notice_interval = 10ms});
}

answer tracked() {
    return run_with({.tracker = std::make_shared<paipa::tracker>()});
}

}  // namespace

void add_questions() {
    const auto add = [](const std::string& who, answer (*run)()) {
        compare("ways/" + who, items, items * (items - 1) / 2, run);
    };
    in_memory();  // made before the clock runs
    add("put_iterable", put_iterable);
    add("put_all", put_all);
    add("put_by_4_threads", put_by_4_threads);
    add("queue", queue);
    add("results", results);
    add("reported", reported);
    add("tracked", tracked);
}

}  // namespace bench
