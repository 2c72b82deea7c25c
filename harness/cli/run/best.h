// The end of a run at a glance: what each operation reached of its ceiling.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "results/record/record.h"

namespace assay::cli::run {

/// Without records whose figure nothing may be judged by (times that cannot be true); "!" marks
/// what is doubtful: a figure, or the ceiling of a share; "sets it" is a product that is the
/// ceiling. A table with bars: of each device, operation, type and limit (arithmetic or memory),
/// the verified record that reached the largest share of its ceiling. `records` are those of one
/// run. At most 12 rows, and a line that counts the others. Empty if no record has a ceiling.
std::string best_text(std::span<const results::record::Record> records, std::size_t width,
                      bool colour);

}  // namespace assay::cli::run
