#ifndef PAIPA_DETAIL_FLOW_DEFINITIONS_HPP
#define PAIPA_DETAIL_FLOW_DEFINITIONS_HPP
#include <paipa/abstract_step.hpp>
#include <paipa/detail/flow/check.hpp>
#include <paipa/detail/flow/hook_check.hpp>
#include <paipa/detail/flow/retry_check.hpp>
#include <paipa/detail/flow/stage_builder.hpp>
#include <paipa/detail/flow/step_head.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/kernel/kernel_concept.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/lazy/adapted.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/iter_worker.hpp>
#include <paipa/detail/stage/typed_item_worker.hpp>
#include <paipa/detail/stage/typed_iter_worker.hpp>
#include <paipa/detail/support/make_as.hpp>
#include <paipa/detail/support/shared_value.hpp>
#include <paipa/flow.hpp>
#include <paipa/generator.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// What the definitions share whose step works item by item. `Def`, which derives from it, has
/// `kernel<T>` and `kernel_maker<T>()`.
template <class Def>
struct item_def {
    static constexpr bool keeps_items = true;

    template <class T>
    struct checked {
        using type = typename Def::template kernel<T>;
        static_assert(kernel<type>);
        static_assert(std::is_same_v<typename type::input, T> &&
                      std::is_same_v<typename type::output, typename Def::template output<T>>);
    };

    /// Each worker's kernel for items of type `T`.
    template <class T>
    using kernel_of = typename checked<T>::type;

    explicit item_def(step_head h) : head(std::move(h)) { check_step(head); }

    template <class T>
    void build(stage_builder& builder, const stage_builder::place& where) const {
        using own = kernel_of<T>;
        using typed = typed_item_worker<T, own>;
        constexpr bool emits = !std::is_void_v<typename own::output>;
        auto make_kernel = self().template kernel_maker<T>();
        using maker = typed_item_worker_maker<T, decltype(make_kernel)>;
        static_assert(std::is_same_v<typename maker::typed, typed>);
        builder.add_item_stage(where, emits, own::can_keep, typed::facts,
                               make_as<const item_worker_maker, maker>(std::move(make_kernel)));
    }

    [[nodiscard]] const Def& self() const { return static_cast<const Def&>(*this); }

    step_head head;
};

/// In a chain on the caller's thread the step is nothing but its place in the loop, see `lazy`.
template <class Def>
inline constexpr bool is_loop_step = requires { requires Def::is_loop_step; };

/// A stock step with a name and options of its own: those need the engine.
template <class Def>
struct named : Def {
    using Def::Def;
    static constexpr bool is_loop_step = false;

    named(step_head h, const Def& other) : Def(std::move(h), other) {}
};

template <class F>
struct function_def : item_def<function_def<F>> {
    using declared = declared_item<F>;

    function_def(step_head h, shared_value<F> function)
        : item_def<function_def>(std::move(h)), f(std::move(function)) {
        check_never_idle(this->head);
    }

    function_def(step_head h, const function_def& other) : function_def(std::move(h), other.f) {}

    template <class T>
    using callable = callable_for<F, T>;

    template <class T>
    static constexpr bool accepts =
        std::is_invocable_v<callable<T>&, T&&> || std::is_invocable_v<callable<T>&, const T&>;

    template <class T>
    using returned = std::invoke_result_t<
        callable<T>&, std::conditional_t<std::is_invocable_v<callable<T>&, T&&>, T&&, const T&>>;

    template <class T>
    using output = item_of_t<returned<T>>;

    template <std::size_t Place, class T>
    static consteval bool check() {
        if constexpr (check_parameter<Place, callable<T>, T>()) {
            return check_call<Place, T>();
        } else {
            return false;
        }
    }

    template <std::size_t Place, class T>
    static consteval bool check_call() {
        PAIPA_CHECK_STEP(Place, accepts<T>,
                         "cannot take the item that the step before it returns (or the "
                         "pipeline's input); change its parameter to accept that type");
        if constexpr (accepts<T>) {
            constexpr bool value = !std::is_reference_v<returned<T>>;
            PAIPA_CHECK_STEP(Place, value,
                             "returns a reference, but items move from thread to thread; return "
                             "a value");
            return check_item_outlives_call<Place, F, T, returned<T>>() && value;
        } else {
            return false;
        }
    }

    template <class T>
    using kernel = typename kernel_for<function_kernel, F, T>::type;

    template <class T>
    [[nodiscard]] auto kernel_maker() const {
        return [callable = f] { return kernel<T>(*callable); };
    }

    shared_value<F> f;
};

template <class S>
struct class_def : item_def<class_def<S>> {
    using declared = typename S::input;

    class_def(step_head h, std::function<std::unique_ptr<S>()> factory)
        : item_def<class_def>(std::move(h)), make_instance(std::move(factory)) {
        if constexpr (!class_kernel<S>::has_idle) {
            check_never_idle(this->head);
        }
    }

    template <class>
    using output = typename S::output;

    template <std::size_t Place, class T>
    static consteval bool check() {
        return check_class_item<Place, T, typename S::input, typename S::parameter>();
    }

    template <class T>
    using kernel = class_kernel<S, T>;

    template <class T>
    [[nodiscard]] auto kernel_maker() const {
        return [make = make_instance] { return kernel<T>(make()); };
    }

    std::function<std::unique_ptr<S>()> make_instance;
};

template <class Parameter>
inline constexpr bool takes_reference =
    std::is_lvalue_reference_v<Parameter> && !std::is_const_v<std::remove_reference_t<Parameter>>;

/// Checks the class once, then defines the step.
template <class S, class... Args>
auto class_step(step_head head, Args... args) {
    static_assert(std::is_base_of_v<class_step_tag, S>,
                  "paipa: a class step derives publicly from paipa::abstract_step<In, Out>");
    if constexpr (std::is_base_of_v<class_step_tag, S>) {
        static_assert(!std::is_abstract_v<S>,
                      "paipa: this class step lacks process: override 'Result process(In)' of its "
                      "abstract_step");
        if constexpr (!std::is_abstract_v<S>) {
            static_assert(std::is_constructible_v<S, const Args&...>,
                          "paipa: this class step cannot be constructed from the arguments behind "
                          "its options, as constants that every worker copies");
        }
    }
    constexpr bool by_reference = takes_reference<class_parameter<S>>;
    static_assert(!by_reference,
                  "paipa: this class step takes its item by non-const reference; give "
                  "abstract_step the item, or a const reference, not a non-const reference");
    if constexpr (std::is_base_of_v<class_step_tag, S> && !by_reference &&
                  std::is_constructible_v<S, const Args&...>) {
        check_hooks<S>();
        return flow_access::make(class_def<S>(
            std::move(head), [... a = std::move(args)] { return std::make_unique<S>(a...); }));
    } else {
        return flow<>();  // one error is enough
    }
}

template <class G>
struct iter_def {
    static constexpr bool keeps_items = false;

    template <class R>
    struct range_item {
        using type = unknown;
    };

    template <class R>
        requires is_generator<R>
    struct range_item<R> {
        using type = std::ranges::range_value_t<R>;
    };

    using declared = typename range_item<declared_item<G>>::type;

    iter_def(step_head h, shared_value<G> callable) : head(std::move(h)), g(std::move(callable)) {
        check_step(head);
        check_keeps_no_items(head);
        check_never_idle(head);
    }

    /// The range that `g` is called with. Its items are of the type `T`, which reaches the step. If
    /// `g` takes a generator of another type that `T` converts to, they are of that type.
    template <class T>
    using range = std::conditional_t<std::is_invocable_v<G&, generator<T>> ||
                                         !converts_items<T, declared_item<G>>,
                                     generator<T>, declared_item<G>>;

    template <class T>
    using maker = range_maker<G, range<T>>;

    template <class T>
    using output = std::ranges::range_value_t<std::invoke_result_t<maker<T>&, range<T>>>;

    template <std::size_t Place, class T>
    static consteval bool check() {
        constexpr bool takes = std::is_invocable_v<G&, range<T>>;
        PAIPA_CHECK_STEP(Place, takes,
                         "is an iter step that cannot take a range of what the step before it "
                         "returns (or of the pipeline's input); change its parameter to "
                         "generator<that type>");
        if constexpr (takes) {
            return check_items<Place, T>();
        } else {
            return false;
        }
    }

    template <std::size_t Place, class T>
    static consteval bool check_items() {
        if constexpr (check_narrowing<Place, T, std::ranges::range_value_t<range<T>>>()) {
            return check_made<Place, range<T>>();
        } else {
            return false;
        }
    }

    template <std::size_t Place, class Range>
    static consteval bool check_made() {
        using made = std::invoke_result_t<G&, Range>;
        constexpr bool is_range = std::ranges::input_range<made>;
        PAIPA_CHECK_STEP(Place, is_range,
                         "is an iter step that returns no range; return a generator");
        if constexpr (pipes_view<G, Range>) {
            return check_only_looks<Place, G, Range>() && is_range;
        } else {
            return check_no_dangling<Place, G, made>() && is_range;
        }
    }

    template <class T>
    void build(stage_builder& builder, const stage_builder::place& where) const {
        using typed = typed_iter_worker_maker<T, range<T>, maker<T>, output<T>, G>;
        builder.add_iter_stage(where, make_as<const iter_worker_maker, typed>(g));
    }

    step_head head;
    shared_value<G> g;
};

}  // namespace paipa::detail
#endif
