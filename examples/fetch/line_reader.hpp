#ifndef PAIPA_FETCH_LINE_READER_HPP
#define PAIPA_FETCH_LINE_READER_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace fetch {

/// Reads lines from a file descriptor as they come, a pipe's as well; a wait can be ended.
///
/// Threads: one thread at a time; only the stop token may be used from others.
/// Errors:  `std::system_error` when the kernel refuses.
class line_reader {
public:
    /// Longer lines are cut there, and what follows is passed over, so that memory stays bounded.
    static constexpr std::size_t longest = std::size_t{64} << 10;

    /// `source` must stay open; it is not closed.
    explicit line_reader(int source);
    line_reader(const line_reader&) = delete;
    line_reader& operator=(const line_reader&) = delete;
    ~line_reader();

    /// The next line, without its end; nullopt behind the last one, and once `stop` is requested.
    /// A line that was cut has `longest` + 1 bytes.
    [[nodiscard]] std::optional<std::string> next(const std::stop_token& stop);

private:
    bool fill(const std::stop_token& stop);

    int source_;
    int wake_ = -1;  // eventfd: readable once somebody has requested a stop
    std::array<char, longest> buffer_{};
    std::string_view unread_;  // in buffer_
};

}  // namespace fetch

#endif
