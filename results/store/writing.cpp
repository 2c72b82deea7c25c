// The functions of Store that write to a database.
#include <fmt/format.h>

#include <set>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/record/record_set.h"
#include "results/store/state.h"
#include "results/store/writers.h"

namespace assay::results::store {

namespace {

/// Throws InputError unless the table contains each of `keys`.
void require_all(const Database& database, const std::string& table, const std::string& column,
                 const std::set<std::string>& keys) {
  Statement row(database, fmt::format("SELECT count(*) FROM {} WHERE {} = ?1", table, column));
  for (const std::string& key : keys) {
    row.bind(1, key).step();
    const bool there = row.integer(0) > 0;
    row.reset();
    if (there) continue;
    throw InputError(
        fmt::format("records name the {} {}, which neither the input nor store {} contains", table,
                    key, database.name()),
        fmt::format("import a file that contains the {} too", table));
  }
}

void require_references(const Database& database, const record::RecordSet& record_set) {
  std::set<std::string> environments, runs;
  for (const record::Run& run : record_set.runs) environments.insert(run.environment);
  for (const record::Record& record : record_set.records) {
    environments.insert(record.environment);
    runs.insert(record.run);
  }
  environments.erase("");
  require_all(database, "environment", "sha256", environments);
  require_all(database, "run", "id", runs);
}

}  // namespace

void Store::begin(const record::Run& run) {
  RunWriter writer(state_->database, OnConflict::fail);
  writer.write(run);
  writer.added();
}

void Store::put_conformance(const std::string& module_sha256, const std::string& result) {
  Statement put(state_->database,
                "INSERT INTO conformance (module, result) VALUES (?1, ?2) "
                "ON CONFLICT (module) DO UPDATE SET result = excluded.result");
  put.bind(1, module_sha256).bind(2, result).run();
}

std::string Store::conformance(const std::string& module_sha256) const {
  try {
    Statement row(state_->database, "SELECT result FROM conformance WHERE module = ?1");
    row.bind(1, module_sha256);
    return row.step() ? row.text(0) : "";
  } catch (const Error&) {
    return "";  // the store has no such table
  }
}

std::string Store::put_environment(const std::string& canonical_json) {
  std::string hash = sha256(canonical_json);
  EnvironmentWriter writer(state_->database);
  writer.write(hash, canonical_json);
  writer.added();
  return hash;
}

void Store::put(const record::Record& record) {
  put(std::span(&record, 1));
}

void Store::put(std::span<const record::Record> records) {
  Transaction transaction(state_->database);
  RecordWriter writer(state_->database, OnConflict::fail);
  writer.write_all(records);
  transaction.commit();
}

Added Store::add(const record::RecordSet& record_set) {
  Database& database = state_->database;
  Transaction transaction(database);
  EnvironmentWriter environments(database);
  for (const auto& [hash, json] : record_set.environments) environments.write(hash, json);
  RunWriter runs(database, OnConflict::ignore);
  for (const record::Run& run : record_set.runs) runs.write(run);
  require_references(database, record_set);
  RecordWriter records(database, OnConflict::ignore);
  records.write_all(record_set.records);
  Added added{runs.added(), records.added(), environments.added()};
  added.known = record_set.records.size() - added.records;
  transaction.commit();
  return added;
}

}  // namespace assay::results::store
