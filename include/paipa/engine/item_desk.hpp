#ifndef PAIPA_ENGINE_ITEM_DESK_HPP
#define PAIPA_ENGINE_ITEM_DESK_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/emitter.hpp>
#include <paipa/engine/item_stage.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/kernel_hooks.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace paipa::engine {

/// The typed half of a worker's place at an `item_stage`: the kernel, called item by item.
template <class T, class Kernel>
class item_desk final : public desk {
    using hooks = kernel_hooks<Kernel>;

public:
    static constexpr kernel_facts facts{.many_outputs = Kernel::many_outputs,
                                        .gives_back = hooks::gives_back,
                                        .flushes = hooks::flushes,
                                        .has_idle = hooks::has_idle,
                                        .parts_keep = hooks::parts_keep()};

    item_desk(item_stage& s, std::size_t i, Kernel k)
        : desk(s, i), stage_(s), out_(core, s.to(), false), hooks_(std::move(k)) {
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
        const bool plain = stage_.is_plain();
        std::size_t n = 0;
        for (; in.take_next(); ++n) {
            const in_hand item{in};
            if (stage_.is_cancelled()) [[unlikely]] {
                ++core.abandoned;
                in.done += 1;
            } else {
                one(in.taken_as<T>(), in.sequence(), nullptr, plain);
            }
        }
        return n;
    }

    void again(retry_entry& entry) override {
        one(*as_slots<T>(entry.item.cell()), entry.sequence, &entry, false);
    }

private:
    struct in_hand {
        explicit in_hand(inbox& i) noexcept : in(i) {}

        in_hand(const in_hand&) = delete;
        in_hand& operator=(const in_hand&) = delete;

        ~in_hand() { in.template drop_taken_as<T>(); }

        inbox& in;
    };

    /// One try of one item.
    void one(slot<T>& item, std::uint64_t place, retry_entry* before, bool plain) {
        const bool keep = !plain && stage_.begin(*this, place, before);
        try {
            const outcome o = hooks_.kernel.process(item.get(), keep, out_);
            if (!give_back(place)) {
                succeeded(o, plain);
            }
        } catch (...) {
            stage_.threw(*this, place, &item, before);
            hooks_.note_kept(core);
        }
        if constexpr (hooks::gives_back) {
            hooks_.kernel.out_of_hand();
        }
    }

    void succeeded(outcome o, bool plain) {
        if (plain) [[likely]] {
            in.done += 1;
            core.count(o);
        } else {
            stage_.succeeded(*this, o);
        }
        hooks_.note_kept(core);
    }

    bool give_back(std::uint64_t place) {
        if constexpr (hooks::gives_back) {
            if (auto& back = hooks_.kernel.given_back()) {
                stage_.given_back(*this, place, std::exchange(back, {}), hooks_.kernel.due());
                return true;
            }
        }
        return false;
    }

    item_stage& stage_;
    emitter<typename Kernel::output> out_;
    hooks hooks_;
};

}  // namespace paipa::engine
#endif
