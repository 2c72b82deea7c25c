#include "results/store/database/postgresql_link.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "kernels/error.h"
#include "results/store/database/postgresql_error.h"

namespace assay::results::store {

namespace {

/// Maximum number of unanswered commands; each answer takes a few hundred bytes.
constexpr std::size_t kPipeline = 1024;

void be_silent(void*, const char*) {}

void refuse_unreadable(const StoreAddress& address) {
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(address.url().c_str(), &why);
  if (options != nullptr) {
    PQconninfoFree(options);
    return;
  }
  PQfreemem(why);  // which may quote the password
  throw InputError(
      fmt::format("store {}: is not a URL that PostgreSQL understands", address.text()),
      "write postgresql://USER@HOST:PORT/DATABASE; special characters as %XX");
}

std::unique_ptr<PGconn, CloseConnection> connect(const StoreAddress& address) {
  refuse_unreadable(address);
  // The URL overrides parameters before dbname; parameters after it override the URL.
  std::vector<std::pair<const char*, const char*>> parameters = {
      {"keepalives_idle", "30"},
      {"keepalives_interval", "10"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", "60000"},  // milliseconds
      {"fallback_application_name", "assay"},
      {"dbname", address.url().c_str()},
      {"client_encoding", "UTF8"},
  };
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) {
    parameters.insert(parameters.begin(), {"connect_timeout", "10"});  // seconds
  }
  std::vector<const char*> keys, values;
  for (const auto& [key, value] : parameters) {
    keys.push_back(key);
    values.push_back(value);
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<PGconn, CloseConnection> connection(
      PQconnectdbParams(keys.data(), values.data(), 1));
  if (PQstatus(connection.get()) != CONNECTION_OK) fail_to_connect(address, connection.get());
  PQsetNoticeProcessor(connection.get(), be_silent, nullptr);
  return connection;
}

/// Number of rows that a command added or changed.
std::size_t changed_by(PGresult* result) {
  const char* text = PQcmdTuples(result);
  std::size_t count = 0;
  std::from_chars(text, text + std::strlen(text), count);
  return count;
}

bool is_failure(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE &&
         status != PGRES_PIPELINE_SYNC;
}

}  // namespace

Link::Link(const StoreAddress& address) : name_(address.text()), connection_(connect(address)) {}

std::string Link::setting(const char* key) const {
  const char* value = PQparameterStatus(connection_.get(), key);
  return value ? value : "";
}

void Link::fail(const PGresult* result) {
  fail_to_command(name_, connection_.get(), result);
}

Answer Link::execute(const std::string& sql) {
  make_ready();
  Answer result(PQexec(connection_.get(), sql.c_str()));
  if (is_failure(result.get())) fail(result.get());
  return result;
}

void Link::try_to(const char* sql) noexcept {
  try {
    make_ready();
  } catch (const Error&) {
    // Earlier failures were reported before, or are about to be rolled back.
  }
  PQclear(PQexec(connection_.get(), sql));
}

void Link::require_sent(bool ok) {
  if (!ok) fail(nullptr);
}

void Link::enter_pipeline() {
  if (PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF) {
    if (awaited_.size() < kPipeline) return;
    settle();
  }
  make_ready();
  require_sent(PQenterPipelineMode(connection_.get()) == 1);
}

void Link::queue(const std::string& sql) {
  enter_pipeline();
  require_sent(PQsendQueryParams(connection_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr,
                                 nullptr, 1) == 1);
  awaited_.emplace_back();
}

void Link::queue(const std::string& sql, const Parameters& parameters,
                 std::shared_ptr<std::size_t> changed) {
  enter_pipeline();
  const std::string& statement = prepared(sql, parameters);
  require_sent(PQsendQueryPrepared(connection_.get(), statement.c_str(),
                                   static_cast<int>(parameters.values.size()),
                                   parameters.values.data(), parameters.lengths.data(),
                                   parameters.formats.data(), 1) == 1);
  awaited_.push_back(std::move(changed));
}

const std::string& Link::prepared(const std::string& sql, const Parameters& parameters) {
  const auto [entry, fresh] = prepared_.try_emplace(sql);
  if (!fresh) return entry->second;
  // Every preparation gets a new name: after a pipeline fails, it is unknown which ones succeeded.
  entry->second = fmt::format("assay_{}", ++statements_);
  const int count = static_cast<int>(parameters.types.size());
  if (PQpipelineStatus(connection_.get()) == PQ_PIPELINE_OFF) {
    const Answer result(PQprepare(connection_.get(), entry->second.c_str(), sql.c_str(), count,
                                  parameters.types.data()));
    if (is_failure(result.get())) {
      prepared_.erase(entry);
      fail(result.get());
    }
    return entry->second;
  }
  unconfirmed_.push_back(sql);
  require_sent(PQsendPrepare(connection_.get(), entry->second.c_str(), sql.c_str(), count,
                             parameters.types.data()) == 1);
  awaited_.emplace_back();
  return entry->second;
}

void Link::settle() {
  if (PQpipelineStatus(connection_.get()) == PQ_PIPELINE_OFF) return;
  Answer failure;
  bool whole = PQpipelineSync(connection_.get()) == 1;
  while (whole && !awaited_.empty()) {
    Answer result(PQgetResult(connection_.get()));
    if (!result) {
      // Null ends one command's answer, unless no more answers are pending.
      whole = PQstatus(connection_.get()) == CONNECTION_OK;
      continue;
    }
    if (is_failure(result.get())) {
      if (!failure) failure = std::move(result);
    } else if (awaited_.front()) {
      *awaited_.front() += changed_by(result.get());
    }
    awaited_.pop_front();
  }
  while (whole) {
    const Answer result(PQgetResult(connection_.get()));
    if (result && PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) break;
    whole = PQstatus(connection_.get()) == CONNECTION_OK;
  }
  awaited_.clear();
  whole = whole && PQexitPipelineMode(connection_.get()) == 1;
  if (whole && !failure) {
    unconfirmed_.clear();
    return;
  }
  for (const std::string& sql : std::exchange(unconfirmed_, {})) prepared_.erase(sql);
  fail(failure.get());
}

void Link::make_ready() {
  if (reading_ != nullptr) {
    Rows& rows = *reading_;
    while (Answer row = receive(rows)) rows.kept.push_back(std::move(row));
  }
  settle();
}

void Link::send(const std::string& sql, const Parameters& parameters, Rows& rows) {
  make_ready();
  const std::string& statement = prepared(sql, parameters);
  require_sent(PQsendQueryPrepared(connection_.get(), statement.c_str(),
                                   static_cast<int>(parameters.values.size()),
                                   parameters.values.data(), parameters.lengths.data(),
                                   parameters.formats.data(), 1) == 1);
  PQsetSingleRowMode(connection_.get());
  rows.kept.clear();
  rows.coming = true;
  reading_ = &rows;
}

Answer Link::receive(Rows& rows) {
  Answer result(PQgetResult(connection_.get()));
  if (result && PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) return result;
  // An empty result ends the rows, and null ends the command.
  while (const Answer end{PQgetResult(connection_.get())}) {
  }
  rows.coming = false;
  reading_ = nullptr;
  if (!result || is_failure(result.get())) fail(result.get());
  return nullptr;
}

Answer Link::next(Rows& rows) {
  if (!rows.kept.empty()) {
    Answer row = std::move(rows.kept.front());
    rows.kept.pop_front();
    return row;
  }
  return rows.coming ? receive(rows) : nullptr;
}

void Link::drop(Rows& rows) noexcept {
  rows.kept.clear();
  if (!rows.coming) return;
  while (const Answer unwanted{PQgetResult(connection_.get())}) {
  }
  rows.coming = false;
  reading_ = nullptr;
}

}  // namespace assay::results::store
