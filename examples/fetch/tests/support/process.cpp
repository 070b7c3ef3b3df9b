#include "process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace fetch_test {

namespace {

constexpr auto patience = std::chrono::minutes(2);
constexpr unsigned short columns = 80;

void check(bool is_good, const char* what) {
    if (!is_good) {
        throw std::system_error(errno, std::generic_category(), what);
    }
}

struct ends {
    int ours = -1;
    int theirs = -1;
};

ends new_pipe(bool we_read) {
    std::array<int, 2> both{};
    check(pipe2(both.data(), O_CLOEXEC) == 0, "pipe2");
    return we_read ? ends{both[0], both[1]} : ends{both[1], both[0]};
}

ends new_terminal() {
    ends made;
    winsize size{};
    size.ws_col = columns;
    size.ws_row = 24;
    check(openpty(&made.ours, &made.theirs, nullptr, nullptr, &size) == 0, "openpty");
    fcntl(made.ours, F_SETFD, FD_CLOEXEC);
    fcntl(made.theirs, F_SETFD, FD_CLOEXEC);
    return made;
}

// This program's variables without those that would send the child through a proxy, and with the
// given ones.
std::vector<std::string> new_environment(const std::map<std::string, std::string>& more) {
    std::vector<std::string> all;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string text = *variable;
        const std::string name = text.substr(0, text.find('='));
        const bool is_proxy = name.ends_with("_proxy") || name.ends_with("_PROXY");
        if (!is_proxy && more.count(name) == 0) {
            all.push_back(text);
        }
    }
    for (const auto& [name, value] : more) {
        all.push_back(name + "=" + value);
    }
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

// Nothing comes of it to read.
ends ends_of_file(const std::string& path) {
    const ends made{open("/dev/null", O_RDONLY | O_CLOEXEC),
                    open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    check(made.ours >= 0 && made.theirs >= 0, "open");
    return made;
}

// In the child; 0: no limit.
void limit(__rlimit_resource what, std::size_t soft, std::size_t hard) {
    if (hard > 0) {
        const rlimit both{soft, hard};
        setrlimit(what, &both);
    }
}

}  // namespace

process::process(const start_options& options) {
    const ends input = new_pipe(false);
    const ends out = options.output.empty() ? new_pipe(true) : ends_of_file(options.output);
    const ends err = options.has_terminal ? new_terminal() : new_pipe(true);
    start_child(options, input.theirs, out.theirs, err.theirs);
    close(input.theirs);
    close(out.theirs);
    close(err.theirs);
    if (options.keeps_input) {
        input_ = input.ours;
        write(options.input);
    } else {
        threads_.emplace_back(&process::write_all, this, input.ours, options.input);
    }
    threads_.emplace_back([this, out] { read_all(out.ours, out_); });
    threads_.emplace_back([this, err] { read_all(err.ours, err_); });
    threads_.emplace_back(&process::reap, this);
}

process::~process() {
    send(SIGKILL);
    close_input();
    for (std::thread& one : threads_) {
        one.join();
    }
    waitpid(child_, nullptr, 0);
}

// Between fork and exec only what is safe in a copy of a program with threads.
void process::start_child(const start_options& options, int input, int out, int err) {
    std::vector<std::string> arguments = options.wrapper;
    arguments.emplace_back(PAIPA_FETCH_PROGRAM);
    arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
    std::vector<std::string> environment = new_environment(options.environment);
    const std::vector<char*> argument_pointers = pointers(arguments);
    const std::vector<char*> environment_pointers = pointers(environment);
    child_ = fork();
    check(child_ >= 0, "fork");
    if (child_ > 0) {
        return;
    }
    dup2(input, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    sigset_t none{};
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGINT, SIG_DFL);  // a shell has it ignored by what runs in the background
    signal(SIGTERM, SIG_DFL);
    limit(RLIMIT_FSIZE, options.largest_file, options.largest_file);
    limit(RLIMIT_AS, options.memory, options.memory);
    limit(RLIMIT_NOFILE,
          options.open_files_at_first > 0 ? options.open_files_at_first : options.open_files,
          options.open_files);
    if (options.folder.empty() || chdir(options.folder.c_str()) == 0) {
        execvpe(argument_pointers.front(), argument_pointers.data(), environment_pointers.data());
    }
    constexpr int cannot_start = 127;
    _exit(cannot_start);
}

void process::send(int signal) const {
    kill(child_, signal);
}

void process::write(const std::string& text) {
    const ssize_t sent = ::write(input_, text.data(), text.size());
    check(sent == static_cast<ssize_t>(text.size()), "write");
}

void process::close_input() {
    close(std::exchange(input_, -1));
}

bool process::has_open(const std::string& path) const {
    std::error_code none;
    const std::filesystem::path all = "/proc/" + std::to_string(child_) + "/fd";
    for (const auto& one : std::filesystem::directory_iterator(all, none)) {
        if (std::filesystem::equivalent(one.path(), path, none)) {
            return true;
        }
    }
    return false;
}

bool process::runs() {
    const std::scoped_lock lock(mutex_);
    return !has_ended_;
}

void process::limit_open_files(std::size_t count) const {
    const rlimit limit{count, count};
    check(prlimit(child_, RLIMIT_NOFILE, &limit, nullptr) == 0, "prlimit");
}

bool process::wait_for_error(const std::string& text) {
    std::unique_lock lock(mutex_);
    const auto has_text = [&] { return err_.find(text) != std::string::npos; };
    changed_.wait_for(lock, patience, [&] { return has_text() || open_ == 0; });
    return has_text();
}

outcome process::wait() {
    std::unique_lock lock(mutex_);
    const auto has_ended = [&] { return has_ended_ && open_ == 0; };
    if (!changed_.wait_for(lock, patience, has_ended)) {
        err_ += "\nthe test killed it: it did not end in time\n";
        send(SIGKILL);
        changed_.wait(lock, has_ended);
    }
    return {.status = status_, .signal = signal_, .out = out_, .err = err_};
}

void process::read_all(int source, std::string& text) {
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t got = read(source, piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        const std::scoped_lock lock(mutex_);
        if (got <= 0) {  // a terminal's end is an error: EIO
            --open_;
            changed_.notify_all();
            break;
        }
        text.append(piece.data(), static_cast<std::size_t>(got));
        changed_.notify_all();
    }
    close(source);
}

void process::write_all(int sink, std::string text) {
    sigset_t pipe{};
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);  // the child may not read all of it
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t sent = ::write(sink, text.data() + at, text.size() - at);
        if (sent <= 0) {
            break;
        }
        at += static_cast<std::size_t>(sent);
    }
    close(sink);
}

// Waits without reaping: until the destructor, the number stays the child's.
void process::reap() {
    siginfo_t info{};
    waitid(P_PID, static_cast<id_t>(child_), &info, WEXITED | WNOWAIT);
    const std::scoped_lock lock(mutex_);
    has_ended_ = true;
    (info.si_code == CLD_EXITED ? status_ : signal_) = info.si_status;
    changed_.notify_all();
}

outcome run(const start_options& options) {
    return process(options).wait();
}

bool can_run(const std::vector<std::string>& command) {
    std::vector<std::string> texts = command;
    const std::vector<char*> arguments = pointers(texts);
    pid_t child = -1;
    int status = 0;
    return posix_spawnp(&child, arguments.front(), nullptr, nullptr, arguments.data(), environ) ==
               0 &&
           waitpid(child, &status, 0) == child && status == 0;
}

bool eventually(const std::function<bool()>& condition) {
    constexpr int pause_milliseconds = 5;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        poll(nullptr, 0, pause_milliseconds);
    }
    return true;
}

}  // namespace fetch_test
