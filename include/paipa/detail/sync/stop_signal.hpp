#ifndef PAIPA_DETAIL_SYNC_STOP_SIGNAL_HPP
#define PAIPA_DETAIL_SYNC_STOP_SIGNAL_HPP
#include <atomic>
#include <stop_token>

namespace paipa::detail {

/// Tells user code that nobody wants more of it, by a stop token.
///
/// Whoever requests a stop runs the callbacks that user code has put behind its token, and they may
/// take any time: a thread with a deadline asks `may_run_user_code` first.
class stop_signal {
public:
    /// For user code.
    [[nodiscard]] std::stop_token hand_out() noexcept {
        is_out_.store(true);  // pairs with the load in may_run_user_code
        return source_.get_token();
    }

    /// For the library, whose callbacks only wake a thread.
    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }

    [[nodiscard]] bool may_run_user_code() const noexcept {
        return is_out_.load() && !source_.stop_requested();
    }

    void request() noexcept { source_.request_stop(); }

private:
    std::stop_source source_;  // thread-safe by itself
    std::atomic<bool> is_out_{false};
};

}  // namespace paipa::detail
#endif
