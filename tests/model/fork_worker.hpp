#ifndef PAIPA_TESTS_MODEL_FORK_WORKER_HPP
#define PAIPA_TESTS_MODEL_FORK_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/edge/batch_items.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace model {

/// A step with several ways out. `choose(item)` says which of them an item takes, as bits. `mark`
/// tells the item, or its copy, its way.
template <class T>
struct fork_rule {
    std::function<unsigned(const T&)> choose;
    std::function<void(T&, std::size_t)> mark;
};

/// The worker of such a step.
template <class T>
class fork_worker final : public paipa::detail::item_stage_worker {
public:
    static constexpr paipa::detail::kernel_facts facts{.many_outputs = false,
                                                       .one_output = false,
                                                       .gives_back = false,
                                                       .stays_whole = true,
                                                       .flushes = false,
                                                       .has_idle = false};

    fork_worker(paipa::detail::item_stage& s, std::size_t i, fork_rule<T> rule,
                const std::vector<paipa::detail::way>& ways)
        : item_stage_worker(s, i), rule_(std::move(rule)) {
        for (const paipa::detail::way& w : ways) {
            outputs_.push_back(std::make_unique<paipa::detail::output<T>>(core, w, false));
        }
        out = outputs_.front().get();
        for (std::size_t k = 1; k < outputs_.size(); ++k) {
            other_outs.push_back(outputs_[k].get());
        }
    }

    void step_initialize() override {}

    void initialize() override {}

    void thread_initialize() override {}

    void thread_shutdown() override { hand_over(true); }

    void step_shutdown() override {}

    void idle() override {}

    std::any meta(std::any entry) override { return entry; }

    void flush() override {}

    paipa::time_point deadline() override { return paipa::never; }

    void again(paipa::detail::retry_entry& entry) override {
        tried.take(entry.sequence, &entry);
        try_item(*paipa::detail::as_slots<T>(entry.item.cell()));
    }

    std::size_t batch() override {
        paipa::detail::batch_items<T> items(in);
        while (items.claim()) {
            for (auto* at = items.begin(); at != items.end(); ++at) {
                items.stand_at(at);
                if (input().is_cancelled()) {
                    ++core.abandoned;
                } else {
                    tried.take(items.sequence(at), nullptr);
                    try_item(*std::launder(at));
                    items.miss();
                }
                paipa::detail::clear_cell<T>(*std::launder(at));
            }
            items.done();
        }
        return items.claimed();
    }

private:
    void try_item(paipa::detail::slot<T>& item) {
        try_begins();
        paipa::detail::call_end end = run_call(core, [&] { return send(item.get()); });
        try_ended(std::move(end), &item, {});
    }

    /// All copies are made before the first one leaves, so a copy that throws is a failed try.
    paipa::detail::outcome send(T& item) {
        std::vector<std::pair<std::size_t, T>> leaving;
        const unsigned chosen = rule_.choose(item);
        for (std::size_t k = 0; k < outputs_.size(); ++k) {
            if ((chosen >> k & 1U) != 0) {
                leaving.emplace_back(k, item);
                rule_.mark(leaving.back().second, k);
            }
        }
        for (auto& [k, x] : leaving) {
            (*outputs_[k])(std::move(x));
        }
        return paipa::detail::outcome::finished;
    }

    const fork_rule<T> rule_;
    std::vector<std::unique_ptr<paipa::detail::output<T>>> outputs_;
};

template <class T>
class fork_worker_maker final : public paipa::detail::item_worker_maker {
public:
    fork_worker_maker(fork_rule<T> rule, std::vector<paipa::detail::way> ways)
        : rule_(std::move(rule)), ways_(std::move(ways)) {}

    [[nodiscard]] std::unique_ptr<paipa::detail::item_stage_worker> make(
        paipa::detail::item_stage& s, std::size_t worker) const override {
        return std::make_unique<fork_worker<T>>(s, worker, rule_, ways_);
    }

private:
    const fork_rule<T> rule_;
    const std::vector<paipa::detail::way> ways_;
};

}  // namespace model
#endif
