#ifndef PAIPA_DETAIL_KERNEL_KERNEL_HPP
#define PAIPA_DETAIL_KERNEL_KERNEL_HPP
#include <paipa/abstract_step.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/nothing.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <any>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace paipa::detail {

// From the loop over a batch to the outbox all is inlined, see `batch_outputs`; compilers stop
// somewhere on the way in large programs.

/// Hands on what a step returned.
template <class Result, class E>
[[gnu::always_inline]] inline outcome deliver(Result result, E& out) {
    if constexpr (is_optional<Result>) {
        if (!result) {
            return outcome::skipped;
        }
        out(std::move(*result));
    } else if constexpr (is_generator<Result>) {
        for (auto&& item : result) {
            out(as_item<item_of_t<Result>>(std::forward<decltype(item)>(item)));
            if (out.is_over()) [[unlikely]] {
                return outcome::abandoned;
            }
        }
    } else {
        out(std::move(result));
    }
    return outcome::finished;
}

/// Calls `f` with the item: the original where it may be consumed, else only to look at (a callable
/// that takes a value then gets a copy).
template <class F, class T, class E>
[[gnu::always_inline]] inline outcome call(F& f, T& item, bool keep, E& out) {
    const auto use = [&]<class I>(I&& i) __attribute__((always_inline)) {
        if constexpr (std::is_void_v<std::invoke_result_t<F&, I>>) {
            call_item(f, std::forward<I>(i));
            return outcome::finished;
        } else {
            return deliver(call_item(f, std::forward<I>(i)), out);
        }
    };
    if constexpr (keeps_item<F, T>) {
        if (keep || !std::is_invocable_v<F&, T&&>) {
            return use(std::as_const(item));
        }
    }
    if constexpr (std::is_invocable_v<F&, T&&>) {
        return use(std::move(item));
    } else {
        return outcome::skipped;  // not reached: keep is true for such a callable
    }
}

/// Calls `f` with an item that need not stay whole.
template <class F, class I>
auto call_consuming(F& f, I& item) {
    if constexpr (std::is_invocable_v<F&, I&&>) {
        return call_item(f, std::move(item));
    } else {
        return call_item(f, std::as_const(item));
    }
}

/// The kernel of a function.
template <class F, class T>
class function_kernel {
    using result =
        std::invoke_result_t<F&, std::conditional_t<std::is_invocable_v<F&, T&&>, T&&, const T&>>;

public:
    using input = T;
    using output = item_of_t<result>;
    static constexpr bool many_outputs = is_generator<result>;
    static constexpr bool one_output =
        !std::is_void_v<result> && !is_optional<result> && !many_outputs;
    static constexpr bool can_keep = keeps_item<F, T>;
    static constexpr bool leaves_whole = leaves_item_whole<parameter_t<F>, T>;

    function_kernel(const F& f) : f_(f) {}

    /// The item is a `T`, or of the parameter's own type.
    template <class I, class E>
    [[gnu::always_inline]] outcome process(I& item, bool keep, E& out) {
        return call(f_, item, keep, out);
    }

    /// The outputs of an item, to be pulled one by one.
    template <class I>
    auto open(I& item)
        requires many_outputs
    {
        return call_consuming(f_, item);
    }

    F& callable() noexcept { return f_; }

private:
    F f_;
};

/// The engine's way into `abstract_step`.
struct class_access {
    template <class In, class Out, class Result>
    static void bind(abstract_step<In, Out, Result>& s, detail::output<Out>& out,
                     step_worker<std::remove_cvref_t<In>>& self) noexcept {
        s.out_ = &out;
        s.self_ = &self;
    }
};

/// The engine's way into `item_worker`.
struct in_hand_access {
    static void take_in_hand(item_worker& w, bool on) noexcept {
        w.in_hand_ = on;
        w.given_back_.reset();
    }

    /// The item that the step gave back in this call; empty if it gave back none.
    static item_box& given_back(item_worker& w) noexcept { return w.given_back_; }

    /// When that is due.
    static time_point due(const item_worker& w) noexcept { return w.due_; }
};

/// Runs an instance of a class step for items of type `T`, which are, or convert to, what `process`
/// takes. The item stays a `T` until the call, as that of a function does; what the step gives back
/// is of its own type, and `process` and `open` take that, too.
template <class S, class T = typename S::input>
class class_kernel {
    using parameter = typename S::parameter;
    static constexpr bool converts = !std::is_same_v<T, typename S::input>;
    static constexpr bool by_reference = std::is_lvalue_reference_v<parameter>;
    /// `process` refers to an item that is made for it.
    static constexpr bool makes_item =
        by_reference && !std::is_convertible_v<T*, const typename S::input*>;

public:
    using input = T;
    using output = typename S::output;
    using given_type = typename S::input;
    using base = abstract_step<parameter, output, typename S::result>;

    static constexpr bool many_outputs = true;
    static constexpr bool can_keep = (by_reference || std::is_copy_constructible_v<given_type>) &&
                                     (!converts || std::is_convertible_v<const T&, parameter>);
    static constexpr bool leaves_whole =
        leaves_item_whole<parameter, given_type> && leaves_item_whole<parameter, T>;
    /// `in_queue_empty` is overridden; a private override cannot be named, and counts as one.
    static constexpr bool has_idle =
        !requires { requires std::is_same_v<decltype(&S::in_queue_empty), void (base::*)()>; };

    explicit class_kernel(std::unique_ptr<S> instance) : step_(std::move(instance)) {}

    void bind(detail::output<output>& out, worker_context& core) {
        self_ = worker_access::make<step_worker<given_type>>(core);
        class_access::bind(as_base(), out, *self_);
    }

    template <class E>
    outcome process(given_type& item, bool keep, E& out) {
        in_hand_access::take_in_hand(*self_, true);
        if constexpr (by_reference) {
            return run(item, out);
        } else if constexpr (std::is_copy_constructible_v<given_type>) {
            return keep ? run(given_type(std::as_const(item)), out) : run(std::move(item), out);
        } else {
            return run(std::move(item), out);
        }
    }

    template <class E>
    outcome process(T& item, bool keep, E& out)
        requires converts
    {
        in_hand_access::take_in_hand(*self_, true);
        if constexpr (std::is_convertible_v<const T&, parameter>) {
            if (keep) {
                return run(std::as_const(item), out);
            }
        }
        return run(std::move(item), out);
    }

    /// The outputs of an item, to be pulled one by one.
    auto open(given_type& item)
        requires is_generator<typename S::result>
    {
        in_hand_access::take_in_hand(*self_, true);
        if constexpr (by_reference) {
            return as_base().process(item);
        } else {
            return as_base().process(std::move(item));
        }
    }

    auto open(T& item)
        requires(converts && is_generator<typename S::result>)
    {
        in_hand_access::take_in_hand(*self_, true);
        if constexpr (makes_item) {
            return as_base().process(made_.emplace(std::move(item)));
        } else {
            return as_base().process(static_cast<parameter>(std::move(item)));
        }
    }

    /// What the step gave back of the item just processed, and when it is due; empty if nothing.
    item_box& given_back() noexcept { return in_hand_access::given_back(*self_); }

    [[nodiscard]] time_point due() const noexcept { return in_hand_access::due(*self_); }

    void out_of_hand() noexcept {
        in_hand_access::take_in_hand(*self_, false);
        if constexpr (makes_item) {
            made_.reset();
        }
    }

    void step_initialize() { as_base().step_initialize(); }

    void initialize() { as_base().initialize(); }

    void thread_initialize() { as_base().thread_initialize(); }

    void thread_shutdown() { as_base().thread_shutdown(); }

    void step_shutdown() { as_base().step_shutdown(); }

    void idle() { as_base().in_queue_empty(); }

    std::any meta(std::any m) { return as_base().process_meta(std::move(m)); }

private:
    base& as_base() noexcept { return *step_; }

    /// An item that is made for the call lives until its outputs have left.
    template <class I, class E>
    outcome run(I&& item, E& out) {
        using passed =
            std::conditional_t<std::is_same_v<std::remove_cvref_t<I>, given_type>, I&&, parameter>;
        if constexpr (std::is_void_v<typename S::result>) {
            as_base().process(static_cast<passed>(std::forward<I>(item)));
            return outcome::finished;
        } else {
            return deliver(as_base().process(static_cast<passed>(std::forward<I>(item))), out);
        }
    }

    std::unique_ptr<S> step_;
    std::unique_ptr<step_worker<given_type>> self_;
    std::conditional_t<makes_item, std::optional<given_type>, nothing> made_;  // while it is open
};

}  // namespace paipa::detail
#endif
