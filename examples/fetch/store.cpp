#include "store.hpp"

#include "error.hpp"
#include "page.hpp"
#include "sqlite.hpp"
#include "text.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

namespace fetch {

namespace {

// "paip", in the header of every database of this program (PRAGMA application_id).
constexpr std::uint32_t our_application = 0x70616970;
constexpr std::int64_t our_layout = 1;

constexpr const char* create_tables = R"(
CREATE TABLE pages(
    url         TEXT PRIMARY KEY NOT NULL,
    final_url   TEXT NOT NULL,     -- after redirects
    status      INTEGER NOT NULL,  -- HTTP status, 0 for file URLs
    type        TEXT NOT NULL,     -- Content-Type
    bytes       INTEGER NOT NULL,  -- length of body
    hash        TEXT NOT NULL,     -- XXH3 64, hexadecimal, of body
    fetched_at  TEXT NOT NULL,     -- UTC, ISO 8601
    duration_ms INTEGER NOT NULL,
    body        BLOB NOT NULL);    -- last, so that the other columns are read without it
CREATE TABLE dead_letters(
    url         TEXT PRIMARY KEY NOT NULL,
    reason      TEXT NOT NULL,
    attempts    INTEGER NOT NULL,
    failed_at   TEXT NOT NULL);    -- UTC, ISO 8601, of the last attempt
PRAGMA application_id = 1885432176;
PRAGMA user_version = 1;
)";

std::string start_of(const sqlite_file& file) {
    return "database '" + printable(file.path()) + "': ";
}

input_error of_another_program(const sqlite_file& file) {
    return input_error(start_of(file) + "belongs to another program, not to paipa-fetch");
}

void check_or_create(sqlite_file& file) {
    const auto owner = file.application_in_header();
    if (owner && *owner != our_application && file.has_leftovers()) {
        throw of_another_program(file);  // reading it would merge them
    }
    // A row of a usual page fits in one of these. With SQLite's 4 KiB it takes four times the
    // writes.
    file.execute("PRAGMA page_size = 16384");  // of a new file
    sqlite_transaction transaction(file);      // two programs may make the same file at once
    const std::int64_t application = file.number("PRAGMA application_id");
    const std::int64_t layout = file.number("PRAGMA user_version");
    if (application == 0 && layout == 0 && file.number("SELECT count(*) FROM sqlite_schema") == 0) {
        file.execute(create_tables);
        transaction.commit();
        return;
    }
    if (application != our_application) {
        throw of_another_program(file);
    }
    if (layout != our_layout) {
        throw input_error(start_of(file) + "has layout " + std::to_string(layout) +
                          ", this paipa-fetch reads layout " + std::to_string(our_layout));
    }
}

}  // namespace

store::layout::layout(sqlite_file& file) {
    check_or_create(file);
    // A write-ahead log survives the death of the program, and lets others read meanwhile.
    file.text("PRAGMA journal_mode = WAL");
    file.execute("PRAGMA synchronous = NORMAL");
    (void)file.number("SELECT count(*) FROM sqlite_schema");  // opens the log
}

store::store(const std::string& path, limits bounds)
    : file_(path, bounds.busy_timeout),
      layout_(file_),
      identity_(file_.file_name()),
      log_identity_(file_.log_name()),
      insert_page_(file_,
                   "INSERT OR REPLACE INTO pages(url, final_url, status, type, bytes, hash,"
                   " fetched_at, duration_ms, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
      insert_dead_(file_,
                   "INSERT OR REPLACE INTO dead_letters(url, reason, attempts, failed_at)"
                   " SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS(SELECT 1 FROM pages WHERE url = ?1)"),
      remove_dead_(file_, "DELETE FROM dead_letters WHERE url = ?1") {
    if (bounds.max_bytes > 0) {
        const auto page_size = static_cast<std::uint64_t>(file_.number("PRAGMA page_size"));
        const std::uint64_t limit = std::max<std::uint64_t>(bounds.max_bytes / page_size, 1);
        file_.number(("PRAGMA max_page_count = " + std::to_string(limit)).c_str());
    }
}

void store::save(std::span<const page> pages, std::span<const dead_url> dead) {
    if (pages.empty() && dead.empty()) {
        return;
    }
    sqlite_transaction transaction(file_);
    for (const page& one : pages) {
        save_page(one);
    }
    for (const dead_url& one : dead) {
        save_dead(one);
    }
    transaction.commit();
    check_place();
}

void store::check_place() const {
    if (!identity_.is_still_at(file_.file_name()) || !log_identity_.is_still_at(file_.log_name())) {
        throw lost_error(
            start_of(file_) +
            "it was deleted, moved or replaced while it was in use, with what was stored in it");
    }
    if (!file_.has_header()) {
        throw lost_error(start_of(file_) + "it was overwritten or cut off while it was in use");
    }
}

void store::save_page(const page& one) {
    const std::string fetched_at = utc_text(one.fetched_at);
    insert_page_.bind(1, one.url);
    insert_page_.bind(2, one.final_url);
    insert_page_.bind(3, static_cast<std::int64_t>(one.status));
    insert_page_.bind(4, one.type);
    insert_page_.bind(5, static_cast<std::int64_t>(one.body.size()));
    insert_page_.bind(6, one.hash);
    insert_page_.bind(7, fetched_at);
    insert_page_.bind(8, static_cast<std::int64_t>(one.duration.count()));
    insert_page_.bind_bytes(9, one.body);
    insert_page_.run();
    remove_dead_.bind(1, one.url);
    remove_dead_.run();
}

void store::save_dead(const dead_url& one) {
    const std::string failed_at = utc_text(one.failed_at);
    insert_dead_.bind(1, one.url);
    insert_dead_.bind(2, one.reason);
    insert_dead_.bind(3, static_cast<std::int64_t>(one.attempts));
    insert_dead_.bind(4, failed_at);
    insert_dead_.run();
}

std::uint64_t store::pages() {
    return static_cast<std::uint64_t>(file_.number("SELECT count(*) FROM pages"));
}

std::uint64_t store::dead_letters() {
    return static_cast<std::uint64_t>(file_.number("SELECT count(*) FROM dead_letters"));
}

}  // namespace fetch
