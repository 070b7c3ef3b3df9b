#ifndef PAIPA_TESTS_MODEL_HOLDING_WORKER_HPP
#define PAIPA_TESTS_MODEL_HOLDING_WORKER_HPP
#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/time.hpp>

#include "device.hpp"
#include "hookless_worker.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace model {

/// What a step asks of a device for each number: how long it takes, and then `work`, which returns
/// the output or throws.
struct device_job {
    device* where;
    std::function<paipa::duration(int)> time;
    std::function<int(int)> work;
    std::size_t* most_in_flight;  // written by the first worker
};

/// A worker that starts an item at the device, and takes the next one at once.
class holding_worker final : public hookless_worker<int> {
public:
    static constexpr paipa::detail::kernel_facts facts{.many_outputs = false,
                                                       .one_output = false,
                                                       .gives_back = false,
                                                       .stays_whole = true,
                                                       .flushes = false,
                                                       .has_idle = false,
                                                       .holds_items = true};

    holding_worker(paipa::detail::item_stage& s, std::size_t i, device_job job)
        : hookless_worker(s, i), job_(std::move(job)), out_(core, to(), false) {
        out = &out_;
    }

    void again(paipa::detail::retry_entry& entry) override {
        const int number = paipa::detail::as_slots<int>(entry.item.cell())->get();
        const std::uint64_t sequence = entry.sequence;
        start(number, sequence, std::move(entry));
    }

    void go_on() override {
        for (const std::uint64_t id : answers()) {
            settle(*take(id));
        }
    }

    void let_go() override {
        while (!flights_.empty()) {
            const std::vector<std::uint64_t> ended = answers();
            for (const std::uint64_t id : ended) {
                take(id);
                ++core.abandoned;
                in.done += 1;
            }
            if (ended.empty()) {
                core.run.rt.park(paipa::never);
            }
        }
    }

private:
    struct flight {
        paipa::detail::slot<int> item;
        std::optional<paipa::detail::retry_entry> before;
        paipa::detail::attempt tried{};
    };

    void begin(paipa::detail::slot<int>& item, std::uint64_t number) override {
        start(item.get(), number, std::nullopt);
    }

    void start(int number, std::uint64_t sequence,
               std::optional<paipa::detail::retry_entry> before) {
        auto f = std::make_unique<flight>(flight{
            .item = paipa::detail::slot<int>(std::in_place, number), .before = std::move(before)});
        tried.take(sequence, f->before ? &*f->before : nullptr);
        try_starts();
        f->tried = std::move(tried);
        const std::uint64_t id = next_++;
        flights_.emplace(id, std::move(f));
        in.held_items = flights_.size();
        if (core.index == 0) {
            *job_.most_in_flight = std::max(*job_.most_in_flight, in.held_items);
        }
        job_.where->ask(job_.time(number), [this, id] {
            {
                const std::lock_guard lock(mutex_);
                answered_.push_back(id);
            }
            poke();
        });
    }

    std::vector<std::uint64_t> answers() {
        const std::lock_guard lock(mutex_);
        return std::exchange(answered_, {});
    }

    std::unique_ptr<flight> take(std::uint64_t id) {
        const auto at = flights_.find(id);
        std::unique_ptr<flight> f = std::move(at->second);
        flights_.erase(at);
        in.held_items = flights_.size();
        return f;
    }

    void settle(flight& f) {
        tried = std::move(f.tried);
        try_goes_on();
        paipa::detail::call_end end = run_call(core, [&] {
            out_(job_.work(f.item.get()));
            return paipa::detail::outcome::finished;
        });
        void* const cell = f.before ? f.before->item.cell() : static_cast<void*>(&f.item);
        try_ended(std::move(end), cell, {});
    }

    const device_job job_;
    paipa::detail::output<int> out_;
    std::unordered_map<std::uint64_t, std::unique_ptr<flight>> flights_;
    std::uint64_t next_ = 0;
    std::mutex mutex_;                     // guards the next
    std::vector<std::uint64_t> answered_;  // by the device, not settled
};

class holding_worker_maker final : public paipa::detail::item_worker_maker {
public:
    explicit holding_worker_maker(device_job job) : job_(std::move(job)) {}

    [[nodiscard]] std::unique_ptr<paipa::detail::item_stage_worker> make(
        paipa::detail::item_stage& s, std::size_t worker) const override {
        return std::make_unique<holding_worker>(s, worker, job_);
    }

private:
    const device_job job_;
};

}  // namespace model
#endif
