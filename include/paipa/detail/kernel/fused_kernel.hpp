#ifndef PAIPA_DETAIL_KERNEL_FUSED_KERNEL_HPP
#define PAIPA_DETAIL_KERNEL_FUSED_KERNEL_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/stage/fused_part.hpp>
#include <paipa/detail/stage/fused_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/step_core.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace paipa::detail {

/// Where a step's outputs go: into `take`, as long as `out`, the outputs of all, are wanted.
template <class F, class E>
class outputs_to {
public:
    outputs_to(F take, const E& out) : take_(std::move(take)), out_(out) {}

    template <class U>
    void operator()(U&& x) const {
        take_(std::forward<U>(x));
    }

    [[nodiscard]] bool is_over() const noexcept { return out_.is_over(); }

private:
    F take_;
    const E& out_;
};

/// One item through a kernel, at the place `at`. `hold`: what comes out goes on when the item has
/// succeeded. Once some of it may have gone on there is no other try, and no other outcome: what
/// throws there fails the run.
template <class Kernel, class T, class Sink>
outcome process_item(Kernel& kernel, const worker_context& at, T& item, bool keep, bool hold,
                     Sink& sink) {
    if constexpr (Kernel::many_outputs) {
        if (hold) {
            std::vector<slot<typename Kernel::output>> held;
            const auto collect = [&held, &at]<class U>(U&& x) {
                if (held.size() == most_held_outputs) {
                    refuse_more_outputs(at.step->name);
                }
                held.emplace_back(std::in_place, std::forward<U>(x));
            };
            const outputs_to to(collect, sink);
            const outcome o = kernel.process(item, keep, to);
            check_time(at);
            try {
                for (auto& x : held) {
                    sink(std::move(x.get()));
                }
            } catch (...) {
                fail_hand_over(at);
                return outcome::abandoned;
            }
            return o;
        }
    }
    return kernel.process(item, keep, sink);
}

/// A kernel whose function has a context.
template <class Kernel>
concept has_context = requires(Kernel& k) { k.given_back(); };

/// Tells the function its context, if it takes one.
template <class Kernel>
void meet_context(Kernel& kernel, worker_context& core, bool has_edge) {
    if constexpr (has_context<Kernel>) {
        kernel.meet(core, has_edge);
    }
}

template <class Kernel>
struct given_type_of {
    using type = void;
};

template <has_context Kernel>
struct given_type_of<Kernel> {
    using type = typename Kernel::given_type;
};

/// A function step, and those fused behind it: what one returns is the next one's item at once.
/// Failures of the first are the stage's business, as if it stood alone; each other contains its
/// own, so none reaches the one in front.
template <class T, class F, class... Rest>
class fused_kernel;

/// The last one.
template <class T, class F>
class fused_kernel<T, F> {
    using own = typename kernel_for<function_kernel, F, T>::type;

public:
    using output = typename own::output;
    static constexpr bool many_outputs = own::many_outputs;
    static constexpr bool can_keep = own::can_keep;
    static constexpr bool leaves_whole = own::leaves_whole;
    static constexpr std::array<bool, 0> parts_keep{};

    explicit fused_kernel(const std::tuple<const F&>& f) : own_(std::get<0>(f)) {}

    void take_place(const worker_context& /*first*/, worker_context& at, std::size_t /*part*/) {
        core_ = &at;
        meet_context(own_, at, false);
    }

    template <class E>
    outcome process(T& item, bool keep, bool hold, E& out) {
        return process_item(own_, *core_, item, keep, hold, out);
    }

    /// See below.
    [[nodiscard]] bool parts_are_plain() const noexcept { return true; }

    own& run() noexcept { return own_; }

private:
    own own_;
    const worker_context* core_ = nullptr;
};

template <class T, class F, class Next, class... Rest>
class fused_kernel<T, F, Next, Rest...> {
    using own = typename kernel_for<function_kernel, F, T>::type;
    using passed = typename own::output;
    using next = fused_kernel<passed, Next, Rest...>;

public:
    using input = T;
    using output = typename next::output;
    using given_type = typename given_type_of<own>::type;
    static constexpr bool many_outputs = own::many_outputs || next::many_outputs;
    static constexpr bool can_keep = own::can_keep;
    static constexpr bool leaves_whole = own::leaves_whole;
    /// Whether the steps behind the first one can keep their items.
    static constexpr auto parts_keep = [] {
        std::array<bool, 1 + sizeof...(Rest)> all{next::can_keep};
        std::copy(next::parts_keep.begin(), next::parts_keep.end(), all.begin() + 1);
        return all;
    }();

    explicit fused_kernel(const std::tuple<const F&, const Next&, const Rest&...>& all)
        : own_(std::get<0>(all)),
          next_(std::apply([](const F&, const auto&... more) { return std::tie(more...); }, all)) {}

    /// The first step's worker is known, and by it the workers of the other steps.
    void meet(worker_context& core) {
        hold_ = core.step->policy.holds_outputs(true);
        take_place(core, core, 0);
    }

    // Where the first step has a context, it can give its items back:
    template <class Out>
    void bind(detail::output<Out>& /*out*/, worker_context& core) {
        meet(core);
    }

    item_box& given_back() noexcept
        requires has_context<own>
    {
        return own_.given_back();
    }

    [[nodiscard]] time_point due() const noexcept { return own_.due(); }

    void out_of_hand() noexcept { own_.out_of_hand(); }

    /// The worker of this step is `at`, and `part` is the next step.
    void take_place(const worker_context& first, worker_context& at, std::size_t part) {
        core_ = &at;
        meet_context(own_, at, &first == &at);
        next_worker_ = &static_cast<step_core*>(first.step)->parts()[part]->worker(first.index);
        next_.take_place(first, next_worker_->core, part + 1);
    }

    template <class I, class E>
    outcome process(I& item, bool keep, E& out) {
        return process(item, keep, hold_, out);
    }

    /// The steps behind the first one need nothing for an item that succeeds but to be counted.
    [[nodiscard]] bool parts_are_plain() const noexcept {
        return next_worker_->is_plain() && next_.parts_are_plain();
    }

    /// For a batch whose parts are plain: their counts are in registers. Where a part fails the run
    /// no further item is begun, and none has several outputs, so none is amid its outputs then.
    class fast_run {
    public:
        explicit fast_run(fused_kernel& k) noexcept
            : own_(k.own_),
              worker_(*k.next_worker_),
              next_(k.next_.run()),
              finished_(k.next_worker_->core.counted) {}

        template <class I, class E>
        [[gnu::always_inline]] outcome process(I& item, bool /*keep*/, E& out) {
            const auto pass = [&]<class U>(U&& x) __attribute__((always_inline)) {
                this->hand_on(std::forward<U>(x), out);
            };
            const outputs_to to(pass, out);
            return own_.process(item, false, to);
        }

    private:
        template <class U, class E>
        [[gnu::always_inline]] void hand_on(U&& x, E& out) {
            slot<passed> item(std::in_place, std::forward<U>(x));
            for (bool first = true; try_item(item, first, out); first = false) {
            }
        }

        /// True: the item is to be tried again.
        template <class E>
        [[gnu::always_inline]] bool try_item(slot<passed>& item, bool first, E& out) {
            try {
                const outcome o = next_.process(item.get(), false, out);
                o == outcome::finished ? ++finished_ : worker_.core.count(o);
                return false;
            } catch (...) {
                return worker_.end(end_of_throw(worker_.core), type_of<passed>, &item,
                                   next::leaves_whole, first);
            }
        }

        own& own_;
        fused_worker& worker_;
        std::invoke_result_t<decltype(&next::run), next&> next_;  // a reference to the last one
        counting finished_;
    };

    fast_run run() noexcept
        requires(!many_outputs)
    {
        return fast_run(*this);
    }

    template <class I, class E>
    outcome process(I& item, bool keep, bool hold, E& out) {
        const auto pass = [this, &out]<class U>(U&& x) { this->hand_on(std::forward<U>(x), out); };
        const outputs_to to(pass, out);
        return process_item(own_, *core_, item, keep, hold, to);
    }

private:
    template <class U, class E>
    void hand_on(U&& x, E& out) {
        if constexpr (!own::many_outputs) {
            check_time(*core_);
        }
        slot<passed> item(std::in_place, std::forward<U>(x));
        for (bool first = true; try_item(item, first, out); first = false) {
        }
    }

    /// True: the item is to be tried again.
    template <class E>
    bool try_item(slot<passed>& item, bool first, E& out) {
        fused_worker& worker = *next_worker_;
        if (!worker.is_plain() && !worker.begin()) {
            return false;
        }
        const failure_policy& policy = worker.policy();
        call_end end = run_call(worker.core, [&] {
            return next_.process(item.get(), policy.keeps_items(), policy.holds_outputs(true), out);
        });
        return worker.end(std::move(end), type_of<passed>, &item, next::leaves_whole, first);
    }

    own own_;
    next next_;
    const worker_context* core_ = nullptr;
    fused_worker* next_worker_ = nullptr;  // of `next_`
    bool hold_ = false;                    // of the first step
};

}  // namespace paipa::detail
#endif
