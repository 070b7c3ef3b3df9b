#include "line_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <poll.h>
#include <stop_token>
#include <string>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <system_error>
#include <unistd.h>

namespace fetch {

line_reader::line_reader(int source) : source_(source), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (wake_ < 0) {
        throw std::system_error(errno, std::generic_category(), "eventfd");
    }
}

line_reader::~line_reader() {
    close(wake_);
}

std::optional<std::string> line_reader::next(const std::stop_token& stop) {
    std::string line;
    while (!unread_.empty() || fill(stop)) {
        const std::size_t end = unread_.find('\n');
        const std::string_view part = unread_.substr(0, end);
        line += part.substr(0, longest + 1 - std::min(line.size(), longest + 1));
        if (end != std::string_view::npos) {
            unread_.remove_prefix(end + 1);
            return line;
        }
        unread_ = {};
    }
    // What stands behind the last line's end is a line, unless the reading was stopped in it.
    if (line.empty() || stop.stop_requested()) {
        return std::nullopt;
    }
    return line;
}

// Waits for more; false at the end, and once a stop is requested.
bool line_reader::fill(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { eventfd_write(wake_, 1); });
    while (!stop.stop_requested()) {
        std::array<pollfd, 2> sources{{{source_, POLLIN, 0}, {wake_, POLLIN, 0}}};
        if (poll(sources.data(), sources.size(), -1) < 0 || sources[0].revents == 0) {
            continue;  // EINTR, or the stop
        }
        const ssize_t got = read(source_, buffer_.data(), buffer_.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (got < 0) {
            throw std::system_error(errno, std::generic_category());
        }
        unread_ = {buffer_.data(), static_cast<std::size_t>(got)};
        return got > 0;
    }
    return false;
}

}  // namespace fetch
