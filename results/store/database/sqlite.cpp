// A store in one file, by SQLite (WAL).
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include "kernels/error.h"
#include "results/process/temporary_folder.h"
#include "results/store/database/connection.h"
#include "results/store/database/schema.h"
#include "results/store/database/sqlite_file.h"

namespace assay::results::store {

namespace fs = std::filesystem;

namespace {

/// An import of a million records locks the store for some tens of seconds.
constexpr int kBusyMilliseconds = 60000;

constexpr Dialect kSqliteDialect = {.sequence = "INTEGER PRIMARY KEY",
                                    .rowid = "",  // every table has this column by default
                                    .text = "TEXT",
                                    .integer = "INTEGER",
                                    .bytes = "BLOB",
                                    .table = "STRICT",
                                    .keyed_table = "STRICT, WITHOUT ROWID",
                                    .immutable = R"(
CREATE TRIGGER record_stays BEFORE UPDATE ON record
  BEGIN SELECT RAISE(ABORT, 'records are immutable'); END;
CREATE TRIGGER record_remains BEFORE DELETE ON record
  BEGIN SELECT RAISE(ABORT, 'records are immutable'); END;
CREATE TRIGGER environment_stays BEFORE UPDATE ON environment
  BEGIN SELECT RAISE(ABORT, 'environments are immutable'); END;
CREATE TRIGGER environment_remains BEFORE DELETE ON environment
  BEGIN SELECT RAISE(ABORT, 'environments are immutable'); END;
)"};

/// An open database file; the destructor closes it.
class Handle {
 public:
  Handle(const fs::path& file, const std::string& name, int flags) {
    if (sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_URI, nullptr) != SQLITE_OK) {
      const std::string why = handle_ ? sqlite3_errmsg(handle_) : "out of memory";
      sqlite3_close_v2(handle_);
      refuse(file, fmt::format("cannot be opened: {}", why),
             "check the permissions of the file and of its folder");
    }
    sqlite3_extended_result_codes(handle_, 1);
    sqlite3_busy_timeout(handle_, kBusyMilliseconds);
  }
  Handle(Handle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() { sqlite3_close_v2(handle_); }

  operator sqlite3*() const { return handle_; }  // NOLINT(google-explicit-constructor)
  int try_to(const char* sql) const {
    return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* kElsewhere =
    "put the store on a local disk (--db or ASSAY_DB), or use a PostgreSQL server";

/// Whether the file system refused to lock the file or to map shared memory.
bool is_of_file_system(sqlite3* handle) {
  switch (sqlite3_extended_errcode(handle)) {
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMSIZE:
    case SQLITE_IOERR_SHMLOCK:
    case SQLITE_IOERR_SHMMAP:
      return true;
    default:
      return false;
  }
}

/// Whether no memory can be shared because there is no room for it: its file has pages of its own.
bool is_full(const fs::path& file) {
  constexpr std::uintmax_t kLeast = 64 << 10;
  std::error_code error;
  const fs::space_info space = fs::space(fs::absolute(file).parent_path(), error);
  return !error && space.available < kLeast;
}

/// Throws the last failure: InputError if the file is the cause, Error otherwise.
[[noreturn]] void fail(sqlite3* handle, const fs::path& file, std::string_view doing) {
  const std::string what =
      fmt::format("store {}: {}: {}", file.string(), doing, sqlite3_errmsg(handle));
  const int cause = sqlite3_system_errno(handle);
  if (is_of_file_system(handle) && is_full(file)) {
    throw Error(fmt::format("{}: its file system is full", what),
                "free space on the disk, or name another file");
  }
  if (is_of_file_system(handle) ||
      (sqlite3_errcode(handle) == SQLITE_BUSY && (cause == ENOLCK || cause == ENOSYS))) {
    throw Error(fmt::format("{}: its file system does not lock files or share memory", what),
                kElsewhere);
  }
  switch (sqlite3_errcode(handle) & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw InputError(what, "the file is damaged: restore a backup, or try sqlite3's .recover");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw InputError(what, "check the permissions of the file and of its folder");
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Error(what, "free space on the disk, or name another file");
    case SQLITE_BUSY:
      throw Error(what, "another process holds the store; try again when it is done");
    default:
      throw Error(what);
  }
}

class FileStatement final : public Prepared {
 public:
  FileStatement(sqlite3* database, const fs::path& file, std::string_view sql)
      : database_(database), file_(file) {
    if (sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr) !=
        SQLITE_OK) {
      fail(database, file, "reading");
    }
  }
  ~FileStatement() override { sqlite3_finalize(handle_); }

  void bind_text(int parameter, std::string_view text, bool copy) override {
    // Do not pass a null pointer: it would bind NULL.
    sqlite3_bind_text64(handle_, parameter, text.data() ? text.data() : "", text.size(),
                        copy ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
  }
  void bind_integer(int parameter, std::int64_t value) override {
    sqlite3_bind_int64(handle_, parameter, value);
  }
  void bind_bytes(int parameter, std::string_view bytes) override {
    sqlite3_bind_blob64(handle_, parameter, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_TRANSIENT);
  }

  bool step() override {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(database_, file_, "reading or writing");
    return false;
  }
  void reset() override { sqlite3_reset(handle_); }

  std::string_view text(int column) const override {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return text ? std::string_view(text, size_of(column)) : std::string_view();
  }
  std::int64_t integer(int column) const override { return sqlite3_column_int64(handle_, column); }
  std::string_view bytes(int column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    return bytes ? std::string_view(bytes, size_of(column)) : std::string_view();
  }

  void run() override {
    step();
    reset();
    changed_ += static_cast<std::size_t>(sqlite3_changes64(database_));
  }
  std::size_t changed() override { return changed_; }

 private:
  std::size_t size_of(int column) const {
    return static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  }

  sqlite3* database_;
  const fs::path& file_;
  sqlite3_stmt* handle_ = nullptr;
  std::size_t changed_ = 0;
};

class FileConnection final : public Connection {
 public:
  /// `copy` is the folder of a temporary copy.
  FileConnection(fs::path file, Handle handle, std::unique_ptr<process::TemporaryFolder> copy = {})
      : file_(std::move(file)), copy_(std::move(copy)), handle_(std::move(handle)) {}

  const Dialect& dialect() const override { return kSqliteDialect; }
  std::unique_ptr<Prepared> prepare(std::string_view sql) override {
    return std::make_unique<FileStatement>(handle_, file_, sql);
  }
  void execute(const std::string& sql) override {
    if (handle_.try_to(sql.c_str()) != SQLITE_OK) fail(handle_, file_, "preparing");
  }

  void begin() override { execute("BEGIN IMMEDIATE"); }
  void commit() override { execute("COMMIT"); }
  void roll_back() noexcept override { handle_.try_to("ROLLBACK"); }

  int schema() override {
    FileStatement version(handle_, file_, "PRAGMA user_version");
    version.step();
    return static_cast<int>(version.integer(0));
  }
  void set_schema(int schema) override {
    execute(fmt::format("PRAGMA application_id = {}", kStoreApplication));
    execute(fmt::format("PRAGMA user_version = {}", schema));
  }

  bool has_table(std::string_view name) override {
    FileStatement row(handle_, file_, "SELECT count(*) FROM sqlite_schema WHERE name = ?1");
    row.bind_text(1, name, true);
    row.step();
    return row.integer(0) > 0;
  }
  void require_tables() { store::require_tables(file_.string(), has_table("evidence")); }

  /// SQLite does not wait for other processes when it changes the journal mode, so this retries.
  void keep_log(bool shares_memory) {
    constexpr int kTries = 200;
    const char* const mode =
        shares_memory ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = TRUNCATE";
    for (int tries = 0; tries < kTries; ++tries) {
      const int code = handle_.try_to(mode);
      if (code == SQLITE_OK) return;
      if (code != SQLITE_BUSY) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(kBusyMilliseconds / kTries));
    }
    fail(handle_, file_, "changing the journal");
  }

 private:
  fs::path file_;
  std::unique_ptr<process::TemporaryFolder> copy_;
  Handle handle_;
};

std::unique_ptr<FileConnection> open_for_writing(const fs::path& file) {
  const Content content = examine(file);
  if (content == Content::none) make_folder_of(file);
  Handle handle(file, uri(file, ""), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_db_readonly(handle, "main") == 1) {
    refuse(file, "cannot be written", "check the permissions of the file and of its folder");
  }
  auto connection = std::make_unique<FileConnection>(file, std::move(handle));
  const bool shares_memory = can_share_memory(file);
  // A write-ahead log of another machine is readable without shared memory if nobody else has it.
  if (!shares_memory) connection->execute("PRAGMA locking_mode = EXCLUSIVE");
  if (content == Content::none) {
    // A record takes a few kilobytes. With this page size several fit on a page, and fewer pages
    // are written than with 4 KiB pages.
    connection->execute("PRAGMA page_size = 16384");
    make_tables(*connection);
  }
  connection->require_tables();
  connection->keep_log(shares_memory);
  if (!shares_memory) connection->execute("PRAGMA locking_mode = NORMAL");
  connection->execute("PRAGMA synchronous = FULL");
  // In KiB, allocated on demand. Index pages change at random places; with this size they stay in
  // memory until a transaction with many records is committed.
  connection->execute("PRAGMA cache_size = -131072");
  connection->execute("PRAGMA foreign_keys = ON");
  if (!connection->has_table("point")) add_points(*connection);
  return connection;
}

std::unique_ptr<FileConnection> open_unwritable(const fs::path& file, bool pending) {
  if (!pending) {
    return std::make_unique<FileConnection>(
        file, Handle(file, uri(file, "?immutable=1"), SQLITE_OPEN_READONLY));
  }
  std::unique_ptr<process::TemporaryFolder> folder;
  try {
    folder = std::make_unique<process::TemporaryFolder>("store");
  } catch (const Error& error) {
    refuse(file,
           fmt::format("is in a folder that cannot be written, and it cannot be copied: {}",
                       error.what()),
           "copy the store and its -wal file elsewhere");
  }
  const fs::path copy = fs::path(folder->path()) / "store.db";
  fs::copy_file(file, copy);
  fs::copy_file(log_of(file), log_of(copy));
  auto connection = std::make_unique<FileConnection>(
      file, Handle(file, uri(copy, ""), SQLITE_OPEN_READWRITE), std::move(folder));
  connection->execute("PRAGMA query_only = ON");
  return connection;
}

std::unique_ptr<FileConnection> open_for_reading(const fs::path& file) {
  if (examine(file) == Content::none) {
    refuse(file, fs::exists(file) ? "is empty" : "there is no such file",
           "name an existing store; opening a file for writing creates one");
  }
  const bool pending = has_log(file);
  // The last connection to a cleanly closed store removes SQLite's helper files, but only if it may
  // write; query_only prevents it from writing anything else. If the log has changes that are not
  // yet in the file, the log must stay, so the connection must not write at all.
  Handle handle(file, uri(file, ""), pending ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
  handle.try_to("PRAGMA query_only = ON");
  if (handle.try_to("SELECT count(*) FROM sqlite_schema") == SQLITE_OK) {
    return std::make_unique<FileConnection>(file, std::move(handle));
  }
  const int code = sqlite3_errcode(handle) & 0xff;
  const bool unshared = sqlite3_extended_errcode(handle) == SQLITE_IOERR_SHMMAP;
  if (code != SQLITE_CANTOPEN && code != SQLITE_READONLY && !unshared) {
    fail(handle, file, "reading");
  }
  return open_unwritable(file, pending);
}

}  // namespace

std::unique_ptr<Connection> open_file(const fs::path& file, Access access) {
  if (access == Access::write) return open_for_writing(file);
  auto connection = open_for_reading(file);
  connection->require_tables();
  return connection;
}

}  // namespace assay::results::store
