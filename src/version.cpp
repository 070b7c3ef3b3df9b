#include <paipa/version.hpp>

#include <string_view>

namespace paipa {

std::string_view version() noexcept {
    return PAIPA_VERSION;
}

}  // namespace paipa
