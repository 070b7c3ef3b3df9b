#ifndef PAIPA_ABSTRACT_STEP_HPP
#define PAIPA_ABSTRACT_STEP_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
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
    /// Gives the item in hand, or another one in its place, back to the step. Any worker processes
    /// it again after `delay`; until then it counts as unfinished. May be called once per call of
    /// `process`.
    /// Shape:  without a delay the item goes behind those that already wait. An item that comes
    ///         back again and again while nothing else happens waits 1 ms, then 2 ms, and so on up
    ///         to 100 ms before its next try. The item comes back whether the call returns or
    ///         skips: nullopt and `skip_entry` emit nothing, a value is emitted. If the call throws
    ///         any other exception, the try has failed, and the step's attempts decide what happens
    ///         to the item.
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
/// Shape:   `In` is the item type, or `const T&` to keep items whole for retries and dead letters.
///          Each item that reaches the step is an `In`, or is converted to one without narrowing,
///          at each try.
///          `Out` is the type that leaves; void is for the end of the line. `process` returns
///          `Result`: `Out`, `std::optional<Out>` (nullopt skips), `generator<Out>`, or void (then
///          call `emit`).
/// Threads: each worker has its own instance, which only one thread calls at a time. All hooks of
///          an instance run on its worker's thread, unless they say otherwise.
/// Errors:  an exception from `process` is a failed attempt, except `skip_entry`, which skips the
///          item. An exception from a hook stops the run. Each `step_initialize` and
///          `thread_initialize` that returned has its counterpart called exactly once. A public
///          hook that is declared with another signature does not compile, because nobody would
///          call it.
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

    /// Called once per step, on its first instance, by the thread that starts the run and before
    /// any worker runs.
    virtual void step_initialize() {}

    /// Called once per worker, by the thread that starts the run.
    virtual void initialize() {}

    /// Called once per worker, on the worker's own thread, before the first item.
    virtual void thread_initialize() {}

    /// Called at the end of each worker whose `thread_initialize` returned. Items that it emits
    /// after a failure or a cancel are abandoned, and counted.
    virtual void thread_shutdown() {}

    /// Called once per step whose `step_initialize` returned, on its first instance, by the last
    /// worker's thread and after all `thread_shutdown`. If the start of the run fails, the thread
    /// that starts it may call this.
    virtual void step_shutdown() {}

    /// Called when the input is found empty, and then again after every
    /// `step_options::idle_interval`.
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

    /// The worker that this instance belongs to. It can be used from `step_initialize` on.
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
