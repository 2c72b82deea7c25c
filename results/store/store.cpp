#include "results/store/store.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <utility>

#include "kernels/error.h"
#include "results/record/confirmation.h"
#include "results/store/headlines.h"
#include "results/store/points.h"
#include "results/store/state.h"

namespace assay::results::store {

namespace {

record::Run run_from(const Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5), row.text(6), row.text(7), row.text(8)};
}

/// Calls `read` and adds the store's name to its errors.
template <typename Read>
record::Record with_store_name(const Database& database, Read read) {
  try {
    return read();
  } catch (const InputError& error) {
    throw InputError(fmt::format("store {}: {}", database.name(), error.what()), error.hint());
  }
}

record::Record record_from(const Database& database, const Statement& row) {
  return with_store_name(database, [&] {
    record::Record record = record::record_from_json(row.text_view(0));
    record.device_seconds = row.doubles(1);
    record.host_seconds = row.doubles(2);
    return record;
  });
}

/// Converts only ASCII letters to lower case, like SQL's lower().
std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// A WHERE clause and its parameters, numbered as they are added.
struct Conditions {
  std::string sql = "TRUE";
  std::vector<std::string> values;

  void contains(std::string_view column, const std::string& text) {
    if (text.empty()) return;
    // SQLite looks for patterns of up to 50,000 bytes, and no text of a record is as long.
    constexpr std::size_t kLongest = 10'000;
    if (text.size() > kLongest) {
      throw InputError(fmt::format("a text of {} bytes is looked for in {}", text.size(), column),
                       fmt::format("give at most {} bytes of it", kLongest));
    }
    std::string pattern = "%";
    for (const char c : lower(text)) {
      if (c == '%' || c == '_' || c == '!') pattern += '!';
      pattern += c;
    }
    values.push_back(pattern + '%');
    sql += fmt::format(" AND lower({}) LIKE ?{} ESCAPE '!'", column, values.size());
  }
  void equals(std::string_view column, const std::string& text) {
    values.push_back(text);
    sql += fmt::format(" AND {} = ?{}", column, values.size());
  }
};

/// What a filter says of the series that a record belongs to.
void of_series(const Filter& filter, Conditions& where) {
  where.contains("problem", filter.problem);
  where.contains("operation", filter.operation);
  where.contains("implementation", filter.implementation);
  if (filter.division) where.equals("division", std::string(name(*filter.division)));
  where.contains("device", filter.device);
}

/// The records that match a filter.
class Query {
 public:
  Query(const Store& store, const Filter& filter) : limit_(filter.limit) {
    of_series(filter, where_);
    if (!filter.run.empty()) where_.equals("run", store.run(filter.run).id);
    if (filter.status) where_.equals("status", std::string(name(*filter.status)));
  }

  void require(std::string_view condition) { where_.sql += fmt::format(" AND ({})", condition); }

  std::string sql_newest_first(std::string_view columns) const {
    std::string text = fmt::format(
        "SELECT {} FROM record WHERE {} ORDER BY started DESC, sequence DESC", columns, where_.sql);
    if (limit_ > 0) text += fmt::format(" LIMIT {}", limit_);
    return text;
  }
  std::string sql_oldest_first(std::string_view columns) const {
    constexpr std::string_view kOrder = "ORDER BY started, sequence";
    if (limit_ == 0) {
      return fmt::format("SELECT {} FROM record WHERE {} {}", columns, where_.sql, kOrder);
    }
    return fmt::format(
        "SELECT {} FROM record WHERE sequence IN (SELECT sequence FROM ({}) newest) {}", columns,
        sql_newest_first("sequence"), kOrder);
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

enum class Samples { without, with };

/// Calls `visit` with the records of a query, some hundred at a time, the oldest first. They are
/// parsed on all cores.
template <typename Visit>
void read(const Database& database, const Query& query, Samples samples, const Visit& visit) {
  struct Row {
    std::string json;
    std::vector<double> device_seconds, host_seconds;
  };
  constexpr std::size_t kBlock = 512;
  Statement rows(database, query.sql_oldest_first(samples == Samples::with
                                                      ? "json, device_seconds, host_seconds"
                                                      : "json"));
  query.bind(rows);
  std::vector<Row> block(kBlock);
  std::vector<record::Record> records;
  for (bool more = true; more;) {
    std::size_t count = 0;
    while (count < kBlock && (more = rows.step())) {
      block[count].json.assign(rows.text_view(0));
      if (samples == Samples::with) {
        block[count].device_seconds = rows.doubles(1);
        block[count].host_seconds = rows.doubles(2);
      }
      ++count;
    }
    records.resize(count);
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
      records[i] =
          with_store_name(database, [&] { return record::record_from_json(block[i].json); });
      records[i].device_seconds = std::move(block[i].device_seconds);
      records[i].host_seconds = std::move(block[i].host_seconds);
    });
    if (count > 0) visit(records);
  }
}

/// The id of `table` that equals `prefix`, else up to two ids that begin with it.
std::vector<std::string> ids_with(const Database& database, std::string_view table,
                                  const std::string& prefix) {
  // The range lets the index of the ids find them. No character sorts after the last one of it.
  Statement rows(database, fmt::format("SELECT id FROM {} WHERE id >= ?1 AND id <= ?2 AND "
                                       "substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 2",
                                       table));
  rows.bind(1, prefix).bind(2, prefix + "\U0010FFFF");
  std::vector<std::string> ids;
  while (rows.step()) ids.push_back(rows.text(0));
  if (!ids.empty() && ids[0] == prefix) ids.resize(1);
  return ids;
}

}  // namespace

Store::Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Store Store::open(const StoreAddress& address, Access access) {
  Store store;
  store.state_ = std::make_unique<State>(State{Database(address, access)});
  return store;
}

void Store::end(const std::string& run_id, const std::string& ended) {
  Statement update(state_->database, "UPDATE run SET ended = ?1 WHERE id = ?2");
  update.bind(1, ended).bind(2, run_id).run();
  if (update.changed() == 0) {
    throw Error(fmt::format("store {}: there is no run {} to end", name(), run_id));
  }
}

std::vector<record::Run> Store::runs() const {
  Statement rows(state_->database,
                 fmt::format("SELECT {} FROM run ORDER BY started DESC, rowid DESC", kRunColumns));
  std::vector<record::Run> out;
  while (rows.step()) out.push_back(run_from(rows));
  return out;
}

namespace {

/// Number of runs before the last one: 0 for "last", N for "last~N"; nullopt for other texts.
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

record::Run Store::run(const std::string& id_or_prefix) const {
  const Database& database = state_->database;
  if (const std::optional<std::int64_t> age = age_from(id_or_prefix)) {
    Statement newest(database, fmt::format("SELECT {} FROM run WHERE suite <> ?2 "
                                           "ORDER BY started DESC, rowid DESC LIMIT 1 OFFSET ?1",
                                           kRunColumns));
    if (newest.bind(1, *age).bind(2, std::string(record::kConfirmationSuite)).step())
      return run_from(newest);
    if (*age == 0) {
      throw InputError(fmt::format("store {}: contains no run yet", name()),
                       "measure or import a run first");
    }
  }
  const auto ids = ids_with(database, "run", lower(id_or_prefix));
  if (ids.empty() || id_or_prefix.empty()) {
    throw InputError(fmt::format("store {}: there is no run `{}`", name(), id_or_prefix),
                     "give the id of one of the store's runs, or `last`");
  }
  if (ids.size() > 1) {
    throw InputError(fmt::format("store {}: several runs begin with `{}`, for example {} and {}",
                                 name(), id_or_prefix, ids[0], ids[1]),
                     "write more characters of the id");
  }
  Statement row(database, fmt::format("SELECT {} FROM run WHERE id = ?1", kRunColumns));
  row.bind(1, ids[0]).step();
  return run_from(row);
}

std::vector<record::Record> Store::records(const Filter& filter) const {
  std::vector<record::Record> out;
  read(state_->database, Query(*this, filter), Samples::with,
       [&](std::vector<record::Record>& records) {
         std::move(records.begin(), records.end(), std::back_inserter(out));
       });
  return out;
}

std::vector<record::Record> Store::headlines(const Filter& filter) const {
  std::vector<record::Record> out;
  read(state_->database, Query(*this, filter), Samples::without,
       [&](std::vector<record::Record>& records) {
         for (record::Record& one : records) out.push_back(headline_of(std::move(one)));
       });
  return out;
}

void Store::for_each(const Filter& filter,
                     const std::function<void(std::span<const record::Record>)>& visit) const {
  read(state_->database, Query(*this, filter), Samples::with,
       [&](const std::vector<record::Record>& records) { visit(records); });
}

void Store::points(const Filter& filter, const std::function<void(const Point&)>& visit) const {
  const Database& database = state_->database;
  Query query(*this, filter);
  // The tables of points do not contain what these two select by.
  if (database.has_points() && !filter.status && filter.limit == 0) {
    Conditions where;
    of_series(filter, where);
    read_points(database, {where.sql, where.values, filter.run.empty() ? "" : run(filter.run).id},
                visit);
    const std::string others = without_point(database);
    if (others.empty()) return;
    query.require(others);
  }
  std::vector<std::optional<Point>> points;
  read(database, query, Samples::with, [&](const std::vector<record::Record>& records) {
    points.resize(records.size());
    tbb::parallel_for(std::size_t{0}, records.size(), [&](std::size_t i) {
      points[i] = point_of(records[i], trust::trust_of(records[i]));
    });
    for (const std::optional<Point>& point : points) {
      if (point) visit(*point);
    }
  });
}

std::vector<record::Record> Store::newest() const {
  const Database& database = state_->database;
  Statement rows(database,
                 "SELECT json, device_seconds, host_seconds FROM series JOIN record "
                 "ON sequence = newest ORDER BY record.started, sequence");
  std::vector<record::Record> out;
  while (rows.step()) out.push_back(record_from(database, rows));
  return out;
}

std::vector<record::Record> Store::best_evidence(const std::string& host) const {
  const Database& database = state_->database;
  Statement rows(database,
                 "SELECT json, device_seconds, host_seconds FROM evidence JOIN record "
                 "ON sequence = best WHERE host = ?1 ORDER BY record.started, sequence");
  rows.bind(1, host);
  std::vector<record::Record> out;
  while (rows.step()) out.push_back(record_from(database, rows));
  return out;
}

std::size_t Store::count(const std::string& run_id,
                         std::optional<record::Division> division) const {
  Statement row(state_->database, fmt::format("SELECT count(*) FROM record WHERE run = ?1{}",
                                              division ? " AND division = ?2" : ""));
  row.bind(1, run_id);
  if (division) row.bind(2, record::name(*division));
  row.step();
  return static_cast<std::size_t>(row.integer(0));
}

std::optional<record::Record> Store::record(const std::string& id_or_prefix) const {
  const auto ids = ids_with(state_->database, "record", lower(id_or_prefix));
  if (ids.empty() || id_or_prefix.empty()) return std::nullopt;
  if (ids.size() > 1) {
    throw InputError(fmt::format("store {}: several records begin with `{}`, for example {} and {}",
                                 name(), id_or_prefix, ids[0], ids[1]),
                     "write more characters of the id");
  }
  Statement row(state_->database,
                "SELECT json, device_seconds, host_seconds FROM record WHERE id = ?1");
  row.bind(1, ids[0]).step();
  return record_from(state_->database, row);
}

std::string Store::environment(const std::string& sha256) const {
  Statement row(state_->database, "SELECT json FROM environment WHERE sha256 = ?1");
  if (row.bind(1, sha256).step()) return row.text(0);
  throw InputError(fmt::format("store {}: there is no environment {}", name(), sha256),
                   "give the SHA-256 that a run or a record names");
}

const std::string& Store::name() const {
  return state_->database.name();
}

}  // namespace assay::results::store
