#ifndef PAIPA_DETAIL_LAZY_CHAIN_HPP
#define PAIPA_DETAIL_LAZY_CHAIN_HPP
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/definitions.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/adapted.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/generate.hpp>
#include <paipa/detail/lazy/inline_run.hpp>
#include <paipa/detail/lazy/inline_runs.hpp>
#include <paipa/detail/lazy/make_inline.hpp>
#include <paipa/detail/lazy/source_view.hpp>
#include <paipa/detail/lazy/stage_cursor.hpp>
#include <paipa/detail/lazy/streamed_access.hpp>
#include <paipa/detail/lazy/tied_view.hpp>
#include <paipa/flow.hpp>
#include <paipa/nothing.hpp>
#include <paipa/options.hpp>

#include <concepts>
#include <cstddef>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace paipa {

template <class... Defs>
class threaded;

}  // namespace paipa

namespace paipa::detail {

template <class F, bool = std::is_class_v<F> && !std::is_final_v<F>>
struct call_operator {
    struct own {
        void operator()();
    };

    struct both : F, own {};

    // Two of the name are ambiguous, whether templates or not.
    static constexpr bool exists = !requires { &both::operator(); };
};

template <class F>
struct call_operator<F, false> {
    static constexpr bool exists =
        std::is_final_v<F> || std::is_function_v<std::remove_pointer_t<F>>;
};

template <class S>
inline constexpr bool is_tuple = false;

template <class... S>
inline constexpr bool is_tuple<std::tuple<S...>> = true;

/// Steps in an argument of `combine`: a flow and a tuple may hold several.
template <class S>
inline constexpr std::size_t steps_in = 1;

template <class... Defs>
inline constexpr std::size_t steps_in<flow<Defs...>> = (places<Defs> + ... + 0);

template <class... S>
inline constexpr std::size_t steps_in<std::tuple<S...>> = (steps_in<S> + ... + 0);

/// Whether some of them have hooks and books of their own, and not only a place in the loop.
template <class S>
inline constexpr bool has_books = false;

template <class... Defs>
inline constexpr bool has_books<flow<Defs...>> = (!is_loop_step<Defs> || ...);

template <class... S>
inline constexpr bool has_books<std::tuple<S...>> = (has_books<S> || ...);

/// A flow on threads in the middle of a chain.
template <class S>
inline constexpr bool is_threaded = false;

template <class... Defs>
inline constexpr bool is_threaded<threaded<Defs...>> = true;

template <class... Defs>
inline constexpr bool has_books<threaded<Defs...>> = true;

template <class S>
inline constexpr bool has_threaded = is_threaded<S>;

template <class... S>
inline constexpr bool has_threaded<std::tuple<S...>> = (has_threaded<S> || ...);

/// Adds the heads of the steps in one argument of `combine` to a list.
template <class S>
void add_heads(std::vector<const step_head*>& heads, const S& step) {
    if constexpr (is_tuple<S>) {
        std::apply([&](const auto&... s) { (add_heads(heads, s), ...); }, step);
    } else if constexpr (requires { flow_access::heads(step); }) {
        for (const step_head* const head : flow_access::heads(step)) {
            heads.push_back(head);
        }
    }
}

/// Throws `config_error` when two steps of a chain have the same explicit name.
template <class... S>
void check_chain_names(const S&... steps) {
    std::vector<const step_head*> heads;
    (add_heads(heads, steps), ...);
    check_names({heads.data(), heads.size()});
}

/// Watches nothing; see `debug_probe`.
struct no_probe {
    template <class View>
    View operator()(View view, const std::string&) const {
        return view;
    }

    void begin_next() const noexcept {}
};

/// The generator that a callable takes, if its parameter says so.
template <class S>
using wanted_generator = std::remove_cvref_t<parameter_t<S>>;

template <class S, class View>
concept takes_view = std::is_invocable_v<S&, View>;

template <class S, class View>
concept takes_generator = !takes_view<S, View> && is_generator<wanted_generator<S>> &&
                          std::is_invocable_v<S&, wanted_generator<S>>;

/// A coroutine with a parameter of any type, which may be a reference.
template <class S, class View>
concept may_refer =
    std::is_same_v<parameter_t<S>, unknown> && is_generator<std::invoke_result_t<S&, View>>;

/// A callable from range to range, or a range adaptor.
template <class S, class View>
concept steps_over = takes_view<S, View> || takes_generator<S, View> || pipes_view<S, View>;

/// Makes an item whenever it is looked at, out of one that is there once: the next view may look
/// twice (`std::views::filter` does), and would find what the first look left.
template <class View>
concept makes_items_once = !std::ranges::forward_range<View> &&
                           std::same_as<std::remove_cv_t<std::ranges::range_reference_t<View>>,
                                        std::ranges::range_value_t<View>>;

/// Puts steps behind a view, one after the other.
template <class Probe>
class chain {
public:
    chain(inline_runs& runs, Probe& probe) : runs_(runs), probe_(probe) {}

    template <std::size_t Place, class View>
    auto link(View view) {
        (void)check_returned<Place - 1, std::ranges::range_value_t<View>>();  // or says so
        return view;
    }

    template <std::size_t Place, class View, class S, class... Rest>
    auto link(View view, S& step, Rest&... rest) {
        if constexpr (std::is_same_v<std::ranges::range_value_t<View>, nothing>) {
            (void)nothing_behind<Place - 1>::check();  // says what is wrong
            return view;
        } else if constexpr (check_item<Place, std::ranges::range_value_t<View>>()) {
            return link_on<Place>(std::move(view), step, rest...);
        } else {
            return std::ranges::empty_view<nothing>{};  // one error is enough
        }
    }

private:
    template <std::size_t Place, class View, class S, class... Rest>
    auto link_on(View view, S& step, Rest&... rest) {
        return link<Place + steps_in<S>>(one<Place>(std::move(view), step), rest...);
    }

    template <std::size_t Place, class View, class S>
    auto one(View view, S& step) {
        if constexpr (is_tuple<S>) {
            return std::apply([&](auto&... s) { return link<Place>(std::move(view), s...); }, step);
        } else if constexpr (requires { flow_access::defs(step); }) {
            return std::apply(
                [&](const auto&... def) { return defs<Place>(std::move(view), def...); },
                flow_access::defs(step));
        } else if constexpr (is_threaded<S>) {
            return threaded_step<Place>(std::move(view), step);
        } else {
            return probe_(range_step<Place>(std::move(view), step),
                          "step " + std::to_string(Place));
        }
    }

    template <std::size_t Place, class View>
    auto defs(View view) {
        return view;
    }

    template <std::size_t Place, class View, class Def, class... Rest>
    auto defs(View view, const Def& def, const Rest&... rest) {
        return defs<Place + places<Def>>(definition<Place>(std::move(view), def), rest...);
    }

    template <std::size_t Place, class View, class Def>
    auto definition(View view, const Def& def) {
        using T = std::ranges::range_value_t<View>;
        if constexpr (std::is_same_v<T, nothing>) {
            (void)nothing_behind<Place - 1>::check();
            return view;
        } else if constexpr (!Def::template check<Place, T>()) {
            return view;                         // one error is enough
        } else if constexpr (places<Def> > 1) {  // here nothing stands between steps anyway
            return std::apply([&](const auto&... d) { return defs<Place>(std::move(view), d...); },
                              def.members);
        } else if constexpr (is_loop_step<Def>) {
            return probe_(cursor_view(def.lazy(cursor_of(std::move(view)))), def.head.name);
        } else {
            const std::string name = runs_.unique_name(def.head.name, def.head.named);
            const step_options o =
                resolve(def.head, pipeline_options{}, default_items<T>, Def::keeps_items);
            inline_run& run = runs_.last();
            auto& made = run.add(make_inline(def, run, name, o, cursor_of(std::move(view))));
            return probe_(cursor_view(stage_cursor(made)), name);
        }
    }

    /// What is in front is walked on another thread, so it gets a run and figures of its own.
    template <std::size_t Place, class View, class S>
    auto threaded_step(View view, S& step) {
        auto made = step(cursor_view(segment_cursor(cursor_of(std::move(view)), runs_.last())));
        if constexpr (requires { streamed_access::run_of(made); }) {
            runs_.begin_next(streamed_access::run_of(made));
        }
        probe_.begin_next();
        return probe_(std::move(made), "step " + std::to_string(Place));
    }

    /// A callable from range to range, or a view adaptor.
    template <std::size_t Place, class View, class S>
    auto range_step(View view, S& step) {
        // A generic callable gets a view that pulls an item only when the callable asks for it. One
        // that names its parameter's type gets the view as it is, which is faster: a generator's
        // `++` pulls the next item at once.
        constexpr bool named = !std::same_as<parameter_t<S>, unknown>;
        if constexpr (!named && !std::same_as<asked<View>, View> && steps_over<S, asked<View>>) {
            return ready_step<Place>(one_by_one(std::move(view)), step);
        } else {
            return ready_step<Place>(std::move(view), step);
        }
    }

    template <std::size_t Place, class View, class S>
    auto ready_step(View view, S& step) {
        constexpr bool takes = steps_over<S, View>;
        PAIPA_CHECK_STEP(Place, takes,
                         "is nothing that turns a range of what reaches it into a range: take the "
                         "range by value (generator<item>, or auto), or make it a paipa::step; a "
                         "generator, and what a debugger watches, is walked once and forwards");
        if constexpr (pipes_view<S, View>) {  // it may be callable, too
            return adapted<Place>(std::move(view), step);
        } else if constexpr (takes_view<S, View> && may_refer<S, View>) {
            return tied_view<View, S>(std::move(view), step);
        } else if constexpr (takes_view<S, View>) {
            return result<Place, S>(view, [&] { return step(std::move(view)); });
        } else if constexpr (takes_generator<S, View>) {
            return generator_step<Place>(std::move(view), step);
        } else {
            return view;
        }
    }

    template <std::size_t Place, class View, class S>
    auto generator_step(View view, S& step) {
        using wanted = wanted_generator<S>;
        using item = typename cursor_of_t<View>::reference;
        constexpr bool fits = std::convertible_to<item, std::ranges::range_reference_t<wanted>> ||
                              std::constructible_from<std::ranges::range_value_t<wanted>, item>;
        PAIPA_CHECK_STEP(Place, fits,
                         "takes a generator of items that what reaches it cannot become; change "
                         "its parameter to generator<that type>");
        if constexpr (fits && check_narrowing<Place, typename cursor_of_t<View>::value,
                                              std::ranges::range_value_t<wanted>>()) {
            return result<Place, S>(
                view, [&] { return step(generate<wanted>(cursor_of(std::move(view)))); });
        } else {
            return view;
        }
    }

    template <std::size_t Place, class View, class S>
    auto adapted(View view, S& step) {
        if constexpr (check_only_looks<Place, S, View>()) {
            return result<Place, S>(view, [&] { return adapt(std::move(view), step); });
        } else {
            return view;
        }
    }

    template <std::size_t Place, class S, class View, class Call>
    auto result(View& view, Call call) {
        using made = decltype(call());
        constexpr bool range = std::ranges::input_range<made>;
        PAIPA_CHECK_STEP(Place, range,
                         "returns no range; return a generator, a view or a container");
        if constexpr (range && check_no_dangling<Place, S, made>()) {
            return looked_at_once(source_view(call()));
        } else {
            return std::move(view);
        }
    }

    template <class View>
    static auto looked_at_once(View view) {
        if constexpr (makes_items_once<View>) {
            return cursor_view(cursor_of(std::move(view)));
        } else {
            return view;
        }
    }

    inline_runs& runs_;
    Probe& probe_;
};

}  // namespace paipa::detail
#endif
