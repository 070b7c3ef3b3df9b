#ifndef PAIPA_OBSERVE_DEBUGGER_HPP
#define PAIPA_OBSERVE_DEBUGGER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/combine.hpp>
#include <paipa/detail/item/type_info.hpp>
#include <paipa/detail/lazy/debug_probe.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace paipa {

struct debugger_options {
    duration every = std::chrono::seconds{5};            ///< Between reports; one more at the end.
    std::vector<std::shared_ptr<reporter>> reporters{};  ///< Empty: a `logging_reporter`.
    /// A running total of something that the steps cause, such as queries. It is read before and
    /// after every step.
    std::function<std::uint64_t()> calls{};
    /// The runtime whose clock it uses, for a chain in a simulation; it must outlive the chain. If
    /// it is null, the processor's counter is used.
    paipa::runtime* runtime = nullptr;
};

namespace detail {

struct debug_settings {
    explicit debug_settings(debugger_options o);

    debugger_options options;
    mutable lock showing;  // one report at a time: chains may run on several threads
};

}  // namespace detail

/// Measures each step of a chain on the caller's thread: `combine(debug, source, steps...)`.
///
/// Shape:   one line for the source and one per step. A line has the step's name, or `step N` by
///          its place. Counts are exact. An item that is a sized range (text is none) counts by its
///          length, or as its weigher says. Run time is exclusive and exact; it includes what a
///          step does after it has handed an item on. CPU time of this thread and memory are
///          sampled each millisecond. The CPU time is shared out by run time; memory counts for the
///          step that ran most since the last sample.
/// Threads: one debugger may watch several chains, each on its own thread. Each chain has its own
///          figures. Where a chain has a `threaded`, the steps in front of it and those from it on
///          have figures of their own, too. Reporters are called one at a time. Figures that are
///          due meanwhile are left out; only the last figures of a chain wait for their turn. If a
///          reporter walks a chain with the same debugger, the last figures of that chain are not
///          shown, and that is logged.
/// Errors:  `config_error` for `every` of 0 or less, or a reporter that is null.
/// Cost:    two readings of the processor's counter per item and step (bench/coroutine.cpp).
class runtime_debugger {
public:
    explicit runtime_debugger(debugger_options options = {});

    /// Says how many entries an item of type `T` counts for. A weigher that throws is logged and
    /// left out of its step from then on.
    template <class T, class F>
    void weigh(F entries) {
        weighers_.set(*detail::type_info_of<T>(),
                      std::function<std::size_t(const T&)>(std::move(entries)));
    }

private:
    template <class Source, class... Steps>
    friend auto combine(const runtime_debugger& debug, Source&& source, Steps... steps);

    [[nodiscard]] detail::debug_probe probe() const {
        return detail::debug_probe(settings_, weighers_);
    }

    std::shared_ptr<const detail::debug_settings> settings_;
    detail::weighers weighers_;
};

/// `combine` under a debugger.
template <class Source, class... Steps>
[[nodiscard]] auto combine(const runtime_debugger& debug, Source&& source, Steps... steps) {
    return detail::combine_with(debug.probe(), std::forward<Source>(source), std::move(steps)...);
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
