// What does the ledger cost? ledger: numbers through three steps of one thread that do no work, as
// in w1, but with all threads on one processor, so that it is the instructions that count, and not
// how the threads happen to meet. Built twice: with the library as it is, and with one that does
// not count what becomes of the items.

#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/paipa.hpp>

#include "measure.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <sched.h>

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

std::uint64_t hand_on() {
    constexpr auto pass = [](std::uint64_t item) { return item; };
    std::uint64_t sum = 0;
    auto flow = paipa::step("first", pass) | paipa::step("second", pass) |
                paipa::step("sum", [&sum](std::uint64_t item) { sum += item; });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(std::views::iota(std::uint64_t{0}, items));
    p.run();
    return sum;
}

// Of many short runs the one with the least processor time tells the most: what else goes on in the
// machine can only add to it, and does by far more than the ledger.
answer hand_on_often() {
    stay_on_one_processor();
    answer all;
    all.cpu_s = std::numeric_limits<double>::max();
    for (int i = 0; i < runs; ++i) {
        const double before = processor_seconds();
        all.result += hand_on();
        all.cpu_s = std::min(all.cpu_s, runs * (processor_seconds() - before));
    }
    return all;
}

}  // namespace

void add_questions() {
    compare(paipa::detail::is_counted ? "ledger/paipa" : "ledger/uncounted", runs * items,
            runs * (items * (items - 1) / 2), hand_on_often);
}

}  // namespace bench
