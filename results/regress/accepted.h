// Changes that people know of and accept, with a reason and an end.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/regress/findings.h"
#include "results/regress/series.h"

namespace assay::results::regress {

/// One [[accepted]] entry.
struct Accepted {
  std::string series;  ///< pattern over Series::key(): contained, `*` stands for anything
  std::string run;     ///< first run of the new level, an id or the beginning of one; or
  std::string date;    ///< its day, "2026-11-20": one of the two
  double at_most = 0;  ///< relative size up to which it is accepted; 0: any
  std::string reason;
  std::string until;  ///< last day on which it holds
  std::string place;  ///< "accepted.toml:12"
};

/// Throws InputError naming file, line and key.
std::vector<Accepted> load_accepted(const std::filesystem::path& file);
std::vector<Accepted> parse_accepted(const std::string& name, std::string_view text);

/// Whether the entry means this finding, whatever the day: the series fits, and its run or day is
/// among those where the change may have come.
bool means(const Accepted& accepted, const Series& series, const HistoryFinding& finding);
/// Whether it still holds on `today` ("2026-11-25").
bool holds_on(const Accepted& accepted, const std::string& today);

/// Whether `text` fits `pattern`: contained, whatever the case; `*` stands for anything.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace assay::results::regress
