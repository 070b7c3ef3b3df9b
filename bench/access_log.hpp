#ifndef PAIPA_BENCH_ACCESS_LOG_HPP
#define PAIPA_BENCH_ACCESS_LOG_HPP
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bench {

/// What a line of the log counts as; `path` is a view into it.
struct hit {
    std::string_view path;
    std::uint64_t bytes = 0;
};

/// Nothing for a line that is no request.
std::optional<hit> parse(std::string_view line);

struct path_hash : std::hash<std::string_view> {
    using is_transparent = void;
};

/// Bytes sent, by path.
class traffic {
public:
    void add(const hit& h);
    void add_lines(std::string_view lines);
    void add(const traffic& other);

    /// One number for it all, whatever the order.
    std::uint64_t digest() const;

private:
    std::unordered_map<std::string, std::uint64_t, path_hash, std::equal_to<>> bytes_;
};

/// An access log in a file without a name, the same one in each run. It is shared with forked
/// processes, and gone with the last of them.
class access_log {
public:
    explicit access_log(std::size_t bytes);
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;
    ~access_log();

    int file() const { return file_; }

    /// To open it by.
    std::string path() const;

    std::size_t size() const { return size_; }

    std::uint64_t lines() const { return lines_; }

    /// Of the traffic that was written.
    std::uint64_t digest() const { return digest_; }

private:
    int file_;
    std::size_t size_ = 0;
    std::uint64_t lines_ = 0;
    std::uint64_t digest_ = 0;
};

/// Reads whole lines, about 64 KiB at a time, of those that begin in [`begin`, `end`).
class block_reader {
public:
    block_reader(const access_log& log, std::size_t begin, std::size_t end);

    explicit block_reader(const access_log& log) : block_reader(log, 0, log.size()) {}

    /// Nothing at the end.
    std::optional<std::string> next();

private:
    int file_;
    std::size_t at_;
    std::size_t end_;
};

}  // namespace bench

#endif
