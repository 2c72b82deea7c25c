// Records as tables, as one page each, and as CSV.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "results/record/ceilings.h"
#include "results/record/record.h"

namespace assay::cli::show {

struct ShowStyle {
  std::size_t width = 80;
  bool colour = false;
  bool wide = false;  ///< full problem texts, numbers of samples and ids; nothing is shortened
};

/// The records of one run, grouped by device and problem, each division separately. `all` are the
/// run's records without filters; the ceilings come from them.
std::string run_text(const results::record::Run& run,
                     std::span<const results::record::Record> shown,
                     std::span<const results::record::Record> all, const ShowStyle& style);

/// How many records a run has, how many of them are modelled, and whether they were imported.
struct RunCounts {
  std::size_t records = 0, modelled = 0;
  bool imported = false;
};

/// One line per run, with the number of its records.
std::string runs_text(std::span<const results::record::Run> runs, std::span<const RunCounts> counts,
                      const ShowStyle& style);

/// Everything in one record. `environment` is its JSON; empty if it is not stored.
std::string record_text(const results::record::Record& record,
                        const results::record::Ceilings& ceilings, const std::string& environment,
                        const ShowStyle& style);

/// "86% ±1.4%" of the peak, "97% ±2.0% mem", "140% ±3.1% mem*" if a cache may have served data; ""
/// without a ceiling.
std::string ceiling_text(const results::record::Record& record,
                         const results::record::Ceilings& ceilings);

}  // namespace assay::cli::show
