#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/run_parts.hpp>
#include <paipa/detail/run/stall_watch.hpp>
#include <paipa/log.hpp>
#include <paipa/report.hpp>
#include <paipa/time.hpp>

#include <cstdint>

namespace paipa::detail {
namespace {

/// Grows with whatever happens in a run.
std::uint64_t moves_in(const report& r) {
    std::uint64_t n = r.failure_count;
    for (const step_report& s : r.steps) {
        n += s.finished + s.skipped + s.dead + s.dropped + s.abandoned + s.emitted + s.retries;
    }
    for (const edge_report& e : r.edges) {
        n += e.pushed + e.popped + e.abandoned;
    }
    for (const source_report& s : r.sources) {
        n += s.emitted;
    }
    return n;
}

}  // namespace

stall_watch::stall_watch(run_core& run, const char* who)
    : run_(run), who_(who), next_(later(run.rt.now(), first_look)) {}

void stall_watch::look() {
    const time_point now = run_.rt.now();
    if (now < next_) {
        return;
    }
    const std::uint64_t moves = moves_in(run_.books());
    const bool stands_still = has_looked_ && moves == moves_;
    const bool is_stalled = stands_still && run_.parts().graph.holds_items();
    has_looked_ = true;
    moves_ = moves;
    next_ = is_stalled || (stands_still && run_.rt.is_simulated()) ? never : later(now, patience);
    if (is_stalled) {
        log(log_level::warning, run_.label() + ": " + who_ +
                                    ": nothing has moved for 10 s, but items are inside; " +
                                    run_.parts().explanation.way_out() + "\n" + run_.explain());
    }
}

}  // namespace paipa::detail
