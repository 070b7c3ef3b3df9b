#include "options.hpp"

#include "text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <curl/curl.h>
#include <fstream>
#include <sqlite3.h>
#include <string>

#ifndef PAIPA_FETCH_VERSION
#define PAIPA_FETCH_VERSION "0"
#endif

namespace fetch {

namespace {

constexpr int usage_status = 2;
constexpr double longest_seconds = 24 * 3600;
constexpr double milliseconds_in_second = 1000;
constexpr std::uint64_t largest_body = 900'000'000;  // SQLite's rows end at 10^9 bytes

constexpr const char* description =
    "Downloads every URL of LIST and stores the pages in an SQLite database.\n"
    "What is stored already is skipped, so running it again goes on where it stopped.\n"
    "Without LIST it serves a small site to itself and downloads that.";

constexpr const char* footer =
    "The list has one URL a line (http, https, file); blank lines and lines that start\n"
    "with # are skipped; a line that is no URL is shown and left out. Time-outs, resets,\n"
    "failed look-ups, 5xx, 408, 425 and 429 are tried again; every other failure is final.\n"
    "What finally fails is in the table dead_letters, with the reason.\n"
    "\n"
    "SIGINT or SIGTERM: finish what has begun, then end. The second one: stop at once.\n"
    "\n"
    "Exit status:\n"
    "  0    every URL is stored\n"
    "  1    some URLs failed, see the table dead_letters, or some lines were no URLs\n"
    "  2    wrong usage, or a list or database that cannot be used; with --strict also\n"
    "       a line that is no URL\n"
    "  3    the job failed: disk full, database lost or locked, no memory, no descriptors\n"
    "  130  interrupted by SIGINT, 143 by SIGTERM";

std::string versions() {
    return "paipa-fetch " PAIPA_FETCH_VERSION " (libcurl " +
           std::string(curl_version_info(CURLVERSION_NOW)->version) + ", SQLite " +
           sqlite3_libversion() + ")";
}

// CLI::Range lets "nan" through and prints six decimals.
CLI::Validator seconds_from(double least) {
    return {[least](std::string& text) -> std::string {
                double seconds = 0;
                if (CLI::detail::lexical_cast(text, seconds) && seconds >= least &&
                    seconds <= longest_seconds) {
                    return {};
                }
                return "want " + CLI::detail::to_string(least) + " to " +
                       CLI::detail::to_string(longest_seconds) + " seconds, got '" + text + "'";
            },
            ""};
}

// The name is a token (RFC 9110, 5.6.2); the value has no control characters.
CLI::Validator header_line() {
    return {[](std::string& text) -> std::string {
                constexpr const char* token =
                    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
                const std::size_t colon = text.find(':');
                const bool is_line =
                    colon != std::string::npos && colon > 0 &&
                    text.find_first_not_of(token) == colon &&
                    text.find_first_not_of(" \t", colon + 1) != std::string::npos &&
                    std::none_of(text.begin(), text.end(), [](char c) {
                        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
                    });
                // It may be a secret, so it is not shown.
                return is_line ? "" : "want 'Name: value', got a line that is none";
            },
            ""};
}

CLI::Validator no_control_characters() {
    return {[](std::string& text) -> std::string {
                return printable(text, text.size()) == text
                           ? ""
                           : "want text without control characters, got '" + printable(text) + "'";
            },
            ""};
}

CLI::Validator readable_file() {
    return {[](std::string& text) -> std::string {
                const std::ifstream in(text);
                return in ? "" : "cannot read '" + printable(text) + "'";
            },
            ""};
}

CLI::Validator not_empty() {
    return {[](std::string& text) -> std::string { return text.empty() ? "is empty" : ""; }, ""};
}

void add_seconds(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                 const std::string& text, double least) {
    const double preset = static_cast<double>(value.count()) / milliseconds_in_second;
    app.add_option_function<double>(
           name,
           [&value](const double& seconds) {
               value = std::chrono::milliseconds(std::lround(seconds * milliseconds_in_second));
           },
           text)
        ->type_name("SECONDS")
        ->default_str(CLI::detail::to_string(preset))
        ->check(seconds_from(least));
}

void add_bytes(CLI::App& app, const std::string& name, std::uint64_t& value,
               const std::string& text, std::uint64_t least, std::uint64_t most) {
    app.add_option(name, value, text)
        ->type_name("BYTES")
        ->transform(CLI::AsSizeValue(false).description(""))
        ->check(CLI::Range(least, most).description(""));
}

void add_options(CLI::App& app, options& chosen) {
    constexpr double one_millisecond = 0.001;
    app.add_option("LIST", chosen.list, "file with one URL a line, - for standard input")
        ->type_name("")
        ->check(not_empty());
    app.add_option("-d,--database", chosen.database,
                   "SQLite file to store in (default: paipa-fetch.db; without LIST: a temporary"
                   " one)")
        ->type_name("FILE")
        ->check(not_empty());
    app.add_option("-t,--threads", chosen.threads, "downloads at the same time")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description(""));
    app.add_option("-a,--attempts", chosen.attempts, "tries of one URL")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(1, 100).description(""));
    add_seconds(app, "--delay", chosen.delay, "wait before the second try, then doubled", 0);
    add_seconds(app, "--max-delay", chosen.max_delay, "longest wait between two tries", 0);
    add_seconds(app, "--max-retry-after", chosen.max_retry_after,
                "longest wait in all that a server's Retry-After gets for one URL", 0);
    add_seconds(app, "--timeout", chosen.timeout, "for one download", one_millisecond);
    add_seconds(app, "--connect-timeout", chosen.connect_timeout, "to reach a server",
                one_millisecond);
    add_bytes(app, "--max-bytes", chosen.max_bytes,
              "largest body, such as 16MB (16777216 unless told)", 1, largest_body);
    app.add_option("--batch", chosen.batch, "pages in one transaction")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(1, 10'000).description(""));
    add_seconds(app, "--batch-timeout", chosen.batch_timeout,
                "longest wait of a page for its transaction", one_millisecond);
    add_seconds(app, "--drain-timeout", chosen.drain_timeout,
                "for what has begun, after the first signal", 0);
    add_bytes(app, "--max-database", chosen.max_database, "largest database, such as 10GB", 65'536,
              std::uint64_t{1} << 50U);
    add_seconds(app, "--busy-timeout", chosen.busy_timeout,
                "longest wait for another program that locks the database", 0);
    app.add_option("-H,--header", chosen.headers,
                   "'Name: value' to send with each request; may be given several times")
        ->type_name("LINE")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->expected(1)
        ->allow_extra_args(false)
        ->check(header_line());
    app.add_option("-A,--user-agent", chosen.user_agent,
                   "who asks (paipa-fetch/VERSION unless told)")
        ->type_name("TEXT")
        ->check(not_empty())
        ->check(no_control_characters());
    app.add_option("--cacert", chosen.ca_file,
                   "PEM file of the certificates to trust, instead of the system's")
        ->type_name("FILE")
        ->check(readable_file());
    app.add_flag("-k,--insecure", chosen.is_insecure, "trust any server, whatever its certificate");
    app.add_flag("--strict", chosen.is_strict,
                 "read the whole list first, and refuse it when a line is no URL");
    auto* const quiet = app.add_flag("-q,--quiet", chosen.is_quiet, "print errors only");
    app.add_flag("-v,--verbose", chosen.is_verbose, "print the pipeline's report at the end")
        ->excludes(quiet);
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv) {
    CLI::App app(description, "paipa-fetch");
    app.footer(footer);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app.set_version_flag("-V,--version", versions());
    options chosen;
    add_options(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return {.run = {}, .text = app.help(), .status = 0};
    } catch (const CLI::CallForVersion&) {
        return {.run = {}, .text = versions() + "\n", .status = 0};
    } catch (const CLI::ParseError& error) {
        return {.run = {},
                .text = one_line(error.what()) + " (see paipa-fetch --help)",
                .status = usage_status};
    }
    if (chosen.max_delay < chosen.delay) {
        chosen.max_delay = chosen.delay;
    }
    return {.run = chosen, .text = {}, .status = 0};
}

}  // namespace fetch
