#ifndef PAIPA_DETAIL_STAGE_BATCH_SIZER_HPP
#define PAIPA_DETAIL_STAGE_BATCH_SIZER_HPP
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>

namespace paipa::detail {

/// Measures how long a worker's items take, and says how many are therefore worth taking at once:
/// as many as fit in 50 us, so that none waits longer because of its batch.
class batch_sizer {
public:
    static constexpr duration batch_time = std::chrono::microseconds{50};
    static constexpr duration while_away = std::chrono::milliseconds{1};
    static constexpr duration fast_item = std::chrono::microseconds{5};

    void begin(time_point now, duration waited) noexcept {
        last_ = now;
        waited_ = waited;
    }

    /// `n` items are done; returns how many to take next. Grows by doubling, shrinks at once.
    std::size_t next_batch(std::size_t n, time_point now, duration waited) noexcept {
        const auto spent = std::max<duration::rep>(1, ((now - last_) - (waited - waited_)).count());
        begin(now, waited);
        const double item =
            static_cast<double>(spent) / static_cast<double>(std::max<std::size_t>(n, 1));
        per_item_ = per_item_ == 0 || item > per_item_ ? item : (3 * per_item_ + item) / 4;
        const double fits = static_cast<double>(batch_time.count()) / per_item_;
        batch_ = std::clamp<std::size_t>(static_cast<std::size_t>(std::min(fits, 4096.0)), 1,
                                         2 * std::max(batch_, n));
        return batch_;
    }

    [[nodiscard]] bool fast() const noexcept {
        return per_item_ > 0 && per_item_ < static_cast<double>(fast_item.count());
    }

    /// How many items the worker takes while a writer that it has not woken is away: a wake-up
    /// costs some microseconds, so it should not come more often.
    [[nodiscard]] double pull() const noexcept {
        return static_cast<double>(while_away.count()) / std::max(1.0, per_item_);
    }

private:
    time_point last_{};
    duration waited_{};
    double per_item_ = 0;  // nanoseconds
    std::size_t batch_ = 1;
};

}  // namespace paipa::detail
#endif
