// One SQLite connection and its statements, with errors that name the file.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results {

inline constexpr int kStoreSchema = 2;
/// "Asay", in SQLite's header at byte 68.
inline constexpr std::uint32_t kStoreApplication = 0x41736179;

/// A store's connection. Not to be used by two threads at once.
class Database {
 public:
  /// Makes the file and its folder where there is none. Both look at the file's header before
  /// SQLite does, so that what is not a store stays untouched, and throw InputError.
  static Database open_for_writing(const std::filesystem::path& file);
  /// Changes no byte of the file. A store in a folder that cannot be written is read in place where
  /// it was closed cleanly, else through a copy in the temporary folder.
  static Database open_for_reading(const std::filesystem::path& file);

  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  void execute(const char* sql);
  /// The last failure as an exception: InputError where the file is at fault, Error otherwise.
  [[noreturn]] void fail(const std::string& doing) const;
  sqlite3* handle() const { return handle_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  Database(std::filesystem::path path, const std::string& name, int flags);
  static Database open_in_place(const std::filesystem::path& file, bool pending);
  static Database open_unwritable(const std::filesystem::path& file, bool pending);
  bool readable();

  std::filesystem::path path_;
  std::filesystem::path copy_;  // folder of a temporary copy, removed at the end
  sqlite3* handle_ = nullptr;
};

/// A prepared statement; parameters are numbered from 1, columns from 0.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& bind(int parameter, std::string_view text);
  /// Without a copy: the text must stay as it is until the statement is reset or bound anew.
  Statement& bind_kept(int parameter, std::string_view text);
  Statement& bind(int parameter, std::int64_t value);
  /// Doubles as little-endian bytes.
  Statement& bind(int parameter, std::span<const double> values);
  /// True while there is a row.
  bool step();
  /// Ready to be bound and run again.
  void reset();
  std::string text(int column) const;
  std::int64_t integer(int column) const;
  std::optional<double> real(int column) const;  ///< none where it is NULL
  std::vector<double> doubles(int column) const;

 private:
  const Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// Rolls back unless it is committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool committed_ = false;
};

}  // namespace assay::results
