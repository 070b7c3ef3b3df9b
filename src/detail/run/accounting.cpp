#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/run/accounting.hpp>
#include <paipa/detail/run/failure_log.hpp>
#include <paipa/detail/run/graph.hpp>
#include <paipa/detail/run/intake.hpp>
#include <paipa/detail/run/lifecycle.hpp>
#include <paipa/detail/run/result_reader.hpp>
#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/add_outcomes.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/report.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace paipa::detail {
namespace {

/// Counted once: that takes a system call or more.
std::size_t processors() {
    static const std::size_t there = std::thread::hardware_concurrency();
    return there;
}

duration elapsed(const lifecycle::span& ran) noexcept {
    return ran.from != never ? ran.to - ran.from : duration{};
}

time_by_state at_least(const time_by_state& before, time_by_state now) {
    for (const auto field : {&time_by_state::running, &time_by_state::waiting_for_input,
                             &time_by_state::waiting_for_room, &time_by_state::waiting_to_retry,
                             &time_by_state::waiting_for_turn, &time_by_state::waiting_for_meta,
                             &time_by_state::in_hooks}) {
        now.*field = std::max(now.*field, before.*field);
    }
    return now;
}

}  // namespace

report accounting::books(const std::string& name) {
    const lifecycle::span ran = life_.ran();  // before the counters: they do not change at the end
    report r;
    r.name = name;
    r.state = ran.state;
    r.elapsed = elapsed(ran);
    r.failures = failures_.kept();
    r.failure_count = failures_.count();
    r.delivered = graph_.delivered();
    r.processors = rt_.is_simulated() ? 0 : processors();
    for (const auto& step : graph_.steps) {
        r.edges.push_back(step->in().figures());
        r.steps.push_back(row_of(*step, ran.to, ran.has_settled));
        add_parts(r, *step);
    }
    if (graph_.results != nullptr) {
        r.results_unread = graph_.results->unread();
        r.edges.push_back(graph_.results->edge.figures());
    }
    for (std::size_t i = 0; const source_core* const source = intake_.source(i); ++i) {
        source_report& s = r.sources.emplace_back();
        s.name = source->name;
        s.emitted = source->core.emitted();
        source->core.times.add_to(s.time, ran.to);
        s.cpu = source->core.cpu.read();
    }
    keep_from_going_back(r);
    return r;
}

void accounting::fill_without_memory(report& r) const noexcept {
    const lifecycle::span ran = life_.ran();
    r.state = ran.state;
    r.elapsed = elapsed(ran);
    r.failure_count = failures_.count();
    r.delivered = graph_.delivered();
}

/// A report counts what a thread does at this moment up to the report's time. The thread may have
/// read the clock a little earlier, to end that activity, so the next report would have a little
/// less. No time is told smaller than it was told before.
void accounting::keep_from_going_back(report& r) {
    const mutex_lock lock(mutex_);
    told_times_.resize(std::max(told_times_.size(), r.steps.size() + r.sources.size()));
    auto told = told_times_.begin();
    for (step_report& s : r.steps) {
        s.time = *told = at_least(*told, s.time);
        ++told;
    }
    for (source_report& s : r.sources) {
        s.time = *told = at_least(*told, s.time);
        ++told;
    }
}

step_report accounting::row_of(step_core& step, time_point now, bool has_settled) {
    step_report s{.name = step.name,
                  .threads = step.options.threads,
                  .sends = step.emits(),
                  .is_last = step.is_last};
    std::uint64_t lost = 0;
    std::optional<duration> cpu = duration{};
    for (std::size_t i = 0; i < step.made(); ++i) {
        const worker_context& w = step.core(i);
        add_outcomes(s, w);
        lost += w.lost.get();
        w.times.add_to(s.time, now);
        const auto used = w.cpu.read();
        cpu = used && cpu ? std::optional(*cpu + *used) : std::nullopt;
    }
    s.cpu = step.made() > 0 ? cpu : std::nullopt;
    s.finished -= std::min(s.finished, lost);
    s.abandoned += step.in().retries().abandoned;
    s.received = step.in().figures().popped;
    // While it runs, what is not gone is inside; at the end the edge's own count is the check.
    s.inside = has_settled ? step.in().unfinished() : s.received - std::min(gone(s), s.received);
    if (!has_settled) {
        s.received = gone(s) + s.inside;
    }
    return s;
}

/// Adds the rows of the steps that are fused to this one. What one of them received, the one before
/// it has emitted.
void accounting::add_parts(report& r, const step_core& step) {
    for (const auto& part : step.parts()) {
        step_report s{
            .name = part->name, .threads = part->options.threads, .time = {}, .fused = true};
        for (std::size_t i = 0; i < step.made(); ++i) {
            add_outcomes(s, part->worker(i).core);
        }
        s.received = gone(s);
        s.emitted = std::exchange(r.steps.back().emitted, s.received);
        s.sends = std::exchange(r.steps.back().sends, true);
        s.is_last = std::exchange(r.steps.back().is_last, false);
        r.steps.push_back(std::move(s));
    }
}

}  // namespace paipa::detail
