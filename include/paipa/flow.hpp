#ifndef PAIPA_FLOW_HPP
#define PAIPA_FLOW_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/step_definition.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/traits.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

/// How many steps a definition stands for.
template <class Def>
inline constexpr std::size_t places = 1;

template <class Def>
    requires requires { Def::places; }
inline constexpr std::size_t places<Def> = Def::places;

/// The item type behind `Defs...` when `T` goes in. Each step is checked in its place. The first
/// check that fails stops the walk, so there is one error. When `unknown` goes in, nothing can be
/// checked yet.
template <std::size_t Place, class T, class... Defs>
struct walk {
    using type = T;
    static constexpr bool ok = check_returned<Place - 1, T>();
};

/// A template of its own, so that there is one error however many steps follow.
template <std::size_t Place>
struct nothing_behind {
    static consteval bool check() {
        PAIPA_CHECK_STEP(Place, false,
                         "returns nothing, so nothing reaches the step behind it; return the "
                         "item, or make it the last step");
        return false;
    }
};

template <std::size_t Place, class T, class Def, class... Rest>
struct walk<Place, T, Def, Rest...> {
    static consteval bool check() {
        if constexpr (std::is_same_v<T, unknown>) {
            return true;
        } else if constexpr (std::is_void_v<T>) {
            return nothing_behind<Place - 1>::check();
        } else if constexpr (check_item<Place, T>()) {
            return Def::template check<Place, T>();
        } else {
            return false;
        }
    }

    static constexpr bool here = check();

    template <bool Good>
    static auto next() {
        if constexpr (!Good) {
            return std::type_identity<walk<0, unknown>>{};
        } else if constexpr (std::is_same_v<T, unknown>) {
            return std::type_identity<walk<Place + places<Def>, unknown, Rest...>>{};
        } else {
            static_assert(step_definition_for<Def, T, Place>);
            return std::type_identity<
                walk<Place + places<Def>, typename Def::template output<T>, Rest...>>{};
        }
    }

    using rest = typename decltype(next<here>())::type;
    using type = typename rest::type;
    static constexpr bool ok = here && rest::ok;
};

struct flow_access;

/// Writes the heads of a definition's steps from `to` on. Returns the place behind the last one.
template <class Def>
const step_head** put_heads(const step_head** to, const Def& def) {
    *to++ = &def.head;
    if constexpr (places<Def> > 1) {
        for (const step_head& h : def.more) {
            *to++ = &h;
        }
    }
    return to;
}

}  // namespace detail

/// Steps joined by `|`: an immutable value. Its types are checked as soon as the first step's item
/// type is known, at the latest when a pipeline is made of it.
///
/// Shape:   a single step is a flow too. `flow<>` is empty, and no pipeline can be made of it.
/// Threads: copies share the steps' callables; each worker gets a copy of its own.
/// Errors:  a wrong step is one compile error that names its place; the same explicit name twice is
///          a `config_error`, thrown by `|`.
/// Example: `auto f = paipa::step("parse", parse) | paipa::chunk(9) | paipa::step("store", store);`
template <class... Defs>
class flow {
public:
    flow() = default;

    /// Item type of the first step; `detail::unknown` when it takes anything.
    using input = typename decltype([] {
        if constexpr (sizeof...(Defs) == 0) {
            return std::type_identity<detail::unknown>{};
        } else {
            using first = std::tuple_element_t<0, std::tuple<Defs...>>;
            return std::type_identity<typename first::declared>{};
        }
    }())::type;

    /// What the last step returns when items of type `In` go in; void if nothing.
    template <class In>
    using output = typename detail::walk<1, In, Defs...>::type;

    template <class... More>
    friend auto operator|(const flow& left, const flow<More...>& right) {
        return engine_join(left, right);
    }

private:
    template <class...>
    friend class flow;
    friend struct detail::flow_access;

    explicit flow(Defs&&... defs)
        requires(sizeof...(Defs) > 0)
        : defs_(std::move(defs)...) {
        const auto all = heads();
        detail::check_names({all.data(), all.size()});
    }

    template <class... More>
    static auto engine_join(const flow& left, const flow<More...>& right) {
        using joined = flow<Defs..., More...>;
        (void)
            detail::walk<1, typename joined::input, Defs..., More...>::ok;  // refuses a wrong step
        return [&]<std::size_t... L, std::size_t... R>(std::index_sequence<L...>,
                                                       std::index_sequence<R...>) {
            return joined(Defs(std::get<L>(left.defs_))..., More(std::get<R>(right.defs_))...);
        }(std::index_sequence_for<Defs...>{}, std::index_sequence_for<More...>{});
    }

    [[nodiscard]] auto heads() const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            std::array<const detail::step_head*, (detail::places<Defs> + ... + 0)> heads;
            [[maybe_unused]] const detail::step_head** to = heads.data();
            ((to = detail::put_heads(to, std::get<I>(defs_))), ...);
            return heads;
        }(std::index_sequence_for<Defs...>{});
    }

    std::tuple<Defs...> defs_;
};

namespace detail {

/// The engine's way into `flow`.
struct flow_access {
    template <class... Defs>
    static flow<Defs...> make(Defs... defs) {
        static_assert((step_definition<Defs> && ...));
        return flow<Defs...>(std::move(defs)...);
    }

    template <class... Defs>
    static const std::tuple<Defs...>& defs(const flow<Defs...>& f) noexcept {
        return f.defs_;
    }

    template <class... Defs>
    static auto heads(const flow<Defs...>& f) {
        return f.heads();
    }
};

}  // namespace detail

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
