#ifndef PAIPA_DETAIL_KERNEL_CONTEXT_KERNEL_HPP
#define PAIPA_DETAIL_KERNEL_CONTEXT_KERNEL_HPP
#include <paipa/context.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/type_info.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/kernel/traits.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// A function with a second parameter for the context, to be called with the item alone.
template <class F>
class with_context {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): stands for the function
    with_context(const F& f) : f_(f) {}

    /// Before the first call.
    void meet(context& here) noexcept { here_ = &here; }

    template <class I>
        requires std::is_invocable_v<F&, I, context&>
    decltype(auto) operator()(I&& item) {
        return std::invoke(f_, std::forward<I>(item), *here_);
    }

private:
    F f_;
    context* here_ = nullptr;
};

template <class F>
struct parameter_of<with_context<F>> : parameter_of<F> {};

/// Whether `F` takes a `T` only with a context behind it.
template <class F, class T>
inline constexpr bool wants_context =
    !std::is_invocable_v<F&, T&&> && !std::is_invocable_v<F&, const T&> &&
    (std::is_invocable_v<F&, T&&, context&> || std::is_invocable_v<F&, const T&, context&> ||
     std::is_invocable_v<F&, T&, context&>);

/// The callable for items of type `T`: `F`, or `F` with its context bound.
template <class F, class T>
using callable_for = std::conditional_t<wants_context<F, T>, with_context<F>, F>;

/// Adds the context to the kernel of a `with_context` function, which may give its items back.
template <class Kernel, class F>
class context_kernel : public Kernel {
    using declared = declared_item<F>;

public:
    using given_type =
        std::conditional_t<std::is_same_v<declared, unknown>, typename Kernel::input, declared>;
    static constexpr bool one_output = false;  // an item that is given back may have one, too

    template <class From>
    explicit context_kernel(const From& from) : Kernel(from) {}

    void bind(detail::output<typename Kernel::output>& /*out*/, worker_context& core) {
        meet(core, true);
    }

    /// `has_edge`: there is a place where items may wait.
    void meet(worker_context& core, bool has_edge) {
        here_ = worker_access::make<context>(core, has_edge ? type_info_of<given_type>() : nullptr);
        this->callable().meet(*here_);
    }

    template <class I, class E>
    outcome process(I& item, bool keep, E& out) {
        in_hand_access::take_in_hand(*here_, true);
        return Kernel::process(item, keep, out);
    }

    template <class I>
    auto open(I& item)
        requires requires(Kernel& k) { k.open(item); }
    {
        in_hand_access::take_in_hand(*here_, true);
        return Kernel::open(item);
    }

    item_box& given_back() noexcept { return in_hand_access::given_back(*here_); }

    [[nodiscard]] time_point due() const noexcept { return in_hand_access::due(*here_); }

    void out_of_hand() noexcept { in_hand_access::take_in_hand(*here_, false); }

private:
    std::unique_ptr<context> here_;
};

/// The kernel that calls `F` for items of type `T`, with a context if `F` takes one.
template <template <class, class> class Kernel, class F, class T>
struct kernel_for {
    using type = Kernel<F, T>;
};

template <template <class, class> class Kernel, class F, class T>
    requires wants_context<F, T>
struct kernel_for<Kernel, F, T> {
    using type = context_kernel<Kernel<with_context<F>, T>, F>;
};

}  // namespace paipa::detail
#endif
