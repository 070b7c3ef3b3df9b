#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/edge/inbox_list.hpp>

#include <algorithm>
#include <cstddef>

namespace paipa::detail {

bool inbox_list::steal(inbox& in, std::size_t& begun_later) noexcept {
    if (begun_later == 0) {
        return false;  // hundreds of readers need not ask each other
    }
    for (inbox* const other : all_) {
        if (other == &in) {
            continue;
        }
        if (const std::size_t n = in.steal(*other); n > 0) {
            const std::size_t counted = std::min(n, other->begun_later);
            other->begun_later -= counted;
            in.begun_later = std::min(counted, in.counted(n));
            begun_later -= counted - in.begun_later;
            return true;
        }
    }
    return false;
}

}  // namespace paipa::detail
