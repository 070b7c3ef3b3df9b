#ifndef PAIPA_DETAIL_STAGE_CPU_METER_HPP
#define PAIPA_DETAIL_STAGE_CPU_METER_HPP
#include <paipa/time.hpp>

#include <atomic>
#include <optional>

namespace paipa::detail {

/// The processor time of one thread, for whoever asks. The thread itself does nothing for it but at
/// its beginning and its end.
class cpu_meter {
public:
    void begin() noexcept;
    void end() noexcept;

    /// Empty: it is not known here, or the thread has not begun.
    [[nodiscard]] std::optional<duration> read() const noexcept;

private:
    // Two clocks that are no thread's.
    static constexpr int no_clock = 0;
    static constexpr int ended = 1;

    std::atomic<int> clock_{no_clock};     // the thread's, while it runs; `ended` pairs with total_
    std::atomic<duration::rep> total_{0};  // from its end on
};

}  // namespace paipa::detail
#endif
