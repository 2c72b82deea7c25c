// Classes that add rows to a store's tables within the caller's transaction. Rows may be written
// later: see Statement::run().
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"
#include "results/store/database/statements.h"
#include "results/store/points.h"
#include "results/store/series.h"

namespace assay::results::store {

/// What to do with a row if its key is already in the table.
enum class OnConflict { fail, ignore };

class RunWriter {
 public:
  RunWriter(const Database& database, OnConflict on_conflict);
  void write(const record::Run& run);
  /// Waits until all rows are written. Returns the number of rows that were new.
  std::size_t added() { return insert_.changed(); }

 private:
  Statement insert_;
};

class EnvironmentWriter {
 public:
  explicit EnvironmentWriter(const Database& database);
  void write(const std::string& hash, const std::string& json);
  std::size_t added() { return insert_.changed(); }

 private:
  Statement insert_;
};

class RecordWriter {
 public:
  RecordWriter(const Database& database, OnConflict on_conflict);
  /// Encodes and judges on all cores, some records at a time; the calling thread writes it.
  void write_all(std::span<const record::Record> records);
  /// Writes a record in the form in which another store has it: JSON without samples, and the
  /// samples as little-endian bytes. `record` is the decoded JSON with the device's samples: a
  /// drift shows in them only.
  void write(const record::Record& record, std::string_view json, std::string_view device_seconds,
             std::string_view host_seconds);
  std::size_t added() { return insert_.changed(); }

 private:
  struct Encoded {
    std::string json;
    trust::Trust trust;
  };
  void write_block(std::span<const record::Record> block, const std::vector<Encoded>& encoded);
  /// What the other tables keep of a record that is in its own.
  void note(const record::Record& record, const trust::Trust& trust);
  void bind(const record::Record& record, std::string_view json);

  Statement insert_;
  SeriesWriter series_;
  std::optional<PointWriter> points_;
  std::string device_;  // bound without copying; its memory is reused
};

}  // namespace assay::results::store
