#include "access_log.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace bench {

namespace {

constexpr std::size_t block_bytes = std::size_t{64} << 10U;
constexpr std::array<std::string_view, 6> folders{"articles", "images", "static",
                                                  "api/v1",   "users",  "search"};

std::string line_of(const hit& h, std::uint64_t number) {
    std::array<char, 32> time{};
    std::snprintf(time.data(), time.size(), "%02d:%02d:%02d", static_cast<int>(number / 3600 % 24),
                  static_cast<int>(number / 60 % 60), static_cast<int>(number % 60));
    return "192.0.2." + std::to_string(number % 256) + " - - [01/Feb/2024:" + time.data() +
           " +0000] \"GET " + std::string(h.path) + " HTTP/1.1\" 200 " + std::to_string(h.bytes) +
           " \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n";
}

void write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file, text.data(), text.size());
        if (written <= 0) {
            throw std::runtime_error("cannot write the access log");
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

int nameless_file() {
    std::string name = std::filesystem::temp_directory_path() / "paipa-bench-XXXXXX";
    const int file = mkstemp(name.data());
    if (file < 0) {
        throw std::runtime_error("cannot create " + name);
    }
    unlink(name.c_str());
    return file;
}

}  // namespace

std::optional<hit> parse(std::string_view line) {
    const std::size_t quote = line.find('"');
    const std::size_t method_end = line.find(' ', quote == line.npos ? quote : quote + 1);
    const std::size_t path_end =
        line.find(' ', method_end == line.npos ? method_end : method_end + 1);
    const std::size_t request_end = line.find('"', path_end);
    constexpr std::size_t status = std::string_view("\" 200 ").size();
    if (request_end == line.npos || line.size() < request_end + status) {
        return std::nullopt;
    }
    hit found{.path = line.substr(method_end + 1, path_end - method_end - 1)};
    const char* const digits = line.data() + request_end + status;
    const auto [stop, error] = std::from_chars(digits, line.data() + line.size(), found.bytes);
    return stop == digits ? std::nullopt : std::optional(found);
}

void traffic::add(const hit& h) {
    auto at = bytes_.find(h.path);
    if (at == bytes_.end()) {
        at = bytes_.emplace(h.path, 0).first;
    }
    at->second += h.bytes;
}

void traffic::add_lines(std::string_view lines) {
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        if (const auto found = parse(lines.substr(0, end))) {
            add(*found);
        }
        lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
    }
}

void traffic::add(const traffic& other) {
    for (const auto& [path, bytes] : other.bytes_) {
        add(hit{.path = path, .bytes = bytes});
    }
}

std::uint64_t traffic::digest() const {
    std::uint64_t sum = 0;
    for (const auto& [path, bytes] : bytes_) {
        sum += path_hash()(path) * bytes;
    }
    return sum;
}

access_log::access_log(std::size_t bytes) : file_(nameless_file()) {
    std::mt19937_64 random(1);
    traffic sent;
    std::string text;
    while (size_ < bytes) {
        const std::uint64_t page = random() % (random() % 500 + 1);
        const std::string path =
            '/' + std::string(folders[page % folders.size()]) + '/' + std::to_string(page);
        const hit h{.path = path, .bytes = random() % 50'000};
        sent.add(h);
        const std::string line = line_of(h, lines_++);
        size_ += line.size();
        text += line;
        if (text.size() > block_bytes || size_ >= bytes) {
            write_all(file_, text);
            text.clear();
        }
    }
    digest_ = sent.digest();
}

access_log::~access_log() {
    close(file_);
}

std::string access_log::path() const {
    return "/proc/self/fd/" + std::to_string(file_);
}

block_reader::block_reader(const access_log& log, std::size_t begin, std::size_t end)
    : file_(log.file()), at_(begin), end_(end) {
    if (begin == 0) {
        return;
    }
    char before = '\0';  // a line belongs to the part that it begins in
    while (pread(file_, &before, 1, static_cast<off_t>(at_ - 1)) == 1 && before != '\n') {
        ++at_;
    }
}

std::optional<std::string> block_reader::next() {
    if (at_ >= end_) {
        return std::nullopt;
    }
    std::string text(block_bytes, '\0');
    const ssize_t got = pread(file_, text.data(), text.size(), static_cast<off_t>(at_));
    if (got <= 0) {
        throw std::runtime_error("cannot read the access log");
    }
    text.resize(static_cast<std::size_t>(got));
    std::size_t whole = text.rfind('\n') + 1;
    if (at_ + whole > end_) {
        whole = text.find('\n', end_ - at_ - 1) + 1;
    }
    text.resize(whole);
    at_ += whole;
    return text;
}

}  // namespace bench
