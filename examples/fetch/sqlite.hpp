#ifndef PAIPA_FETCH_SQLITE_HPP
#define PAIPA_FETCH_SQLITE_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace fetch {

/// A connection to an SQLite file, closed by the destructor.
///
/// Threads: one thread at a time.
/// Errors:  `input_error` when the file cannot be used as a database (not a database, no place
///          that keeps anything, cannot be opened, not writable), `database_error` for all that
///          happens later and `lost_error` where the file is damaged. The text names the file.
class sqlite_file {
public:
    /// Waits up to `busy_timeout` where another program holds a lock.
    explicit sqlite_file(const std::string& path,
                         std::chrono::milliseconds busy_timeout = std::chrono::seconds(30));
    sqlite_file(const sqlite_file&) = delete;
    sqlite_file& operator=(const sqlite_file&) = delete;
    ~sqlite_file();

    /// Runs statements that return nothing.
    void execute(const char* sql);
    /// The first column of the first row.
    std::int64_t number(const char* sql);
    std::string text(const char* sql);

    [[nodiscard]] bool is_in_transaction() const noexcept;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// From now on a wait for another program's lock ends when this stop is requested.
    void stop_waiting_on(std::stop_token stop) { stop_ = std::move(stop); }

    /// Whether the file begins as a database does.
    [[nodiscard]] bool has_header() const;
    /// PRAGMA application_id, as it is in the file, without its log; nullopt: an empty file.
    [[nodiscard]] std::optional<std::uint32_t> application_in_header() const;
    /// Whether a log or a journal lies beside the file, which the first statement would merge.
    [[nodiscard]] bool has_leftovers() const;

    /// The absolute paths of the file and of its write-ahead log.
    [[nodiscard]] std::string file_name() const;
    [[nodiscard]] std::string log_name() const;

private:
    friend class sqlite_statement;
    friend class sqlite_transaction;
    [[noreturn]] void fail(int code) const;
    [[nodiscard]] std::string header() const;
    static int wait_for_lock(void* self, int waits);

    std::string path_;
    std::chrono::milliseconds busy_timeout_;
    std::stop_token stop_;
    std::chrono::steady_clock::time_point locked_since_;
    std::chrono::duration<double> waited_{};  // for the last lock
    sqlite3* handle_ = nullptr;               // owned
};

/// A prepared statement, used again and again; `file` must outlive it.
class sqlite_statement {
public:
    sqlite_statement(sqlite_file& file, const char* sql);
    sqlite_statement(const sqlite_statement&) = delete;
    sqlite_statement& operator=(const sqlite_statement&) = delete;
    ~sqlite_statement();

    /// Parameters count from 1. The bytes must stay as they are until `reset`.
    void bind(int parameter, std::int64_t value);
    void bind(int parameter, std::string_view value);
    void bind_bytes(int parameter, std::string_view value);

    /// True when there is a row to look at.
    bool step();
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] std::string text(int column) const;

    /// Ready for the next use; forgets the values.
    void reset() noexcept;

    /// For statements without rows: step, then reset, whatever happens.
    void run();

private:
    sqlite_file& file_;
    sqlite3_stmt* handle_ = nullptr;  // owned
};

/// BEGIN IMMEDIATE; rolled back by the destructor unless committed.
class sqlite_transaction {
public:
    explicit sqlite_transaction(sqlite_file& file);
    sqlite_transaction(const sqlite_transaction&) = delete;
    sqlite_transaction& operator=(const sqlite_transaction&) = delete;
    ~sqlite_transaction();

    void commit();

private:
    sqlite_file& file_;
};

}  // namespace fetch

#endif
