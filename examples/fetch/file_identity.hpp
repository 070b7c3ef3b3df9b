#ifndef PAIPA_FETCH_FILE_IDENTITY_HPP
#define PAIPA_FETCH_FILE_IDENTITY_HPP

#include <optional>
#include <string>
#include <sys/types.h>

namespace fetch {

/// Which file a path names, to find out later that it was deleted or replaced.
class file_identity {
public:
    /// A path that names nothing has an identity as well: none.
    explicit file_identity(const std::string& path);

    [[nodiscard]] bool is_still_at(const std::string& path) const;

private:
    struct number {
        dev_t device;
        ino_t inode;
        bool operator==(const number&) const = default;
    };

    static std::optional<number> number_at(const std::string& path);

    std::optional<number> number_;
};

}  // namespace fetch

#endif
