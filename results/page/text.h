// Numbers, moments and names as the report words them.
#pragma once

#include <string>
#include <string_view>

#include "results/record/record.h"

namespace assay::results::page {

/// "86.1": three significant digits of a number from 1 on, two decimals below.
std::string three_digits(double value);
/// Three significant digits with a decimal prefix: "86.1 ms", "199 GFLOP/s".
std::string scaled_text(double value, std::string_view unit);
/// "86%", "4.1%", "0.40%".
std::string share_text(double share);
/// A share as it was asked for: "1%", "0.5%".
std::string target_text(double share);
/// "±0.8%"; "±?" where it is unknown.
std::string half_width_text(double relative);
/// "1.5 MiB".
std::string bytes_text(double bytes);
/// "1 record", "31 records".
std::string counted(std::size_t number, std::string_view thing);
/// "25 November 2026" of an ISO 8601 moment.
std::string date_text(const std::string& moment);
/// "2026-11-25 07:14:02 UTC".
std::string moment_text(const std::string& moment);
/// What is shown of an id; verbs take it as a prefix.
std::string short_id(const std::string& id);
/// "FLOP/s", for integers "OP/s".
std::string_view rate_unit(kernels::DataType type);

/// What became of a measurement: only `verified` ones rank.
enum class Result { verified, suspicious, failed, unsupported, modelled, unverified };
Result result_of(const record::Record& record);
std::string_view name(Result result);
/// A verified measurement whose interval is wider than asked.
bool missed_target(const record::Record& record);

}  // namespace assay::results::page
