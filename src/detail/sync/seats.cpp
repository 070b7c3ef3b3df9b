#include "seats.hpp"

#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/runtime.hpp>

#include <cstddef>
#include <pthread.h>
#include <vector>

namespace paipa::detail {
namespace {

/// The calling thread's; null until it needs one, or was given one. Nothing destroys it: it can be
/// read for as long as the thread runs.
constinit thread_local seat* mine = nullptr;

/// Lends a seat to each thread and takes it back at the thread's end; never frees one.
class seat_pool {
public:
    /// The key's destructor is the last code on a thread: the C library calls it behind those of
    /// the `thread_local`s, and not at all where `exit` is called. Without a key (a program may
    /// have used them up) threads keep their seats.
    seat_pool() noexcept : has_key_(pthread_key_create(&key_, &give_back_mine) == 0) {}

    seat* borrow() {
        const mutex_lock lock(mutex_);
        if (free_.empty()) {
            free_.reserve(++made_);  // for the day when all come back
            return new seat;
        }
        seat* const s = free_.back();
        free_.pop_back();
        return s;
    }

    void give_back(seat* s) noexcept {
        const mutex_lock lock(mutex_);
        free_.push_back(s);
    }

    /// From now on the calling thread's end gives the seat back. Where there is no memory to note
    /// that, it does not.
    void give_back_later(seat* s) const noexcept {
        if (has_key_) {
            pthread_setspecific(key_, s);
        }
    }

private:
    static void give_back_mine(void* place) noexcept;

    mutex mutex_{lock_order::seats};
    std::vector<seat*> free_ PAIPA_GUARDED_BY(mutex_);
    std::size_t made_ PAIPA_GUARDED_BY(mutex_) = 0;
    pthread_key_t key_{};  // NOLINT(misc-include-cleaner): <pthread.h> has it
    const bool has_key_;
};

seat_pool& the_seats() {
    static auto* const pool = new seat_pool;
    return *pool;
}

/// Code that runs on the thread after this borrows another one: `mine` is null, so no two threads
/// ever sit on the same seat.
void seat_pool::give_back_mine(void* place) noexcept {
    mine = nullptr;
    auto* const s = static_cast<seat*>(place);
    seat_access::worker(*s) = nullptr;
    the_seats().give_back(s);
}

}  // namespace

seat& my_seat() {
    if (mine == nullptr) {
        take_seat(*the_seats().borrow());
    }
    return *mine;
}

void take_seat(seat& place) noexcept {
    mine = &place;
    the_seats().give_back_later(&place);
}

reserved_seat::reserved_seat() : place_(the_seats().borrow()) {}

reserved_seat::~reserved_seat() {
    if (place_ != nullptr) {
        the_seats().give_back(place_);
    }
}

}  // namespace paipa::detail
