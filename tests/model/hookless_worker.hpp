#ifndef PAIPA_TESTS_MODEL_HOOKLESS_WORKER_HPP
#define PAIPA_TESTS_MODEL_HOOKLESS_WORKER_HPP
#include <paipa/detail/edge/batch_items.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/item/slot.hpp>
#include <paipa/detail/stage/item_stage_worker.hpp>
#include <paipa/time.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace model {

/// A worker of a step of the tests, whose hooks do nothing.
template <class T>
class hookless_worker : public paipa::detail::item_stage_worker {
public:
    using item_stage_worker::item_stage_worker;

    void step_initialize() override {}

    void initialize() override {}

    void thread_initialize() override {}

    void thread_shutdown() override { hand_over(true); }

    void step_shutdown() override {}

    void idle() override {}

    std::any meta(std::any entry) override { return entry; }

    void flush() override {}

    paipa::time_point deadline() override { return paipa::never; }

    std::size_t batch() override {
        paipa::detail::batch_items<T> items(in, core.hand);
        while (items.claim()) {
            for (auto* at = items.begin(); at != items.end(); ++at) {
                items.stand_at(at);
                if (input().is_cancelled()) {
                    core.count(paipa::detail::outcome::abandoned);
                } else {
                    begin(*std::launder(at), items.sequence(at));
                    items.miss();
                }
                paipa::detail::clear_cell<T>(*std::launder(at));
            }
            items.done();
        }
        return items.claimed();
    }

private:
    /// The first try of an item begins; the worker tells the stage how it ends.
    virtual void begin(paipa::detail::slot<T>& item, std::uint64_t number) = 0;
};

}  // namespace model
#endif
