#ifndef PAIPA_DETAIL_STAGE_TYPED_ITEM_WORKER_HPP
#define PAIPA_DETAIL_STAGE_TYPED_ITEM_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/edge/batch_items.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/support/make_as.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// A worker of an `item_stage` with its kernel, which it calls item by item.
template <class T, class Kernel>
class typed_item_worker final : public item_stage_worker {
    using hooks = kernel_hooks<Kernel>;
    using out_type = typename Kernel::output;
    /// Members of a class may emit past `process`, so they and it share the `output`.
    using outputs = std::conditional_t<hooks::gives_back || std::is_void_v<out_type>,
                                       output<out_type>&, batch_outputs<out_type>>;

public:
    static constexpr kernel_facts facts{.many_outputs = Kernel::many_outputs,
                                        .one_output = hooks::one_output,
                                        .gives_back = hooks::gives_back,
                                        .stays_whole = hooks::stays_whole,
                                        .flushes = hooks::flushes,
                                        .has_idle = hooks::has_idle,
                                        .parts_keep = hooks::parts_keep()};

    typed_item_worker(item_stage& s, std::size_t i, Kernel k)
        : item_stage_worker(s, i), out_(core, to(), false), hooks_(std::move(k)) {
        out = &out_;
        hooks_.bind(out_, core);
    }

    void step_initialize() override { hooks_.step_initialize(); }

    void initialize() override { hooks_.initialize(); }

    void thread_initialize() override { hooks_.thread_initialize(); }

    /// What is kept back leaves, too.
    void thread_shutdown() override {
        flush();
        hooks_.thread_shutdown();
        out_.hand_over(true);
    }

    void step_shutdown() override {
        hooks_.step_shutdown();
        out_.hand_over(true);
    }

    void idle() override { hooks_.idle(); }

    std::any meta(std::any entry) override { return hooks_.meta(std::move(entry)); }

    void flush() override { hooks_.flush(out_, core); }

    time_point deadline() override { return hooks_.deadline(core.run.rt); }

    std::size_t batch() override {
        return is_plain() && hooks_.parts_are_plain() ? count_all() : watch_all();
    }

    void again(retry_entry& entry) override {
        tried.take(entry.sequence, &entry);
        hooks::template with_item<T>(entry.item, [&](auto& item) { watch(item); });
    }

private:
    struct in_hand {
        explicit in_hand(slot<T>& i) noexcept : item(i) {}

        in_hand(const in_hand&) = delete;
        in_hand& operator=(const in_hand&) = delete;

        ~in_hand() { clear_cell<T>(item); }

        slot<T>& item;
    };

    /// One try of each item, and no more than a count of those that do not fail.
    std::size_t count_all() {
        const edge_core& in_front = input();
        batch_items<T> items(in, core.hand);
        outputs to(out_);
        counting finished(core.counted);
        auto&& kernel = hooks_.run();
        while (items.claim()) {
            for (slot<T>* at = items.begin(); at != items.end(); ++at) {
                const in_hand held{*std::launder(at)};
                if (in_front.is_cancelled()) [[unlikely]] {
                    core.count(outcome::abandoned);
                    continue;
                }
                while (try_once(kernel, items, at, to, finished)) {
                }
                out_of_hand();
            }
            items.done();
        }
        return items.claimed();
    }

    /// True: the item is to be tried again.
    template <class K>
    [[gnu::always_inline]] bool try_once(K& kernel, batch_items<T>& items, slot<T>* at, outputs& to,
                                         counting& finished) {
        slot<T>& item = *std::launder(at);
        bool again = false;
        try {
            const outcome o = kernel.process(item.get(), false, to);
            if (given().item != nullptr) {
                end_plain(items, at, {});
            } else if constexpr (!facts.one_output) {
                o == outcome::finished ? ++finished : core.count(o);
            }
        } catch (...) {
            again = end_plain(items, at, end_of_throw(core));
        }
        hooks_.note_kept(core);
        return again;
    }

    /// The end of a try that takes more than to be counted.
    [[gnu::noinline]] bool end_plain(batch_items<T>& items, slot<T>* at, call_end end) {
        items.stand_at(at);
        tried.take(items.sequence(at), nullptr);
        const bool again = try_ended(std::move(end), std::launder(at), given());
        if (!again) {
            items.miss();
        }
        return again;
    }

    [[gnu::noinline]] std::size_t watch_all() {
        const edge_core& in_front = input();
        batch_items<T> items(in, core.hand);
        while (items.claim()) {
            for (slot<T>* at = items.begin(); at != items.end(); ++at) {
                slot<T>& item = *std::launder(at);
                const in_hand held{item};
                items.stand_at(at);
                if (in_front.is_cancelled()) [[unlikely]] {
                    core.count(outcome::abandoned);
                } else {
                    tried.take(items.sequence(at), nullptr);
                    watch(item);
                    items.miss();
                }
            }
            items.done();
        }
        return items.claimed();
    }

    template <class I>
    void watch(slot<I>& item) {
        while (watch_once(item)) {
        }
    }

    /// One try of the item in hand; the stage hears of its beginning and its end. True: the item is
    /// to be tried again.
    template <class I>
    [[gnu::noinline]] bool watch_once(slot<I>& item) {
        const bool keep = try_begins();
        outputs to(out_);
        call_end end = run_call(core, [&] { return hooks_.kernel.process(item.get(), keep, to); });
        const bool again = try_ended(std::move(end), &item, given());
        hooks_.note_kept(core);
        out_of_hand();
        return again;
    }

    void out_of_hand() noexcept {
        if constexpr (hooks::gives_back) {
            hooks_.kernel.out_of_hand();
        }
    }

    /// The item in hand, if the step has given it back.
    given_item given() noexcept {
        if constexpr (hooks::gives_back) {
            if (auto& back = hooks_.kernel.given_back()) {
                return {&back, hooks_.kernel.due()};
            }
        }
        return {};
    }

    output<out_type> out_;
    hooks hooks_;
};

/// Makes the workers of a step; `make_kernel()` is called once for each.
template <class T, class MakeKernel>
class typed_item_worker_maker final : public item_worker_maker {
public:
    using typed = typed_item_worker<T, std::invoke_result_t<const MakeKernel&>>;

    explicit typed_item_worker_maker(MakeKernel m) : make_kernel_(std::move(m)) {}

    [[nodiscard]] std::unique_ptr<item_stage_worker> make(item_stage& s,
                                                          std::size_t worker) const override {
        return make_as<item_stage_worker, typed>(s, worker, make_kernel_());
    }

private:
    const MakeKernel make_kernel_;
};

}  // namespace paipa::detail
#endif
