#include <paipa/detail/attempt/attempt.hpp>
#include <paipa/detail/attempt/item_clock.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/error.hpp>
#include <paipa/observe/tracker.hpp>

#include <exception>

namespace paipa::detail {

call_end end_of_throw(const worker_context& at) {
    try {
        throw;
    } catch (const skip_entry&) {
        return {.result = outcome::skipped, .threw = true, .error = failure_in_time(at, nullptr)};
    } catch (...) {
        return {.threw = true, .error = failure_in_time(at, std::current_exception())};
    }
}

item_outcome to_item_outcome(outcome o) noexcept {
    switch (o) {
        case outcome::skipped:
            return item_outcome::skipped;
        case outcome::abandoned:
            return item_outcome::abandoned;
        default:
            return item_outcome::finished;
    }
}

}  // namespace paipa::detail
