#ifndef PAIPA_FETCH_TEXT_HPP
#define PAIPA_FETCH_TEXT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fetch {

/// A to Z become a to z; everything else stays.
std::string lower_case(std::string text);

/// Whether `text` is UTF-8, without overlong forms and surrogates.
bool is_utf8(std::string_view text);

/// `text` as UTF-8 without control characters: each such byte becomes "%FF" with its value.
std::string percent_form(std::string_view text);

/// `text` without what may be a password: what stands between "://", or the beginning, and the last
/// '@' becomes "...".
std::string without_secret(const std::string& text);

/// `text` fit for one line of a terminal: control characters and bytes that are no UTF-8 become
/// '?', the middle of what is longer than `limit` bytes becomes "...".
std::string printable(std::string_view text, std::size_t limit = 120);

/// "512 B", "1.5 KiB", "20.0 MiB".
std::string bytes_text(std::uint64_t bytes);

/// "0:07", "12:34", "1:02:03": minutes and seconds, hours when there are any.
std::string clock_text(std::chrono::seconds time);

/// "2025-01-31T23:59:58.123Z": UTC with milliseconds; sorts like the time itself.
std::string utc_text(std::chrono::system_clock::time_point time);

/// "12.3 s".
std::string seconds_text(std::chrono::duration<double> time);

/// XXH3 (64 bits) of `bytes` as 16 hexadecimal digits, most significant first, like `xxhsum -H3`.
std::string hash_text(std::string_view bytes);

/// "1 page", "2 pages".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace fetch

#endif
