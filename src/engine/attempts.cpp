#include <paipa/engine/attempts.hpp>
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/error.hpp>
#include <paipa/failure.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace paipa::engine {

bool is_skip_in_flight() noexcept {
    try {
        throw;
    } catch (const skip_entry&) {
        return true;
    } catch (...) {
        return false;
    }
}

item_outcome told(outcome o) noexcept {
    switch (o) {
        case outcome::skipped:
            return item_outcome::skipped;
        case outcome::abandoned:
            return item_outcome::abandoned;
        default:
            return item_outcome::finished;
    }
}

item_outcome contain(failed_try& f, const step_options& options, duration pause, time_point now,
                     std::vector<retry_entry>& back, const std::function<void(dead_letter)>& bury) {
    try {
        std::vector<attempt_error> errors =
            f.before == nullptr ? std::vector<attempt_error>{} : std::move(f.before->errors);
        errors.push_back({describe(f.error), f.error, now});
        if (f.attempt < options.retry.attempts) {
            back.push_back({.item = item_box(f.type, f.cell),
                            .sequence = f.number,
                            .attempt = f.attempt,
                            .errors = std::move(errors),
                            .due = later(now, pause)});
            return item_outcome::retried;
        }
        if (options.on_failure == failure_action::dead_letter) {
            auto box = std::make_shared<item_box>(f.type, f.cell);
            bury(dead_letter{.step = {},
                             .worker = 0,
                             .attempts = std::move(errors),
                             .item = std::shared_ptr<const void>(box, f.type.item(box->cell())),
                             .type = f.type.type});
            return item_outcome::dead;
        }
    } catch (...) {
        f.error = std::current_exception();  // no memory to contain it
    }
    return options.on_failure == failure_action::drop ? item_outcome::dropped
                                                      : item_outcome::failed;
}

}  // namespace paipa::engine
