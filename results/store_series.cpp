#include "results/store_series.h"

#include <fmt/format.h>

#include <string>

#include "kernels/error.h"

namespace assay::results {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSeries = R"(
CREATE TABLE series (
  backend TEXT NOT NULL, device TEXT NOT NULL, unit TEXT NOT NULL, place INTEGER NOT NULL,
  problem TEXT NOT NULL, implementation TEXT NOT NULL, mode TEXT NOT NULL, modelled INTEGER NOT NULL,
  started TEXT NOT NULL, newest INTEGER NOT NULL REFERENCES record (sequence),
  PRIMARY KEY (backend, device, unit, place, problem, implementation, mode, modelled)) STRICT,
  WITHOUT ROWID;
)";

bool is_good(const Record& record) {
  return record.status == Status::ok &&
         (record.check.outcome == kernels::Outcome::right || is_modelled(record));
}

std::int64_t schema_of(const Database& database) {
  Statement version(database, "PRAGMA user_version");
  version.step();
  return version.integer(0);
}

}  // namespace

const char* series_table() {
  return kSeries;
}

SeriesWriter::SeriesWriter(const Database& database)
    : insert_(database,
              "INSERT INTO series (backend, device, unit, place, problem, implementation, mode, "
              "modelled, started, newest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) "
              "ON CONFLICT DO UPDATE SET started = excluded.started, newest = excluded.newest "
              "WHERE excluded.started >= started") {}

void SeriesWriter::note(const Record& record, std::int64_t sequence) {
  if (!is_good(record)) return;
  const DeviceIdentity& device = record.device;
  unit_ = fmt::format("{} {}", device.unique_id, device.bus_id);
  insert_.bind_kept(1, device.backend)
      .bind_kept(2, device.name)
      .bind_kept(3, unit_)
      .bind(4, static_cast<std::int64_t>(device.index))
      .bind_kept(5, record.problem)
      .bind_kept(6, record.implementation.name)
      .bind_kept(7, record.settings.mode)
      .bind(8, static_cast<std::int64_t>(is_modelled(record)))
      .bind_kept(9, record.started)
      .bind(10, sequence);
  insert_.step();
  insert_.reset();
}

namespace {

void fill(const Database& database) {
  SeriesWriter series(database);
  Statement rows(database, "SELECT sequence, json FROM record ORDER BY started, sequence");
  while (rows.step()) series.note(record_from_json(rows.text(1)), rows.integer(0));
}

}  // namespace

void migrate(Database& database) {
  if (schema_of(database) >= kStoreSchema) return;
  const std::string copy = database.path().string() + ".schema1";
  std::error_code ignored;
  if (!fs::exists(copy, ignored)) {
    Statement into(database, "VACUUM INTO ?1");
    into.bind(1, copy).step();
  }
  database.execute("BEGIN IMMEDIATE");
  try {
    // Another process may have been quicker.
    if (schema_of(database) < kStoreSchema) {
      database.execute(kSeries);
      fill(database);
      database.execute(fmt::format("PRAGMA user_version = {}", kStoreSchema).c_str());
    }
    database.execute("COMMIT");
  } catch (...) {
    sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

}  // namespace assay::results
