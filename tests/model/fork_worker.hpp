#ifndef PAIPA_TESTS_MODEL_FORK_WORKER_HPP
#define PAIPA_TESTS_MODEL_FORK_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/edge/way.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>

#include "hookless_worker.hpp"

#include <cstddef>
#include <cstdint>
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
class fork_worker final : public hookless_worker<T> {
    using base = hookless_worker<T>;
    using base::core;
    using base::other_outs;
    using base::out;
    using base::tried;
    using base::try_begins;
    using base::try_ended;

public:
    static constexpr paipa::detail::kernel_facts facts{.many_outputs = false,
                                                       .one_output = false,
                                                       .gives_back = false,
                                                       .stays_whole = true,
                                                       .flushes = false,
                                                       .has_idle = false};

    fork_worker(paipa::detail::item_stage& s, std::size_t i, fork_rule<T> rule,
                const std::vector<paipa::detail::way>& ways)
        : base(s, i), rule_(std::move(rule)) {
        for (const paipa::detail::way& w : ways) {
            outputs_.push_back(std::make_unique<paipa::detail::output<T>>(core, w, false));
        }
        out = outputs_.front().get();
        for (std::size_t k = 1; k < outputs_.size(); ++k) {
            other_outs.push_back(outputs_[k].get());
        }
    }

    void again(paipa::detail::retry_entry& entry) override {
        tried.take(entry.sequence, &entry);
        try_item(*paipa::detail::as_slots<T>(entry.item.cell()));
    }

private:
    void begin(paipa::detail::slot<T>& item, std::uint64_t number) override {
        tried.take(number, nullptr);
        try_item(item);
    }

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
