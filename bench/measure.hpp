#ifndef PAIPA_BENCH_MEASURE_HPP
#define PAIPA_BENCH_MEASURE_HPP
#include <cstdint>
#include <functional>
#include <string>

namespace bench {

/// What a run gives back: what it computed, to be checked, and what it measured itself, if
/// anything.
struct answer {
    // NOLINTNEXTLINE(google-explicit-constructor): most runs give back nothing but their result
    answer(std::uint64_t computed = 0) : result(computed) {}

    std::uint64_t result;
    double cpu_s = -1;   // processor time; less than 0: that of the whole run
    double p50_us = -1;  // latency; less than 0: not measured
    double p99_us = -1;
};

/// Adds a line to the answers to a question: `name` is `<question>/<who>`. The run is timed,
/// handles `items` items and must give back `right`.
///
/// Each repetition runs in a forked process of its own: nobody inherits warm memory, or threads
/// that still spin, and each has its own peak of memory. So this process must never start a thread.
void compare(const std::string& name, std::uint64_t items, std::uint64_t right,
             std::function<answer()> run);

/// Each program defines what it asks, by calls of `compare`; `measure.cpp` has the main function.
void add_questions();

/// Processor time of this process so far.
double processor_seconds();

}  // namespace bench

#endif
