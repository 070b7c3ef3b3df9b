#include <paipa/detail/ticket/ticket_in_hand.hpp>
#include <paipa/detail/ticket/window.hpp>

namespace paipa::detail {

void ticket_in_hand::wait_until_ready() {
    if (entry_ != nullptr) {
        entry_->wait_for_place();
    }
}

}  // namespace paipa::detail
