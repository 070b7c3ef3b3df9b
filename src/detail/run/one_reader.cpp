#include <paipa/detail/run/one_reader.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

namespace paipa::detail {

bool one_reader::come() {
    const seat& here = rt_.here();
    const mutex_lock lock(mutex_);
    if (has_range_ || is_discarding_) {
        return false;
    }
    has_range_ = true;
    was_left_ = false;
    reader_ = &here;
    return true;
}

void one_reader::begin() {
    const seat& here = rt_.here();
    rt_.point();
    waking_lock lock(rt_, mutex_);
    while (is_discarding_) {
        lock.wait(waiting_, never);
    }
    reader_ = &here;
}

void one_reader::leave(bool has_read) {
    const mutex_lock lock(mutex_);
    has_range_ = false;
    was_left_ = has_read;
}

bool one_reader::has_range() const {
    const mutex_lock lock(mutex_);
    return has_range_;
}

bool one_reader::has_lost_its_range() const {
    const mutex_lock lock(mutex_);
    return was_left_;
}

bool one_reader::may_discard() const {
    const seat& here = rt_.here();
    const mutex_lock lock(mutex_);
    return is_free_for(here);
}

bool one_reader::begin_discarding() {
    const seat& here = rt_.here();
    const mutex_lock lock(mutex_);
    const bool mine = is_free_for(here);
    is_discarding_ = is_discarding_ || mine;
    return mine;
}

void one_reader::end_discarding() noexcept {
    waking_lock lock(rt_, mutex_);
    is_discarding_ = false;
    lock.wake_all(waiting_);
}

bool one_reader::is_free_for(const seat& here) const {
    return !is_discarding_ && (!has_range_ || reader_ == &here);
}

}  // namespace paipa::detail
