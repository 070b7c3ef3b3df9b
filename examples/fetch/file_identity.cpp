#include "file_identity.hpp"

#include <optional>
#include <string>
#include <sys/stat.h>

namespace fetch {

file_identity::file_identity(const std::string& path) : number_(number_at(path)) {}

bool file_identity::is_still_at(const std::string& path) const {
    return number_at(path) == number_;
}

std::optional<file_identity::number> file_identity::number_at(const std::string& path) {
    struct stat found{};
    if (stat(path.c_str(), &found) != 0) {
        return std::nullopt;
    }
    return number{.device = found.st_dev, .inode = found.st_ino};
}

}  // namespace fetch
