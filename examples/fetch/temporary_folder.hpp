#ifndef PAIPA_FETCH_TEMPORARY_FOLDER_HPP
#define PAIPA_FETCH_TEMPORARY_FOLDER_HPP

#include <filesystem>
#include <string>
#include <string_view>

namespace fetch {

/// A new folder, removed with all that is in it by the destructor.
///
/// Errors: `std::system_error` from the constructor.
class temporary_folder {
public:
    temporary_folder();
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder();

    /// The path of something in it.
    [[nodiscard]] std::string operator/(std::string_view name) const {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

}  // namespace fetch

#endif
