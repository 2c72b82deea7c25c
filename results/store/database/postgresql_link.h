// One connection to a PostgreSQL server through libpq, with pipelined commands, rows read one by
// one, and errors that name the store.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/store/database/address.h"

namespace assay::results::store {

struct ClearAnswer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, ClearAnswer>;

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// The parameters bound to a statement, all in PostgreSQL's binary format.
struct Parameters {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

/// The rows of a statement that has been sent. They are read one by one; when another command is
/// sent, the remaining rows are read first and kept here.
struct Rows {
  std::deque<Answer> kept;
  bool coming = false;
};

class Link {
 public:
  /// Throws InputError if the connection fails.
  explicit Link(const StoreAddress& address);

  const std::string& name() const { return name_; }
  int server_version() const { return PQserverVersion(connection_.get()); }
  /// A setting that the server reports without a query; "" if it does not report it.
  std::string setting(const char* key) const;

  /// Runs statements without parameters immediately. Returns the rows of the last one as text.
  Answer execute(const std::string& sql);
  /// The same, but ignores failures.
  void try_to(const char* sql) noexcept;

  /// Sends a command without waiting for its answer, which is read by settle() or before the next
  /// statement with rows. The number of rows that it changes is added to `changed` unless that is
  /// null.
  void queue(const std::string& sql);
  void queue(const std::string& sql, const Parameters& parameters,
             std::shared_ptr<std::size_t> changed);
  /// Waits for the answers. Throws the first failure; commands sent after it were not executed.
  void settle();

  /// Sends a statement that returns rows.
  void send(const std::string& sql, const Parameters& parameters, Rows& rows);
  /// The next row; null after the last.
  Answer next(Rows& rows);
  /// Discards the remaining rows.
  void drop(Rows& rows) noexcept;

 private:
  /// The name under which the server knows a statement.
  const std::string& prepared(const std::string& sql, const Parameters& parameters);
  void enter_pipeline();
  void require_sent(bool ok);
  /// Makes the connection ready for another command.
  void make_ready();
  Answer receive(Rows& rows);
  [[noreturn]] void fail(const PGresult* result);

  std::string name_;
  std::unique_ptr<PGconn, CloseConnection> connection_;
  std::unordered_map<std::string, std::string> prepared_;  // names by SQL
  std::vector<std::string> unconfirmed_;  // SQL whose preparation is in the pipeline
  std::size_t statements_ = 0;
  std::deque<std::shared_ptr<std::size_t>> awaited_;  // counters for the pending answers
  Rows* reading_ = nullptr;
};

}  // namespace assay::results::store
