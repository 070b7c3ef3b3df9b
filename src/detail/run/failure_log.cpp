#include <paipa/detail/run/failure_log.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/failure.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

namespace paipa::detail {

bool failure_log::add(const failure& f) noexcept {
    const mutex_lock lock(mutex_);
    const bool is_first = ++count_ == 1;
    if (is_first) {
        first_error_ = f.error;
    }
    try {
        if (kept_.size() < kept_at_most) {
            kept_.push_back(f);
        }
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory; counted, and rethrown
    }
    return is_first;
}

void failure_log::rethrow_first() {
    std::exception_ptr error;
    {
        const mutex_lock lock(mutex_);
        if (first_error_ == nullptr) {
            return;
        }
        error = first_error_;
        is_seen_ = true;
    }
    std::rethrow_exception(error);
}

std::uint64_t failure_log::count() const noexcept {
    const mutex_lock lock(mutex_);
    return count_;
}

std::optional<failure> failure_log::first() const {
    const mutex_lock lock(mutex_);
    return kept_.empty() ? std::nullopt : std::optional(kept_.front());
}

std::optional<failure> failure_log::first_unseen() const {
    const mutex_lock lock(mutex_);
    return is_seen_ || kept_.empty() ? std::nullopt : std::optional(kept_.front());
}

std::vector<failure> failure_log::kept() const {
    const mutex_lock lock(mutex_);
    return kept_;
}

void failure_log::add_dead_letter(dead_letter letter) {
    const mutex_lock lock(mutex_);
    dead_letters_.push_back(std::move(letter));
}

std::vector<dead_letter> failure_log::dead_letters() const {
    const mutex_lock lock(mutex_);
    return dead_letters_;
}

}  // namespace paipa::detail
