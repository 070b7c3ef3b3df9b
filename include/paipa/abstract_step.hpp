#ifndef PAIPA_ABSTRACT_STEP_HPP
#define PAIPA_ABSTRACT_STEP_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/error.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include <any>
#include <concepts>
#include <type_traits>
#include <utility>

namespace paipa {

namespace detail {

struct class_access;

struct class_step_tag {};

}  // namespace detail

/// The worker of a class step; see `worker` for the rest.
template <class In>
class step_worker final : public item_worker {
public:
    /// Gives the item in hand (or another in its place) back: it is processed again, by any worker,
    /// after `delay`, and counts as unfinished until then. Once per call of `process`.
    /// Shape:  without a delay it goes behind the items that wait already. An item that comes back
    ///         again and again while nothing else happens waits 1 ms, 2 ms, and so on up to 100 ms
    ///         before its next try. The item is given back whatever the call ends with: nullopt and
    ///         `skip_entry` emit nothing, a value is emitted. Any other exception is a failed try,
    ///         which the attempts decide on.
    /// Errors: `state_error` outside of `process`, or a second time for one item.
    void requeue(In item, duration delay = {}) {
        check_requeue();
        give_back(detail::item_box::of(std::move(item)), delay);
    }

private:
    using item_worker::item_worker;  // as private as in `worker`
};

/// Base of a class step: keeps state, has hooks, may emit any number of items.
///
/// Shape:   `In` is the item type, or `const T&` to keep items whole for retries and dead letters;
///          what reaches the step is an `In`, or converts to it without narrowing, at each try;
///          `Out` what leaves, void for the end of the line; `process` returns `Result`: `Out`,
///          `std::optional<Out>` (nullopt skips), `generator<Out>`, or void (then `emit`).
/// Threads: each worker has its own instance, which only one thread calls at a time. All hooks of
///          one instance run on its worker's thread, but for those that say otherwise.
/// Errors:  what `process` throws is a failed attempt, `skip_entry` skips; what a hook throws stops
///          the run. Each hook that began has its counterpart called exactly once. A public hook
///          that is declared with another signature does not compile: nobody would call it.
template <class In, class Out = void, class Result = Out>
class abstract_step : public detail::class_step_tag {
public:
    using input = std::remove_cvref_t<In>;
    using parameter = In;
    using output = Out;
    using result = Result;

    abstract_step() = default;
    abstract_step(const abstract_step&) = delete;
    abstract_step& operator=(const abstract_step&) = delete;
    virtual ~abstract_step() = default;

    virtual Result process(In item) = 0;

    /// Once per step, before any worker, on the thread that starts the run (first instance).
    virtual void step_initialize() {}

    /// Once per worker, on the thread that starts the run.
    virtual void initialize() {}

    /// Once per worker, on the worker's own thread, before the first item.
    virtual void thread_initialize() {}

    /// Once per worker whose `thread_initialize` returned, at its end. What it emits after a
    /// failure or a cancel is abandoned, and counted.
    virtual void thread_shutdown() {}

    /// Once per step whose `step_initialize` returned, after all `thread_shutdown` (first
    /// instance), on the last worker's thread.
    virtual void step_shutdown() {}

    /// When the input is found empty, then again every `step_options::idle_interval`.
    virtual void in_queue_empty() {}

    /// Sees each meta entry once, on one worker; what it returns travels on.
    virtual std::any process_meta(std::any meta) { return meta; }

protected:
    /// Sends an item to the next step; from any hook, any number of times.
    /// Errors: `state_error` from a constructor: the step does not run yet.
    template <class U>
        requires std::constructible_from<Out, U>
    void emit(U&& item) {
        if (out_ == nullptr) {
            throw state_error("abstract_step::emit: expected a running step, got a constructor");
        }
        (*out_)(Out(std::forward<U>(item)));
    }

    /// The worker this instance belongs to; from `step_initialize` on.
    /// Errors: `state_error` from a constructor: there is no worker yet.
    [[nodiscard]] step_worker<input>& self() const {
        if (self_ == nullptr) {
            throw state_error("abstract_step::self: expected a running step, got a constructor");
        }
        return *self_;
    }

private:
    friend struct detail::class_access;

    detail::output<Out>* out_ = nullptr;
    step_worker<input>* self_ = nullptr;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
