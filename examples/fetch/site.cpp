#include "site.hpp"

// Debian compiles the library with these; without them its classes have another layout here.
#if !defined(CPPHTTPLIB_OPENSSL_SUPPORT) || !defined(CPPHTTPLIB_ZLIB_SUPPORT) || \
    !defined(CPPHTTPLIB_BROTLI_SUPPORT)
#error "compile with the flags of `pkg-config --cflags cpp-httplib`"
#endif
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <httplib.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fetch {

namespace {

constexpr std::size_t shy_page = 25;  // every so many pages, one answers 503 at first

// splitmix64 (G. L. Steele et al., OOPSLA 2014): the same numbers on every machine.
class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) : state_(seed) {}

    std::size_t below(std::size_t limit) {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return static_cast<std::size_t>((z ^ (z >> 31U)) % limit);
    }

private:
    std::uint64_t state_;
};

std::string sentence(random_numbers& random) {
    constexpr std::array<std::string_view, 24> words{
        "water", "valve",  "pipe", "flows", "slowly", "through", "a",     "narrow",
        "edge",  "before", "the",  "step",  "takes",  "one",     "item",  "and",
        "hands", "it",     "on",   "until", "every",  "worker",  "rests", "again"};
    std::string text;
    const std::size_t length = 6 + random.below(12);
    for (std::size_t n = 0; n < length; ++n) {
        text += n == 0 ? "" : " ";
        text += words[random.below(words.size())];
    }
    return text + ".";
}

std::string numbered(std::size_t number, std::string_view suffix) {
    std::array<char, 32> buffer{};
    const int length = std::snprintf(buffer.data(), buffer.size(), "/pages/%03zu", number);
    return std::string(buffer.data(), static_cast<std::size_t>(length)) + std::string(suffix);
}

std::string prose(random_numbers& random, std::string_view before, std::string_view after) {
    std::string text;
    const std::size_t lines = 10 + random.below(200);
    for (std::size_t n = 0; n < lines; ++n) {
        text.append(before).append(sentence(random)).append(after);
    }
    return text;
}

site_page make_page(std::size_t number) {
    random_numbers random(number);
    const std::string title = "Page " + std::to_string(number);
    switch (number % 8) {
        case 5:
            return {numbered(number, ".txt"), "text/plain",
                    title + "\n\n" + prose(random, "", "\n")};
        case 6:
            return {numbered(number, ".json"), "application/json",
                    "{\"title\": \"" + title + "\",\n\"lines\": [\n" +
                        prose(random, "  \"", "\",\n") + "  \"\"]}\n"};
        case 7:
            return {numbered(number, ".svg"), "image/svg+xml",
                    "<svg xmlns=\"http://www.w3.org/2000/svg\"><title>" + title + "</title>\n" +
                        prose(random, "<text>", "</text>\n") + "</svg>\n"};
        default:
            return {numbered(number, ".html"), "text/html; charset=utf-8",
                    "<!DOCTYPE html>\n<title>" + title + "</title>\n<h1>" + title + "</h1>\n" +
                        prose(random, "<p>", "</p>\n")};
    }
}

}  // namespace

std::vector<site_page> make_site(std::size_t count) {
    std::vector<site_page> pages;
    pages.reserve(count);
    for (std::size_t number = 0; number < count; ++number) {
        pages.push_back(make_page(number));
    }
    return pages;
}

struct site_server::server {
    struct entry {
        site_page page;
        std::atomic<bool> is_shy;  // answers 503 once
    };

    std::vector<std::string> paths;
    std::unordered_map<std::string, entry> entries;  // constant once the server listens
    std::chrono::milliseconds latency;
    httplib::Server http;
    int port = -1;
    std::thread thread;

    server(std::vector<site_page> pages, std::size_t connections,
           std::chrono::milliseconds think_time);
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server();

    void answer(const httplib::Request& request, httplib::Response& response);
};

site_server::server::server(std::vector<site_page> pages, std::size_t connections,
                            std::chrono::milliseconds think_time)
    : latency(think_time) {
    for (std::size_t number = 0; number < pages.size(); ++number) {
        site_page& page = pages[number];
        paths.push_back(page.path);
        entry& made = entries[page.path];
        made.page = std::move(page);
        made.is_shy = number % shy_page == shy_page - 1;
    }
    constexpr std::size_t requests_per_connection = 1'000'000;
    http.new_task_queue = [connections] { return new httplib::ThreadPool(connections + 1); };
    http.set_keep_alive_max_count(requests_per_connection);
    http.set_keep_alive_timeout(1);
    http.set_read_timeout(2);
    http.set_write_timeout(2);
    http.set_payload_max_length(0);
    http.set_tcp_nodelay(true);
    http.Get("/.*", [this](const httplib::Request& request, httplib::Response& response) {
        answer(request, response);
    });
    port = http.bind_to_any_port("127.0.0.1");
    if (port < 0) {
        throw std::runtime_error("the bundled site cannot listen on 127.0.0.1");
    }
    thread = std::thread([this] { http.listen_after_bind(); });
    // An answer proves that the server runs: stopping it earlier would have no effect.
    httplib::Client("127.0.0.1", port).Get("/");
}

site_server::server::~server() {
    http.stop();
    thread.join();
}

void site_server::server::answer(const httplib::Request& request, httplib::Response& response) {
    constexpr int not_found = 404;
    constexpr int unavailable = 503;
    const auto found = entries.find(request.path);
    if (found == entries.end()) {
        response.status = not_found;
        response.set_content("no such page\n", "text/plain");
        return;
    }
    std::this_thread::sleep_for(latency);
    entry& here = found->second;
    if (here.is_shy.exchange(false)) {
        response.status = unavailable;
        response.set_content("come again\n", "text/plain");
        return;
    }
    // Not as a whole: the library would spend more time on compressing it than on all else.
    const std::string& body = here.page.body;
    response.set_content_provider(
        body.size(), here.page.type,
        [&body](std::size_t at, std::size_t length, httplib::DataSink& to) {
            return to.write(body.data() + at, length);
        });
}

site_server::site_server(std::vector<site_page> pages, std::size_t connections,
                         std::chrono::milliseconds latency)
    : server_(std::make_unique<server>(std::move(pages), connections, latency)) {}

site_server::~site_server() = default;

int site_server::port() const noexcept {
    return server_->port;
}

std::vector<std::string> site_server::urls() const {
    std::vector<std::string> all;
    all.reserve(server_->paths.size());
    for (const std::string& path : server_->paths) {
        all.push_back("http://" + std::string(host) + path);
    }
    return all;
}

std::string site_server::connect_to() const {
    return std::string(host) + ":80:127.0.0.1:" + std::to_string(port());
}

}  // namespace fetch
