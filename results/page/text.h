// Counts, moments and names as pages write them, and what became of a measurement.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "results/page/quantity_text.h"
#include "results/record/record.h"

namespace assay::results::page {

/// "1 record", "31 records".
std::string counted(std::size_t number, std::string_view thing);
/// "25 November 2026", from a time in ISO 8601.
std::string date_text(const std::string& moment);
/// "2026-11-25 07:14:02 UTC".
std::string moment_text(const std::string& moment);
/// The first digits of an id, which are enough to name it.
std::string short_id(const std::string& id);
/// "FLOP/s", or "OP/s" for integers.
std::string_view rate_unit(kernels::DataType type);

/// The result of a measurement; only `verified` ones rank.
enum class Result { verified, suspicious, failed, unsupported, modelled, unverified };
Result result_of(const record::Record& record);
std::string_view name(Result result);
/// How busy the machine was during the measurement, as labels with values; only what is known.
std::vector<std::pair<std::string, std::string>> load_lines(const record::MachineLoad& load);

}  // namespace assay::results::page
