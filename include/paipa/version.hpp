#ifndef PAIPA_VERSION_HPP
#define PAIPA_VERSION_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <string_view>

namespace paipa {

/// The version of the compiled library, as "major.minor.patch".
[[nodiscard]] std::string_view version() noexcept;

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
