#ifndef PAIPA_DETAIL_RUN_NOTICES_HPP
#define PAIPA_DETAIL_RUN_NOTICES_HPP
#include <paipa/detail/run/watcher_gate.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace paipa::detail {

class accounting;
class lifecycle;
class stage_run;
struct graph;

/// Tells the log and the reporters of a run how it goes on, in the options' interval.
///
/// Threads: `look` from any worker of the last step; one of them at a time tells. A notice that is
///          due while another one is told is skipped, and counted.
class notices {
public:
    notices(stage_run& run, graph& g, const lifecycle& life, accounting& accounts);
    notices(const notices&) = delete;
    notices& operator=(const notices&) = delete;
    ~notices();

    /// The run starts: from then on the interval counts.
    void start(time_point now) noexcept;

    /// Tells when a notice is due.
    void look(time_point now) noexcept;

    /// At the end of the run: checks that the books balance, and tells whoever wants to know, once
    /// more. Where memory is short each of them still has its chance, and what is lost is said by a
    /// text that needs none.
    void close_books() noexcept;

    /// Tells how long a notice or the log hook has kept a thread of the run. Empty, or whole lines.
    [[nodiscard]] std::string describe(time_point now) const;

    [[nodiscard]] std::uint64_t skipped() const noexcept { return gate_.skipped(); }

    /// The log is shown, and the run may tell of itself there.
    [[nodiscard]] bool are_logged() const noexcept;

private:
    void tell_progress(time_point now);
    void show_figures();

    stage_run& run_;
    graph& graph_;
    const lifecycle& life_;
    accounting& accounts_;
    std::atomic<duration::rep> next_{0};  // workers race for it by compare and exchange
    watcher_gate gate_;                   // guards the next one; whoever is in it may tell
    std::vector<std::shared_ptr<reporter>> reporters_;
};

}  // namespace paipa::detail
#endif
