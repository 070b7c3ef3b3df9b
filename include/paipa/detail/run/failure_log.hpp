#ifndef PAIPA_DETAIL_RUN_FAILURE_LOG_HPP
#define PAIPA_DETAIL_RUN_FAILURE_LOG_HPP
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/failure.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <vector>

namespace paipa::detail {

/// The failures and the dead letters of a run.
///
/// Threads: all calls from any thread.
class failure_log {
public:
    /// Failures beyond the first few are only counted.
    static constexpr std::size_t kept_at_most = 8;

    /// Adds a failure. True: it is the first one. Without memory it is counted, and its error is
    /// kept.
    bool add(const failure& f) noexcept;

    /// Throws the error of the first failure, when there is one; from then on it counts as seen.
    void rethrow_first();

    [[nodiscard]] std::uint64_t count() const noexcept;
    [[nodiscard]] std::optional<failure> first() const;
    /// The first failure, while no call has thrown it.
    [[nodiscard]] std::optional<failure> first_unseen() const;
    [[nodiscard]] std::vector<failure> kept() const;

    void add_dead_letter(dead_letter letter);
    [[nodiscard]] std::vector<dead_letter> dead_letters() const;

private:
    mutable mutex mutex_;
    std::exception_ptr first_error_ PAIPA_GUARDED_BY(mutex_);
    std::vector<failure> kept_ PAIPA_GUARDED_BY(mutex_);
    std::uint64_t count_ PAIPA_GUARDED_BY(mutex_) = 0;
    bool is_seen_ PAIPA_GUARDED_BY(mutex_) = false;
    std::vector<dead_letter> dead_letters_ PAIPA_GUARDED_BY(mutex_);
};

}  // namespace paipa::detail
#endif
