#include "fault_server.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <functional>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace fetch_test {

namespace {

constexpr auto patience = std::chrono::minutes(1);
constexpr int trickle_pause_milliseconds = 5;
constexpr std::size_t trickle_pieces = 8;

bool send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// The next request's head, or nothing when the client has gone. GET has no body.
std::optional<std::string> read_head(int socket, std::string& buffer) {
    constexpr std::string_view end = "\r\n\r\n";
    for (;;) {
        const std::size_t at = buffer.find(end);
        if (at != std::string::npos) {
            std::string head = buffer.substr(0, at + end.size());
            buffer.erase(0, at + end.size());
            return head;
        }
        std::array<char, 4096> piece{};
        const ssize_t got = recv(socket, piece.data(), piece.size(), 0);
        if (got <= 0) {
            return std::nullopt;
        }
        buffer.append(piece.data(), static_cast<std::size_t>(got));
    }
}

std::string path_of(const std::string& head) {
    const std::size_t first = head.find(' ');
    return head.substr(first + 1, head.find(' ', first + 1) - first - 1);
}

// With this, close() sends a reset.
void linger_not(int socket) {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string head_text(const reply& what) {
    std::string head = "HTTP/1.1 " + std::to_string(what.status) +
                       " Reason\r\nContent-Type: " + what.type + "\r\n" + what.headers;
    if (what.how == manner::claims_too_much) {
        head += "Content-Length: 1000000000000\r\n";
    } else if (what.how != manner::endless && what.how != manner::until_close) {
        head += "Content-Length: " + std::to_string(what.body.size()) + "\r\n";
    }
    return head + "\r\n";
}

}  // namespace

fault_server::fault_server(handler answer) : handler_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, generic, size) != 0 || listen(listener_, 128) != 0 ||
        getsockname(listener_, generic, &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "fault_server");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread(&fault_server::accept_all, this);
}

fault_server::~fault_server() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
        for (const connection& one : connections_) {
            shutdown(one.socket, SHUT_RDWR);  // of -1: no harm
        }
    }
    changed_.notify_all();
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (connection& one : connections_) {
        one.thread.join();
    }
    close(listener_);
}

std::string fault_server::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

unsigned fault_server::requests(const std::string& path) const {
    const std::scoped_lock lock(mutex_);
    const auto found = requests_.find(path);
    return found == requests_.end() ? 0 : found->second;
}

unsigned fault_server::requests() const {
    const std::scoped_lock lock(mutex_);
    return request_count_;
}

std::string fault_server::head() const {
    const std::scoped_lock lock(mutex_);
    return head_;
}

unsigned fault_server::connections() const {
    const std::scoped_lock lock(mutex_);
    return static_cast<unsigned>(connections_.size());
}

unsigned fault_server::held() const {
    const std::scoped_lock lock(mutex_);
    return held_;
}

bool fault_server::wait_for_requests(unsigned count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return request_count_ >= count; });
}

bool fault_server::wait_for_held(unsigned count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return held_ >= count; });
}

void fault_server::release() {
    {
        const std::scoped_lock lock(mutex_);
        is_released_ = true;
    }
    changed_.notify_all();
}

void fault_server::accept_all() {
    for (;;) {
        const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        const std::scoped_lock lock(mutex_);
        if (is_stopping_) {
            if (client >= 0) {
                close(client);
            }
            return;
        }
        if (client >= 0) {
            const int on = 1;
            setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            connection& made = connections_.emplace_back();
            made.socket = client;
            made.thread = std::thread(&fault_server::serve, this, std::ref(made));
        }
    }
}

void fault_server::serve(connection& here) {
    const int socket = here.socket;  // only this thread changes it
    std::string buffer;
    while (const auto head = read_head(socket, buffer)) {
        request asked{.path = path_of(*head), .head = *head};
        {
            const std::scoped_lock lock(mutex_);
            asked.nth = ++requests_[asked.path];
            head_ = *head;
            ++request_count_;
        }
        changed_.notify_all();
        reply what;
        {
            const std::scoped_lock lock(handler_mutex_);
            what = handler_(asked);
        }
        if (!answer(socket, what)) {
            break;
        }
    }
    const std::scoped_lock lock(mutex_);
    close(socket);
    here.socket = -1;
}

// False: this connection has ended.
bool fault_server::answer(int socket, const reply& what) {
    if (what.how == manner::reset) {
        linger_not(socket);
        return false;
    }
    if (what.how == manner::hold) {
        return send_held(socket, "", head_text(what) + what.body);
    }
    return send_all(socket, head_text(what)) && send_body(socket, what);
}

bool fault_server::send_body(int socket, const reply& what) {
    const std::string first = what.body.substr(0, what.body.size() / 2);
    const std::string second = what.body.substr(first.size());
    switch (what.how) {
        case manner::reset_in_body:
            send_all(socket, first);
            linger_not(socket);
            return false;
        case manner::cut_in_body:
            send_all(socket, first);
            return false;
        case manner::hold_in_body:
            return send_held(socket, first, second);
        case manner::until_close:
            send_all(socket, what.body);
            return false;
        case manner::trickle: {
            const std::size_t step = what.body.size() / trickle_pieces + 1;
            for (std::size_t at = 0; at < what.body.size(); at += step) {
                pollfd hang_up{socket, POLLRDHUP, 0};
                poll(&hang_up, 1, trickle_pause_milliseconds);
                if (!send_all(socket, what.body.substr(at, step))) {
                    return false;
                }
            }
            return true;
        }
        case manner::endless: {
            const std::string piece(std::size_t{64} << 10U, 'x');
            while (send_all(socket, piece)) {
            }
            return false;
        }
        default:
            return send_all(socket, what.body);
    }
}

bool fault_server::send_held(int socket, const std::string& before, const std::string& after) {
    if (!send_all(socket, before)) {
        return false;
    }
    {
        std::unique_lock lock(mutex_);
        ++held_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return is_released_ || is_stopping_; });
        --held_;
        if (is_stopping_) {
            return false;
        }
    }
    return send_all(socket, after);
}

}  // namespace fetch_test
