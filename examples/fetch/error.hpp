#ifndef PAIPA_FETCH_ERROR_HPP
#define PAIPA_FETCH_ERROR_HPP

#include <stdexcept>

namespace fetch {

/// What the user gave cannot be used: the list, an option, the database file. Exit status 2.
struct input_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The database failed while the job was running: disk full, I/O error, locked. Exit status 3.
struct database_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A download failed in a way that another try may cure: time-out, reset, 5xx, 429.
struct transient_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A download failed in a way that another try will not cure: 404, body too large.
struct permanent_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A download was given up because the run was cancelled; says nothing about the URL.
struct cancelled_error final : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace fetch

#endif
