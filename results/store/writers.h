// Classes that add rows to a store's tables, within the caller's transaction and perhaps later: see
// Statement::run().
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"
#include "results/store/database/statements.h"
#include "results/store/series.h"

namespace assay::results::store {

/// What happens to a row whose key is already in the table.
enum class Known { refused, left_alone };

class RunWriter {
 public:
  RunWriter(const Database& database, Known known);
  void write(const record::Run& run);
  /// Waits until all is written. How many rows were not there yet.
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
  RecordWriter(const Database& database, Known known);
  /// JSON is made on all cores, some records at a time, and written by this one.
  void write_all(std::span<const record::Record> records);
  /// A record as another store holds it: JSON without samples, and those as little-endian bytes.
  /// `record` is what the JSON says.
  void write(const record::Record& record, std::string_view json, std::string_view device_seconds,
             std::string_view host_seconds);
  std::size_t added() { return insert_.changed(); }

 private:
  void write_block(std::span<const record::Record> block, const std::vector<std::string>& texts);
  void bind(const record::Record& record, std::string_view json);

  Statement insert_;
  SeriesWriter series_;
  std::string device_;  // bound without a copy, and its memory is used again
};

}  // namespace assay::results::store
