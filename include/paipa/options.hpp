#ifndef PAIPA_OPTIONS_HPP
#define PAIPA_OPTIONS_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/error_filter.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace paipa {

class runtime;
struct reporter;
struct tracker;
struct failure;
struct dead_letter;

/// The library chooses the capacity: as many items as the readers of the edge work through in a
/// millisecond of measured time. It is at least 16 items, and two for each reader; at most 256
/// items, or as many trivially copyable ones as fit in 64 KiB.
inline constexpr std::size_t default_capacity = SIZE_MAX;

/// When the outputs of an item leave its step. It matters for a step that may try the item again,
/// goes on without it, or bounds its time.
enum class outputs {
    /// When the try of the item has succeeded, so that nothing leaves twice. At most 1,048,576
    /// outputs are held; the try of an item with more fails.
    hold,
    /// As they are made. A try that fails has already sent the outputs that it made before, and the
    /// next try sends them again.
    at_once
};

/// Limits retries, so that they do not become most of the load, for instance on a server that is in
/// trouble.
struct retry_budget {
    /// Retries per first try. Further retries wait for further first tries. Infinite means no
    /// budget.
    double ratio = std::numeric_limits<double>::infinity();
};

namespace detail {

/// Default values of `attempts`, for each type that it may have.
struct one_attempt {
    constexpr operator unsigned() const { return 1; }
};

struct inherited_attempts {
    constexpr operator unsigned() const { return 0; }
};

}  // namespace detail

/// How often, and after which pause, a failed item is tried again.
///
/// The pause before attempt k + 1 is `delay * factor^(k - 1)`, at most `max_delay`; with `jitter`
/// it is a random part of that, from half to whole. A step that may try again and takes its item by
/// value gets a copy of each item, also of those that do not fail. A step that takes it by const
/// reference gets the item itself. A waiting retry holds no worker. `{.delay = 5s}` alone leaves
/// `attempts` at 1: no retry.
///
/// With a budget, a retry that is due waits until the step has had 1 / `ratio` first tries for it;
/// the last thousand first tries count. Meanwhile first tries go on. A retry does not wait for
/// first tries that cannot come: when the input has ended, or when the waiting retries fill the
/// edge, or hold up the order or a meta entry. Nor does it wait when no first try has come for ten
/// seconds.
///
/// Errors: `config_error` for `on` and `budget` where `attempts` leaves no retry.
template <class Attempts>
struct basic_retry_policy {
    Attempts attempts = detail::one_attempt{};   ///< Tries in total; 1 means no retry.
    duration delay = {};                         ///< Pause before the second try; 0: none.
    duration max_delay = std::chrono::hours{1};  ///< Upper bound of the pause.
    double factor = 2.0;                         ///< Growth of the pause from try to try.
    bool jitter = false;    ///< Spreads the pauses, so that retries do not all come at once.
    error_filter on{};      ///< Errors that are worth another try; all by default.
    retry_budget budget{};  ///< How many retries there may be per first try.
    /// How long an item may wait in all because its step threw `retry_after`.
    duration retry_after_limit = std::chrono::minutes{10};
};

using retry_policy = basic_retry_policy<unsigned>;

/// Options of one step. `step_options` has a `retry_policy`. For a step that consumes move-only
/// items, the policy has a type with which no retry compiles.
template <class Retry>
struct basic_step_options {
    std::size_t threads = 1;                  ///< Workers, each with its own copy of the callable.
    std::size_t capacity = default_capacity;  ///< Items the edge in front of the step holds.
    /// With 0 attempts, the pipeline's policy counts. A policy given without `attempts` has one
    /// attempt, so it turns retries off.
    Retry retry = {.attempts = detail::inherited_attempts{}};
    failure_rules on_failure{};  ///< Where they do not decide, the pipeline's do.
    /// Outputs leave in the order of the inputs. Without it a step with one worker keeps the order,
    /// too, but an item that waits for its next try is overtaken.
    bool ordered = false;
    duration idle_interval = std::chrono::seconds{1};  ///< Pause between `in_queue_empty` calls.
    /// Matters for a step with several outputs per item and with retries, drop, dead letters or an
    /// `item_timeout`. In `combine` outputs are always held.
    paipa::outputs outputs = paipa::outputs::hold;
    /// How long one call for one item may take; 0 means no limit. When the time is over, a stop is
    /// requested through the item's `worker::stop_token`. A call that returns late, or throws late,
    /// is a failed try with a `timeout_error`. `pipeline::explain` names a call that ignores its
    /// token.
    duration item_timeout{};
};

using step_options = basic_step_options<retry_policy>;

/// Options of a whole pipeline; steps override them.
struct pipeline_options {
    std::string name = "pipeline";  ///< Stands in messages and reports.
    bool daemon = false;            ///< Threads may be left at exit; data is lost, and counted.
    bool quiet = false;             ///< No progress notices.
    std::size_t capacity = default_capacity;  ///< Items per edge, for steps that name none.
    /// For all steps that have no policy of their own, except iter steps. Of fused steps, only the
    /// first one follows it.
    retry_policy retry = {};
    /// For errors on which a step's own rules do not decide, also in all fused steps, but not in
    /// iter steps. If these rules do not decide either, the run fails.
    failure_rules on_failure{};
    /// Called once, with the first failure that stops the run, on the thread where it happened.
    /// What it throws is logged.
    std::function<void(const failure&)> fail_callback{};
    /// Receives dead letters instead of `pipeline::dead_letters()`, on the worker's thread; several
    /// workers may call at the same time. What it throws fails the run.
    std::function<void(const dead_letter&)> dead_letter_callback{};
    std::shared_ptr<paipa::tracker> tracker{};  ///< Watches workers and items.
    /// Get the steps' figures with each notice, also when `quiet`, and at the end.
    std::vector<std::shared_ptr<reporter>> reporters{};
    /// Null: threads and the steady clock. Must outlive the pipeline and the run's threads.
    paipa::runtime* runtime = nullptr;
    duration notice_interval = std::chrono::seconds{10};  ///< Between progress notices.
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
