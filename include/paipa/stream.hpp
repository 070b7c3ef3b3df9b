#ifndef PAIPA_STREAM_HPP
#define PAIPA_STREAM_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/lazy/source_view.hpp>
#include <paipa/detail/lazy/streamed_access.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/failure.hpp>
#include <paipa/flow.hpp>
#include <paipa/nothing.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/report.hpp>
#include <paipa/results.hpp>

#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa {

/// A range that flows through a pipeline's threads, as a lazy range again; `stream` makes it.
///
/// Shape:   an input range; the threads start with `begin`. A result is taken when it is asked for,
///          by `*` or by a comparison with the end. Each result comes once: another `begin` goes on
///          behind the last one taken. A source thread pulls the range, at most as far ahead as the
///          edges hold. Results come in the flow's order.
/// Threads: one reader. The source range is walked on another thread. The stream always waits for
///          that thread, so `daemon` has no effect.
/// Errors:  a failure of the run is rethrown behind the results it left. Destroying the stream
///          before its end cancels the run and waits for its threads.
template <class In, class Out>
class streamed : public std::ranges::view_interface<streamed<In, Out>> {
    struct state {
        template <class Flow, class View>
        state(const Flow& f, View view, pipeline_options options) : run(f, std::move(options)) {
            run.put_iterable(std::move(view));
        }

        state(const state&) = delete;
        state& operator=(const state&) = delete;

        ~state() {
            results.reset();
            run.cancel();
        }

        [[nodiscard]] std::shared_ptr<detail::run_core> core() const { return run.run_; }

        pipeline<In, Out> run;
        std::optional<results_range<In, Out>> results;
    };

public:
    using iterator = typename results_range<In, Out>::iterator;

    /// Starts the threads, if they have not been started.
    iterator begin() {
        state_->results.reset();
        state_->results.emplace(state_->run.results());
        return state_->results->begin();
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

    // Questions, at any time, as in `pipeline`.
    [[nodiscard]] paipa::report report() const { return state_->run.report(); }

    [[nodiscard]] std::vector<dead_letter> dead_letters() const {
        return state_->run.dead_letters();
    }

    [[nodiscard]] std::optional<paipa::failure> failure() const { return state_->run.failure(); }

private:
    friend struct detail::streamed_access;

    template <class Flow, class View>
    streamed(const Flow& f, View&& view, pipeline_options&& options)
        : state_(std::make_unique<state>(f, std::forward<View>(view), std::move(options))) {}

    std::unique_ptr<state> state_;
};

/// A threaded run as a range: `for (auto&& out : stream(range, flow)) ...`
///
/// Shape:   a container given by name is referred to, anything else is owned.
/// Errors:  `config_error` at once, like a pipeline's constructor. A flow whose last step returns
///          nothing is a compile error: nothing would come out.
template <std::ranges::input_range R, class... Defs>
[[nodiscard]] auto stream(R&& range, const flow<Defs...>& f, pipeline_options options = {}) {
    using In = std::ranges::range_value_t<R>;
    using Out = typename flow<Defs...>::template output<In>;
    static_assert(!std::is_void_v<Out>,
                  "paipa: stream: the flow's last step returns nothing, so nothing would come out; "
                  "use a pipeline");
    if constexpr (!std::is_void_v<Out>) {
        options.daemon = false;  // a thread left behind would go on in a range that may be gone
        return detail::streamed_access::make<streamed<In, Out>>(
            f, detail::source_view(std::forward<R>(range)), std::move(options));
    } else {
        return std::ranges::empty_view<nothing>{};  // one error is enough
    }
}

/// A flow that runs on threads as a step of a chain: `combine(range, a, threaded(flow), b)`.
///
/// Shape:   the items of the chain in front of it go in. What the flow's last step returns comes
///          out, in the flow's order. The threads start when the first item is pulled.
/// Threads: the chain in front of it is pulled on a thread of its own; the chain behind it stays on
///          the caller's thread. The chain waits for all of them, also with `daemon`.
/// Errors:  `config_error` when the walk begins, as from a pipeline's constructor. A failure of the
///          run leaves through the chain; a chain that is left early cancels the run.
/// Cost:    that of a pipeline: threads, and hand-overs in batches.
template <class... Defs>
class threaded {
public:
    explicit threaded(flow<Defs...> f, pipeline_options options = {})
        : flow_(std::move(f)), options_(std::move(options)) {}

    template <std::ranges::view View>
    auto operator()(View view) const {
        return stream(std::move(view), flow_, options_);
    }

private:
    flow<Defs...> flow_;
    pipeline_options options_;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
