#include "tls_server.hpp"

#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <thread>

namespace fetch_test {

namespace {

struct freer {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }

    void operator()(X509* certificate) const { X509_free(certificate); }

    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }

    void operator()(BIO* file) const { BIO_free(file); }
};

template <class T>
using owned = std::unique_ptr<T, freer>;

void check(bool is_good) {
    if (!is_good) {
        throw std::runtime_error("tls_server: OpenSSL refuses");
    }
}

// For 127.0.0.1, valid for a day, signed by itself.
owned<X509> new_certificate(EVP_PKEY* key) {
    constexpr long day = 24 * 3600;
    owned<X509> made(X509_new());
    check(made != nullptr);
    X509* const x = made.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -day);
    X509_gmtime_adj(X509_getm_notAfter(x), day);
    X509_set_pubkey(x, key);
    X509_NAME* const name = X509_get_subject_name(x);
    const unsigned char common[] = "paipa-fetch test";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
    X509_set_issuer_name(x, name);
    const owned<X509_EXTENSION> address(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    check(address && X509_add_ext(x, address.get(), -1) == 1);
    check(X509_sign(x, key, EVP_sha256()) > 0);
    return made;
}

}  // namespace

struct tls_server::server {
    owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
    owned<X509> certificate{new_certificate(key.get())};
    httplib::SSLServer http{certificate.get(), key.get()};
    int port = -1;
    std::thread thread;
};

tls_server::tls_server() : certificate_(folder_ / "server.pem"), server_(new server) {
    server& here = *server_;
    here.http.Get("/.*", [](const httplib::Request& request, httplib::Response& response) {
        std::string text;
        for (const auto& [name, value] : request.headers) {
            text += name + ": " + value + "\n";
        }
        response.set_content(text, "text/plain");
    });
    const owned<BIO> file(BIO_new_file(certificate_.c_str(), "w"));
    check(file && PEM_write_bio_X509(file.get(), here.certificate.get()) == 1);
    here.port = here.http.bind_to_any_port("127.0.0.1");
    check(here.port > 0);
    here.thread = std::thread([&here] { here.http.listen_after_bind(); });
    // An answer proves that the server runs: stopping it earlier would have no effect.
    httplib::SSLClient client("127.0.0.1", here.port);
    client.enable_server_certificate_verification(false);
    check(client.Get("/") != nullptr);
}

tls_server::~tls_server() {
    server_->http.stop();
    server_->thread.join();
}

std::string tls_server::url(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(server_->port) + path;
}

}  // namespace fetch_test
