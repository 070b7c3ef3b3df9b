#ifndef PAIPA_FETCH_TESTS_PROCESS_HPP
#define PAIPA_FETCH_TESTS_PROCESS_HPP

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace fetch_test {

/// How a program is started.
struct start_options {
    std::vector<std::string> arguments{};
    std::string input{};                               // its standard input
    bool keeps_input = false;                          // open behind it, for `write`
    std::string output{};                              // file for standard output; empty: a pipe
    std::map<std::string, std::string> environment{};  // on top of this program's own
    std::string folder{};                              // to run in; empty: this one
    std::size_t largest_file = 0;                      // bytes, RLIMIT_FSIZE; 0: no limit
    std::size_t memory = 0;                            // bytes, RLIMIT_AS; 0: no limit
    std::size_t open_files = 0;                        // RLIMIT_NOFILE; 0: no limit
    std::size_t open_files_at_first = 0;               // its soft limit; 0: the same
    std::vector<std::string> wrapper{};                // program that starts it, with arguments
    bool has_terminal = false;                         // standard error is a terminal, 80 wide
};

/// How a program has ended, and what it wrote.
struct outcome {
    int status = -1;  // exit status; -1: a signal killed it
    int signal = 0;   // that killed it; 0: none
    std::string out;
    std::string err;
};

/// A child process: paipa-fetch.
///
/// Threads: reads what the child writes on threads of its own. The destructor kills it.
class process {
public:
    explicit process(const start_options& options);
    process(const process&) = delete;
    process& operator=(const process&) = delete;
    ~process();

    void send(int signal) const;

    /// Gives it more to read; with `keeps_input`.
    void write(const std::string& text);
    void close_input();

    [[nodiscard]] bool runs();

    /// Whether it has this file open.
    [[nodiscard]] bool has_open(const std::string& path) const;

    /// Changes its RLIMIT_NOFILE while it runs.
    void limit_open_files(std::size_t count) const;

    /// Waits until it has written `text` to standard error; false when it ended without, or did
    /// nothing of the kind within two minutes.
    [[nodiscard]] bool wait_for_error(const std::string& text);

    /// Waits for its end. One that hangs is killed after two minutes, which the outcome shows.
    outcome wait();

private:
    void start_child(const start_options& options, int input, int out, int err);
    void read_all(int source, std::string& text);
    void write_all(int sink, std::string text);
    void reap();

    pid_t child_ = -1;
    int input_ = -1;  // kept open; -1: it is not

    std::mutex mutex_;  // guards everything below
    std::condition_variable changed_;
    std::string out_;
    std::string err_;
    bool has_ended_ = false;
    unsigned open_ = 2;  // of standard output and error
    int status_ = -1;
    int signal_ = 0;

    std::vector<std::thread> threads_;
};

/// Starts it and waits for its end.
outcome run(const start_options& options);

/// Whether a command, found in PATH, ends with status 0.
[[nodiscard]] bool can_run(const std::vector<std::string>& command);

/// For what nobody announces: asks again and again until `condition` holds; false when it does not
/// within two minutes.
[[nodiscard]] bool eventually(const std::function<bool()>& condition);

}  // namespace fetch_test

#endif
