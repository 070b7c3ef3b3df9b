#ifndef PAIPA_FETCH_TESTS_FAULT_SERVER_HPP
#define PAIPA_FETCH_TESTS_FAULT_SERVER_HPP

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace fetch_test {

struct request {
    std::string path;
    std::string head;  // as it came, request line and headers
    unsigned nth = 1;  // how often this path has been asked for, this time included
};

/// How an answer is sent.
enum class manner {
    whole,           // the answer, and the connection stays open
    reset,           // a TCP reset instead of an answer
    reset_in_body,   // a TCP reset after half of the body
    cut_in_body,     // an orderly close after half of the body
    hold,            // the answer, once `release` has been called
    hold_in_body,    // half of the body, and the rest once `release` has been called
    trickle,         // the body in small pieces with pauses between them
    until_close,     // without Content-Length: the end of the connection ends the body
    endless,         // a body that never ends, without Content-Length
    claims_too_much  // a Content-Length far above what is sent
};

struct reply {
    int status = 200;
    std::string body{};
    manner how = manner::whole;
    std::string type = "text/plain";
    std::string headers{};  // more header lines, each ending in \r\n
};

/// An HTTP server on plain sockets of the loopback interface that can misbehave.
///
/// Threads: one per connection; the handler is called by one of them at a time. The destructor
///          ends them all, also those that hold an answer.
class fault_server {
public:
    using handler = std::function<reply(const request&)>;

    explicit fault_server(handler answer);
    fault_server(const fault_server&) = delete;
    fault_server& operator=(const fault_server&) = delete;
    ~fault_server();

    [[nodiscard]] int port() const noexcept { return port_; }

    [[nodiscard]] std::string url(const std::string& path) const;

    [[nodiscard]] unsigned requests(const std::string& path) const;
    [[nodiscard]] unsigned requests() const;
    /// Of the last request.
    [[nodiscard]] std::string head() const;
    [[nodiscard]] unsigned connections() const;
    /// Answers that wait for `release` now.
    [[nodiscard]] unsigned held() const;

    /// Waits until so many requests have come, or answers are held; false when that takes longer
    /// than a minute.
    [[nodiscard]] bool wait_for_requests(unsigned count);
    [[nodiscard]] bool wait_for_held(unsigned count);

    /// Lets go what is held, now and later.
    void release();

private:
    struct connection {
        int socket = -1;  // -1: closed
        std::thread thread;
    };

    void accept_all();
    void serve(connection& here);
    bool answer(int socket, const reply& what);
    bool send_body(int socket, const reply& what);
    bool send_held(int socket, const std::string& before, const std::string& after);

    handler handler_;
    int listener_ = -1;
    int port_ = 0;

    mutable std::mutex mutex_;  // guards everything below
    std::condition_variable changed_;
    std::list<connection> connections_;
    std::map<std::string, unsigned> requests_;
    std::string head_;
    unsigned request_count_ = 0;
    unsigned held_ = 0;
    bool is_released_ = false;
    bool is_stopping_ = false;

    std::mutex handler_mutex_;  // one call of the handler at a time
    std::thread thread_;
};

}  // namespace fetch_test

#endif
