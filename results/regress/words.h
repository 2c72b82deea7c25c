// Histories and their changes in words, which text, Markdown, JUnit and pages share.
#pragma once

#include <string>

#include "results/regress/regress.h"

namespace assay::results::regress {

/// "2026-11-12", when the run started.
std::string day_text(const HistoryRun& run);

/// "matmul 2048 bf16 · library/onednn"; with the mode: "…, hot".
std::string what_text(const Series& series);
std::string what_text_with_mode(const Series& series);

/// "2.1% more time [1.8%, 2.4%]: 1.00 ms to 1.02 ms", "noise 2.3 times as large: …".
std::string size_text(const Series& series, const ReportedFinding& reported);
/// "since run 82d22864 of 2026-11-12, or a run from 2026-11-11 to 2026-11-13".
std::string when_text(const Series& series, const ReportedFinding& reported);
/// Both.
std::string change_text(const Regressions& found, const ReportedFinding& reported);
/// "accepted until 2027-03-31 (accepted.toml:12): the safer math mode"; empty without an entry.
std::string accepted_text(const ReportedFinding& reported);
/// "measured again in 5 processes (run 0d9c1a6e): 1.2 ms; 3 quiet series did not move"; empty if it
/// was not.
std::string confirmed_text(const Series& series, const ReportedFinding& reported);

/// What a change of the whole machine is, and where to look for its cause.
std::string together_text(const Regressions& found, const CommonChange& common);
/// "since run 82d22864 of 2026-11-12: 2 more runs at this level will tell".
std::string watched_text(const Regressions& found, const WatchedSeries& one);

/// "1 regression, 2 accepted in 19 series (30 runs, 2026-10-30 to 2026-11-28); …", with what was
/// not judged or not fully.
std::string summary_text(const Regressions& found);

}  // namespace assay::results::regress
