// One connection to a PostgreSQL server, by libpq: commands in pipelines, rows as they come, and
// errors that name the store.
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

/// What is bound to a statement; all of it as PostgreSQL's binary format has it.
struct Parameters {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

/// The rows of a statement that has been sent: read one by one while nothing else is sent, kept
/// here as soon as something is.
struct Rows {
  std::deque<Answer> kept;
  bool coming = false;
};

class Link {
 public:
  /// Throws InputError where the server lets nobody in.
  explicit Link(const StoreAddress& address);

  const std::string& name() const { return name_; }
  int server_version() const { return PQserverVersion(connection_.get()); }
  /// A setting that the server reports by itself; "" where it does not.
  std::string setting(const char* key) const;

  /// Runs statements without parameters at once. The last one's rows, in text.
  Answer execute(const std::string& sql);
  /// The same, with no exception where it fails.
  void try_to(const char* sql) noexcept;

  /// Sent at once, answered when settle() is called or anything with rows is asked for. Rows that
  /// it changes are added to `changed`, where there is one.
  void queue(const std::string& sql);
  void queue(const std::string& sql, const Parameters& parameters,
             std::shared_ptr<std::size_t> changed);
  /// Waits for the answers. Throws the first failure; what was sent after it was not done.
  void settle();

  /// Sends a statement whose rows are wanted.
  void send(const std::string& sql, const Parameters& parameters, Rows& rows);
  /// The next row; null after the last.
  Answer next(Rows& rows);
  /// Nobody wants the rest.
  void drop(Rows& rows) noexcept;

 private:
  /// The name under which the server knows a statement.
  const std::string& prepared(const std::string& sql, const Parameters& parameters);
  void enter_pipeline();
  void sent(bool well);
  /// Makes the line free for another command.
  void claim();
  Answer receive(Rows& rows);
  [[noreturn]] void fail(const PGresult* result);

  std::string name_;
  std::unique_ptr<PGconn, CloseConnection> connection_;
  std::unordered_map<std::string, std::string> prepared_;  // names by SQL
  std::vector<std::string> unconfirmed_;  // SQL whose preparation is in the pipeline
  std::size_t statements_ = 0;
  std::deque<std::shared_ptr<std::size_t>> awaited_;  // what the answers in the pipeline count into
  Rows* reading_ = nullptr;
};

}  // namespace assay::results::store
