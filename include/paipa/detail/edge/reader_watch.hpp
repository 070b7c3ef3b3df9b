#ifndef PAIPA_DETAIL_EDGE_READER_WATCH_HPP
#define PAIPA_DETAIL_EDGE_READER_WATCH_HPP
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>

namespace paipa::detail {

/// One of the readers that wait at an edge watches the time: for a retry that is due, or a valve
/// that opens. The others sleep until they are woken.
///
/// Threads: none; the edge's mutex guards it.
class reader_watch {
public:
    /// Something is due at `next`. This reader, which waits until `until`, watches for it if nobody
    /// looks earlier. A reader that is back before `next` then leaves the watch to the next one.
    /// Returns whether this reader watches.
    bool take(const waiter& me, time_point next, time_point until) noexcept {
        const time_point due = std::min(next, until);
        if (next != never && due < due_) {
            reader_ = &me;
            due_ = due;
        }
        return is(me);
    }

    [[nodiscard]] bool is(const waiter& me) const noexcept { return reader_ == &me; }

    [[nodiscard]] bool is_on() const noexcept { return reader_ != nullptr; }

    /// The reader's wait is over.
    void leave(const waiter& me) noexcept {
        if (reader_ == &me) {
            reader_ = nullptr;
            due_ = never;
        }
    }

    /// The watching reader, which has to be woken if it would sleep beyond `next`. Else null.
    [[nodiscard]] seat* sleeps_beyond(time_point next) const noexcept {
        return reader_ != nullptr && next < due_ ? reader_->place : nullptr;
    }

    /// The watching reader. Null: nobody watches.
    [[nodiscard]] seat* place() const noexcept {
        return reader_ != nullptr ? reader_->place : nullptr;
    }

private:
    const waiter* reader_ = nullptr;
    time_point due_ = never;
};

}  // namespace paipa::detail
#endif
