// What an operation says of itself, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "kernels/operation.h"

namespace assay::cli::operations {

/// An implementation of an operation on a device here.
struct KnownImplementation {
  std::string device;  ///< "cpu:0"
  std::string name;    ///< "library/onednn"
};

/// One line for each operation.
std::string operations_text();
/// All that the operation says of itself, in 80 columns: formula, fields, operands, how work is
/// counted, figure and roof.
std::string operation_text(const kernels::Operation& operation);
/// The implementations, a device a line.
std::string implementations_text(const std::vector<KnownImplementation>& known);

/// Keys: name, summary, formula, counting, figure, roof, fields, operands, ranks.
nlohmann::ordered_json to_json(const kernels::Operation& operation);

}  // namespace assay::cli::operations
