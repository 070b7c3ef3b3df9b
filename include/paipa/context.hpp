#ifndef PAIPA_CONTEXT_HPP
#define PAIPA_CONTEXT_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/type_info.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <typeinfo>
#include <utility>

namespace paipa {

/// What a function step knows of its worker and its item, if it has a second parameter
/// `paipa::context&`: what class steps have by `self()`.
///
/// Shape:   functions of `step`, `flat_map` and `fuse`. It belongs to the worker and lives as long
///          as the run; the item in hand is that of the present call, until its last output.
/// Threads: for the worker's own thread.
/// Example: `[](page p, paipa::context& here) { if (!here.sleep_for(1s)) { ... } ... }`
class context final : public item_worker {
public:
    /// Null: the step has no place where items could wait.
    context(engine::worker_core& core, const std::type_info* item) noexcept
        : item_worker(core), item_(item) {}

    /// As `step_worker::requeue`. The item is of the type that the function takes; of the one that
    /// reaches the step where the function is a template.
    /// Errors: `state_error` for an item of another type, outside of a call, a second time for one
    ///         item, and in a fused step behind the first.
    template <class T>
    void requeue(T item, duration delay = {}) {
        check_requeue();
        check_type(*engine::type_info_of<T>());
        give_back(engine::item_box::of(std::move(item)), delay);
    }

private:
    void check_type(const std::type_info& type) const;

    const std::type_info* item_;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
