#ifndef PAIPA_WORKER_HPP
#define PAIPA_WORKER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/type_info.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <typeinfo>
#include <utility>

namespace paipa {

namespace detail {
struct in_hand_access;
struct worker_access;
struct worker_context;
}  // namespace detail

class worker;

/// Exclusive access to a step's shared object, for as long as this handle lives.
template <class T>
class locked {
public:
    T& operator*() const noexcept { return *object_; }

    T* operator->() const noexcept { return object_; }

private:
    friend worker;

    locked(detail::held_lock held, T& object) noexcept
        : held_(std::move(held)), object_(std::addressof(object)) {}

    detail::held_lock held_;
    T* object_;
};

/// What a step knows of the worker that it runs in. A class step gets it from
/// `abstract_step::self()`, a function from its `context`.
///
/// Threads: for the worker's own thread, and for `initialize` and the step hooks.
class worker {
public:
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;
    ~worker() = default;

    /// This worker's number in its step, from 0.
    [[nodiscard]] std::size_t index() const noexcept;
    /// Workers of this step, this one included.
    [[nodiscard]] std::size_t siblings() const noexcept;
    /// Which try of the item in hand this is, from 1. It is always 1 in a fused step behind the
    /// first.
    [[nodiscard]] unsigned attempt() const noexcept;
    /// The step's name.
    [[nodiscard]] const std::string& step() const noexcept;
    /// A stop is requested when the run fails or is cancelled, and when the steps behind this one
    /// have ended early, so that nobody wants more. Long work should look at the token. With
    /// `item_timeout` each item has a token of its own, so ask for it in each call of `process`; a
    /// stop is then requested also when the item's time is over. Callbacks that user code has put
    /// behind that token run on a thread of the run.
    [[nodiscard]] std::stop_token stop_token() const noexcept;
    /// Waits without using the processor. Returns false as soon as a stop is requested, and when
    /// the item's time is over.
    bool sleep_for(duration time) const;

    /// An object that the step's workers share. It is default constructed on first use and
    /// destroyed with the run. The returned handle holds the object's lock. Throws `state_error` if
    /// an earlier call of the step named another type, if the calling thread has the handle
    /// already, and in T's constructor.
    template <class T>
    [[nodiscard]] locked<T> storage() const {
        auto [held, object] = shared_object(*detail::type_info_of<T>(), [] {
            return std::shared_ptr<void>(std::make_shared<T>());
        });
        return locked<T>(std::move(held), *static_cast<T*>(object));
    }

private:
    friend struct detail::worker_access;

    struct shared {
        detail::held_lock held;
        void* object;
    };

    [[nodiscard]] shared shared_object(const std::type_info& type,
                                       const std::function<std::shared_ptr<void>()>& make) const;

protected:
    explicit worker(detail::worker_context& core) noexcept : core_(core) {}

    detail::worker_context& core_;
};

/// A worker that can give the item in hand back to its step.
class item_worker : public worker {
protected:
    using worker::worker;

    /// Throws `state_error` where there is no item that could be given back now.
    void check_requeue() const;
    void give_back(detail::item_box item, duration delay);
    [[noreturn]] void refuse_requeue(const std::string& why) const;

private:
    friend struct detail::in_hand_access;

    bool in_hand_ = false;
    detail::item_box given_back_;
    time_point due_{};
};

namespace detail {

/// The engine's way to make a worker.
struct worker_access {
    template <class Worker, class... Args>
    static std::unique_ptr<Worker> make(worker_context& core, Args... args) {
        return std::unique_ptr<Worker>(new Worker(core, args...));
    }
};

}  // namespace detail

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
