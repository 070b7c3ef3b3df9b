#ifndef PAIPA_TYPE_NAME_HPP
#define PAIPA_TYPE_NAME_HPP
#include <string>
#include <typeinfo>

namespace paipa {

/// The name of a type as it stands in source code.
std::string type_name(const std::type_info& type);

}  // namespace paipa
#endif
