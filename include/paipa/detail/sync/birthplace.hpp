#ifndef PAIPA_DETAIL_SYNC_BIRTHPLACE_HPP
#define PAIPA_DETAIL_SYNC_BIRTHPLACE_HPP
#include <atomic>

namespace paipa::detail {

/// Distinguishes the process that started a run from its forked copies, which have none of the
/// run's threads. A question costs one load, so it may be asked for each item.
class birthplace {
public:
    /// It is this process.
    void note() noexcept;

    /// `note` was called in another process, and this one is a forked copy of it.
    [[nodiscard]] bool is_elsewhere() const noexcept {
        const unsigned noted = noted_.load(std::memory_order_relaxed);
        return noted != nowhere && noted != forks.load(std::memory_order_relaxed);
    }

private:
    static constexpr unsigned nowhere = 0;
    /// One more in each forked copy. Only `fork` changes it, where no other thread runs.
    static std::atomic<unsigned> forks;
    std::atomic<unsigned> noted_{nowhere};  // written once, by the thread that starts the run
};

}  // namespace paipa::detail
#endif
