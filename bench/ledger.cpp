// What does the ledger cost? ledger: numbers through three steps of one thread that do no work, as
// in w1, but with all threads on one processor, so that it is the instructions that count, and not
// how the threads happen to meet. Built twice: with the library as it is, and with one that does
// not count what becomes of the items. And where each item has a ticket, which three edges carry.

#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/source.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/ticket/window.hpp>
#include <paipa/paipa.hpp>

#include "measure.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <ranges>
#include <sched.h>
#include <utility>

namespace bench {

namespace {

constexpr std::uint64_t items = 1'000'000;
constexpr int runs = 100;

// Always the last one, as they may differ. What is started from now on inherits it
void stay_on_one_processor() {
    cpu_set_t all;
    sched_getaffinity(0, sizeof all, &all);
    std::size_t last = CPU_SETSIZE - 1;
    while (last > 0 && !CPU_ISSET(last, &all)) {
        --last;
    }
    CPU_ZERO(&all);
    CPU_SET(last, &all);
    sched_setaffinity(0, sizeof all, &all);
}

auto numbers() {
    return std::views::iota(std::uint64_t{0}, items);
}

auto steps(std::uint64_t& sum) {
    constexpr auto pass = [](std::uint64_t item) { return item; };
    return paipa::step("first", pass) | paipa::step("second", pass) |
           paipa::step("sum", [&sum](std::uint64_t item) { sum += item; });
}

std::uint64_t hand_on() {
    std::uint64_t sum = 0;
    paipa::pipeline p{steps(sum), {.quiet = true}};
    p.put_iterable(numbers());
    p.run();
    return sum;
}

std::uint64_t hand_on_with_tickets() {
    using source = paipa::detail::range_source<std::uint64_t, decltype(numbers())>;
    constexpr std::size_t places = 16384;
    std::uint64_t sum = 0;
    paipa::detail::window window(paipa::default_runtime(), places, {});
    const auto run = paipa::detail::make_run<std::uint64_t, void>(steps(sum), {.quiet = true});
    for (const auto& edge : run->parts().graph.edges) {
        edge->carry_tickets();
    }
    auto all = std::make_unique<source>(*run, "numbers", run->intake(), numbers());
    all->open_tickets(window);
    run->add_source(std::move(all), "add_source");
    run->run();
    return sum;
}

// Of many short runs the one with the least processor time tells the most: what else goes on in the
// machine can only add to it, and does by far more than the ledger.
answer often(std::uint64_t (*run)()) {
    stay_on_one_processor();
    answer all;
    all.cpu_s = std::numeric_limits<double>::max();
    for (int i = 0; i < runs; ++i) {
        const double before = processor_seconds();
        all.result += run();
        all.cpu_s = std::min(all.cpu_s, runs * (processor_seconds() - before));
    }
    return all;
}

}  // namespace

void add_questions() {
    compare(paipa::detail::is_counted ? "ledger/paipa" : "ledger/uncounted", runs * items,
            runs * (items * (items - 1) / 2), [] { return often(hand_on); });
    if (paipa::detail::is_counted) {
        compare("ledger/tickets", runs * items, runs * (items * (items - 1) / 2),
                [] { return often(hand_on_with_tickets); });
    }
}

}  // namespace bench
