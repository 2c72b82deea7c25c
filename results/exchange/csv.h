// Records as CSV (RFC 4180), times in seconds, rates in FLOP/s and B/s.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "results/record/record.h"

namespace assay::results::exchange {

/// `all` are the records of the runs shown, from which the ceilings come, run by run.
void write_csv(std::ostream& out, std::span<const record::Record> shown,
               std::span<const record::Record> all);

std::string csv_text(std::span<const record::Record> shown, std::span<const record::Record> all);

/// A field, in quotes where it needs them.
std::string csv_field(const std::string& text);

}  // namespace assay::results::exchange
