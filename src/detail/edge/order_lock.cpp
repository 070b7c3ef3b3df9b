#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/order_lock.hpp>

namespace paipa::detail {

void order_lock::wake_others() noexcept {
    is_held();
    lock_.wake_all(in_.turn_waiters_);
    if (in_.unfinished_ == 0) {
        in_.wake_all_readers(lock_);
    }
    in_.wake_a_reader(lock_);
}

}  // namespace paipa::detail
