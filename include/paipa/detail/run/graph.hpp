#ifndef PAIPA_DETAIL_RUN_GRAPH_HPP
#define PAIPA_DETAIL_RUN_GRAPH_HPP
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace paipa::detail {

class edge;
class edge_core;
class result_reader;
class step_core;

/// The steps of a run and the edges between them. Each step has one edge in front of it, and stands
/// in front of all steps that its ways lead to.
///
/// Owner:   the run. Filled by `run_builder`, and constant from then on; the workers, with their
///          inboxes and outboxes, are destroyed before the edges.
/// Threads: all calls from any thread.
struct graph {
    graph();
    graph(const graph&) = delete;
    graph& operator=(const graph&) = delete;
    ~graph();

    /// The edge in front of the first step.
    [[nodiscard]] edge& intake() const noexcept { return *edges.front(); }

    /// All threads of all steps.
    [[nodiscard]] std::size_t threads() const noexcept;

    /// Items that have left the last steps: those that a step has handed on, or else those that it
    /// is through with.
    [[nodiscard]] std::uint64_t delivered() const;

    /// Whether there are items that somebody could go on with: queued ones, waiting retries, and
    /// those in the hands of user code. What a step keeps back for later is none of them.
    [[nodiscard]] bool holds_items() const;

    /// Edges bounded by time count it from now on.
    void start_bounds();

    /// Marks the step as unwanted, and then each step in front of it whose ways all lead to
    /// unwanted steps. Returns whether the first step is unwanted, too.
    bool give_up(step_core& step) noexcept;

    /// The steps that a call is for.
    enum class which { none, unwanted, all };

    /// Cancels the edges in front of the steps, from the last of them to the first: a worker that
    /// finds its input cancelled, and emits from `thread_shutdown`, finds the edge behind it
    /// cancelled, too. So those items are always abandoned.
    void cancel(std::string_view why, which those);

    /// Asks the workers of the steps to stop. User code may listen, and runs here.
    void request_stops(which those) noexcept;
    [[nodiscard]] bool stops_may_run_user_code(which those) const noexcept;

    /// On a thread of the run, or when all of them have ended: destroys what the edges in front of
    /// these steps have given up. That is user code.
    void drop_given_up(which those) noexcept;

    std::vector<std::unique_ptr<edge>> edges;  // in front of each step; the intake is the first
    std::vector<std::unique_ptr<step_core>> steps;
    std::unique_ptr<result_reader> results;  // behind the last steps; null: not wanted

private:
    /// The step behind the edge is unwanted.
    [[nodiscard]] bool is_unwanted(const edge_core& in_front) const noexcept;
};

}  // namespace paipa::detail
#endif
