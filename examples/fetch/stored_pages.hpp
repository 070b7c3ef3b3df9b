#ifndef PAIPA_FETCH_STORED_PAGES_HPP
#define PAIPA_FETCH_STORED_PAGES_HPP

#include "sqlite.hpp"

#include <string>

namespace fetch {

/// Tells what a database has already, on a connection of its own: a `store` may write meanwhile. Of
/// a database that was empty at first it tells nothing, and so costs nothing.
///
/// Threads: one thread at a time.
/// Errors:  those of `sqlite_file`; the file must have been opened by a `store` before.
class stored_pages {
public:
    explicit stored_pages(const std::string& path) : file_(path) {}

    [[nodiscard]] bool has(const std::string& url);

private:
    sqlite_file file_;
    bool is_empty_ = file_.number("SELECT count(*) FROM (SELECT 1 FROM pages LIMIT 1)") == 0;
    sqlite_statement find_{file_, "SELECT 1 FROM pages WHERE url = ?1"};
};

}  // namespace fetch

#endif
