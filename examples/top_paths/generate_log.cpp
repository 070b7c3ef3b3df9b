#include "generate_log.hpp"

#include <array>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

namespace top_paths {

namespace {

constexpr unsigned malformed_every = 1000;

constexpr std::array<std::string_view, 6> folders{"articles", "images", "static",
                                                  "api/v1",   "users",  "search"};
constexpr std::array<std::string_view, 10> methods{"GET", "GET", "GET",  "GET",  "GET",
                                                   "GET", "GET", "HEAD", "POST", "POST"};
constexpr std::array<std::string_view, 10> statuses{"200", "200", "200", "200", "200",
                                                    "200", "301", "304", "404", "500"};
constexpr std::array<std::string_view, 4> malformed{
    "\x16\x03\x01\x02 a client that speaks TLS", "this line has lost its beginning\" 200 512",
    R"(192.0.2.7 - - [10/Oct/2024:13:55:36 +0000] "-" 408 -)",
    R"(192.0.2.7 - - [10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 many)"};

class log_writer {
public:
    explicit log_writer(std::uint64_t seed) : random_(seed) {}

    std::string line(std::uint64_t number) {
        if (below(malformed_every) == 0) {
            return std::string(any_of(malformed)) + '\n';
        }
        return host() + " - - [" + time(number) + "] \"" + std::string(any_of(methods)) + ' ' +
               path() + " HTTP/1.1\" " + std::string(any_of(statuses)) + ' ' + bytes() +
               " \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n";
    }

private:
    // The standard's distributions differ from system to system.
    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

    template <class Texts>
    std::string_view any_of(const Texts& texts) {
        return texts[static_cast<std::size_t>(below(texts.size()))];
    }

    std::string host() { return "192.0.2." + std::to_string(below(256)); }

    // Small numbers come more often, so some paths are more popular than others.
    std::string path() {
        constexpr std::uint64_t pages = 500;
        const std::uint64_t page = below(below(pages) + 1);
        if (page == 0) {
            return "/";
        }
        std::string text = '/' +
                           std::string(folders[static_cast<std::size_t>(page % folders.size())]) +
                           '/' + std::to_string(page);
        return below(8) == 0 ? text + "?from=" + std::to_string(below(100)) : text;
    }

    std::string bytes() { return below(16) == 0 ? "-" : std::to_string(below(50'000)); }

    static std::string two_digits(std::uint64_t value) {
        return (value < 10 ? "0" : "") + std::to_string(value);
    }

    // Ten requests a second.
    static std::string time(std::uint64_t number) {
        const std::uint64_t second = number / 10;
        return two_digits(1 + second / 86'400 % 28) +
               "/Feb/2024:" + two_digits(second / 3600 % 24) + ':' + two_digits(second / 60 % 60) +
               ':' + two_digits(second % 60) + " +0000";
    }

    std::mt19937_64 random_;
};

}  // namespace

void generate_log(std::ostream& out, std::uint64_t lines, std::uint64_t seed) {
    log_writer writer(seed);
    for (std::uint64_t i = 0; i < lines && out; ++i) {
        out << writer.line(i);
    }
}

}  // namespace top_paths
