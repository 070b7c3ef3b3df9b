#include "temporary_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <stdlib.h>  // mkdtemp  NOLINT(modernize-deprecated-headers)
#include <string>
#include <system_error>

namespace fetch {

temporary_folder::temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "paipa-fetch-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), name);
    }
    path_ = name;
}

temporary_folder::~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace fetch
