#ifndef PAIPA_DETAIL_ORDER_COMPLETION_LOG_HPP
#define PAIPA_DETAIL_ORDER_COMPLETION_LOG_HPP
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>

#include <array>
#include <atomic>
#include <cstdint>

namespace paipa::detail {

/// One worker of an ordered step logs here, without a lock, which items it has finished. The log
/// consists of runs of items in a row; the last run may be open. The worker moves the runs into the
/// reorder buffer. While it is in user code, a reader behind the step does so, and a finished item
/// does not wait for the next one of its batch.
class completion_log {
public:
    /// Owner only, when not full: takes what is in `outputs`, at most one if `joins`; then items in
    /// a row share a run. A log has either all items join or none, until it is emptied. What throws
    /// leaves everything as it was.
    void add(std::uint64_t number, output_list& outputs, bool joins);

    /// Owner only: it has to `empty` the log.
    [[nodiscard]] bool full() const noexcept { return closed_ == runs_.size() - 1; }

    // Under the mutex of the edge in front of the step:
    /// Moves what was logged into its places. Where memory runs out the rest stays.
    void put(reorder_buffer& buffer) noexcept;
    /// Called by the owner, or when it has left: moves all of it, and begins anew. Called before
    /// the log is destroyed: a part of an open run may be in the buffer already.
    void empty(reorder_buffer& buffer) noexcept;

private:
    struct run {
        std::uint64_t number = 0;  // of the first item
        output_run all;
    };

    /// How much is logged, in one word: closed runs, and what is in the open one.
    struct extent {
        std::uint16_t closed;
        std::uint16_t items;
        std::uint32_t outputs;
    };

    static_assert(std::atomic<extent>::is_always_lock_free);

    void close() noexcept;
    void put_closed(reorder_buffer& buffer) noexcept;

    std::array<run, 64> runs_;  // the owner's from `closed_` on; those before it are the mutex'
    std::uint16_t closed_ = 0;  // owner only
    extent put_{};              // guarded by the mutex: what was put; the rest is still here
    output_run part_;           // likewise: of an open run, on its way
    std::atomic<extent> logged_{extent{}};  // the owner stores; pairs with the load in `put`
};

}  // namespace paipa::detail
#endif
