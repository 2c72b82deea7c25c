#include "results/store/database/schema.h"

#include <fmt/format.h>

#include "kernels/error.h"
#include "results/store/database/statements.h"

namespace assay::results::store {

namespace {

// Names in braces are replaced by members of Dialect.
constexpr const char* kTables = R"(
CREATE TABLE run (
  {rowid} id {text} PRIMARY KEY, started {text} NOT NULL, ended {text} NOT NULL,
  suite {text} NOT NULL, command {text} NOT NULL, host {text} NOT NULL,
  assay_version {text} NOT NULL, plan {text} NOT NULL, environment {text} NOT NULL) {table};
CREATE TABLE environment (sha256 {text} PRIMARY KEY, json {text} NOT NULL) {table};
CREATE TABLE conformance (module {text} PRIMARY KEY, result {text} NOT NULL) {table};
CREATE TABLE record (
  sequence {sequence}, id {text} NOT NULL UNIQUE, run {text} NOT NULL REFERENCES run (id),
  started {text} NOT NULL, problem {text} NOT NULL, operation {text} NOT NULL,
  device {text} NOT NULL, implementation {text} NOT NULL, division {text} NOT NULL,
  status {text} NOT NULL, json {text} NOT NULL, device_seconds {bytes} NOT NULL,
  host_seconds {bytes} NOT NULL) {table};
CREATE INDEX record_of_run ON record (run, started);
CREATE INDEX record_of_time ON record (started);
CREATE INDEX record_of_problem ON record (problem, device, implementation, started);
)";

constexpr const char* kSeries = R"(
CREATE TABLE series (
  backend {text} NOT NULL, device {text} NOT NULL, unit {text} NOT NULL, place {integer} NOT NULL,
  problem {text} NOT NULL, implementation {text} NOT NULL, mode {text} NOT NULL,
  modelled {integer} NOT NULL, started {text} NOT NULL,
  newest {integer} NOT NULL REFERENCES record (sequence),
  PRIMARY KEY (backend, device, unit, place, problem, implementation, mode, modelled))
  {keyed_table};
)";

// Which record each machine is judged by: see Store::best_evidence().
constexpr const char* kEvidence = R"(
CREATE TABLE evidence (
  host {text} NOT NULL, backend {text} NOT NULL, device {text} NOT NULL, unit {text} NOT NULL,
  place {integer} NOT NULL, problem {text} NOT NULL, implementation {text} NOT NULL,
  mode {text} NOT NULL, modelled {integer} NOT NULL, trusted {integer} NOT NULL,
  started {text} NOT NULL, best {integer} NOT NULL REFERENCES record (sequence),
  PRIMARY KEY (host, backend, device, unit, place, problem, implementation, mode, modelled))
  {keyed_table};
)";

// What histories read in place of whole records: see point.h. It follows from the records, so that
// a store without it, or with a part of it only, can be read all the same.
constexpr const char* kPoints = R"(
CREATE TABLE IF NOT EXISTS point_series (
  id {sequence}, text {text} NOT NULL UNIQUE, problem {text} NOT NULL, operation {text} NOT NULL,
  device {text} NOT NULL, implementation {text} NOT NULL, division {text} NOT NULL) {table};
CREATE TABLE IF NOT EXISTS point (
  sequence {integer} PRIMARY KEY REFERENCES record (sequence), rules {integer} NOT NULL,
  series {integer} REFERENCES point_series (id), record {text} NOT NULL, run {text} NOT NULL,
  started {text} NOT NULL, environment {text} NOT NULL, doubts {text} NOT NULL,
  figures {bytes} NOT NULL) {table};
CREATE INDEX IF NOT EXISTS point_of_rules ON point (rules);
)";

std::string in_dialect(const char* sql, const Dialect& dialect) {
  return fmt::format(fmt::runtime(sql), fmt::arg("rowid", dialect.rowid),
                     fmt::arg("sequence", dialect.sequence), fmt::arg("text", dialect.text),
                     fmt::arg("integer", dialect.integer), fmt::arg("bytes", dialect.bytes),
                     fmt::arg("table", dialect.table),
                     fmt::arg("keyed_table", dialect.keyed_table));
}

}  // namespace

void make_tables(Connection& connection) {
  Transaction transaction(connection);
  if (connection.schema() == 0) {
    connection.execute(in_dialect(kTables, connection.dialect()));
    connection.execute(in_dialect(kSeries, connection.dialect()));
    connection.execute(in_dialect(kEvidence, connection.dialect()));
    connection.execute(in_dialect(kPoints, connection.dialect()));
    connection.execute(std::string(connection.dialect().immutable));
    connection.set_schema(kStoreSchema);
  }
  transaction.commit();
}

void add_points(Connection& connection) {
  Transaction transaction(connection);
  connection.execute(in_dialect(kPoints, connection.dialect()));
  transaction.commit();
}

void require_schema(const std::string& store, std::int64_t schema) {
  if (schema == kStoreSchema) return;
  throw InputError(fmt::format("store {} has schema {}, which this assay cannot read; the version "
                               "that wrote it can export its runs",
                               store, schema),
                   fmt::format("upgrade assay if a newer version wrote the store; this one reads "
                               "store schema {}",
                               kStoreSchema));
}

void require_tables(const std::string& store, bool there) {
  if (there) return;
  throw InputError(fmt::format(
      "store {} has no table `evidence`, so this assay cannot read it; the version that "
      "wrote it can export its runs",
      store));
}

}  // namespace assay::results::store
