#ifndef PAIPA_DETAIL_EDGE_READER_WATCH_HPP
#define PAIPA_DETAIL_EDGE_READER_WATCH_HPP
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

namespace paipa::detail {

/// One of the readers that wait at an edge watches the time: for a retry that is due, or a valve
/// that opens. The others sleep until they are woken.
///
/// Threads: none; the edge's mutex guards it.
class reader_watch {
public:
    /// Something is due at `next`. Whether this reader, which waits until `until`, watches for it.
    [[nodiscard]] bool take(const waiter& me, time_point next, time_point until) noexcept {
        if (next >= until || next >= due_) {
            return false;
        }
        reader_ = &me;
        due_ = next;
        return true;
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

    /// Whom to wake when something is due at `next`: who watches, if it sleeps longer. Else null.
    [[nodiscard]] seat* sleeps_beyond(time_point next) const noexcept {
        return reader_ != nullptr && next < due_ ? reader_->place : nullptr;
    }

    /// Who watches, or null.
    [[nodiscard]] seat* place() const noexcept {
        return reader_ != nullptr ? reader_->place : nullptr;
    }

private:
    const waiter* reader_ = nullptr;
    time_point due_ = never;
};

}  // namespace paipa::detail
#endif
