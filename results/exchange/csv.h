// Records as CSV (RFC 4180), with times in seconds and rates in FLOP/s and B/s.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "results/record/record.h"

namespace assay::results::exchange {

/// `all` are all records of the shown runs; the ceilings of each run are taken from them.
void write_csv(std::ostream& out, std::span<const record::Record> shown,
               std::span<const record::Record> all);

std::string csv_text(std::span<const record::Record> shown, std::span<const record::Record> all);

/// A field, in quotes if it needs them. What a spreadsheet would compute begins with an apostrophe.
std::string csv_field(const std::string& text);

}  // namespace assay::results::exchange
