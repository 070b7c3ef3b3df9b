#ifndef PAIPA_OBSERVE_REPORTER_HPP
#define PAIPA_OBSERVE_REPORTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace paipa {

struct report;

/// The figures of one step since its run began. The step is one of a chain under a
/// `runtime_debugger`, or of a threaded pipeline. Figures that are not measured there are empty.
struct step_record {
    std::string name;
    /// Entries that left the step; the debugger counts a list by its length.
    std::uint64_t count = 0;
    duration run_time{};                          ///< In the step's own code, over all its threads.
    double throughput = 0;                        ///< Entries per second of run time.
    std::optional<duration> user_cpu{};           ///< Sampled, shared out by run time.
    std::optional<duration> system_cpu{};         ///< Likewise.
    std::optional<std::uint64_t> calls{};         ///< How much the user's counter grew.
    std::optional<double> calls_per_entry{};      ///< `calls / count`.
    std::optional<std::int64_t> memory_growth{};  ///< Bytes of resident memory; sampled.
};

/// Receives figures regularly and at the end of a run.
///
/// Threads: the figures of a chain come on the thread that walks it. Those of a pipeline come on a
///          worker of the last step, or on the thread that ends the run. There is one call at a
///          time, unless several debuggers or pipelines share the reporter. The thread that calls
///          it has to wait for it; the other threads go on. Figures that are due meanwhile are left
///          out. A pipeline counts them, and its `explain()` tells that the reporter is at work.
/// Errors:  a reporter that throws is logged, and left out from then on.
struct reporter {
    reporter() = default;
    reporter(const reporter&) = delete;
    reporter& operator=(const reporter&) = delete;
    virtual ~reporter() = default;

    virtual void show(std::span<const step_record> steps) = 0;
};

/// The figures of a threaded pipeline's steps.
[[nodiscard]] std::vector<step_record> step_records(const report& r);

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
