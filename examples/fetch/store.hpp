#ifndef PAIPA_FETCH_STORE_HPP
#define PAIPA_FETCH_STORE_HPP

#include "page.hpp"
#include "sqlite.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace fetch {

/// The database of pages and dead letters.
///
/// A killed program loses at most the transaction that was open: the file is always whole.
/// Threads: one thread at a time.
/// Errors:  `input_error` from the constructor when the file is no database, or another
///          program's; `database_error` when the disk is full or the file fails later.
class store {
public:
    /// Opens the file, or makes it. `max_bytes` bounds its size; 0 means as large as the disk.
    explicit store(const std::string& path, std::uint64_t max_bytes = 0);

    [[nodiscard]] bool has_page(const std::string& url);

    /// Writes all of it in one transaction, or nothing.
    ///
    /// A page replaces an older one of the same URL and takes it off the dead letters; a dead
    /// letter replaces the older one of its URL, and is left out when the page is stored.
    void save(std::span<const page> pages, std::span<const dead_url> dead);

    [[nodiscard]] std::uint64_t pages();
    [[nodiscard]] std::uint64_t dead_letters();

private:
    void save_page(const page& one);
    void save_dead(const dead_url& one);

    sqlite_file file_;  // first member: the statements need it

    struct layout {
        explicit layout(sqlite_file& file);
    } layout_;  // checks the file, or fills a new one, before any statement is prepared

    sqlite_statement find_page_;
    sqlite_statement insert_page_;
    sqlite_statement insert_dead_;
    sqlite_statement remove_dead_;
};

}  // namespace fetch

#endif
