#ifndef PAIPA_PIPELINE_HPP
#define PAIPA_PIPELINE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/edge/edge_bound.hpp>
#include <paipa/detail/edge/edge_put.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/run/let_go.hpp>
#include <paipa/detail/run/run_builder.hpp>
#include <paipa/detail/run/run_core.hpp>
#include <paipa/detail/run/source.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/flow.hpp>
#include <paipa/options.hpp>
#include <paipa/queue.hpp>
#include <paipa/report.hpp>
#include <paipa/results.hpp>
#include <paipa/step.hpp>  // IWYU pragma: export
#include <paipa/time.hpp>

#include <any>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa {

template <class In, class Out>
class streamed;

/// A flow that runs on threads, once.
///
/// Shape:   `In` goes in, and `Out` comes out of `results()`; it is void if nobody wants the
///          results. Both are deduced from the flow; `pipeline<In> p{flow}` drops the results.
/// Threads: all members may be called from any thread, also from inside of a step. There, members
///          that end the run only request its end, so the timeout of `drain` has no effect;
///          `results`, and a `put` that would block, throw `state_error`.
/// Errors:  `config_error` from the constructor. `state_error` for calls that do not fit the state
///          of the run. `state_error` also in a forked child of the process that started the run,
///          which has none of the run's threads; only questions, `finish` and `cancel` are allowed
///          there. `closed_error`, with the reason, from every form of `put` once no more items are
///          taken: after `finish`, a drain, a cancel, a failure, or the end of the run. The first
///          failure of the run is rethrown, as it was thrown, by `run`, `start` (if it happened
///          there), `stop`, `drain`, `run_while`, `run_forever` and the end of `results()`. The
///          destructor stops a running pipeline and logs its failure.
/// Cost:    see docs/explanation/performance.md.
template <class In, class Out = void>
class pipeline {
public:
    template <class... Defs>
    explicit pipeline(const flow<Defs...>& f, pipeline_options options = {})
        : run_(make(f, std::move(options))) {}

    /// Makes a pipeline that is fed from a queue. It ends by itself only if the queue is closed.
    /// The queue gives the back-pressure: the intake holds no more than the first step's workers
    /// take at once, whatever its capacity. Items that a drain does not reach stay in the queue.
    template <class... Defs>
    pipeline(const flow<Defs...>& f, std::shared_ptr<queue<In>> input,
             pipeline_options options = {})
        : run_(make(f, std::move(options))) {
        if (input == nullptr) {
            throw config_error(run_->label() + ": input queue: expected a queue, got null");
        }
        run_->intake().follow_readers(detail::edge_bound::rule::readers_batches);
        run_->add_source(
            std::make_unique<detail::queue_source<In>>(*run_, run_->intake(), std::move(input)),
            "input queue");
    }

    pipeline(const pipeline&) = delete;
    pipeline& operator=(const pipeline&) = delete;

    /// The run goes on under another owner. No other thread may call a member meanwhile. All
    /// members of the pipeline that was moved from throw `state_error`.
    pipeline(pipeline&& other) noexcept : run_(std::exchange(other.run_, nullptr)) {}

    /// First ends the run that this pipeline has, as the destructor does.
    pipeline& operator=(pipeline&& other) noexcept {
        if (this != std::addressof(other)) {
            const pipeline old(std::move(*this));
            run_ = std::exchange(other.run_, nullptr);
        }
        return *this;
    }

    ~pipeline() {
        if (run_ != nullptr) {
            detail::let_go(run_);
        }
    }

    // Input
    /// Before the run all items are kept in memory; while it runs, `put` blocks while the intake is
    /// full. The item is passed by value, so an item that is refused is gone; `try_put` and
    /// `put_for` leave it as it was.
    void put(In item) { offer(std::addressof(item), 1, never, "put"); }

    /// Puts each item of a range; the items of a container given as an rvalue are moved. When an
    /// item is refused, those before it are inside, and those behind it are as they were. Items
    /// that lie side by side in memory, and are moved or trivially copyable, go in many at a time,
    /// for a fraction of what a `put` costs.
    template <std::ranges::input_range R>
        requires std::constructible_from<In, detail::element_t<R>>
    void put_all(R&& items);

    void put_all(std::initializer_list<In> items) {
        put_all(std::span<const In>(items.begin(), items.size()));
    }

    /// Returns false, with `item` as it was, when the intake is full; the same call may succeed
    /// later. Throws `closed_error` once no more items are taken, so that a loop that tries until
    /// it succeeds does not go on for ever.
    // NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): only when there is room
    [[nodiscard]] bool try_put(In&& item) {
        return offer(std::addressof(item), 1, time_point::min(), "try_put") == 1;
    }

    [[nodiscard]] bool try_put(const In& item)
        requires std::copy_constructible<In>
    {
        return try_put(In(item));
    }

    /// Returns false, with `item` as it was, when the intake stays full for so long. Throws as
    /// `try_put`.
    // NOLINTNEXTLINE(cppcoreguidelines-rvalue-reference-param-not-moved): only when there is room
    [[nodiscard]] bool put_for(In&& item, duration time) {
        return offer(std::addressof(item), 1, later(core().rt.now(), time), "put_for") == 1;
    }

    [[nodiscard]] bool put_for(const In& item, duration time)
        requires std::copy_constructible<In>
    {
        return put_for(In(item), time);
    }

    /// Pulls a range, or the range that a callable returns, on a thread of its own, as room comes
    /// free. The items of several iterables merge, also with those of `put`. A run that starts with
    /// iterables ends when they are exhausted. A container is copied or moved in; a move-only range
    /// given by name must outlive the run. A callable may take a `std::stop_token`, which tells
    /// when nobody wants more (a drain, a cancel, a failure, an early end). If the callable waits
    /// in code of its own, it has to look at the token; otherwise the end of the run waits for that
    /// code.
    template <class R>
    void put_iterable(R&& items);

    void put_iterable(std::initializer_list<In> items) { put_iterable(std::vector<In>(items)); }

    /// Sends an out-of-band entry behind everything put so far; see `abstract_step::process_meta`.
    /// Never waits: no capacity bounds the entries, so all that have not passed are in memory.
    void put_meta(std::any entry) {
        core().check_put("put_meta");
        core().intake().push_meta(std::move(entry));
    }

    /// No more input; what is inside, iterables included, is still processed.
    void finish() { held()->finish(); }

    // Running
    /// Starts the run and waits for its end. The end of the input must be in sight: by `finish`, or
    /// by an iterable.
    paipa::report run() { return held()->run(); }

    /// Starts in the background.
    void start() { held()->start("start"); }

    /// Calls `finish` and waits for the end of the run, also for the end of iterables; an iterable
    /// without an end needs `drain`. Before the start it does nothing, so clean-up code may call it
    /// in any case. Items that were put before still wait for a start; if none comes, the
    /// destructor abandons them and logs that.
    paipa::report stop() { return held()->stop(); }

    /// Calls `start`, `body()` and `stop`. When the body throws, the run is cancelled and the
    /// exception is rethrown. But when the run has failed, and the body throws the `closed_error`
    /// that follows from it, the run's failure is rethrown, and `report::failures` has the
    /// `closed_error` behind it.
    template <std::invocable F>
    paipa::report run_while(F&& body) {
        const auto run = held();
        run->start("run_while");
        try {
            std::forward<F>(body)();
        } catch (...) {
            run->body_threw();
            throw;
        }
        return run->stop();
    }

    /// Starts the run, and waits until it is ended from elsewhere.
    paipa::report run_forever() { return held()->run_forever(); }

    /// Stops the sources, processes what is inside, and cancels the run after `timeout`. Before the
    /// start it does nothing, like `stop`. If a callback does not return, `drain` still returns, at
    /// the latest 250 ms after the timeout: the workers have that long to come back when they are
    /// told to stop. The report is then that of the stuck run, and `explain()` names the callback.
    /// The destructor still waits for that callback, as nobody can end a thread from outside; with
    /// `.daemon = true` it leaves the thread behind.
    paipa::report drain(duration timeout = duration::max()) { return held()->drain(timeout); }

    /// Stops now; what is inside is abandoned, and counted. Does not wait.
    void cancel() { held()->cancel("the run was cancelled", true); }

    /// What the last step returns, pulled with back-pressure. The `begin` of the range starts the
    /// run, unless it has been started. One reader at a time.
    [[nodiscard]] results_range<In, Out> results()
        requires(!std::is_void_v<Out>)
    {
        return results_range<In, Out>(held());
    }

    // Questions, at any time
    /// Whether the threads run, without a failure so far. Results may still be unread when this is
    /// already false, so a loop that reads while it is true loses some. Read them by
    /// `for (auto&& out : p.results())`, which ends behind the last one, and rethrows the failure
    /// if there was one.
    [[nodiscard]] bool alive() const {
        const run_state s = core().state();
        return (s == run_state::running || s == run_state::drained ||
                s == run_state::ended_early) &&
               !core().has_ended();
    }

    /// Whether there has been no failure so far.
    [[nodiscard]] bool ok() const { return core().state() != run_state::failed; }

    /// Items that the last step delivered.
    [[nodiscard]] std::uint64_t count() const { return core().count(); }

    [[nodiscard]] std::vector<dead_letter> dead_letters() const { return core().dead_letters(); }

    /// The first failure, if any.
    [[nodiscard]] std::optional<paipa::failure> failure() const { return core().first_failure(); }

    [[nodiscard]] paipa::report report() const { return core().books(); }

    /// Who waits for whom, and since when, as text.
    [[nodiscard]] std::string explain() const { return core().explain(); }

private:
    friend streamed<In, Out>;

    template <class... Defs>
    static std::shared_ptr<detail::run_core> make(const flow<Defs...>& f,
                                                  pipeline_options&& options);
    template <class Item>
    std::size_t offer(Item* items, std::size_t n, time_point until, const char* who);

    /// Keeps the run alive for a call that runs user code, which may destroy the pipeline.
    [[nodiscard]] std::shared_ptr<detail::run_core> held() const {
        (void)core();
        return run_;
    }

    [[nodiscard]] detail::run_core& core() const {
        if (run_ == nullptr) [[unlikely]] {
            detail::refuse_moved_from();
        }
        return *run_;
    }

    std::shared_ptr<detail::run_core> run_;
};

template <class... Defs>
pipeline(const flow<Defs...>&, pipeline_options = {})
    -> pipeline<typename flow<Defs...>::input,
                typename flow<Defs...>::template output<typename flow<Defs...>::input>>;

template <class... Defs, class In>
pipeline(const flow<Defs...>&, std::shared_ptr<queue<In>>, pipeline_options = {})
    -> pipeline<In, typename flow<Defs...>::template output<In>>;

// Definitions
template <class In, class Out>
template <class... Defs>
auto pipeline<In, Out>::make(const flow<Defs...>& f, pipeline_options&& options)
    -> std::shared_ptr<detail::run_core> {
    static_assert(!std::is_same_v<In, detail::unknown> || sizeof...(Defs) == 0,
                  "paipa: the first step takes any type, so the pipeline's input type is unknown; "
                  "name it: pipeline<In> or pipeline<In, Out>");
    using checked = detail::walk<1, In, Defs...>;
    if constexpr (checked::ok) {
        constexpr bool fits = std::is_void_v<Out> || std::is_same_v<Out, typename checked::type> ||
                              sizeof...(Defs) == 0;
        static_assert(fits,
                      "paipa: the pipeline's output type differs from what the last step returns; "
                      "name that type, or none to drop the results");
        if constexpr (fits) {
            return detail::make_run<In, Out>(f, std::move(options));
        }
    }
    return nullptr;  // after a compile error
}

template <class In, class Out>
template <class R>
void pipeline<In, Out>::put_iterable(R&& items) {
    using plain = std::remove_cvref_t<R>;
    const auto add = [&to = core()]<class Source>(Source source) {
        to.add_source(std::make_unique<detail::range_source<In, Source>>(to, "source", to.intake(),
                                                                         std::move(source)),
                      "put_iterable");
    };
    if constexpr (!std::ranges::input_range<plain>) {
        constexpr bool makes_range = requires(plain& make) {
            requires std::ranges::input_range<decltype(make())>;
        } || requires(plain& make, std::stop_token stop) {
            requires std::ranges::input_range<decltype(make(stop))>;
        };
        static_assert(makes_range,
                      "paipa: put_iterable takes a range of items, or a callable without arguments "
                      "that returns one (or with a std::stop_token)");
        if constexpr (makes_range) {
            add(plain(std::forward<R>(items)));
        }
    } else {
        using element =
            std::conditional_t<std::ranges::view<plain>, std::ranges::range_reference_t<plain>,
                               std::ranges::range_rvalue_reference_t<plain>>;
        constexpr bool fits = std::constructible_from<In, element>;
        static_assert(fits,
                      "paipa: put_iterable: the range's items cannot become the pipeline's input");
        if constexpr (!fits) {
            return;
        } else if constexpr (!std::is_lvalue_reference_v<R> || std::copy_constructible<plain>) {
            add(plain(std::forward<R>(items)));
        } else {
            add(std::ranges::ref_view(items));
        }
    }
}

template <class In, class Out>
template <std::ranges::input_range R>
    requires std::constructible_from<In, detail::element_t<R>>
// NOLINTNEXTLINE(cppcoreguidelines-missing-std-forward): its items leave one by one
void pipeline<In, Out>::put_all(R&& items) {
    using element = detail::element_t<R>;
    using plain = std::remove_reference_t<element>;
    constexpr bool in_memory = std::ranges::contiguous_range<R> && std::ranges::sized_range<R>;
    constexpr bool moved = std::is_same_v<element, In&&>;
    constexpr bool copied = std::is_same_v<std::remove_const_t<plain>, In> &&
                            std::is_trivially_copyable_v<In> &&
                            std::is_nothrow_copy_constructible_v<In>;
    if constexpr (in_memory && (moved || copied)) {
        std::conditional_t<moved, In, const In>* first = std::ranges::data(items);
        auto left = static_cast<std::size_t>(std::ranges::size(items));
        while (left > 0) {
            const std::size_t taken = offer(first, left, never, "put");
            first += taken;
            left -= taken;
        }
    } else {
        // One by one: the range may take its time to make the next item, or wait for items that are
        // inside.
        for (auto&& item : items) {
            put(In(static_cast<element&&>(item)));
        }
    }
}

template <class In, class Out>
template <class Item>
std::size_t pipeline<In, Out>::offer(Item* items, std::size_t n, time_point until,
                                     const char* who) {
    detail::run_core& to = core();
    to.check_put(who);
    const bool inside = to.puts_inside(until);
    const std::size_t taken = detail::edge_put(to.intake(), to.site(who))
                                  .put<In>(items, n, inside ? time_point::min() : until);
    if (taken == 0 && inside) {
        to.refuse_put_inside(who);
    }
    return taken;
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
