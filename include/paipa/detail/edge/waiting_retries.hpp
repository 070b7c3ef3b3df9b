#ifndef PAIPA_DETAIL_EDGE_WAITING_RETRIES_HPP
#define PAIPA_DETAIL_EDGE_WAITING_RETRIES_HPP
#include <paipa/detail/item/retry_entry.hpp>
#include <paipa/options.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace paipa::detail {

/// A step's items that wait for their next try; the earliest goes first. Its owner guards it.
///
/// With a budget each first try earns a part of a retry, and a retry after a failure costs a whole
/// one. An item whose time has come waits on until there is one, or until there is no use in
/// waiting: the owner says so, or no first try has come for a while.
class waiting_retries {
public:
    /// How many of the latest first tries count.
    static constexpr double window = 1000;
    /// After so long without a first try one retry may go.
    static constexpr duration patience = std::chrono::seconds{10};

    void set_budget(const retry_budget& budget) noexcept { ratio_ = budget.ratio; }

    [[nodiscard]] bool empty() const noexcept { return later_.empty() && due_.empty(); }

    [[nodiscard]] std::size_t size() const noexcept { return later_.size() + due_.size(); }

    /// May throw `std::bad_alloc`, and then has not moved anything.
    void add(retry_entry&& entry);

    /// An item whose time has come. `first_tries`: how many there have been. `is_free`: waiting for
    /// more of them is of no use.
    std::optional<retry_entry> take(time_point now, std::uint64_t first_tries, bool is_free);

    /// The earliest one, whether its time has come or not. There must be one.
    retry_entry take_earliest() noexcept;

    /// The next time at which `take` may return an entry, if no first try comes before.
    [[nodiscard]] time_point next() const noexcept;

    /// Whether one that has waited for the budget may go now; the arguments are those of `take`.
    [[nodiscard]] bool is_paid(std::uint64_t first_tries, bool is_free) const noexcept;

    /// Whether one may go before queued items of which `popped` have left the queue.
    [[nodiscard]] bool may_go_first(std::uint64_t popped) const noexcept;

    /// Items that their step gives back again and again.
    [[nodiscard]] std::size_t requeues_in_vain() const noexcept;

    void swap(waiting_retries& other) noexcept;

    void clear() noexcept;

private:
    [[nodiscard]] bool has_budget() const noexcept {
        return ratio_ != std::numeric_limits<double>::infinity();
    }

    void earn(time_point now, std::uint64_t first_tries) noexcept;
    [[nodiscard]] bool pays(const retry_entry& entry, time_point now, bool is_free) noexcept;

    double ratio_ = std::numeric_limits<double>::infinity();
    double earned_ = 0;
    std::uint64_t first_tries_ = 0;
    time_point last_move_{};          // a first try, or a retry for want of one
    std::vector<retry_entry> later_;  // a heap, the earliest first
    std::vector<retry_entry> due_;    // likewise: those that wait for the budget; has room for all
    std::uint64_t age_ = 0;
};

}  // namespace paipa::detail
#endif
