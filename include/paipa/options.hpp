#ifndef PAIPA_OPTIONS_HPP
#define PAIPA_OPTIONS_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
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

/// Capacity left to the library: what the readers of the edge work through in a millisecond of
/// measured time; at least 16 items and two a reader, at most 256, or as many trivially copyable
/// ones as fit in 64 KiB.
inline constexpr std::size_t default_capacity = SIZE_MAX;

/// When the outputs of an item leave a step that may try it again, goes on without it, or bounds
/// its time.
enum class outputs {
    /// When its try has succeeded, so nothing leaves twice. At most 1,048,576 are held; the try of
    /// an item with more fails.
    hold,
    /// As they are made. A try that fails behind some of them has sent those, and the next one
    /// sends them again.
    at_once
};

/// Keeps retries from becoming the load, for instance on a server that is in trouble.
struct retry_budget {
    /// Retries per first try. Beyond it retries wait for further first tries. Infinite: no budget.
    double ratio = std::numeric_limits<double>::infinity();
};

namespace detail {

/// The defaults of `attempts`, whatever stands for it.
struct one_attempt {
    constexpr operator unsigned() const { return 1; }
};

struct inherited_attempts {
    constexpr operator unsigned() const { return 0; }
};

}  // namespace detail

/// How often, and after which pause, a failed item is tried again.
///
/// The pause before attempt k + 1 is `delay * factor^(k - 1)`, at most `max_delay`; with `jitter` a
/// random half to whole of it. A step that may try again and takes its item by value gets a copy,
/// also of items that do not fail; by const reference it gets the item. A waiting retry holds no
/// worker. `{.delay = 5s}` alone leaves `attempts` at 1: no retry.
///
/// With a budget a retry that is due waits until the step has had 1 / `ratio` first tries for it,
/// of the last thousand, so that first tries go on. It waits no longer when first tries cannot go
/// on: the input has ended, the waiting retries fill the edge or hold up the order or a meta entry,
/// or none has come for ten seconds.
///
/// Errors: `config_error` for `on` and `budget` where `attempts` leaves no retry.
template <class Attempts>
struct basic_retry_policy {
    Attempts attempts = detail::one_attempt{};   ///< Tries in total; 1 means no retry.
    duration delay = {};                         ///< Pause before the second try; 0: none.
    duration max_delay = std::chrono::hours{1};  ///< Upper bound of the pause.
    double factor = 2.0;                         ///< Growth of the pause from try to try.
    bool jitter = false;    ///< Spread the pauses, so retries do not march in step.
    error_filter on{};      ///< Errors that are worth another try; all by default.
    retry_budget budget{};  ///< How many retries the first tries bear.
    /// How long an item may wait in all because its step threw `retry_after`.
    duration retry_after_limit = std::chrono::minutes{10};
};

using retry_policy = basic_retry_policy<unsigned>;

/// Options of one step. `step_options` is this with a `retry_policy`; a step that consumes
/// move-only items has one with which no retry compiles.
template <class Retry>
struct basic_step_options {
    std::size_t threads = 1;                  ///< Workers, each with its own copy of the callable.
    std::size_t capacity = default_capacity;  ///< Items the edge in front of the step holds.
    /// 0 attempts: as the pipeline's options say. A policy given without `attempts` has one, so it
    /// turns retries off.
    Retry retry = {.attempts = detail::inherited_attempts{}};
    failure_rules on_failure{};  ///< Where they do not decide: as the pipeline's options say.
    /// Outputs leave in the order of the inputs. Without it one worker keeps the order, too, but an
    /// item that waits for its next try is overtaken.
    bool ordered = false;
    duration idle_interval = std::chrono::seconds{1};  ///< Pause between `in_queue_empty` calls.
    /// Of a step with several outputs per item and retries, drop, dead letters or an
    /// `item_timeout`. In `combine` they are always held.
    paipa::outputs outputs = paipa::outputs::hold;
    /// How long one call for one item may take; 0: as long as it likes. At its end the item's
    /// `worker::stop_token` is requested. A call that returns late, or throws late, is a failed try
    /// of `timeout_error`; a call that ignores its token is named by `pipeline::explain`.
    duration item_timeout{};
};

using step_options = basic_step_options<retry_policy>;

/// Options of a whole pipeline; steps override them.
struct pipeline_options {
    std::string name = "pipeline";  ///< Stands in messages and reports.
    bool daemon = false;            ///< May be left behind at exit; data is lost, and counted.
    bool quiet = false;             ///< No progress notices.
    std::size_t capacity = default_capacity;  ///< Items per edge, where a step does not say.
    /// For all steps that do not say, but iter steps; of fused steps, for the first one only.
    retry_policy retry = {};
    failure_rules on_failure{};  ///< Likewise, and for all fused steps; at last: `fail`.
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
