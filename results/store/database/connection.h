// The operations that a store needs from a database. This folder has one implementation per kind of
// database: a SQLite file, a PostgreSQL server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "results/store/database/address.h"

namespace assay::results::store {

/// The parts of SQL that differ between databases. All other SQL of a store is the same for both.
struct Dialect {
  std::string_view
      sequence;            ///< definition of a key column that numbers rows in order of insertion
  std::string_view rowid;  ///< definition of a column `rowid`, if tables do not have one by default
  std::string_view text;   ///< column types
  std::string_view integer;  ///< 64 bits
  std::string_view bytes;
  std::string_view table;        ///< clause after a table's columns
  std::string_view keyed_table;  ///< the same for a table whose rows may be stored in key order
  std::string_view immutable;    ///< SQL that keeps records and environments from being changed
};

/// A statement; parameters are numbered from 1 (?1 in SQL), columns from 0.
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;

  /// If `copy` is false, the text must stay unchanged until the statement is run or bound again.
  virtual void bind_text(int parameter, std::string_view text, bool copy) = 0;
  virtual void bind_integer(int parameter, std::int64_t value) = 0;
  virtual void bind_bytes(int parameter, std::string_view bytes) = 0;

  /// True while there is a row. What text() and bytes() return is valid until the next step.
  virtual bool step() = 0;
  virtual void reset() = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;

  /// Runs a statement that gives no rows. This may happen later, at the latest when changed(),
  /// commit() or another statement is called, which then throws if it failed.
  virtual void run() = 0;
  /// Total number of rows that run() has added or changed.
  virtual std::size_t changed() = 0;
};

/// All functions throw InputError if the address or the user's rights are the cause, else Error;
/// both name the store.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual const Dialect& dialect() const = 0;
  virtual std::unique_ptr<Prepared> prepare(std::string_view sql) = 0;
  /// Executes statements without parameters.
  virtual void execute(const std::string& sql) = 0;

  /// Begins a transaction, after waiting until no other process writes.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;

  virtual bool has_table(std::string_view name) = 0;
  /// The schema number; 0 if there are no tables yet.
  virtual int schema() = 0;
  virtual void set_schema(int schema) = 0;
};

/// Opening for writing creates the file and its folder if they do not exist. The file is checked
/// before SQLite opens it, so that a file that is not a store stays unchanged. Opening for reading
/// changes no byte. A file in a folder that cannot be written is read in place if it was closed
/// cleanly, else through a copy in the temporary folder.
std::unique_ptr<Connection> open_file(const std::filesystem::path& file, Access access);

/// Throws InputError if this program was built without PostgreSQL.
std::unique_ptr<Connection> open_server(const StoreAddress& address, Access access);

}  // namespace assay::results::store
