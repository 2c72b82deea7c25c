// What Store adds to a file.
#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <set>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "results/listing.h"
#include "results/record_text.h"
#include "results/store_series.h"
#include "results/store_state.h"

namespace assay::results {

namespace {

enum class Known { refused, left_alone };

std::string_view conflict_clause(Known known) {
  return known == Known::left_alone ? " ON CONFLICT DO NOTHING" : "";
}

class RunWriter {
 public:
  RunWriter(const Database& database, Known known)
      : insert_(database,
                fmt::format("INSERT INTO run ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9){}",
                            kRunColumns, conflict_clause(known))) {}

  void write(const Run& run) {
    int parameter = 0;
    for (const std::string* text : {&run.id, &run.started, &run.ended, &run.suite, &run.command,
                                    &run.host, &run.assay_version, &run.plan, &run.environment}) {
      insert_.bind(++parameter, *text);
    }
    insert_.run();
  }
  std::size_t added() { return insert_.changed(); }

 private:
  Statement insert_;
};

class EnvironmentWriter {
 public:
  explicit EnvironmentWriter(const Database& database)
      : insert_(database,
                "INSERT INTO environment (sha256, json) VALUES (?1, ?2) ON CONFLICT DO NOTHING") {}

  void write(const std::string& hash, const std::string& json) {
    insert_.bind_kept(1, hash).bind_kept(2, json).run();
  }
  std::size_t added() { return insert_.changed(); }

 private:
  Statement insert_;
};

class RecordWriter {
 public:
  RecordWriter(const Database& database, Known known)
      : insert_(database,
                fmt::format("INSERT INTO record (id, run, started, problem, operation, device, "
                            "implementation, division, status, json, device_seconds, host_seconds) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12){}",
                            conflict_clause(known))),
        series_(database) {}

  /// JSON is made on all cores, some records at a time, and written by this one.
  void write_all(std::span<const Record> records) {
    constexpr std::size_t kBlock = 512;
    std::vector<std::string> texts(std::min(kBlock, records.size()));
    for (std::size_t from = 0; from < records.size(); from += kBlock) {
      const auto block = records.subspan(from, std::min(kBlock, records.size() - from));
      const auto make = [&](std::size_t i) {
        texts[i].clear();
        append_text(texts[i], block[i], Samples::none);
      };
      if (block.size() == 1) {
        make(0);
      } else {
        tbb::parallel_for(std::size_t{0}, block.size(), make);
      }
      for (std::size_t i = 0; i < block.size(); ++i) write(block[i], texts[i]);
    }
  }
  std::size_t added() { return insert_.changed(); }

 private:
  void write(const Record& record, const std::string& json) {
    device_ = fmt::format("{} {}", device_key(record.device), record.device.name);
    insert_.bind_kept(1, record.id)
        .bind_kept(2, record.run)
        .bind_kept(3, record.started)
        .bind_kept(4, record.problem)
        .bind_kept(5, record.operation)
        .bind_kept(6, device_)
        .bind_kept(7, record.implementation.name)
        .bind_kept(8, record.implementation.division)
        .bind_kept(9, name(record.status))
        .bind_kept(10, json)
        .bind(11, record.device_seconds)
        .bind(12, record.host_seconds)
        .run();
    series_.note(record);
  }

  Statement insert_;
  SeriesWriter series_;
  std::string device_;  // bound without a copy, and its memory is used again
};

/// Throws unless the table holds each of `keys`.
void require_all(const Database& database, const std::string& table, const std::string& column,
                 const std::set<std::string>& keys) {
  Statement row(database, fmt::format("SELECT count(*) FROM {} WHERE {} = ?1", table, column));
  for (const std::string& key : keys) {
    row.bind(1, key).step();
    const bool there = row.integer(0) > 0;
    row.reset();
    if (there) continue;
    throw InputError(
        fmt::format("records name the {} {}, which neither the file nor store {} holds", table, key,
                    database.name()),
        fmt::format("import a file that holds the {} too", table));
  }
}

void require_what_is_named(const Database& database, const Parcel& parcel) {
  std::set<std::string> environments, runs;
  for (const Run& run : parcel.runs) environments.insert(run.environment);
  for (const Record& record : parcel.records) {
    environments.insert(record.environment);
    runs.insert(record.run);
  }
  environments.erase("");
  require_all(database, "environment", "sha256", environments);
  require_all(database, "run", "id", runs);
}

}  // namespace

void Store::begin(const Run& run) {
  RunWriter writer(state_->database, Known::refused);
  writer.write(run);
  writer.added();
}

std::string Store::put_environment(const std::string& canonical_json) {
  std::string hash = sha256(canonical_json);
  EnvironmentWriter writer(state_->database);
  writer.write(hash, canonical_json);
  writer.added();
  return hash;
}

void Store::put(const Record& record) {
  put(std::span(&record, 1));
}

void Store::put(std::span<const Record> records) {
  Transaction transaction(state_->database);
  RecordWriter writer(state_->database, Known::refused);
  writer.write_all(records);
  transaction.commit();
}

Added Store::add(const Parcel& parcel) {
  Database& database = state_->database;
  Transaction transaction(database);
  EnvironmentWriter environments(database);
  for (const auto& [hash, json] : parcel.environments) environments.write(hash, json);
  RunWriter runs(database, Known::left_alone);
  for (const Run& run : parcel.runs) runs.write(run);
  require_what_is_named(database, parcel);
  RecordWriter records(database, Known::left_alone);
  records.write_all(parcel.records);
  Added added{runs.added(), records.added(), environments.added()};
  added.known = parcel.records.size() - added.records;
  transaction.commit();
  return added;
}

}  // namespace assay::results
