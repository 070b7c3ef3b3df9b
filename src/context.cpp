#include <paipa/context.hpp>

#include "type_name.hpp"

#include <typeinfo>

namespace paipa {

void context::check_type(const std::type_info& type) const {
    if (item_ == nullptr) {
        refuse_requeue(
            "expected a step with an edge in front of it, got a fused step behind the "
            "first");
    }
    if (*item_ != type) {
        refuse_requeue("expected the type that the step takes, " + type_name(*item_) + ", got " +
                       type_name(type));
    }
}

}  // namespace paipa
