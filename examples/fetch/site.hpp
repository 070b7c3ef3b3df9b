#ifndef PAIPA_FETCH_SITE_HPP
#define PAIPA_FETCH_SITE_HPP

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fetch {

/// One page of the bundled site.
struct site_page {
    std::string path;  // "/pages/017.html"
    std::string type;
    std::string body;
};

/// The bundled site: always the same `count` pages.
std::vector<site_page> make_site(std::size_t count);

/// Serves pages over HTTP on the loopback interface, on a port that the system chooses.
///
/// GET only, no request bodies, short time-outs. Every 25th page answers 503 the first time it
/// is asked for, so that retries can be watched.
/// Threads: runs its own; the destructor ends them.
/// Errors:  `std::runtime_error` when it cannot listen.
class site_server {
public:
    /// `connections` is how many clients can be served at once; `latency` is how long the server
    /// thinks about each answer.
    site_server(std::vector<site_page> pages, std::size_t connections,
                std::chrono::milliseconds latency = {});
    site_server(const site_server&) = delete;
    site_server& operator=(const site_server&) = delete;
    ~site_server();

    [[nodiscard]] int port() const noexcept;

    /// The name in the URLs of the site: the same whatever the port, so that a database of an
    /// earlier run can be continued.
    static constexpr const char* host = "demo.test";

    /// The URLs of all pages.
    [[nodiscard]] std::vector<std::string> urls() const;

    /// What `client_options::connect_to` needs to find `host` here.
    [[nodiscard]] std::string connect_to() const;

private:
    struct server;
    std::unique_ptr<server> server_;
};

}  // namespace fetch

#endif
