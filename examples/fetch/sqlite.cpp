#include "sqlite.hpp"

#include "error.hpp"
#include "text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <new>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <system_error>

namespace fetch {

namespace {

constexpr int busy_milliseconds = 10'000;

std::string start_of(const std::string& path) {
    return "database '" + printable(path) + "': ";
}

// SQLite itself would take a file of one byte for an empty one, and write over it.
void check_header(const std::string& path) {
    constexpr std::string_view magic("SQLite format 3\0", 16);
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) {
        throw input_error(start_of(path) + "it is a directory");
    }
    std::ifstream in(path, std::ios::binary);
    std::array<char, magic.size()> header{};
    in.read(header.data(), header.size());
    const auto got = static_cast<std::size_t>(in.gcount());
    if (got > 0 && std::string_view(header.data(), got) != magic) {
        throw input_error(start_of(path) + "not an SQLite database");
    }
}

}  // namespace

sqlite_file::sqlite_file(const std::string& path) : path_(path) {
    check_header(path);
    const int code =
        sqlite3_open_v2(path.c_str(), &handle_,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        try {
            fail(code);
        } catch (...) {
            sqlite3_close(handle_);
            throw;
        }
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, busy_milliseconds);
}

sqlite_file::~sqlite_file() {
    sqlite3_close(handle_);
}

void sqlite_file::fail(int code) const {
    const std::string where = start_of(path_);
    switch (code & 0xff) {
        case SQLITE_NOMEM:
            throw std::bad_alloc();
        case SQLITE_NOTADB:
            throw input_error(where + "not an SQLite database");
        case SQLITE_CANTOPEN:
            throw input_error(where + "cannot open it: " +
                              std::generic_category().message(sqlite3_system_errno(handle_)));
        case SQLITE_READONLY:
        case SQLITE_PERM:
            throw input_error(where + "not writable");
        case SQLITE_FULL:
            throw database_error(where + "no space left");
        case SQLITE_IOERR:
            if (code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC) {
                throw database_error(
                    where + "cannot write: no space, a quota, or a limit on the size of files");
            }
            throw database_error(where + sqlite3_errstr(code));
        case SQLITE_BUSY:
            throw database_error(where + "locked by another program");
        default:
            throw database_error(where + sqlite3_errmsg(handle_));
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
