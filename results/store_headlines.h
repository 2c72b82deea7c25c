// Reads what tables and comparisons need of a stored record, without its JSON as a whole.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "results/record.h"
#include "results/store_database.h"

namespace assay::results {

class HeadlineReader {
 public:
  /// What a row that is read must have selected from table `record`.
  static const std::string_view kColumns;

  /// None where a value is not one that this build knows, or of a newer schema.
  std::optional<Record> read(const Statement& row);

 private:
  const DeviceIdentity& device_of(const Statement& row);

  std::map<std::string, DeviceIdentity> devices_;  // by their JSON: a run has few
};

}  // namespace assay::results
