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
std::vector<std::pair<std::string, std::string>> sensor_lines(const record::Sensors& sensors);
std::vector<std::pair<std::string, std::string>> load_lines(const record::MachineLoad& load);
/// "2.50 J ±6.2%" per launch; empty if there is no energy.
std::string energy_text(const record::Energy& energy);
/// How it was measured: "by the energy counter over 4.8 s (updated every 100 ms); ±5.0% of it is
/// the sensor's accuracy".
std::string energy_method_text(const record::Energy& energy);
/// "7.60 GFLOP/s/W, 7.1 to 8.2 GFLOP/s/W at 95%"; empty if there is no energy.
std::string per_watt_text(const record::Record& record);

}  // namespace assay::results::page
