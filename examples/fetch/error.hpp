#ifndef PAIPA_FETCH_ERROR_HPP
#define PAIPA_FETCH_ERROR_HPP

#include <chrono>
#include <stdexcept>
#include <string>

namespace fetch {

/// What the user gave cannot be used: the list, an option, the database file. Exit status 2.
struct input_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The database failed while the job was running: disk full, I/O error, locked. What is stored
/// stays. Exit status 3.
struct database_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The database was damaged or taken away while the job was running: nobody can tell what of it
/// stays. Exit status 3.
struct lost_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// This program, or its machine, has run out of something; says nothing about a URL. Exit status 3.
struct exhausted_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A download failed in a way that another try may cure: time-out, reset, 5xx, 429.
struct transient_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The server wants the download to come later: 429 or 503 with Retry-After.
struct busy_error final : std::runtime_error {
    busy_error(const std::string& text, std::chrono::seconds pause)
        : std::runtime_error(text), after(pause) {}

    std::chrono::seconds after;  // at least one
};

/// A download failed in a way that another try will not cure: 404, body too large.
struct permanent_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A download, or a wait for the database, was given up because the run was cancelled; says nothing
/// about the URL.
struct cancelled_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace fetch

#endif
