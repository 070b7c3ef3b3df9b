#ifndef PAIPA_VERSION_HPP
#define PAIPA_VERSION_HPP
#include <string_view>

namespace paipa {

/// The version of the compiled library, as "major.minor.patch".
[[nodiscard]] std::string_view version() noexcept;

}  // namespace paipa
#endif
