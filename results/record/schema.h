// The published schema of records, generated from the keys that write and read them.
#pragma once

#include <string>

namespace assay::results::record {

/// results/schema/record.schema.json (JSON Schema 2020-12), with a newline at the end.
std::string record_schema();

}  // namespace assay::results::record
