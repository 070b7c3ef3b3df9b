#ifndef PAIPA_FETCH_TESTS_TEMPORARY_FOLDER_HPP
#define PAIPA_FETCH_TESTS_TEMPORARY_FOLDER_HPP

#include <filesystem>
#include <fstream>
#include <stdlib.h>  // mkdtemp
#include <string>
#include <string_view>
#include <system_error>

namespace fetch_test {

/// A folder of its own for one test, removed with all that is in it.
class temporary_folder {
public:
    temporary_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "paipa-fetch-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), name);
        }
        path_ = name;
    }

    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string operator/(std::string_view name) const {
        return (path_ / name).string();
    }

    /// Writes a file and returns its path.
    [[nodiscard]] std::string file(std::string_view name, std::string_view content) const {
        std::ofstream out(path_ / name, std::ios::binary);
        out << content;
        return *this / name;
    }

private:
    std::filesystem::path path_;
};

}  // namespace fetch_test

#endif
