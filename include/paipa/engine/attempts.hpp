#ifndef PAIPA_ENGINE_ATTEMPTS_HPP
#define PAIPA_ENGINE_ATTEMPTS_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/slot.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace paipa::engine {

/// One failed try of an item, as the step's worker saw it.
template <class T>
struct failed_try {
    slot<T>& item;
    std::uint64_t number;    // of the item, in its step
    unsigned attempt;        // from 1
    retry_entry<T>* before;  // what is known of earlier tries, if any
    std::exception_ptr error;
};

/// Contains a failure as far as the options allow: the item waits in `back` for its next try, goes
/// to `bury(dead_letter)`, or is dropped. `failed`: the run must stop, for `f.error`.
template <class T, class Bury>
item_outcome contain(failed_try<T>& f, const step_options& options, duration pause, time_point now,
                     std::vector<retry_entry<T>>& back, Bury bury) {
    try {
        std::vector<attempt_error> errors =
            f.before == nullptr ? std::vector<attempt_error>{} : std::move(f.before->errors);
        errors.push_back({describe(f.error), f.error, now});
        if (f.attempt < options.retry.attempts) {
            back.push_back({.item = std::move(f.item),
                            .sequence = f.number,
                            .attempt = f.attempt,
                            .errors = std::move(errors),
                            .due = later(now, pause)});
            return item_outcome::retried;
        }
        if (options.on_failure == failure_action::dead_letter) {
            auto box = std::make_shared<slot<T>>(std::move(f.item));
            bury(dead_letter{.step = {},
                             .worker = 0,
                             .attempts = std::move(errors),
                             .item = std::shared_ptr<const void>(box, &box->get()),
                             .type = &typeid(T)});
            return item_outcome::dead;
        }
    } catch (...) {
        f.error = std::current_exception();  // no memory to contain it
    }
    return options.on_failure == failure_action::drop ? item_outcome::dropped
                                                      : item_outcome::failed;
}

}  // namespace paipa::engine
#endif
