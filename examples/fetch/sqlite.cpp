#include "sqlite.hpp"

#include "error.hpp"
#include "text.hpp"

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <new>
#include <optional>
#include <poll.h>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

namespace fetch {

namespace {

constexpr int header_size = 100;

std::string start_of(const std::string& path) {
    return "database '" + printable(path) + "': ";
}

// SQLite has names that keep nothing: an empty one, and this.
void check_place(const std::string& path) {
    if (path.empty() || path == ":memory:" || path.starts_with("file:")) {
        throw input_error(start_of(path) + "want the name of a file; write ./" + printable(path) +
                          " when it is one");
    }
    std::error_code none;
    const auto found = std::filesystem::status(path, none);
    if (std::filesystem::is_directory(found)) {
        throw input_error(start_of(path) + "it is a directory");
    }
    if (std::filesystem::exists(found) && !std::filesystem::is_regular_file(found)) {
        throw input_error(start_of(path) + "it is no regular file, and would keep nothing");
    }
}

bool is_on_read_only_file_system(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    struct statvfs system{};
    return statvfs(folder.c_str(), &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
}

// SQLite tells of its second try, to read only.
int opening_error(const std::string& path, sqlite3* handle) {
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    if (access(path.c_str(), F_OK) != 0 && access(folder.c_str(), W_OK | X_OK) != 0) {
        return errno;
    }
    return sqlite3_system_errno(handle);
}

}  // namespace

sqlite_file::sqlite_file(const std::string& path, std::chrono::milliseconds busy_timeout)
    : path_(path), busy_timeout_(busy_timeout) {
    check_place(path);
    const int code =
        sqlite3_open_v2(path.c_str(), &handle_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    try {
        if (code != SQLITE_OK) {
            fail(code);
        }
        // SQLite itself would take a file of one byte for an empty one, and write over it.
        std::error_code none;
        if (std::filesystem::file_size(path, none) > 0 && !none && !has_header()) {
            fail(SQLITE_NOTADB);
        }
    } catch (...) {
        sqlite3_close(handle_);
        throw;
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_handler(handle_, &sqlite_file::wait_for_lock, this);
}

sqlite_file::~sqlite_file() {
    sqlite3_close(handle_);
}

void sqlite_file::fail(int code) const {
    const std::string where = start_of(path_);
    const int kind = code & 0xff;
    if ((kind == SQLITE_CANTOPEN || kind == SQLITE_READONLY || kind == SQLITE_PERM) &&
        is_on_read_only_file_system(path_)) {
        throw input_error(where + "on a read-only file system");
    }
    switch (kind) {
        case SQLITE_NOMEM:
            throw std::bad_alloc();
        case SQLITE_NOTADB:
            throw input_error(where + "not an SQLite database");
        case SQLITE_CANTOPEN:
            throw input_error(where + "cannot open it: " +
                              std::generic_category().message(opening_error(path_, handle_)));
        case SQLITE_READONLY:
        case SQLITE_PERM:
            throw input_error(where + "not writable");
        case SQLITE_FULL:
            throw database_error(where + "no space left");
        case SQLITE_IOERR:
            if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC ||
                code == SQLITE_IOERR_TRUNCATE || code == SQLITE_IOERR_SHMSIZE) {
                throw database_error(
                    where + "cannot write: no space, a quota, or a limit on the size of files");
            }
            throw database_error(where + sqlite3_errstr(code));
        case SQLITE_BUSY:
            if (stop_.stop_requested()) {
                throw cancelled_error(where + "locked by another program");
            }
            throw database_error(where + "locked by another program for " + seconds_text(waited_));
        default:
            throw lost_error(where + "damaged or changed: " + sqlite3_errmsg(handle_));
    }
}

void sqlite_file::execute(const char* sql) {
    const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
    }
}

std::int64_t sqlite_file::number(const char* sql) {
    sqlite_statement statement(*this, sql);
    return statement.step() ? statement.number(0) : 0;
}

std::string sqlite_file::text(const char* sql) {
    sqlite_statement statement(*this, sql);
    return statement.step() ? statement.text(0) : std::string();
}

int sqlite_file::wait_for_lock(void* self, int waits) {
    using clock = std::chrono::steady_clock;
    constexpr int step_milliseconds = 20;
    auto& file = *static_cast<sqlite_file*>(self);
    if (waits == 0) {
        file.locked_since_ = clock::now();
    }
    file.waited_ = clock::now() - file.locked_since_;
    if (file.waited_ >= file.busy_timeout_ || file.stop_.stop_requested()) {
        return 0;
    }
    poll(nullptr, 0, step_milliseconds);
    return 1;
}

// Read by SQLite's own descriptor: another one, when it is closed, takes this process's locks off
// the file (POSIX).
std::string sqlite_file::header() const {
    std::string bytes(header_size, '\0');
    sqlite3_file* file = nullptr;
    const bool is_read =
        sqlite3_file_control(handle_, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
        file->pMethods->xRead(file, bytes.data(), header_size, 0) == SQLITE_OK;
    return is_read ? bytes : "";
}

bool sqlite_file::has_header() const {
    constexpr std::string_view magic("SQLite format 3\0", 16);
    return header().starts_with(magic);
}

std::optional<std::uint32_t> sqlite_file::application_in_header() const {
    constexpr std::size_t place = 68;  // big-endian, https://sqlite.org/fileformat.html
    const std::string bytes = header();
    if (bytes.empty()) {
        return std::nullopt;
    }
    std::uint32_t id = 0;
    for (std::size_t at = place; at < place + sizeof id; ++at) {
        id = id << 8U | static_cast<unsigned char>(bytes[at]);
    }
    return id;
}

bool sqlite_file::has_leftovers() const {
    const char* const name = sqlite3_db_filename(handle_, "main");
    std::error_code none;
    return std::filesystem::exists(sqlite3_filename_wal(name), none) ||
           std::filesystem::exists(sqlite3_filename_journal(name), none);
}

std::string sqlite_file::file_name() const {
    return sqlite3_db_filename(handle_, "main");
}

std::string sqlite_file::log_name() const {
    return sqlite3_filename_wal(sqlite3_db_filename(handle_, "main"));
}

bool sqlite_file::is_in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_) == 0;
}

sqlite_statement::sqlite_statement(sqlite_file& file, const char* sql) : file_(file) {
    const int code =
        sqlite3_prepare_v3(file.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) {
        file.fail(code);
    }
}

sqlite_statement::~sqlite_statement() {
    sqlite3_finalize(handle_);
}

void sqlite_statement::bind(int parameter, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(handle_, parameter, value); code != SQLITE_OK) {
        file_.fail(code);
    }
}

void sqlite_statement::bind(int parameter, std::string_view value) {
    const int code = sqlite3_bind_text64(handle_, parameter, value.data(), value.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) {
        file_.fail(code);
    }
}

void sqlite_statement::bind_bytes(int parameter, std::string_view value) {
    const int code =
        sqlite3_bind_blob64(handle_, parameter, value.data(), value.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) {
        file_.fail(code);
    }
}

bool sqlite_statement::step() {
    const int code = sqlite3_step(handle_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        file_.fail(code);
    }
    return code == SQLITE_ROW;
}

std::int64_t sqlite_statement::number(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string sqlite_statement::text(int column) const {
    const void* const bytes = sqlite3_column_blob(handle_, column);
    if (bytes == nullptr) {
        return {};
    }
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
    return {static_cast<const char*>(bytes), size};
}

void sqlite_statement::reset() noexcept {
    sqlite3_reset(handle_);
    sqlite3_clear_bindings(handle_);
}

void sqlite_statement::run() {
    try {
        step();
    } catch (...) {
        reset();
        throw;
    }
    reset();
}

sqlite_transaction::sqlite_transaction(sqlite_file& file) : file_(file) {
    file.execute("BEGIN IMMEDIATE");
}

sqlite_transaction::~sqlite_transaction() {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    // Where this fails, the next program that opens the file rolls back.
    if (file_.is_in_transaction()) {
        sqlite3_exec(file_.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void sqlite_transaction::commit() {
    file_.execute("COMMIT");
}

}  // namespace fetch
