#ifndef PAIPA_REPORT_HPP
#define PAIPA_REPORT_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/failure.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace paipa {

/// What a worker does with its time.
enum class activity {
    running,            ///< In user code, with an item.
    waiting_for_input,  ///< Nothing to do.
    waiting_for_room,   ///< The next step, or the reader of the results, is slower.
    waiting_for_turn,   ///< In an ordered step: an earlier item has to leave first.
    waiting_for_meta,   ///< For a meta entry, which passes when all items before it have left.
    waiting_to_retry,   ///< All items at hand wait for their next try.
    in_hook,            ///< In user code without an item: `thread_initialize` and so on.
    ended
};

/// Summed over the workers of a step.
struct time_by_state {
    duration running{};            ///< In user code, hand-over included.
    duration waiting_for_input{};  ///< Nothing to do.
    duration waiting_for_room{};   ///< The next step is slower.
    duration waiting_to_retry{};   ///< All items at hand wait for their next try.
    duration waiting_for_turn{};   ///< In an ordered step: for an earlier item.
    duration waiting_for_meta{};   ///< For a meta entry to pass.
    duration in_hooks{};           ///< In user code without an item.
};

/// The books of one step: `received = finished + skipped + dead + dropped + abandoned + inside`.
struct step_report {
    std::string name;
    std::size_t threads = 0;
    bool sends = true;            ///< False: it returns nothing, and ends the line.
    std::uint64_t received = 0;   ///< Items taken from the edge in front of the step.
    std::uint64_t finished = 0;   ///< Processed.
    std::uint64_t skipped = 0;    ///< Returned nullopt, or threw `skip_entry`.
    std::uint64_t dead = 0;       ///< Kept as dead letters.
    std::uint64_t dropped = 0;    ///< Failed, with `failure_action::drop`.
    std::uint64_t abandoned = 0;  ///< Left behind by a failed, cancelled or early ended run.
    std::uint64_t inside = 0;     ///< In process, kept back, or waiting for a retry.
    std::uint64_t emitted = 0;    ///< Items handed on, or delivered by the last step.
    std::uint64_t retries = 0;    ///< Tries beyond each item's first.
    time_by_state time{};
    /// Processor time of its threads. Empty in a simulation, and where the system does not say.
    std::optional<duration> cpu{};
    bool is_last = false;  ///< No step is behind it: what leaves it is delivered.
    bool fused = false;    ///< Runs on the workers of the step before it, which books the time.

    [[nodiscard]] bool balanced() const noexcept {
        return received == finished + skipped + dead + dropped + abandoned + inside;
    }
};

/// The books of one edge: `pushed = popped + abandoned + queued`.
struct edge_report {
    std::string from;          ///< `intake` in front of the first step.
    std::string to;            ///< `results` behind the last one.
    std::size_t capacity = 0;  ///< Items that it may hold at most.
    /// Items that it may hold at present. This is the capacity if one is declared; otherwise it
    /// grows and falls with the speed of the readers.
    std::size_t limit = 0;
    std::uint64_t pushed = 0;
    std::uint64_t popped = 0;
    std::uint64_t abandoned = 0;
    std::uint64_t queued = 0;
    std::uint64_t most = 0;  ///< Highest number of items held at once.

    [[nodiscard]] bool balanced() const noexcept { return pushed == popped + abandoned + queued; }
};

/// A thread that feeds the intake: an iterable's, or an input queue's.
struct source_report {
    std::string name;
    std::uint64_t emitted = 0;
    time_by_state time{};
    std::optional<duration> cpu{};  ///< As in `step_report`.
};

/// How a run stands, or how it ended.
enum class run_state { ready, running, finished, ended_early, drained, cancelled, failed };

/// The books of a run, at the moment it was asked for or at its end.
struct report {
    // Not an aggregate: these members are compiled once, in the library, and not again in each file
    // that includes this header.
    report();
    report(const report&);
    report(report&&) noexcept;
    report& operator=(const report&);
    report& operator=(report&&) noexcept;
    ~report();

    std::string name;
    run_state state = run_state::ready;
    duration elapsed{};
    std::uint64_t delivered = 0;  ///< What `pipeline::count` says.
    std::vector<step_report> steps;
    std::vector<edge_report> edges;
    std::vector<source_report> sources;
    std::vector<failure> failures;    ///< The first few; the first one stopped the run.
    std::uint64_t failure_count = 0;  ///< All of them.
    std::size_t processors = 0;       ///< Shared by the threads; 0: not known, or a simulation.
    /// Notices that were due while a reporter or the log hook was still at work on another one.
    std::uint64_t notices_skipped = 0;
    std::uint64_t results_unread = 0;  ///< Delivered, but given to no reader of `results()`.

    /// Whether the books of every step and every edge balance.
    [[nodiscard]] bool balanced() const noexcept;
    /// Sum over steps and edges.
    [[nodiscard]] std::uint64_t abandoned() const noexcept;
    [[nodiscard]] std::uint64_t dead() const noexcept;
    [[nodiscard]] std::uint64_t dropped() const noexcept;
    [[nodiscard]] std::uint64_t skipped() const noexcept;
    /// One sentence that tells what holds the run up, with the figures, which are shares of the
    /// run's whole time. It may be a step or a source that runs most of the time. If there is none,
    /// it may be whoever feeds the run or reads its results, or what the workers wait for most of
    /// the time: retries, order, meta entries, hooks. Or it is the machine, when threads wait for
    /// processors. The sentence also says when two are as busy as each other, when nothing stands
    /// out, and when the run was too short.
    [[nodiscard]] std::string bottleneck() const;
    /// The whole report as tables, for people.
    [[nodiscard]] std::string text() const;
};

std::string_view to_string(activity a) noexcept;
std::string_view to_string(run_state s) noexcept;
std::ostream& operator<<(std::ostream& out, const report& r);

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
