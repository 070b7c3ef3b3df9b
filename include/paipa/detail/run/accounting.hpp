#ifndef PAIPA_DETAIL_RUN_ACCOUNTING_HPP
#define PAIPA_DETAIL_RUN_ACCOUNTING_HPP
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <string>
#include <vector>

namespace paipa::detail {

class failure_log;
class intake;
class lifecycle;
class step_core;
struct graph;

/// Makes the books of a run from the counters of its workers, edges and sources.
///
/// Threads: all calls from any thread, also while the run goes on.
class accounting {
public:
    accounting(runtime& rt, graph& g, const lifecycle& life, const intake& in,
               const failure_log& failures) noexcept
        : rt_(rt), graph_(g), life_(life), intake_(in), failures_(failures) {}

    accounting(const accounting&) = delete;
    accounting& operator=(const accounting&) = delete;
    ~accounting() = default;

    [[nodiscard]] report books(const std::string& name);

    /// Fills in the figures of the whole run: state, time, failures and delivered items. Needs no
    /// memory.
    void fill_without_memory(report& r) const noexcept;

private:
    [[nodiscard]] static step_report row_of(step_core& step, time_point now, bool has_settled);
    static void add_parts(report& r, const step_core& step);
    void keep_from_going_back(report& r);

    runtime& rt_;
    graph& graph_;
    const lifecycle& life_;
    const intake& intake_;
    const failure_log& failures_;
    mutex mutex_;
    std::vector<time_by_state> told_times_
        PAIPA_GUARDED_BY(mutex_);  // of steps, then sources, by reports so far
};

}  // namespace paipa::detail
#endif
