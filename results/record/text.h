// A record's compact JSON, written and read straight, without a tree of values in between.
#pragma once

#include <string>
#include <string_view>

#include "results/record/record.h"

namespace assay::results::record {

enum class Samples { all, none };

/// Appends what to_json(record) gives. With Samples::none, device_seconds and host_seconds are left
/// empty, as a store keeps them elsewhere.
void append_text(std::string& out, const Record& record, Samples samples);

/// Reads text of exactly that form: keys in their order, no spaces. False where it is anything
/// else, right or wrong; `record` then holds nothing of use.
bool read_text(std::string_view text, Record& record);

}  // namespace assay::results::record
