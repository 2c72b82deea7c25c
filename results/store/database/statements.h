// A store's database, statements and transactions, for any kind of database. SQL is written once,
// in the common subset; dialect() has the parts that differ.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/store/database/address.h"
#include "results/store/database/connection.h"

namespace assay::results::store {

/// A store's connection. Not to be used by two threads at once.
class Database {
 public:
  /// Throws InputError naming the store, which is then unchanged.
  Database(StoreAddress address, Access access);

  void execute(const std::string& sql) { connection_->execute(sql); }
  const Dialect& dialect() const { return connection_->dialect(); }
  int schema() const { return connection_->schema(); }
  /// Whether it has the tables of points (point.h), as it was when first asked.
  bool has_points() const;
  Connection& connection() const { return *connection_; }
  /// The file, or the URL without its password.
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::unique_ptr<Connection> connection_;
  mutable std::optional<bool> has_points_;
};

/// A prepared statement; parameters are numbered from 1 (?1), columns from 0.
class Statement {
 public:
  Statement(const Database& database, std::string_view sql)
      : prepared_(database.connection().prepare(sql)) {}

  Statement& bind(int parameter, std::string_view text) {
    prepared_->bind_text(parameter, text, true);
    return *this;
  }
  /// Binds without copying: the text must stay unchanged until the statement is run or bound again.
  Statement& bind_kept(int parameter, std::string_view text) {
    prepared_->bind_text(parameter, text, false);
    return *this;
  }
  Statement& bind(int parameter, std::int64_t value) {
    prepared_->bind_integer(parameter, value);
    return *this;
  }
  /// Binds doubles as little-endian bytes.
  Statement& bind(int parameter, std::span<const double> values);
  Statement& bind_bytes(int parameter, std::string_view bytes) {
    prepared_->bind_bytes(parameter, bytes);
    return *this;
  }

  /// True while there is a row.
  bool step() { return prepared_->step(); }
  /// Makes the statement ready to be bound and stepped through again.
  void reset() { prepared_->reset(); }
  std::string text(int column) const { return std::string(prepared_->text(column)); }
  /// Without copying: valid until the next step.
  std::string_view text_view(int column) const { return prepared_->text(column); }
  std::int64_t integer(int column) const { return prepared_->integer(column); }
  std::vector<double> doubles(int column) const;
  std::string_view bytes_view(int column) const { return prepared_->bytes(column); }

  /// Runs a statement that gives no rows. This may happen later, at the latest when changed(),
  /// commit() or another statement is called, which then throws if it failed. Many such statements
  /// need few round trips.
  void run() { prepared_->run(); }
  /// Total number of rows that run() has added or changed.
  std::size_t changed() { return prepared_->changed(); }

 private:
  std::unique_ptr<Prepared> prepared_;
};

/// A transaction that the destructor rolls back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  explicit Transaction(Database& database) : Transaction(database.connection()) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
  bool committed_ = false;
};

}  // namespace assay::results::store
