#include "file_reader.hpp"

#include "descriptors.hpp"
#include "error.hpp"
#include "text.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/types.h>
#include <system_error>
#include <unistd.h>

namespace fetch {

namespace {

class open_file {
public:
    explicit open_file(const std::string& path)
        : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}

    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    ~open_file() { close(number_); }

    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

[[noreturn]] void fail(int error) {
    check_exhaustion(error);
    if (error == ENOENT) {
        throw permanent_error("no such file");
    }
    throw permanent_error("cannot read it: " + std::generic_category().message(error));
}

}  // namespace

std::string read_file(const std::string& path, std::size_t max_bytes) {
    const open_file file(path);
    struct stat found{};
    if (file.number() < 0 || fstat(file.number(), &found) != 0) {
        fail(errno);
    }
    if (!S_ISREG(found.st_mode)) {
        throw permanent_error("not a regular file");
    }
    std::string body;
    std::array<char, std::size_t{64} << 10> piece;
    for (;;) {
        const ssize_t got = read(file.number(), piece.data(), piece.size());
        if (got < 0) {
            fail(errno);
        }
        if (got == 0) {
            return body;
        }
        if (static_cast<std::size_t>(got) > max_bytes - body.size()) {
            throw permanent_error("the body is larger than " + bytes_text(max_bytes));
        }
        body.append(piece.data(), static_cast<std::size_t>(got));
    }
}

}  // namespace fetch
