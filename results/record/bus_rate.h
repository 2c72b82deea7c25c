// The two rates of a collective, as nccl-tests names them (doc/PERFORMANCE.md): algbw is the size
// of the buffer per second, record::byte_rate(); busbw is what a link carries per second,
// record::bus_rate().
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "results/record/record.h"

namespace assay::results::record {

bool is_collective(std::string_view operation);
/// busbw / algbw. nullopt for other operations, and where the text of the problem does not tell the
/// number of ranks.
std::optional<double> bus_factor(std::string_view operation, const std::string& problem);

}  // namespace assay::results::record
