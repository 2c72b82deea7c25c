// The operations that a store needs from a database. This folder has one implementation per kind of
// database: a SQLite file, a PostgreSQL server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "results/store/database/address.h"

namespace assay::results::store {

/// The words of SQL in which the databases differ; all other SQL of a store is the same for both.
struct Dialect {
  std::string_view sequence;  ///< a column that numbers rows as they come, and is the key
  std::string_view rowid;     ///< a column of that name, where tables do not have one by default
  std::string_view text;      ///< types of columns
  std::string_view integer;   ///< 64 bits
  std::string_view bytes;
  std::string_view table;        ///< after a table's columns
  std::string_view keyed_table;  ///< the same where rows may lie in order of their key
  std::string_view immutable;    ///< SQL that keeps records and environments from being changed
};

/// A statement; parameters are numbered from 1 (?1 in SQL), columns from 0.
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;

  /// Where `copy` is false, the text must stay unchanged until the statement is run or bound again.
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

/// All throw InputError where the address or the person's rights are at fault, else Error, naming
/// the store.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;

  virtual const Dialect& dialect() const = 0;
  virtual std::unique_ptr<Prepared> prepare(std::string_view sql) = 0;
  /// Statements without parameters.
  virtual void execute(const std::string& sql) = 0;

  /// Waits until no other process writes.
  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void roll_back() noexcept = 0;

  /// 0 where there are no tables yet.
  virtual int schema() = 0;
  virtual void set_schema(int schema) = 0;
};

/// For writing, a file and its folder are made where there are none; it is looked at before SQLite
/// does, so that what is not a store stays untouched. For reading, no byte of it changes: one in a
/// folder that cannot be written is read in place where it was closed cleanly, else through a copy
/// in the temporary folder.
std::unique_ptr<Connection> open_file(const std::filesystem::path& file, Access access);

/// Throws InputError where this program was built without PostgreSQL.
std::unique_ptr<Connection> open_server(const StoreAddress& address, Access access);

}  // namespace assay::results::store
