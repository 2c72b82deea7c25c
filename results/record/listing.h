// The order and the short names under which records are listed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::record {

/// "cpu:0"; a modelled device is named by its system, "datasheet:h200-sxm".
std::string device_key(const DeviceIdentity& device);
/// "cpu:0 AMD EPYC 9V74", followed by the origin if it is not measured: "(modelled)".
std::string device_title(const Record& record);

/// The problem without the fields that have their default values, short enough for one line.
std::string brief_problem(const std::string& problem);

/// Whether one text sorts before another if digits are compared as numbers.
bool naturally_less(std::string_view a, std::string_view b);

/// Sorted by device, then by problem ("n=256" before "n=1024"), then by division, then fastest
/// first.
std::vector<const Record*> in_order(std::span<const Record> records);

}  // namespace assay::results::record
