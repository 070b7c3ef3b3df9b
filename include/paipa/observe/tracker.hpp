#ifndef PAIPA_OBSERVE_TRACKER_HPP
#define PAIPA_OBSERVE_TRACKER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <cstddef>
#include <string_view>

namespace paipa {

struct report;

/// How the try of an item ended.
enum class item_outcome { finished, skipped, retried, requeued, dead, dropped, failed, abandoned };

/// Watches a run, for tracing and metrics. Override what is of interest.
///
/// Threads: `run_started` is called on the thread that starts the run, `run_ended` on the one that
///          ends it, and all others on the worker's thread. Several workers call at the same time.
///          No call is skipped, and the library holds no lock meanwhile. A slow tracker holds up
///          the worker that calls it, as the step's own code would; it holds up others only if it
///          makes them wait itself.
/// Errors:  what a tracker throws is logged and ignored. Every `started` has exactly one `ended`.
/// Cost:    two virtual calls per item where a tracker is given, nothing otherwise.
struct tracker {
    tracker() = default;
    tracker(const tracker&) = delete;
    tracker& operator=(const tracker&) = delete;
    virtual ~tracker() = default;

    virtual void run_started(std::string_view /*pipeline*/) {}

    /// If there is no memory for the whole report, it has no steps, but its state and counts.
    virtual void run_ended(const report& /*books*/) {}

    virtual void worker_started(std::string_view /*step*/, std::size_t /*index*/) {}

    virtual void worker_ended(std::string_view /*step*/, std::size_t /*index*/) {}

    virtual void item_started(std::string_view /*step*/, std::size_t /*index*/) {}

    virtual void item_ended(std::string_view /*step*/, std::size_t /*index*/, item_outcome) {}
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
