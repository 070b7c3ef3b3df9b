#ifndef PAIPA_CONTEXT_HPP
#define PAIPA_CONTEXT_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/type_info.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <typeinfo>
#include <utility>

namespace paipa {

/// The worker and the item of a function step. A function whose second parameter is a
/// `paipa::context&` gets it with each item. It offers what a class step gets from `self()`.
///
/// Shape:   for functions of `step`, `flat_map` and `fuse`. A context belongs to one worker and
///          lives as long as the run. The item in hand is the one that the function is called with;
///          a generator has its item in hand until its last output.
/// Threads: for the worker's own thread.
/// Example: `[](page p, paipa::context& here) { if (!here.sleep_for(1s)) { ... } ... }`
class context final : public item_worker {
public:
    /// As `step_worker::requeue`. The item must be of the type of the function's parameter. Where
    /// that is `auto` it must be of the type that reaches the step.
    /// Errors: `state_error` for an item of another type, outside of a call, a second time for one
    ///         item, and in a fused step behind the first.
    template <class T>
    void requeue(T item, duration delay = {}) {
        check_requeue();
        check_type(*detail::type_info_of<T>());
        give_back(detail::item_box::of(std::move(item)), delay);
    }

private:
    friend struct detail::worker_access;

    /// `item` is the type that `requeue` takes; null where the step cannot take an item back.
    context(detail::worker_context& core, const std::type_info* item) noexcept
        : item_worker(core), item_(item) {}

    void check_type(const std::type_info& type) const;

    const std::type_info* item_;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
