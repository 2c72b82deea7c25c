#include "results/store/writers.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "results/record/listing.h"
#include "results/store/state.h"

namespace assay::results::store {

namespace {

std::string_view conflict_clause(OnConflict on_conflict) {
  return on_conflict == OnConflict::ignore ? " ON CONFLICT DO NOTHING" : "";
}

}  // namespace

RunWriter::RunWriter(const Database& database, OnConflict on_conflict)
    : insert_(database,
              fmt::format("INSERT INTO run ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9){}",
                          kRunColumns, conflict_clause(on_conflict))) {}

void RunWriter::write(const record::Run& run) {
  int parameter = 0;
  for (const std::string* text : {&run.id, &run.started, &run.ended, &run.suite, &run.command,
                                  &run.host, &run.assay_version, &run.plan, &run.environment}) {
    insert_.bind_kept(++parameter, *text);
  }
  insert_.run();
}

EnvironmentWriter::EnvironmentWriter(const Database& database)
    : insert_(database,
              "INSERT INTO environment (sha256, json) VALUES (?1, ?2) ON CONFLICT DO NOTHING") {}

void EnvironmentWriter::write(const std::string& hash, const std::string& json) {
  insert_.bind_kept(1, hash).bind_kept(2, json).run();
}

RecordWriter::RecordWriter(const Database& database, OnConflict on_conflict)
    : insert_(database,
              fmt::format("INSERT INTO record (id, run, started, problem, operation, device, "
                          "implementation, division, status, json, device_seconds, host_seconds) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12){}",
                          conflict_clause(on_conflict))),
      series_(database) {
  if (database.has_points()) points_.emplace(database);
}

void RecordWriter::write_all(std::span<const record::Record> records) {
  // A block is encoded while the database writes the previous block.
  constexpr std::size_t kBlock = 512;
  std::vector<Encoded> encoded(std::min(kBlock, records.size())), next(encoded.size());
  const auto make = [&](std::size_t from, std::vector<Encoded>& into) {
    const std::size_t count = std::min(kBlock, records.size() - std::min(from, records.size()));
    tbb::parallel_for(std::size_t{0}, count, [&, from](std::size_t i) {
      into[i].json.clear();
      append_text(into[i].json, records[from + i], record::Samples::none);
      into[i].trust = trust::trust_of(records[from + i]);
    });
  };
  make(0, encoded);
  tbb::task_group ahead;
  for (std::size_t from = 0; from < records.size(); from += kBlock) {
    const auto block = records.subspan(from, std::min(kBlock, records.size() - from));
    if (from + kBlock < records.size()) ahead.run([&, from] { make(from + kBlock, next); });
    try {
      write_block(block, encoded);
    } catch (...) {
      ahead.wait();
      throw;
    }
    ahead.wait();
    std::swap(encoded, next);
  }
}

void RecordWriter::write_block(std::span<const record::Record> block,
                               const std::vector<Encoded>& encoded) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    bind(block[i], encoded[i].json);
    insert_.bind(11, block[i].device_seconds).bind(12, block[i].host_seconds).run();
    note(block[i], encoded[i].trust);
  }
}

void RecordWriter::write(const record::Record& record, std::string_view json,
                         std::string_view device_seconds, std::string_view host_seconds) {
  bind(record, json);
  insert_.bind_bytes(11, device_seconds).bind_bytes(12, host_seconds).run();
  note(record, trust::trust_of(record));
}

void RecordWriter::note(const record::Record& record, const trust::Trust& trust) {
  series_.note(record, trust);
  if (points_) points_->write(record, trust);
}

void RecordWriter::bind(const record::Record& record, std::string_view json) {
  device_.clear();
  fmt::format_to(std::back_inserter(device_), "{} {}", device_key(record.device),
                 record.device.name);
  insert_.bind_kept(1, record.id)
      .bind_kept(2, record.run)
      .bind_kept(3, record.started)
      .bind_kept(4, record.problem)
      .bind_kept(5, record.operation)
      .bind_kept(6, device_)
      .bind_kept(7, record.implementation.name)
      .bind_kept(8, name(record.implementation.division))
      .bind_kept(9, name(record.status))
      .bind_kept(10, json);
}

}  // namespace assay::results::store
