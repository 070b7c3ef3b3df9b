#ifndef PAIPA_BENCH_WORK_HPP
#define PAIPA_BENCH_WORK_HPP
#include <algorithm>
#include <chrono>
#include <cstdint>

namespace bench {

/// Keeps a processor busy for a fixed number of steps, about `us` microseconds: not until a time
/// has come, for then a thread that was put aside would have its work done for nothing.
class busy {
public:
    explicit busy(double us) : steps_(static_cast<std::uint64_t>(us * steps_per_us())) {}

    void work() const { run(steps_); }

private:
    using clock = std::chrono::steady_clock;

    static void run(std::uint64_t steps) {
        std::uint64_t value = 1;
        for (std::uint64_t i = 0; i < steps; ++i) {
            value = value * 6364136223846793005U + 1442695040888963407U;
            asm volatile("" : "+r"(value));  // each step waits for the one before
        }
    }

    static double steps_per_us() {
        static const double measured = [] {
            constexpr std::uint64_t steps = 200'000;
            double best_us = 1e9;
            for (int i = 0; i < 20; ++i) {
                const auto begin = clock::now();
                run(steps);
                const std::chrono::duration<double, std::micro> took = clock::now() - begin;
                best_us = std::min(best_us, took.count());
            }
            return static_cast<double>(steps) / best_us;
        }();
        return measured;
    }

    std::uint64_t steps_;
};

}  // namespace bench

#endif
