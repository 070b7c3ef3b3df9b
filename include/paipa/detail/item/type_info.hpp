#ifndef PAIPA_DETAIL_ITEM_TYPE_INFO_HPP
#define PAIPA_DETAIL_ITEM_TYPE_INFO_HPP
#include <typeinfo>

#ifndef __cpp_rtti
#error "paipa: needs run-time type information: compile without -fno-rtti"
#endif

namespace paipa::detail {

/// What tells the types of items apart at run time.
template <class T>
constexpr const std::type_info* type_info_of() noexcept {
#ifdef __cpp_rtti
    return &typeid(T);
#else
    return nullptr;  // one error is enough
#endif
}

}  // namespace paipa::detail
#endif
