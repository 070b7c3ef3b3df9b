#ifndef PAIPA_FETCH_OPTIONS_HPP
#define PAIPA_FETCH_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fetch {

/// What the command line says.
struct options {
    std::string list;      // file of URLs, "-" for standard input, empty for the bundled site
    std::string database;  // empty: see options.cpp for what stands in its place

    std::size_t threads = 8;
    unsigned attempts = 4;                               // tries of one URL, the first included
    std::chrono::milliseconds delay{500};                // before the second try, then doubled
    std::chrono::milliseconds max_delay{30'000};         // between two tries
    std::chrono::milliseconds max_retry_after{600'000};  // waits that servers ask for, of one URL
    std::chrono::milliseconds timeout{30'000};           // one download
    std::chrono::milliseconds connect_timeout{10'000};
    std::uint64_t max_bytes = std::uint64_t{16} << 20;  // one body
    std::size_t batch = 64;                             // pages in one transaction
    std::chrono::milliseconds batch_timeout{1'000};     // from its first page on
    std::chrono::milliseconds drain_timeout{60'000};    // after the first signal
    std::uint64_t max_database = 0;                     // bytes, 0: no bound
    std::chrono::milliseconds busy_timeout{30'000};     // for another program's lock
    std::vector<std::string> headers;                   // "Name: value", sent with each request
    std::string user_agent;                             // empty: this program's name
    std::string ca_file;                                // empty: the system's certificates
    bool is_insecure = false;                           // trust any certificate
    bool is_strict = false;                             // refuse the whole list for one bad line
    bool is_quiet = false;
    bool is_verbose = false;  // print the pipeline's report

    [[nodiscard]] bool is_demo() const { return list.empty(); }
};

/// Either options to run with, or a text to print before ending with `status`.
struct parsed_options {
    std::optional<options> run;
    std::string text;  // to standard output when status is 0, else one line for standard error
    int status = 0;
};

parsed_options parse_options(int argc, const char* const* argv);

}  // namespace fetch

#endif
