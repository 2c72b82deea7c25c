#include "results/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kernels/error.h"
#include "results/store_headlines.h"
#include "results/store_series.h"
#include "results/store_state.h"

namespace assay::results {

namespace {

Run run_from(const Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5), row.text(6), row.text(7), row.text(8)};
}

Record record_from(const Database& database, const Statement& row) {
  try {
    Record record = record_from_json(row.text(0));
    record.device_seconds = row.doubles(1);
    record.host_seconds = row.doubles(2);
    return record;
  } catch (const InputError& error) {
    throw InputError(fmt::format("store {}: {}", database.path().string(), error.what()),
                     error.mend());
  }
}

/// A WHERE clause and its parameters, numbered as they are added.
struct Conditions {
  std::string sql = "1";
  std::vector<std::string> values;

  void contains(std::string_view column, const std::string& text) {
    if (text.empty()) return;
    values.push_back(text);
    sql += fmt::format(" AND instr(lower({}), lower(?{})) > 0", column, values.size());
  }
  void equals(std::string_view column, const std::string& text) {
    values.push_back(text);
    sql += fmt::format(" AND {} = ?{}", column, values.size());
  }
};

/// The records that a filter lets through, newest first.
class Query {
 public:
  Query(const Store& store, const Filter& filter) : limit_(filter.limit) {
    if (!filter.run.empty()) where_.equals("run", store.run(filter.run).id);
    where_.contains("problem", filter.problem);
    where_.contains("operation", filter.operation);
    where_.contains("implementation", filter.implementation);
    where_.contains("division", filter.division);
    where_.contains("device", filter.device);
    where_.contains("status", filter.status);
  }

  std::string sql(std::string_view columns) const {
    std::string text = fmt::format(
        "SELECT {} FROM record WHERE {} ORDER BY started DESC, sequence DESC", columns, where_.sql);
    if (limit_ > 0) text += fmt::format(" LIMIT {}", limit_);
    return text;
  }
  void bind(Statement& rows) const {
    for (std::size_t i = 0; i < where_.values.size(); ++i) {
      rows.bind(static_cast<int>(i + 1), where_.values[i]);
    }
  }

 private:
  Conditions where_;
  std::size_t limit_;
};

/// Up to two ids of `table` that begin with `prefix`.
std::vector<std::string> ids_with(const Database& database, std::string_view table,
                                  const std::string& prefix) {
  Statement rows(database, fmt::format("SELECT id FROM {} WHERE substr(id, 1, length(?1)) = ?1 "
                                       "LIMIT 2",
                                       table));
  rows.bind(1, prefix);
  std::vector<std::string> ids;
  while (rows.step()) ids.push_back(rows.text(0));
  return ids;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

Store::Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open(const std::filesystem::path& file, Access access) {
  Store store;
  store.state_ =
      std::make_unique<State>(State{access == Access::write ? Database::open_for_writing(file)
                                                            : Database::open_for_reading(file)});
  if (access == Access::write) migrate(store.state_->database);
  return store;
}

void Store::end(const std::string& run_id, const std::string& ended) {
  Statement update(state_->database, "UPDATE run SET ended = ?1 WHERE id = ?2");
  update.bind(1, ended).bind(2, run_id).step();
  if (sqlite3_changes(state_->database.handle()) == 0) {
    throw Error(fmt::format("store {}: there is no run {} to end", path().string(), run_id));
  }
}

std::vector<Run> Store::runs() const {
  Statement rows(state_->database,
                 fmt::format("SELECT {} FROM run ORDER BY started DESC, rowid DESC", kRunColumns));
  std::vector<Run> out;
  while (rows.step()) out.push_back(run_from(rows));
  return out;
}

namespace {

/// How many runs ago "last" (0) or "last~N" (N) is; nothing for any other word.
std::optional<std::int64_t> age_from(std::string_view word) {
  if (word == "last") return 0;
  constexpr std::string_view kBefore = "last~";
  if (!word.starts_with(kBefore)) return std::nullopt;
  word.remove_prefix(kBefore.size());
  std::uint32_t age = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), age);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return age;
}

}  // namespace

Run Store::run(const std::string& id_or_prefix) const {
  const Database& database = state_->database;
  if (const std::optional<std::int64_t> age = age_from(id_or_prefix)) {
    Statement newest(database, fmt::format("SELECT {} FROM run ORDER BY started DESC, rowid DESC "
                                           "LIMIT 1 OFFSET ?1",
                                           kRunColumns));
    if (newest.bind(1, *age).step()) return run_from(newest);
    if (*age == 0) {
      throw InputError(fmt::format("store {}: holds no run yet", path().string()),
                       "`assay run` measures and keeps one");
    }
  }
  const auto ids = ids_with(database, "run", lower(id_or_prefix));
  if (ids.empty() || id_or_prefix.empty()) {
    throw InputError(fmt::format("store {}: there is no run `{}`", path().string(), id_or_prefix),
                     "`assay show --runs` lists the runs");
  }
  if (ids.size() > 1) {
    throw InputError(fmt::format("store {}: several runs begin with `{}`, {} and {} among them",
                                 path().string(), id_or_prefix, ids[0], ids[1]),
                     "give more of the id");
  }
  Statement row(database, fmt::format("SELECT {} FROM run WHERE id = ?1", kRunColumns));
  row.bind(1, ids[0]).step();
  return run_from(row);
}

std::vector<Record> Store::records(const Filter& filter) const {
  const Query query(*this, filter);
  Statement rows(state_->database, query.sql("json, device_seconds, host_seconds"));
  query.bind(rows);
  std::vector<Record> out;
  while (rows.step()) out.push_back(record_from(state_->database, rows));
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<Record> Store::headlines(const Filter& filter) const {
  const Query query(*this, filter);
  Statement rows(state_->database, query.sql(HeadlineReader::kColumns));
  query.bind(rows);
  HeadlineReader reader;
  std::vector<Record> out;
  while (rows.step()) {
    std::optional<Record> headline = reader.read(rows);
    // What is odd is read in full, which says what is wrong with it.
    out.push_back(headline ? std::move(*headline) : *record(rows.text(0)));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<Record> Store::newest() const {
  const Database& database = state_->database;
  Statement known(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'series'");
  known.step();
  // A store that nobody has written to since has no such table.
  if (known.integer(0) == 0) return records({.status = std::string(name(Status::ok))});
  Statement rows(database,
                 "SELECT json, device_seconds, host_seconds FROM series JOIN record "
                 "ON sequence = newest ORDER BY record.started, sequence");
  std::vector<Record> out;
  while (rows.step()) out.push_back(record_from(database, rows));
  return out;
}

std::size_t Store::count(const std::string& run_id) const {
  Statement row(state_->database, "SELECT count(*) FROM record WHERE run = ?1");
  row.bind(1, run_id).step();
  return static_cast<std::size_t>(row.integer(0));
}

std::optional<Record> Store::record(const std::string& id_or_prefix) const {
  const auto ids = ids_with(state_->database, "record", lower(id_or_prefix));
  if (ids.empty() || id_or_prefix.empty()) return std::nullopt;
  if (ids.size() > 1) {
    throw InputError(fmt::format("store {}: several records begin with `{}`, {} and {} among them",
                                 path().string(), id_or_prefix, ids[0], ids[1]),
                     "give more of the id");
  }
  Statement row(state_->database,
                "SELECT json, device_seconds, host_seconds FROM record WHERE id = ?1");
  row.bind(1, ids[0]).step();
  return record_from(state_->database, row);
}

std::string Store::environment(const std::string& sha256) const {
  Statement row(state_->database, "SELECT json FROM environment WHERE sha256 = ?1");
  if (row.bind(1, sha256).step()) return row.text(0);
  throw InputError(fmt::format("store {}: there is no environment {}", path().string(), sha256),
                   "give the SHA-256 that a run or a record names");
}

const std::filesystem::path& Store::path() const {
  return state_->database.path();
}

}  // namespace assay::results
