#ifndef PAIPA_COMBINE_HPP
#define PAIPA_COMBINE_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/consume.hpp>               // IWYU pragma: export
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/chain.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/inline_runs.hpp>
#include <paipa/detail/lazy/source_view.hpp>
#include <paipa/detail/lazy/stage_cursor.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>
#include <paipa/nothing.hpp>
#include <paipa/options.hpp>
#include <paipa/report.hpp>
#include <paipa/step.hpp>

#include <concepts>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa {

class runtime_debugger;

/// A source and steps as one lazy range on the caller's thread; `combine` makes it.
///
/// Shape:   an input range that is walked once. Nothing runs before `begin`. Then an item is pulled
///          when it is asked for, by `*` or by a comparison with the end; `++` alone pulls none, so
///          `std::views::take(n)` pulls n items. Items are handed out as rvalues, except those that
///          still lie in a container given by name. A predicate of a view adaptor over the chain
///          must take its item by reference; where the adaptor is a step of the chain, its
///          predicate may take the item by value.
/// Threads: none of its own; the chain runs on the thread that iterates.
/// Errors:  an exception of a step leaves, as it was thrown, through the call that asked for an
///          item. Before that all steps' hooks are called; after it the chain is at its end. A
///          second `begin` throws `state_error`.
/// Cost:    stock steps compile into the loop; a generator function costs a resumption per item, a
///          `paipa::step` its bookkeeping (bench/coroutine.cpp).
template <class Source, class Probe, class... Steps>
class combined : public std::ranges::view_interface<combined<Source, Probe, Steps...>> {
    static constexpr bool has_books = (detail::has_books<Steps> || ...);

    static auto build(detail::inline_runs& runs, Source& source, Probe& probe,
                      std::tuple<Steps...>& steps) {
        detail::chain<Probe> links(runs, probe);
        auto last = std::apply(
            [&](auto&... step) {
                return detail::cursor_of(
                    links.template link<1>(probe(std::move(source), "source"), step...));
            },
            steps);
        if constexpr (has_books) {
            return detail::guarded_cursor(std::move(last), runs.last());
        } else {
            return last;
        }
    }

    using cursor = decltype(build(std::declval<detail::inline_runs&>(), std::declval<Source&>(),
                                  std::declval<Probe&>(), std::declval<std::tuple<Steps...>&>()));

    /// Has an address of its own, because a walk refers to it.
    struct state {
        state(Source&& s, Probe&& p, std::tuple<Steps...>&& all)
            : source(std::move(s)), probe(std::move(p)), steps(std::move(all)) {}

        state(const state&) = delete;
        state& operator=(const state&) = delete;

        ~state() { runs.last().stop(); }

        Source source;
        Probe probe;
        std::tuple<Steps...> steps;
        detail::inline_runs runs;  // destroyed first: its coroutines may refer to the steps
        bool begun = false;
    };

public:
    using iterator = typename detail::cursor_view<cursor>::iterator;

    combined(combined&&) noexcept = default;
    combined(const combined&) = delete;
    combined& operator=(const combined&) = delete;

    combined& operator=(combined&& other) noexcept {
        left_.reset();  // first, because it points into `state_`
        state_ = std::move(other.state_);
        left_ = std::move(other.left_);
        return *this;
    }

    ~combined() = default;

    /// Calls the hooks of the start. If `consume(range, n)` has already walked a part, goes on
    /// behind the last item that it took.
    [[gnu::always_inline]] iterator begin() {  // so that a loop can keep the iterator in registers
        return iterator(prepare());
    }

    [[nodiscard]] std::default_sentinel_t end() const noexcept { return std::default_sentinel; }

    /// The books of the steps made with `paipa::step` and `iter_step`. The only edges are those of
    /// a `threaded`. Steps in front of a `threaded` are reported once they have ended.
    [[nodiscard]] paipa::report report() const { return state_->runs.books(); }

    [[nodiscard]] std::vector<dead_letter> dead_letters() const {
        return state_->runs.dead_letters();
    }

    /// The first failure in a step made with `paipa::step` or `iter_step`, or in the source.
    [[nodiscard]] std::optional<paipa::failure> failure() const {
        const paipa::report all = report();
        return all.failures.empty() ? std::nullopt : std::optional(all.failures.front());
    }

private:
    friend struct detail::combined_access;

    combined(Source&& source, Probe&& probe, std::tuple<Steps...>&& steps)
        : state_(std::make_unique<state>(std::move(source), std::move(probe), std::move(steps))) {}

    /// Hands all items to `sink`, as `consume` does.
    template <class Sink>
    void each(Sink sink) {
        cursor all(prepare());
        cursor in_registers(std::move(all));
        detail::for_each_while(in_registers,
                               [sink = std::move(sink)]<class Item>(Item&& item) mutable {
                                   sink(std::forward<Item>(item));
                                   return true;
                               });
    }

    /// Keeps the place where `consume(range, n)` stopped, which is on the last item that it took.
    void leave_at(iterator at) { left_.emplace(std::move(at).take()); }

    [[gnu::noinline]] cursor prepare() {
        if (left_) {
            const taken_up left(left_);
            return std::move(*left_);  // g++ 12 warns of a cursor that is moved twice
        }
        state& s = *state_;
        if (s.begun) {
            throw state_error(
                "paipa::combine: a chain is walked once: expected its first begin(), got another "
                "one; keep the iterator, or combine again");
        }
        s.begun = true;
        cursor first = build(s.runs, s.source, s.probe, s.steps);
        if constexpr (has_books) {
            s.runs.last().start();
        }
        return first;
    }

    class taken_up {
    public:
        explicit taken_up(std::optional<cursor>& left) noexcept : left_(left) {}

        taken_up(const taken_up&) = delete;
        taken_up& operator=(const taken_up&) = delete;

        ~taken_up() { left_.reset(); }

    private:
        std::optional<cursor>& left_;
    };

    std::unique_ptr<state> state_;
    std::optional<cursor> left_;
};

namespace detail {

template <class Source, class Probe, class... Steps>
auto combine_with(Probe probe, Source&& source, Steps... steps);

/// Makes a chain for each call of its source. A `mutable` source, which only a variable can be
/// called with, is called in place and keeps its state from call to call.
template <class Source, class Probe, class... Steps>
class callable_chain {
    template <class... Args>
    static constexpr bool changes =
        std::invocable<Source&, Args...> && !std::invocable<const Source&, Args...>;

public:
    callable_chain(Source make, Probe probe, std::tuple<Steps...> steps)
        : make_(std::move(make)), probe_(std::move(probe)), steps_(std::move(steps)) {}

    template <class... Args>
        requires std::invocable<const Source&, Args...>
    auto operator()(Args&&... args) const {
        return made_by(make_, std::forward<Args>(args)...);
    }

    template <class... Args>
        requires changes<Args...>
    auto operator()(Args&&... args) {
        return made_by(make_, std::forward<Args>(args)...);
    }

    template <class... Args>
        requires changes<Args...>
    auto operator()(Args&&... /*args*/) const {
        static_assert(!changes<Args...>,
                      "paipa: the source that combine was given is mutable; the variable that "
                      "holds the callable pipeline must not be const");
        return std::ranges::empty_view<nothing>{};  // one error is enough
    }

private:
    template <class Make, class... Args>
    auto made_by(Make& make, Args&&... args) const {
        using made = std::invoke_result_t<Make&, Args...>;
        constexpr bool range = std::ranges::input_range<made>;
        static_assert(range, "paipa: the source that combine was given returns no range");
        if constexpr (range) {
            return std::apply(
                [&](const Steps&... s) {
                    return combine_with(probe_, std::invoke(make, std::forward<Args>(args)...),
                                        s...);
                },
                steps_);
        }
    }

    Source make_;
    Probe probe_;
    std::tuple<Steps...> steps_;
};

template <class Source, class Probe, class... Steps>
auto combine_with(Probe probe, Source&& source, Steps... steps) {
    if constexpr ((has_books<Steps> || ...)) {
        check_chain_names(steps...);
    }
    if constexpr (std::ranges::input_range<Source>) {
        return combined_access::make<combined<source_view_t<Source>, Probe, Steps...>>(
            source_view(std::forward<Source>(source)), std::move(probe),
            std::tuple<Steps...>(std::move(steps)...));
    } else if constexpr (!call_operator<std::decay_t<Source>>::exists) {
        static_assert(call_operator<std::decay_t<Source>>::exists,
                      "paipa: the source that combine was given is neither a range nor a callable "
                      "that returns one");
        return std::ranges::empty_view<nothing>{};  // one error is enough
    } else {
        return callable_chain(std::decay_t<Source>(std::forward<Source>(source)), std::move(probe),
                              std::tuple<Steps...>(std::move(steps)...));
    }
}

}  // namespace detail

/// Puts steps behind a source, lazily, on the caller's thread.
///
/// Shape:   a step is a callable from range to range (`generator<Out> f(generator<In>)`, a lambda
///          over `auto`), a view adaptor, a stock step, a `paipa::step`, a flow, or a tuple of any
///          of these. A container given by name is referred to, anything else is owned. If the
///          source is a callable, the result is a callable, too, which passes its arguments on to
///          the source. It can be called as a constant if the source can; a `mutable` source keeps
///          its state from call to call.
/// Errors:  a wrong step is one compile error that names its place. `config_error` if two steps
///          have the same explicit name.
/// Example: `for (int x : paipa::combine(std::views::iota(0, 100), remove_odd)) ...`
template <class Source, class... Steps>
    requires(!std::same_as<std::remove_cvref_t<Source>, runtime_debugger>)
[[nodiscard]] auto combine(Source&& source, Steps... steps) {
    return detail::combine_with(detail::no_probe{}, std::forward<Source>(source),
                                std::move(steps)...);
}

namespace detail {

/// Steps of a chain as one callable from a generator to a range.
template <class First, class... Rest>
struct chained_steps {
    template <class T>
    auto operator()(generator<T> items) const {
        return std::apply([&](const auto&... step) { return combine(std::move(items), step...); },
                          steps);
    }

    std::tuple<First, Rest...> steps;
};

template <class First, class... Rest>
struct parameter_of<chained_steps<First, Rest...>> : parameter_of<First> {};

template <class... Defs>
    requires(!std::is_same_v<typename flow<Defs...>::input, unknown>)
struct parameter_of<flow<Defs...>> {
    using type = generator<typename flow<Defs...>::input>;
};

}  // namespace detail

/// A chain of steps as one iter step of a threaded pipeline. A `threaded` is refused, because it
/// would pull the items on a thread that is not the worker's.
template <class... Steps>
[[nodiscard]] auto iter_step(std::string name, std::tuple<Steps...> steps,
                             step_options options = {}) {
    constexpr bool here = !(detail::has_threaded<Steps> || ...);
    static_assert(
        here,
        "paipa: iter_step: a threaded cannot stand inside of a step; put its flow between "
        "the steps of the pipeline");
    if constexpr (here) {
        return iter_step(std::move(name), detail::chained_steps<Steps...>{std::move(steps)},
                         options);
    } else {
        return flow<>();  // one error is enough
    }
}

/// A flow as one iter step. It runs inline in each worker.
template <class... Defs>
[[nodiscard]] auto iter_step(std::string name, flow<Defs...> steps, step_options options = {}) {
    return iter_step(std::move(name), std::tuple(std::move(steps)), options);
}

/// Several steps as one iter step, with default options.
template <class First, class... Steps>
    requires(sizeof...(Steps) > 0 && (!std::same_as<Steps, step_options> && ...))
[[nodiscard]] auto iter_step(std::string name, First first, Steps... steps) {
    return iter_step(std::move(name),
                     std::tuple<First, Steps...>(std::move(first), std::move(steps)...));
}

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
