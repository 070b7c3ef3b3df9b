#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/run_base.hpp>
#include <paipa/detail/stage/sleep.hpp>
#include <paipa/detail/stage/step_base.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/detail/sync/lock.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>
#include <paipa/worker.hpp>

#include "type_name.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <typeinfo>
#include <utility>

namespace paipa {

std::size_t worker::index() const noexcept {
    return core_.index;
}

std::size_t worker::siblings() const noexcept {
    return core_.step->options.threads;
}

const std::string& worker::step() const noexcept {
    return core_.step->name;
}

std::stop_token worker::stop_token() const noexcept {
    return core_.clock != nullptr ? core_.clock->token() : core_.step->stop.hand_out();
}

bool worker::sleep_for(duration time) const {
    runtime& rt = core_.run.rt;
    detail::item_clock* const clock = core_.clock;
    const std::stop_token token = clock != nullptr ? clock->wake_token() : core_.step->stop.token();
    time_point until = later(rt.now(), time);
    if (clock != nullptr && clock->deadline() <= until) {
        until = never;  // the token ends the wait, so it has been requested when this returns
    }
    return detail::sleep_until(rt, token, until);
}

unsigned worker::attempt() const noexcept {
    return core_.attempt;
}

void item_worker::check_requeue() const {
    if (!in_hand_) {
        refuse_requeue("expected an item in hand, got a call outside of process");
    }
    if (given_back_) {
        refuse_requeue("expected one call per item in hand, got a second one");
    }
}

void item_worker::give_back(detail::item_box item, duration delay) {
    given_back_ = std::move(item);
    due_ = later(core_.run.rt.now(), delay);
}

void item_worker::refuse_requeue(const std::string& why) const {
    throw state_error("step '" + step() + "': requeue: " + why);
}

worker::shared worker::shared_object(const std::type_info& type,
                                     const std::function<std::shared_ptr<void>()>& make) const {
    detail::step_base& step = *core_.step;
    detail::lock* one_at_a_time = nullptr;
    {
        const detail::mutex_lock guard(step.storage_mutex);
        if (step.storage_lock == nullptr) {
            step.storage_lock =
                std::make_unique<detail::lock>(core_.run.rt, "step '" + step.name + "': storage");
            step.storage_type = &type;
        }
        if (*step.storage_type != type) {
            throw state_error("step '" + step.name +
                              "': storage: expected the type of the first call, " +
                              type_name(*step.storage_type) + ", got " + type_name(type));
        }
        one_at_a_time = step.storage_lock.get();
    }
    detail::held_lock held(*one_at_a_time);
    if (step.storage == nullptr) {
        step.storage = make();  // user code; the next call tries again if it throws
    }
    return {std::move(held), step.storage.get()};
}

}  // namespace paipa
