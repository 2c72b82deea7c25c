// How records are listed: in which order, under which short names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/record.h"

namespace assay::results::record {

/// "cpu:0"; a pretended device by its system, "datasheet:h200-sxm".
std::string device_key(const DeviceIdentity& device);
/// "cpu:0 AMD EPYC 9V74", and in brackets what is not measured: "(modelled)".
std::string device_title(const Record& record);

/// The problem without the fields that have their usual values, for one line of text.
std::string brief_problem(const std::string& problem);

/// Whether one text comes before another where digits compare as the numbers they are.
bool naturally_less(std::string_view a, std::string_view b);

/// By device, then by problem ("n=256" before "n=1024"); within one, divisions apart and the
/// quickest first in each.
std::vector<const Record*> in_order(std::span<const Record> records);

}  // namespace assay::results::record
