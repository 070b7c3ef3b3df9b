#include "descriptors.hpp"

#include "error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <system_error>

namespace fetch {

namespace {

constexpr std::size_t most_connections = 4;

// The database with its log and index, twice; signals, the list, the certificates.
constexpr std::size_t of_the_program = 20;

// Of one download beside its kept connections: two to be woken by, two for a look-up's thread, and
// two new connections (IPv6 and IPv4 are tried at once) or the files that the look-up reads.
constexpr std::size_t of_a_download = 6;

std::size_t count_open() {
    std::error_code error;
    const std::filesystem::directory_iterator open("/proc/self/fd", error);
    constexpr std::size_t standard_streams = 3;
    return error ? standard_streams
                 : static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

}  // namespace

std::size_t reserve_descriptors(std::size_t threads, std::size_t more) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw std::system_error(errno, std::generic_category(), "getrlimit");
    }
    const std::size_t fixed = count_open() + of_the_program + more;
    const auto needed = [&](std::size_t kept) { return fixed + threads * (of_a_download + kept); };
    std::size_t kept = most_connections;
    while (kept > 1 && needed(kept) > limit.rlim_max) {
        --kept;
    }
    if (needed(kept) > limit.rlim_max) {
        const std::size_t fitting =
            (limit.rlim_max - std::min<rlim_t>(fixed, limit.rlim_max)) / (of_a_download + 1);
        throw input_error("--threads " + std::to_string(threads) + " needs " +
                          std::to_string(needed(kept)) + " file descriptors, the limit is " +
                          std::to_string(limit.rlim_max) + " (ulimit -n): " +
                          (fitting > 0 ? "--threads " + std::to_string(fitting) + " fits"
                                       : "not even one thread fits"));
    }
    if (limit.rlim_cur < needed(kept)) {
        limit.rlim_cur = needed(kept);
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            throw std::system_error(errno, std::generic_category(), "setrlimit");
        }
    }
    return kept;
}

void check_exhaustion(int error) {
    if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
        throw exhausted_error("cannot go on: " + std::generic_category().message(error) +
                              (error == EMFILE ? " (ulimit -n)" : ""));
    }
}

}  // namespace fetch
