#include "measure.hpp"

#include <paipa/version.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <oneapi/tbb/version.h>
#include <range/v3/version.hpp>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace bench {

namespace {

constexpr unsigned patience_s = 120;  // for one run; then it counts as stuck

// What a child tells its parent through a pipe.
struct outcome {
    answer got{};
    double seconds = 0;
    double cpu_s = 0;
    double peak_mib = 0;            // above what the process had when it began
    std::array<char, 200> error{};  // empty: none
};

rusage used() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return use;
}

void complain(outcome& out, std::string_view text) {
    text = text.substr(0, out.error.size() - 1);
    *std::copy(text.begin(), text.end(), out.error.begin()) = '\0';
}

outcome run_here(const std::function<answer()>& run) {
    outcome out;
    const auto peak_before = used().ru_maxrss;
    const double cpu_before = processor_seconds();
    const auto begin = std::chrono::steady_clock::now();
    try {
        out.got = run();
    } catch (const std::exception& error) {
        complain(out, error.what());
    }
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    out.cpu_s = out.got.cpu_s < 0 ? processor_seconds() - cpu_before : out.got.cpu_s;
    out.peak_mib = static_cast<double>(used().ru_maxrss - peak_before) / 1024;
    return out;
}

outcome run_in_child(const std::function<answer()>& run) {
    outcome out;
    int ends[2];
    if (pipe(ends) != 0) {
        complain(out, "cannot make a pipe");
        return out;
    }
    const pid_t child = fork();
    if (child == 0) {
        alarm(patience_s);
        out = run_here(run);
        const bool told = write(ends[1], &out, sizeof out) == ssize_t{sizeof out};
        _exit(told ? 0 : 1);  // without the parent's exit handlers
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &out, sizeof out) != ssize_t{sizeof out}) {
        complain(out, "the run crashed, or got stuck");
    }
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return out;
}

void repeat(benchmark::State& state, std::uint64_t right, const std::function<answer()>& run) {
    const auto count = [&state](const char* name, double value) {
        if (value >= 0) {
            state.counters[name] = value;
        }
    };
    for (auto _ : state) {
        outcome out = run_in_child(run);
        if (out.error.front() == '\0' && out.got.result != right) {
            complain(out, "wrong result: expected " + std::to_string(right) + ", got " +
                              std::to_string(out.got.result));
        }
        if (out.error.front() != '\0') {
            state.SkipWithError(out.error.data());
            return;
        }
        state.SetIterationTime(out.seconds);
        count("cpu_s", out.cpu_s);
        count("peak_mib", out.peak_mib);
        count("p50_us", out.got.p50_us);
        count("p99_us", out.got.p99_us);
    }
}

}  // namespace

double processor_seconds() {
    const rusage use = used();
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

void compare(const std::string& name, std::uint64_t items, std::uint64_t right,
             std::function<answer()> run) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [items, right, run = std::move(run)](benchmark::State& state) {
                                     repeat(state, right, run);
                                     state.counters["items"] = static_cast<double>(items);
                                 })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

}  // namespace bench

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::AddCustomContext("paipa", std::string(paipa::version()));
#ifdef __clang__
    benchmark::AddCustomContext("compiler", __VERSION__);
#else
    benchmark::AddCustomContext("compiler", "g++ " __VERSION__);
#endif
    benchmark::AddCustomContext("oneTBB", TBB_runtime_version());
    benchmark::AddCustomContext("range-v3", std::to_string(RANGE_V3_MAJOR) + '.' +
                                                std::to_string(RANGE_V3_MINOR) + '.' +
                                                std::to_string(RANGE_V3_PATCHLEVEL));
    bench::add_questions();
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
