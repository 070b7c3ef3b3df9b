#ifndef PAIPA_DETAIL_KERNEL_KERNEL_HOOKS_HPP
#define PAIPA_DETAIL_KERNEL_KERNEL_HOOKS_HPP
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <any>
#include <type_traits>
#include <utility>

namespace paipa::detail {

/// The facts about a step's kernel that the engine needs.
struct kernel_facts {
    bool many_outputs;                 // an item may have several
    bool one_output;                   // who finishes has had just one
    bool gives_back;                   // may call `requeue`
    bool stays_whole;                  // an item is as it was when its call has thrown
    bool flushes;                      // keeps items back
    bool has_idle;                     // wants to be called when there is nothing to do
    bool holds_items = false;          // finishes items after their `batch`, in any order
    const bool* parts_keep = nullptr;  // for each fused part: whether it can keep its items
};

/// A kernel, with a call for each hook whether the kernel has it or not.
template <class Kernel>
struct kernel_hooks {
    using out_type = typename Kernel::output;

    explicit kernel_hooks(Kernel k) : kernel(std::move(k)) {}

    /// A class step's worker can give its item back.
    static constexpr bool gives_back = requires(Kernel& k) { k.given_back(); };
    static constexpr bool keeps_back = requires(Kernel& k) { k.kept(); };
    static constexpr bool flushes = requires(Kernel& k, output<out_type>& e) { k.flush(e); };
    static constexpr bool one_output = [] {
        if constexpr (requires { Kernel::one_output; }) {
            return Kernel::one_output;
        } else {
            return false;
        }
    }();
    /// An item is as it was when its call has thrown, also where it might have been consumed.
    static constexpr bool stays_whole = [] {
        if constexpr (requires { Kernel::leaves_whole; }) {
            return Kernel::leaves_whole;
        } else {
            return std::is_trivially_copyable_v<typename Kernel::input>;
        }
    }();
    static constexpr bool has_idle = [] {
        if constexpr (requires { Kernel::has_idle; }) {
            return Kernel::has_idle;
        } else {
            return false;
        }
    }();

    static constexpr const bool* parts_keep() noexcept {
        if constexpr (requires { Kernel::parts_keep; }) {
            return Kernel::parts_keep.data();
        } else {
            return nullptr;
        }
    }

    /// Whether an item that the step gives back has another type than the items that reach it.
    template <class T>
    static constexpr bool gives_back_another_type = [] {
        if constexpr (gives_back) {
            return !std::is_same_v<typename Kernel::given_type, T>;
        } else {
            return false;
        }
    }();

    /// Calls `use` with an item that came back: a `T`, as it reached the step, or what the step
    /// gave back, which is of the step's own type.
    template <class T, class Use>
    static auto with_item(const item_box& box, Use use) {
        if constexpr (gives_back) {
            using given = typename Kernel::given_type;
            if constexpr (!std::is_same_v<given, T>) {
                if (box.holds<given>()) {
                    return use(*as_slots<given>(box.cell()));
                }
            }
        }
        return use(*as_slots<T>(box.cell()));
    }

    /// Items that succeed need no more than to be counted, as far as it is for the kernel to say.
    [[nodiscard]] bool parts_are_plain() const noexcept {
        if constexpr (requires { kernel.parts_are_plain(); }) {
            return kernel.parts_are_plain();
        } else {
            return true;
        }
    }

    /// What runs the items of a batch in that case.
    decltype(auto) run() noexcept {
        if constexpr (requires { kernel.run(); }) {
            return kernel.run();
        } else {
            return (kernel);
        }
    }

    /// Before any hook: makes the step's outputs and its worker known to its instance.
    void bind(output<out_type>& out, worker_context& core) {
        core.keeps_back = keeps_back;
        if constexpr (gives_back) {
            kernel.bind(out, core);
        } else if constexpr (requires { kernel.meet(core); }) {
            kernel.meet(core);
        }
    }

    void step_initialize() {
        if constexpr (requires { kernel.step_initialize(); }) {
            kernel.step_initialize();
        }
    }

    void initialize() {
        if constexpr (requires { kernel.initialize(); }) {
            kernel.initialize();
        }
    }

    void thread_initialize() {
        if constexpr (requires { kernel.thread_initialize(); }) {
            kernel.thread_initialize();
        }
    }

    void thread_shutdown() {
        if constexpr (requires { kernel.thread_shutdown(); }) {
            kernel.thread_shutdown();
        }
    }

    void step_shutdown() {
        if constexpr (requires { kernel.step_shutdown(); }) {
            kernel.step_shutdown();
        }
    }

    void idle() {
        if constexpr (has_idle) {
            kernel.idle();
        }
    }

    [[nodiscard]] std::any meta(std::any entry) {
        if constexpr (requires { kernel.meta(std::move(entry)); }) {
            return kernel.meta(std::move(entry));
        } else {
            return entry;
        }
    }

    /// Sends what is kept back.
    void flush(output<out_type>& out, worker_context& core) {
        if constexpr (flushes) {
            kernel.flush(out);
            note_kept(core);
        }
    }

    /// When what is kept back has to leave.
    time_point deadline(runtime& rt) {
        if constexpr (requires { kernel.deadline(time_point{}); }) {
            return kernel.deadline(rt.now());
        } else {
            return never;
        }
    }

    /// What a chunk keeps back is processed, but has not left.
    void note_kept(worker_context& core) noexcept {
        if constexpr (keeps_back) {
            core.note_kept(kernel.kept());
        }
    }

    Kernel kernel;
};

}  // namespace paipa::detail
#endif
