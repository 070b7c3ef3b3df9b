#ifndef PAIPA_DETAIL_EDGE_EDGE_TAKE_HPP
#define PAIPA_DETAIL_EDGE_EDGE_TAKE_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/sync/thread_safety.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/time.hpp>

#include <cstddef>

namespace paipa::detail {

/// One call of a reader to its edge. It reports the items that are done, and takes more.
class edge_take {
public:
    edge_take(edge& from, inbox& in) noexcept : from_(from), in_(in) {}

    /// See `edge::take`.
    taken take(time_sheet& times, time_point until, bool wait);

    /// The reader takes nothing more.
    void leave() noexcept;

private:
    void settle(waking_lock& lock) noexcept PAIPA_REQUIRES(from_.mutex_);
    [[nodiscard]] time_point due_in_hand() const noexcept PAIPA_REQUIRES(from_.mutex_);
    [[nodiscard]] std::size_t room_worth_waking() const noexcept PAIPA_REQUIRES(from_.mutex_);
    void ask_valve(waking_lock& lock) noexcept PAIPA_REQUIRES(from_.mutex_);
    void give_back(waking_lock& lock) PAIPA_REQUIRES(from_.mutex_);
    taken choose(waking_lock& lock) PAIPA_REQUIRES(from_.mutex_);
    void fill(std::size_t n) noexcept PAIPA_REQUIRES(from_.mutex_);
    bool take_retry() PAIPA_REQUIRES(from_.mutex_);
    [[nodiscard]] bool first_tries_are_over() const noexcept PAIPA_REQUIRES(from_.mutex_);
    bool take_held() PAIPA_REQUIRES(from_.mutex_);
    taken pass_barrier(waking_lock& lock) noexcept PAIPA_REQUIRES(from_.mutex_);

    edge& from_;
    inbox& in_;
};

}  // namespace paipa::detail
#endif
