#include "signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace fetch {

signal_watcher::signal_watcher() {
    sigemptyset(&watched_);
    sigaddset(&watched_, SIGINT);
    sigaddset(&watched_, SIGTERM);
    signals_ = signalfd(-1, &watched_, SFD_CLOEXEC);
    stop_ = eventfd(0, EFD_CLOEXEC);
    if (signals_ < 0 || stop_ < 0) {
        const int error = errno;
        close(signals_);
        close(stop_);
        throw std::system_error(error, std::generic_category(), "signals");
    }
    pthread_sigmask(SIG_BLOCK, &watched_, &mask_before_);
}

signal_watcher::~signal_watcher() {
    stop();
    close(signals_);
    close(stop_);
    pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void signal_watcher::watch(handler on_signal) {
    thread_ = std::thread([this, call = std::move(on_signal)] { run(call); });
}

void signal_watcher::stop() {
    if (thread_.joinable()) {
        eventfd_write(stop_, 1);
        thread_.join();
    }
}

void signal_watcher::run(const handler& on_signal) const {
    std::array<pollfd, 2> sources{{{signals_, POLLIN, 0}, {stop_, POLLIN, 0}}};
    for (unsigned count = 0;;) {
        if (poll(sources.data(), sources.size(), -1) < 0) {
            continue;  // EINTR
        }
        if (sources[1].revents != 0) {
            return;
        }
        signalfd_siginfo info{};
        if (read(signals_, &info, sizeof info) == sizeof info) {
            on_signal(static_cast<int>(info.ssi_signo), ++count);
        }
    }
}

}  // namespace fetch
