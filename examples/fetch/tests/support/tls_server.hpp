#ifndef PAIPA_FETCH_TESTS_TLS_SERVER_HPP
#define PAIPA_FETCH_TESTS_TLS_SERVER_HPP

#include "scratch_folder.hpp"

#include <memory>
#include <string>

namespace fetch_test {

/// An HTTPS server on the loopback interface with a certificate that it has signed itself. It
/// answers each request with the request's headers, a line each.
///
/// Threads: runs its own; the destructor ends them.
class tls_server {
public:
    tls_server();
    tls_server(const tls_server&) = delete;
    tls_server& operator=(const tls_server&) = delete;
    ~tls_server();

    [[nodiscard]] std::string url(const std::string& path) const;

    /// PEM file with its certificate.
    [[nodiscard]] const std::string& certificate() const { return certificate_; }

private:
    struct server;
    scratch_folder folder_;
    std::string certificate_;
    std::unique_ptr<server> server_;
};

}  // namespace fetch_test

#endif
