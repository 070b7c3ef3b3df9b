#ifndef PAIPA_DETAIL_SYNC_SEATS_HPP
#define PAIPA_DETAIL_SYNC_SEATS_HPP
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// The calling thread's seat. It stays the thread's own behind the destructors of its
/// `thread_local`s, through `exit` and in its handlers: a pipeline may run there too. A thread
/// gives it back when nothing of a program runs on it any more; should something run even then,
/// that gets another one. The main thread keeps its seat.
[[nodiscard]] seat& my_seat();

/// Gives the calling thread, which has none yet, its seat.
void take_seat(seat& place) noexcept;

/// A seat for a thread that will be started; goes back unless it is released.
class reserved_seat {
public:
    reserved_seat();
    reserved_seat(const reserved_seat&) = delete;
    reserved_seat& operator=(const reserved_seat&) = delete;
    ~reserved_seat();

    [[nodiscard]] seat& get() const noexcept { return *place_; }

    /// The thread has been started, and has it.
    void release() noexcept { place_ = nullptr; }

private:
    seat* place_;
};

}  // namespace paipa::detail
#endif
