// What a store asks of a database, whichever it is. One file in this folder for each: a file that
// SQLite keeps, a PostgreSQL server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "results/store/database/address.h"

namespace assay::results::store {

/// The words in which databases differ; all other SQL of a store is the same for each.
struct Dialect {
  std::string_view sequence;  ///< a column that numbers rows as they come, and is the key
  std::string_view rowid;     ///< a column of that name, where not every table has one unasked
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

  /// Where `copy` is false, the text must stay as it is until the statement is run or bound anew.
  virtual void bind_text(int parameter, std::string_view text, bool copy) = 0;
  virtual void bind_integer(int parameter, std::int64_t value) = 0;
  virtual void bind_bytes(int parameter, std::string_view bytes) = 0;

  /// True while there is a row. What text() and bytes() gave ends with the next step.
  virtual bool step() = 0;
  virtual void reset() = 0;
  virtual std::string_view text(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view bytes(int column) const = 0;

  /// Runs what gives no rows. It may be done later: at the latest when changed() or commit() is
  /// called, or any other statement, which then throws what went wrong.
  virtual void run() = 0;
  /// How many rows run() has added or changed in all.
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
