// Rates of bytes as text: the only place that decides which rate of a collective is shown.
#pragma once

#include <string>

#include "results/record/record.h"

namespace assay::results::page {

/// "33.1 GB/s"; of a collective "45.9 GB/s busbw", the rate on a link as in nccl-tests.
std::string byte_rate_text(const record::Record& record);
/// The same; of a collective "26.2 GB/s algbw, 45.9 GB/s busbw".
std::string byte_rates_text(const record::Record& record);

}  // namespace assay::results::page
