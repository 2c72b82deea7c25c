#include "results/store_database.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "kernels/error.h"
#include "results/store_series.h"

namespace assay::results {

namespace fs = std::filesystem;

namespace {

/// An import of a million records holds the store for some tens of seconds.
constexpr int kBusyMilliseconds = 60000;

constexpr const char* kTables = R"(
CREATE TABLE run (
  id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT NOT NULL, suite TEXT NOT NULL,
  command TEXT NOT NULL, host TEXT NOT NULL, assay_version TEXT NOT NULL, plan TEXT NOT NULL,
  environment TEXT NOT NULL) STRICT;
CREATE TABLE environment (sha256 TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
CREATE TABLE record (
  sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL REFERENCES run (id),
  started TEXT NOT NULL, problem TEXT NOT NULL, operation TEXT NOT NULL, device TEXT NOT NULL,
  implementation TEXT NOT NULL, division TEXT NOT NULL, status TEXT NOT NULL,
  json TEXT NOT NULL, device_seconds BLOB NOT NULL, host_seconds BLOB NOT NULL) STRICT;
CREATE INDEX record_of_run ON record (run, started);
CREATE INDEX record_of_time ON record (started);
CREATE INDEX record_of_problem ON record (problem, device, implementation, started);
CREATE TRIGGER record_stays BEFORE UPDATE ON record
  BEGIN SELECT RAISE(ABORT, 'records are immutable'); END;
CREATE TRIGGER record_remains BEFORE DELETE ON record
  BEGIN SELECT RAISE(ABORT, 'records are immutable'); END;
CREATE TRIGGER environment_stays BEFORE UPDATE ON environment
  BEGIN SELECT RAISE(ABORT, 'environments are immutable'); END;
CREATE TRIGGER environment_remains BEFORE DELETE ON environment
  BEGIN SELECT RAISE(ABORT, 'environments are immutable'); END;
)";

enum class Content { none, store };

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

[[noreturn]] void refuse(const fs::path& file, const std::string& why, const std::string& mend) {
  throw InputError(fmt::format("store {}: {}", file.string(), why), mend);
}

/// Judges the file by the 100 bytes of SQLite's header (sqlite.org/fileformat.html, section 1.3):
/// magic, user version at 60, application at 68.
Content examine(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) return Content::none;
  if (status.type() == fs::file_type::directory) {
    refuse(file, "is a folder", "name a file, for example with --db FILE");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (error || !in) {
    refuse(file, fmt::format("cannot be read: {}", std::strerror(errno)),
           "check the file's permissions, or name another with --db or ASSAY_DB");
  }
  std::array<char, 100> header{};
  in.read(header.data(), header.size());
  if (in.gcount() == 0) return Content::none;
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  if (in.gcount() < 100 || std::string_view(header.data(), kMagic.size()) != kMagic) {
    refuse(file, "is not a store of assay", "name another file with --db or ASSAY_DB");
  }
  if (big_endian(&header[68]) != kStoreApplication) {
    refuse(file, "is the database of another application",
           "name another file with --db or ASSAY_DB");
  }
  const std::uint32_t schema = big_endian(&header[60]);
  if (schema > kStoreSchema) {
    refuse(file,
           fmt::format("has schema {}, newer than the newest that this assay reads, {}", schema,
                       kStoreSchema),
           fmt::format("upgrade assay to a version that reads store schema {}", schema));
  }
  return Content::store;
}

/// The path as SQLite's URI.
std::string uri(const fs::path& file, std::string_view parameters) {
  std::string out = "file:";
  for (const char c : fs::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + std::string(parameters);
}

fs::path log_of(const fs::path& file) {
  return file.string() + "-wal";
}

bool has_log(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(log_of(file), error);
  return !error && size > 0;
}

void make_folder_of(const fs::path& file) {
  std::error_code error;
  const fs::path folder = fs::absolute(file).parent_path();
  fs::create_directories(folder, error);
  if (error) {
    refuse(file, fmt::format("its folder cannot be made: {}", error.message()),
           "name another file with --db or ASSAY_DB");
  }
}

/// Makes the tables unless another process was quicker.
void create_tables(Database& database) {
  // A record is some kilobytes: several fit on a page, and fewer pages are written than of 4 KiB.
  database.execute("PRAGMA page_size = 16384");
  database.execute("BEGIN IMMEDIATE");
  bool empty = false;
  {
    Statement tables(database, "SELECT count(*) FROM sqlite_schema");
    tables.step();
    empty = tables.integer(0) == 0;
  }
  if (empty) {
    database.execute(kTables);
    database.execute(series_table());
    database.execute(fmt::format("PRAGMA application_id = {}", kStoreApplication).c_str());
    database.execute(fmt::format("PRAGMA user_version = {}", kStoreSchema).c_str());
  }
  database.execute("COMMIT");
}

/// SQLite does not wait for others when it changes the journal's mode.
void keep_log(Database& database) {
  constexpr int kTries = 200;
  for (int tries = 0; tries < kTries; ++tries) {
    const int code =
        sqlite3_exec(database.handle(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return;
    if (code != SQLITE_BUSY) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(kBusyMilliseconds / kTries));
  }
  database.fail("changing to a write-ahead log");
}

}  // namespace

Database::Database(fs::path path, const std::string& name, int flags) : path_(std::move(path)) {
  if (sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_URI, nullptr) != SQLITE_OK) {
    const std::string why = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
    sqlite3_close_v2(handle_);
    refuse(path_, fmt::format("cannot be opened: {}", why),
           "check the permissions of the file and of its folder");
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyMilliseconds);
}

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)),
      copy_(std::exchange(other.copy_, {})),
      handle_(std::exchange(other.handle_, nullptr)) {}

Database::~Database() {
  sqlite3_close_v2(handle_);
  std::error_code ignored;
  if (!copy_.empty()) fs::remove_all(copy_, ignored);
}

Database Database::open_for_writing(const fs::path& file) {
  const Content content = examine(file);
  if (content == Content::none) make_folder_of(file);
  Database database(file, uri(file, ""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_db_readonly(database.handle_, "main") == 1) {
    refuse(file, "cannot be written", "check the permissions of the file and of its folder");
  }
  if (content == Content::none) create_tables(database);
  keep_log(database);
  database.execute("PRAGMA synchronous = FULL");
  // In KiB, taken as it is needed: pages of the indexes, which grow at random places, stay in
  // memory until a transaction of many records is committed.
  database.execute("PRAGMA cache_size = -131072");
  database.execute("PRAGMA foreign_keys = ON");
  return database;
}

Database Database::open_for_reading(const fs::path& file) {
  if (examine(file) == Content::none) {
    refuse(file, fs::exists(file) ? "is empty" : "there is no such file",
           "`assay run` makes a store; --db or ASSAY_DB names another");
  }
  const bool pending = has_log(file);
  Database database = open_in_place(file, pending);
  if (database.readable()) return database;
  const int code = sqlite3_errcode(database.handle_) & 0xff;
  if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY) database.fail("reading");
  return open_unwritable(file, pending);
}

Database Database::open_in_place(const fs::path& file, bool pending) {
  // The last connection to a clean store takes SQLite's helper files away again, but only where it
  // was allowed to write; query_only keeps it from writing anything else. A log that is not yet in
  // the file must stay one, so there the connection may not write at all.
  Database database(file, uri(file, ""), pending ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  sqlite3_exec(database.handle_, "PRAGMA query_only = ON", nullptr, nullptr, nullptr);
  return database;
}

Database Database::open_unwritable(const fs::path& file, bool pending) {
  if (!pending) return Database(file, uri(file, "?immutable=1"), SQLITE_OPEN_READONLY);
  std::string folder = (fs::temp_directory_path() / "assay-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    refuse(file,
           fmt::format("lies in a folder that cannot be written, and no copy can be made: {}",
                       std::strerror(errno)),
           "copy the store and its -wal file elsewhere");
  }
  const fs::path copy = fs::path(folder) / "store.db";
  fs::copy_file(file, copy);
  fs::copy_file(log_of(file), log_of(copy));
  Database database(file, uri(copy, ""), SQLITE_OPEN_READWRITE);
  database.copy_ = folder;
  database.execute("PRAGMA query_only = ON");
  return database;
}

bool Database::readable() {
  return sqlite3_exec(handle_, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) ==
         SQLITE_OK;
}

void Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail("preparing");
}

void Database::fail(const std::string& doing) const {
  const std::string what =
      fmt::format("store {}: {}: {}", path_.string(), doing, sqlite3_errmsg(handle_));
  switch (sqlite3_errcode(handle_) & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw InputError(what, "the file is damaged: restore a copy, or try sqlite3's .recover");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw InputError(what, "check the permissions of the file and of its folder");
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw InputError(what, "make room on the disk, or name another file with --db or ASSAY_DB");
    case SQLITE_BUSY:
      throw Error(what, "another process holds the store; try again when it is done");
    default:
      throw Error(what);
  }
}

Statement::Statement(const Database& database, std::string_view sql) : database_(database) {
  if (sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()), &handle_,
                         nullptr) != SQLITE_OK) {
    database.fail("reading");
  }
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement& Statement::bind(int parameter, std::string_view text) {
  sqlite3_bind_text64(handle_, parameter, text.data() ? text.data() : "", text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_kept(int parameter, std::string_view text) {
  sqlite3_bind_text64(handle_, parameter, text.data() ? text.data() : "", text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(handle_, parameter, value);
  return *this;
}

Statement& Statement::bind(int parameter, std::span<const double> values) {
  if constexpr (std::endian::native == std::endian::little) {
    // A null pointer would bind NULL.
    sqlite3_bind_blob64(handle_, parameter,
                        values.empty() ? "" : static_cast<const void*>(values.data()),
                        values.size_bytes(), SQLITE_TRANSIENT);
  } else {
    std::vector<char> bytes(values.size_bytes());
    std::memcpy(bytes.data(), values.data(), bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += 8) {
      std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                   bytes.begin() + static_cast<std::ptrdiff_t>(i + 8));
    }
    sqlite3_bind_blob64(handle_, parameter, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_TRANSIENT);
  }
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail("reading or writing");
  return false;
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)))
              : std::string();
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::optional<double> Statement::real(int column) const {
  if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(handle_, column);
}

std::vector<double> Statement::doubles(int column) const {
  const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(handle_, column));
  std::vector<double> values(static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)) / 8);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t byte = 8; byte-- > 0;) bits = bits << 8 | bytes[8 * i + byte];
    values[i] = std::bit_cast<double>(bits);
  }
  return values;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!committed_) sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
  database_.execute("COMMIT");
  committed_ = true;
}

}  // namespace assay::results
