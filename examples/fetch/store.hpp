#ifndef PAIPA_FETCH_STORE_HPP
#define PAIPA_FETCH_STORE_HPP

#include "file_identity.hpp"
#include "page.hpp"
#include "sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

namespace fetch {

/// The database of pages and dead letters.
///
/// A killed program loses at most the transaction that was open: the file is always whole.
/// Threads: one thread at a time.
/// Errors:  `input_error` from the constructor when the file is no database, or another
///          program's; `database_error` when the disk is full or the file fails later.
///          `lost_error` when the file was deleted, replaced or damaged meanwhile.
class store {
public:
    struct limits {
        std::uint64_t max_bytes = 0;  // size of the file; 0: as large as the disk
        std::chrono::milliseconds busy_timeout{30'000};  // wait for another program's lock
    };

    /// Opens the file, or makes it.
    explicit store(const std::string& path, limits bounds);

    explicit store(const std::string& path) : store(path, limits{}) {}

    /// Writes all of it in one transaction, or nothing.
    ///
    /// A page replaces an older one of the same URL and takes it off the dead letters; a dead
    /// letter replaces the older one of its URL, and is left out when the page is stored.
    void save(std::span<const page> pages, std::span<const dead_url> dead);

    /// From now on a wait for another program's lock ends when this stop is requested.
    void stop_waiting_on(std::stop_token stop) { file_.stop_waiting_on(std::move(stop)); }

    /// Errors: `lost_error` unless the file that was opened is still the one at its path.
    void check_place() const;

    [[nodiscard]] std::uint64_t pages();
    [[nodiscard]] std::uint64_t dead_letters();

private:
    void save_page(const page& one);
    void save_dead(const dead_url& one);

    sqlite_file file_;  // first member: the statements need it

    struct layout {
        explicit layout(sqlite_file& file);
    } layout_;  // checks the file, or fills a new one, before any statement is prepared

    file_identity identity_;
    file_identity log_identity_;  // SQLite keeps the log while the file is open
    sqlite_statement insert_page_;
    sqlite_statement insert_dead_;
    sqlite_statement remove_dead_;
};

}  // namespace fetch

#endif
