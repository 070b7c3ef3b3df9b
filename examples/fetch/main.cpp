// paipa-fetch: downloads a list of URLs into an SQLite database.
#include "descriptors.hpp"
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
#include "url_list.hpp"
#include "url_source.hpp"

#include <cerrno>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace fetch {

namespace {

constexpr std::size_t site_size = 300;
constexpr std::chrono::milliseconds site_latency{40};  // else the demo is over before it is seen
constexpr int some_failed_status = 1;
constexpr int input_status = 2;
constexpr int fatal_status = 3;

// The standard library's text for a thread that cannot be started names neither cause nor remedy.
std::string text_of(const std::system_error& error) {
    return error.code() == std::errc::resource_unavailable_try_again
               ? "cannot start a thread: no more are allowed, or there is no memory for one; try "
                 "fewer --threads"
               : error.what();
}

// Errors: a full disk, a closed pipe.
void print(const std::string& text) {
    if (std::fputs(text.c_str(), stdout) == EOF || std::fflush(stdout) != 0) {
        throw std::runtime_error("cannot write to standard output: " +
                                 std::generic_category().message(errno));
    }
}

void say(const options& chosen, const std::string& text) {
    if (!chosen.is_quiet) {
        print(text + "\n");
    }
}

void summarize(const options& chosen, const job_result& result, store& database) {
    std::string line = counted(result.stored, "page") + " stored (" + bytes_text(result.bytes) +
                       ") in " + seconds_text(result.report.elapsed) + ", " +
                       std::to_string(result.failed) + " failed";
    if (result.list.stored_before > 0) {
        line += ", " + std::to_string(result.list.stored_before) + " skipped: stored before";
    }
    if (result.list.bad_lines > 0) {
        line += ", " + counted(result.list.bad_lines, "line") + " left out: no URL";
    }
    if (result.failed_attempts > result.failed) {
        line += ", " + counted(result.failed_attempts, "failed attempt");
    }
    if (result.interrupted_by != 0) {
        line += std::string("; interrupted, ") + (result.is_list_known ? "" : "at least ") +
                std::to_string(result.asked - result.stored - result.failed) +
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

// Says with the failure what there is of the run.
[[noreturn]] void rethrow_failure(const job_result& result) {
    std::string kept;
    if (result.stored > 0) {
        kept = "; " + counted(result.stored, "page") +
               " stored by this run stay: the same command goes on";
    }
    try {
        std::rethrow_exception(result.failure);
    } catch (const lost_error&) {
        throw;
    } catch (const input_error& error) {
        throw input_error(error.what() + kept);
    } catch (const std::bad_alloc&) {
        throw std::runtime_error("out of memory" + kept);
    } catch (const std::system_error& error) {
        throw std::runtime_error(text_of(error) + kept);
    } catch (const std::exception& error) {
        throw std::runtime_error(error.what() + kept);
    }
}

// Errors: `input_error` also for a file that is damaged.
store open_store(const options& chosen) {
    try {
        return store(chosen.database,
                     {.max_bytes = chosen.max_database, .busy_timeout = chosen.busy_timeout});
    } catch (const lost_error& error) {
        throw input_error(error.what());
    }
}

// Fetches what is not stored yet; returns the exit status.
int fetch_all(const options& chosen, const client_options& client, signal_watcher& signals,
              store& database, url_source urls) {
    job_result result = run_job(chosen, client, database, signals, std::move(urls));
    if (!result.failure) {
        try {
            summarize(chosen, result, database);
        } catch (...) {
            result.failure = std::current_exception();
        }
    }
    if (result.failure) {
        rethrow_failure(result);
    }
    if (result.list.error) {
        std::rethrow_exception(result.list.error);
    }
    if (result.interrupted_by != 0) {
        return signal_status + result.interrupted_by;
    }
    return result.failed + result.list.bad_lines > 0 ? some_failed_status : 0;
}

client_options make_client(const options& chosen, std::size_t kept_connections) {
    return {.timeout = chosen.timeout,
            .connect_timeout = chosen.connect_timeout,
            .max_bytes = chosen.max_bytes,
            .kept_connections = kept_connections,
            .headers = chosen.headers,
            .user_agent = chosen.user_agent,
            .ca_file = chosen.ca_file,
            .is_insecure = chosen.is_insecure};
}

int run_list(options chosen) {
    const client_options client = make_client(chosen, reserve_descriptors(chosen.threads));
    url_list list(chosen.list);
    url_source urls = chosen.is_strict ? source_of(read_strictly(list)) : source_of(list);
    if (chosen.database.empty()) {
        chosen.database = "paipa-fetch.db";
    }
    store database = open_store(chosen);  // may wait for another program, and be interrupted
    signal_watcher signals;               // from here on, no other thread may be hit
    return fetch_all(chosen, client, signals, database, std::move(urls));
}

std::vector<page_url> parse_all(const std::vector<std::string>& urls) {
    std::vector<page_url> pages;
    for (const std::string& url : urls) {
        pages.push_back(parse_url(url));
    }
    return pages;
}

int run_demo(options chosen) {
    // The site has a connection for each download, and one more.
    client_options client =
        make_client(chosen, reserve_descriptors(chosen.threads, chosen.threads + 1));
    std::optional<temporary_folder> folder;
    if (chosen.database.empty()) {
        chosen.database = folder.emplace() / "demo.db";
    }
    store database = open_store(chosen);
    signal_watcher signals;
    const site_server site(make_site(site_size), chosen.threads, site_latency);
    say(chosen, "no LIST given: serving a site of " + counted(site_size, "page") +
                    " on 127.0.0.1:" + std::to_string(site.port()) + " and fetching it with " +
                    counted(chosen.threads, "thread"));
    if (folder) {
        say(chosen, "storing in '" + chosen.database +
                        "', removed at the end; keep it with --database FILE");
    }
    client.connect_to = site.connect_to();
    client.use_proxy = false;
    return fetch_all(chosen, client, signals, database, source_of(parse_all(site.urls())));
}

// A file that is opened must not take the number of a standard stream that is closed. Nothing can
// be written here, so writing to a closed stream is still an error.
void occupy_standard_streams() {
    for (int number = open("/dev/null", O_RDONLY); number >= 0; number = dup(number)) {
        if (number > STDERR_FILENO) {
            close(number);
            return;
        }
    }
}

int report_error(const char* text, int status) {
    std::fprintf(stderr, "paipa-fetch: %s\n", text);
    return status;
}

}  // namespace

}  // namespace fetch

int main(int argc, char** argv) {
    using namespace fetch;
    occupy_standard_streams();
    // A failing write is answered where it happens: a closed pipe, a limit on the size of files.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // The list is UTF-8, whatever the user's locale: libcurl reads the names of hosts by it.
    (void)std::setlocale(LC_CTYPE, "C.UTF-8");
    try {
        const parsed_options parsed = parse_options(argc, argv);
        if (parsed.run) {
            return parsed.run->is_demo() ? run_demo(*parsed.run) : run_list(*parsed.run);
        }
        if (parsed.status != 0) {
            return report_error(parsed.text.c_str(), parsed.status);
        }
        print(parsed.text);
        return 0;
    } catch (const input_error& error) {
        return report_error(error.what(), input_status);
    } catch (const std::bad_alloc&) {
        return report_error("out of memory", fatal_status);
    } catch (const std::system_error& error) {
        return report_error(text_of(error).c_str(), fatal_status);
    } catch (const std::exception& error) {
        return report_error(error.what(), fatal_status);
    }
}
