#ifndef PAIPA_DETAIL_SUPPORT_MAKE_AS_HPP
#define PAIPA_DETAIL_SUPPORT_MAKE_AS_HPP
#include <memory>
#include <utility>

namespace paipa::detail {

/// Makes a `Derived` that is owned as a `Base`. Like `make_unique`, but without a `unique_ptr` of
/// the derived type, which is a dozen functions to compile for each step of each program.
template <class Base, class Derived, class... Args>
std::unique_ptr<Base> make_as(Args&&... args) {
    return std::unique_ptr<Base>(new Derived(std::forward<Args>(args)...));
}

}  // namespace paipa::detail
#endif
