#include "harness/cli/regress/accept.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "harness/cli/output_file.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/page/text.h"
#include "results/process/read_file.h"
#include "results/regress/words.h"

namespace assay::cli::regress {

namespace {

using results::regress::Accepted;
using results::regress::FindingState;
using results::regress::Regressions;
using results::regress::ReportedFinding;
using results::regress::Series;

/// The entry, which names the run by as many digits as reports show.
Accepted entry_for(const Series& series, const ReportedFinding& reported,
                   const AcceptChoice& choice) {
  constexpr double kPerMille = 1000;
  Accepted out;
  out.series = series.key();
  out.run = results::page::short_id(first_run(series, reported.finding).run);
  out.at_most = std::ceil(reported.finding.change.interval.upper * kPerMille) / kPerMille;
  out.reason = choice.reason;
  out.until = choice.until;
  return out;
}

/// Whether the finding began at the run. A drift lasts for many runs, of which only the first one
/// names it.
bool began_at(const std::string& run, const Series& series, const ReportedFinding& reported) {
  if (reported.finding.kind == results::regress::FindingKind::drift) {
    return first_run(series, reported.finding).run.str().starts_with(run);
  }
  Accepted any;
  any.run = run;
  return applies_to(any, series, reported.finding);
}

[[noreturn]] void refuse(const Regressions& found, const AcceptChoice& choice) {
  std::set<std::string> runs;
  for (const ReportedFinding& reported : found.findings) {
    if (reported.state != FindingState::regression) continue;
    const Series& series = found.series[reported.series];
    runs.insert(results::page::short_id(first_run(series, reported.finding).run));
  }
  throw InputError(fmt::format("--accept {}: no regression began at this run", choice.run),
                   runs.empty() ? "there is no regression"
                                : fmt::format("regressions began at {}", fmt::join(runs, ", ")));
}

}  // namespace

std::string accept_regressions(const Regressions& found, const AcceptChoice& choice,
                               const std::string& file) {
  std::string entries, told;
  for (const ReportedFinding& reported : found.findings) {
    const Series& series = found.series[reported.series];
    if (reported.state != FindingState::regression || !began_at(choice.run, series, reported)) {
      continue;
    }
    entries += "\n" + to_toml(entry_for(series, reported, choice));
    told += harness::terminal::wrapped(
        fmt::format("accepted until {}: {}, {}", choice.until, what_text_with_mode(series),
                    size_text(series, reported)),
        0);
  }
  if (entries.empty()) refuse(found, choice);
  std::string text;
  if (std::filesystem::exists(file)) {
    text = results::process::read_file(file, results::process::kLargestToml, "name a TOML file");
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
  } else {
    entries.erase(0, 1);
  }
  text += entries;
  // Also tells what is wrong with the entries that were there before.
  (void)results::regress::parse_accepted(file, text);
  OutputFile out("--accepted", file);
  out.stream() << text;
  out.commit();
  return told + "written to " + file + "\n";
}

}  // namespace assay::cli::regress
