#ifndef PAIPA_DETAIL_RUN_STOPPER_HPP
#define PAIPA_DETAIL_RUN_STOPPER_HPP
#include <paipa/detail/run/graph.hpp>

#include <exception>
#include <string>
#include <string_view>

namespace paipa::detail {

class run_core;
class step_core;
struct run_parts;
struct worker_context;

/// Stops a run before its input is used up, from any thread: drain, cancel, early end and failure.
class stopper {
public:
    explicit stopper(run_core& run) noexcept;

    /// Sources stop, and what is inside goes on.
    void drain();

    /// All edges are cancelled, unless the run has ended or failed.
    void cancel(std::string_view why, bool asked);

    /// Nobody wants what the step would still do. The run ends early if nothing more is wanted of
    /// its intake.
    void end_early(std::string_view why, step_core& step);

    /// Nobody wants anything more.
    void end_early(std::string_view why);

    /// The first failure of a run cancels all edges, and is told to the program's callback.
    void fail(const worker_context& at, const char* where, unsigned attempt,
              std::exception_ptr error, std::string what) noexcept;

private:
    void cancel_edges(std::string_view why, bool keep_results) noexcept;
    void request_stops(graph::which those) noexcept;
    void request_stops_in_time(graph::which those) noexcept;

    run_core& run_;
    run_parts& parts_;
};

}  // namespace paipa::detail
#endif
