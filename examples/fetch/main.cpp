// paipa-fetch: downloads a list of URLs into an SQLite database.
#include "error.hpp"
#include "http_client.hpp"
#include "job.hpp"
#include "options.hpp"
#include "signals.hpp"
#include "site.hpp"
#include "store.hpp"
#include "temporary_folder.hpp"
#include "text.hpp"
#include "url.hpp"

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fetch {

namespace {

constexpr std::size_t site_size = 300;
constexpr std::chrono::milliseconds site_latency{40};  // else the demo is over before it is seen
constexpr int some_failed_status = 1;
constexpr int input_status = 2;
constexpr int fatal_status = 3;

void say(const options& chosen, const std::string& text) {
    if (!chosen.is_quiet) {
        std::printf("%s\n", text.c_str());
        std::fflush(stdout);
    }
}

std::string seconds_text(std::chrono::duration<double> time) {
    std::string text = std::to_string(time.count());
    return text.substr(0, text.find('.') + 2) + " s";
}

void summarize(const options& chosen, const job_result& result, std::size_t skipped,
               store& database) {
    std::string line = counted(result.stored, "page") + " stored (" + bytes_text(result.bytes) +
                       ") in " + seconds_text(result.report.elapsed) + ", " +
                       std::to_string(result.failed) + " failed";
    if (skipped > 0) {
        line += ", " + std::to_string(skipped) + " skipped: stored before";
    }
    if (result.failed_attempts > result.failed) {
        line += ", " + counted(result.failed_attempts, "failed attempt");
    }
    if (result.interrupted_by != 0) {
        line += "; interrupted, " + std::to_string(result.asked - result.stored - result.failed) +
                " left: the same command goes on";
    }
    say(chosen, line);
    say(chosen, "database '" + printable(chosen.database) +
                    "': " + counted(database.pages(), "page") + ", " +
                    counted(database.dead_letters(), "dead letter"));
    if (chosen.is_verbose) {
        say(chosen, result.report.text());
    } else if (chosen.is_demo()) {
        say(chosen, result.report.bottleneck());
    }
}

// Fetches what is not stored yet; returns the exit status.
int fetch_all(const options& chosen, const client_options& client, signal_watcher& signals,
              std::vector<std::string> urls) {
    store database(chosen.database, chosen.max_database);
    const std::size_t skipped =
        std::erase_if(urls, [&](const std::string& url) { return database.has_page(url); });
    const job_result result = run_job(chosen, client, database, signals, std::move(urls));
    summarize(chosen, result, skipped, database);
    if (result.interrupted_by != 0) {
        return signal_status + result.interrupted_by;
    }
    return result.failed > 0 ? some_failed_status : 0;
}

client_options make_client(const options& chosen) {
    return {.timeout = chosen.timeout,
            .connect_timeout = chosen.connect_timeout,
            .max_bytes = chosen.max_bytes,
            .connect_to = {},
            .use_proxy = true};
}

int run_list(options chosen) {
    std::vector<std::string> urls = read_url_list_file(chosen.list);
    signal_watcher signals;  // from here on, no other thread may be hit
    if (chosen.database.empty()) {
        chosen.database = "paipa-fetch.db";
    }
    return fetch_all(chosen, make_client(chosen), signals, std::move(urls));
}

int run_demo(options chosen) {
    signal_watcher signals;
    std::optional<temporary_folder> folder;
    if (chosen.database.empty()) {
        chosen.database = folder.emplace() / "demo.db";
    }
    const site_server site(make_site(site_size), chosen.threads, site_latency);
    say(chosen, "no LIST given: serving a site of " + counted(site_size, "page") +
                    " on 127.0.0.1:" + std::to_string(site.port()) + " and fetching it with " +
                    counted(chosen.threads, "thread"));
    if (folder) {
        say(chosen, "storing in '" + chosen.database +
                        "', removed at the end; keep it with --database FILE");
    }
    client_options client = make_client(chosen);
    client.connect_to = site.connect_to();
    client.use_proxy = false;
    return fetch_all(chosen, client, signals, site.urls());
}

int report_error(const char* text, int status) {
    std::fprintf(stderr, "paipa-fetch: %s\n", text);
    return status;
}

}  // namespace

}  // namespace fetch

int main(int argc, char** argv) {
    using namespace fetch;
    // A failing write is answered where it happens: a closed pipe, a limit on the size of files.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        const parsed_options parsed = parse_options(argc, argv);
        if (parsed.run) {
            return parsed.run->is_demo() ? run_demo(*parsed.run) : run_list(*parsed.run);
        }
        if (parsed.status != 0) {
            return report_error(parsed.text.c_str(), parsed.status);
        }
        std::fputs(parsed.text.c_str(), stdout);
        return 0;
    } catch (const input_error& error) {
        return report_error(error.what(), input_status);
    } catch (const std::bad_alloc&) {
        return report_error("out of memory", fatal_status);
    } catch (const std::exception& error) {
        return report_error(error.what(), fatal_status);
    }
}
