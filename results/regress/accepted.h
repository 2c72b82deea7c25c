// Known changes that are accepted, with a reason and an end date.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/regress/findings.h"
#include "results/regress/series.h"

namespace assay::results::regress {

/// One [[accepted]] entry.
struct Accepted {
  std::string series;  ///< pattern for Series::key(), see fits()
  std::string run;     ///< first run of the new level: an id or its first digits; or
  std::string date;    ///< the date of that run, "2026-11-20"; one of the two is given
  double at_most = 0;  ///< largest accepted relative change; any size if 0
  std::string reason;
  std::string until;  ///< last day on which the entry is valid
  std::string place;  ///< "accepted.toml:12"
};

/// Throws InputError that names file, line and key.
std::vector<Accepted> load_accepted(const std::filesystem::path& file);
std::vector<Accepted> parse_accepted(const std::string& name, std::string_view text);

/// An entry as it stands in such a file.
std::string to_toml(const Accepted& accepted);

/// Whether the entry is about this finding: the series matches, and its run or date is among those
/// at which the change may have happened. The end date is not checked.
bool applies_to(const Accepted& accepted, const Series& series, const HistoryFinding& finding);
/// Whether the entry is still valid on `today` ("2026-11-25").
bool is_valid_on(const Accepted& accepted, const std::string& today);

/// Whether `text` contains `pattern`, ignoring case; `*` matches any text.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace assay::results::regress
