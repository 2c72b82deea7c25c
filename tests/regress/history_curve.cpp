// Examines a detector of changes on real histories, whose changes nobody has marked: how many of
// the obvious steps it tells, how many of the steps that it tells are plausible, and how soon it
// tells obvious increases if it looks every night.
//   history_curve TABLE [--fewest NIGHTS] [--told STEPS] [--nightly STEPS] [--missed]
// TABLE has the columns series, night and value, in the order of nights (godot_history.py writes
// one); shorter series than --fewest are left out. --told examines the steps of another detector
// (peers.py) instead of this one. --nightly looks at so many obvious increases every night; 0:
// none.
// --missed lists the obvious steps that were not told.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "results/regress/findings.h"
#include "results/statistics/shift.h"
#include "results/statistics/statistics.h"

namespace assay {
namespace {

using results::regress::FindingKind;
using results::regress::HistoryFinding;
using results::statistics::median;
using results::statistics::robust_deviation;

/// The usual length of a history, to which counts of steps are related.
constexpr double kUsualNights = 291;
/// A told step is that of the history if it is at most so many nights off.
constexpr std::size_t kOff = 3;

struct History {
  std::string name;
  std::vector<double> values, logs;
};

/// The cells of a line; only the first one may contain commas.
std::vector<std::string> cells(std::string line, std::size_t count) {
  std::vector<std::string> out(count);
  while (--count > 0) {
    const std::size_t comma = line.rfind(',');
    if (comma == std::string::npos) throw std::runtime_error("too few columns: " + line);
    out[count] = line.substr(comma + 1);
    line.resize(comma);
  }
  out[0] = line;
  return out;
}

std::vector<std::vector<std::string>> read(const std::string& path, const std::string& header) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != header) {
    throw std::runtime_error(path + ": the first line must be \"" + header + "\"");
  }
  const auto columns = static_cast<std::size_t>(std::ranges::count(header, ',')) + 1;
  std::vector<std::vector<std::string>> out;
  while (std::getline(file, line)) out.push_back(cells(line, columns));
  return out;
}

std::vector<History> histories_of(const std::string& path, std::size_t fewest) {
  std::map<std::string, History> all;
  for (const auto& row : read(path, "series,night,value")) {
    History& history = all[row[0]];
    const double value = std::strtod(row[2].c_str(), nullptr);
    if (!(value > 0)) throw std::runtime_error("not above zero: " + row[0] + ", " + row[1]);
    history.values.push_back(value);
    history.logs.push_back(std::log(value));
  }
  std::vector<History> out;
  for (auto& [name, history] : all) {
    history.name = name;
    if (history.values.size() >= fewest) out.push_back(std::move(history));
  }
  return out;
}

using Values = std::span<const double>;

struct Obvious {
  std::size_t history = 0, at = 0;
  double size = 0;  ///< logarithm of the ratio of both medians
  double apart = 0;
};

/// Seven nights that are all below the seven nights after them, or all above, with medians at least
/// 2% and six robust deviations apart: the larger deviation of both sides. Of such nights close to
/// each other the one counts whose two sides are farthest apart.
std::vector<Obvious> obvious_steps(const std::vector<History>& histories) {
  constexpr std::size_t kSide = 7;
  constexpr double kDeviations = 6;
  std::vector<Obvious> out;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    const Values logs = histories[i].logs;
    for (std::size_t at = kSide; at + kSide <= logs.size(); ++at) {
      const Values before = logs.subspan(at - kSide, kSide), after = logs.subspan(at, kSide);
      const double apart = std::max(std::ranges::min(after) - std::ranges::max(before),
                                    std::ranges::min(before) - std::ranges::max(after));
      const double size = median(after) - median(before);
      if (!(apart > 0) || std::abs(size) < std::log1p(0.02)) continue;
      const double deviation = std::max(robust_deviation(before), robust_deviation(after));
      if (std::abs(size) < kDeviations * deviation) continue;
      const Obvious step{i, at, size, apart};
      if (out.empty() || out.back().history != i || out.back().at + kSide <= at ||
          (out.back().size > 0) != (size > 0)) {
        out.push_back(step);
      } else if (apart > out.back().apart) {
        out.back() = step;
      }
    }
  }
  return out;
}

/// Whether ten nights before and after a step differ: medians by at least 1.5%, and in at least 90%
/// of the pairs.
bool is_plausible(Values logs, std::size_t at) {
  constexpr std::size_t kSide = 10;
  const Values before = logs.first(at).last(std::min(kSide, at));
  const Values after = logs.subspan(at, std::min(kSide, logs.size() - at));
  if (before.empty() || after.empty()) return false;
  const double size = median(after) - median(before);
  double pairs = 0;
  for (const double b : after) {
    for (const double a : before) pairs += a == b ? 0.5 : (b > a) == (size > 0) ? 1 : 0;
  }
  const auto all = static_cast<double>(before.size() * after.size());
  return std::abs(size) >= std::log1p(0.015) && pairs >= 0.9 * all;
}

using Told = std::vector<std::vector<std::size_t>>;  ///< first nights of new levels, by history

Told told_by_assay(const std::vector<History>& histories) {
  std::vector<std::vector<HistoryFinding>> findings;
  std::vector<std::size_t> nights;
  for (const History& history : histories) {
    findings.push_back(judge_history(history.values, results::regress::FindingOptions()).findings);
    nights.push_back(history.values.size());
  }
  results::regress::control_false_findings(findings, nights, 0.01);
  Told out(histories.size());
  std::size_t drifts = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    for (const HistoryFinding& finding : findings[i]) {
      if (finding.kind == FindingKind::step) out[i].push_back(finding.first);
      drifts += finding.kind == FindingKind::drift ? 1 : 0;
    }
  }
  fmt::print("{} drifts told, which are not examined\n", drifts);
  return out;
}

Told told_in(const std::string& path, const std::vector<History>& histories) {
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < histories.size(); ++i) numbers[histories[i].name] = i;
  Told out(histories.size());
  for (const auto& row : read(path, "series,at")) {
    const auto found = numbers.find(row[0]);
    const std::size_t at = std::strtoul(row[1].c_str(), nullptr, 10);
    if (found == numbers.end() || at >= histories[found->second].values.size()) {
      throw std::runtime_error(path + ": no such history or night: " + row[0] + ", " + row[1]);
    }
    out[found->second].push_back(at);
  }
  return out;
}

std::size_t off(std::size_t a, std::size_t b) {
  return a > b ? a - b : b - a;
}

double percent(std::size_t part, std::size_t all) {
  return all == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(all);
}

void print_whole(const std::vector<History>& histories, const std::vector<Obvious>& obvious,
                 const Told& told, bool missed) {
  std::size_t steps = 0, plausible = 0, nights = 0, hits = 0, exact = 0;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    nights += histories[i].values.size();
    steps += told[i].size();
    for (const std::size_t at : told[i]) plausible += is_plausible(histories[i].logs, at) ? 1 : 0;
  }
  for (const Obvious& step : obvious) {
    std::size_t least = kOff + 1;
    for (const std::size_t at : told[step.history]) least = std::min(least, off(at, step.at));
    hits += least <= kOff ? 1 : 0;
    exact += least == 0 ? 1 : 0;
    if (missed && least > kOff) {
      fmt::print("missed: {} at {} ({:+.1f}%)\n", histories[step.history].name, step.at,
                 100 * std::expm1(step.size));
    }
  }
  const double series = static_cast<double>(nights) / kUsualNights;
  fmt::print("{:>8} {:>10} {:>24} {:>8} {:>14} {:>12}\n", "steps", "plausible",
             "implausible, 291 nights", "obvious", "of them told", "exact night");
  fmt::print("{:>8} {:>9.1f}% {:>24.3f} {:>8} {:>13.1f}% {:>11.1f}%\n", steps,
             percent(plausible, steps), static_cast<double>(steps - plausible) / series,
             obvious.size(), percent(hits, obvious.size()), percent(exact, hits));
}

/// Looks at obvious increases every night, until 30 nights after.
void print_nightly(const std::vector<History>& histories, const std::vector<Obvious>& obvious,
                   std::size_t count) {
  constexpr std::array<std::size_t, 5> kWithin = {2, 5, 7, 15, 30};
  std::vector<Obvious> all;
  for (const Obvious& step : obvious) {
    const bool long_enough = step.at + kWithin.back() <= histories[step.history].values.size();
    if (step.size > 0 && long_enough) all.push_back(step);
  }
  count = std::min(count, all.size());
  std::array<std::size_t, kWithin.size()> told{}, alarmed{};
  std::size_t still = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Obvious& step = all[i * all.size() / count];
    const Values values = histories[step.history].values;
    std::size_t first_told = kWithin.back() + 1, first_alarm = first_told;
    for (std::size_t after = 1; after <= kWithin.back(); ++after) {
      const auto judged =
          judge_history(values.first(step.at + after), results::regress::FindingOptions());
      for (const HistoryFinding& finding : judged.findings) {
        if (finding.kind != FindingKind::step || !finding.worse() ||
            off(finding.first, step.at) > kOff) {
          continue;
        }
        first_told = std::min(first_told, after);
        if (finding.alarms()) first_alarm = std::min(first_alarm, after);
        still += after == kWithin.back() ? 1 : 0;
      }
    }
    for (std::size_t w = 0; w < kWithin.size(); ++w) {
      told[w] += first_told <= kWithin[w] ? 1 : 0;
      alarmed[w] += first_alarm <= kWithin[w] ? 1 : 0;
    }
  }
  fmt::print("\n{} of {} obvious increases, looked at every night:\n", count, all.size());
  for (std::size_t w = 0; w < kWithin.size(); ++w) {
    fmt::print("within {:>2} nights: {:>5.1f}% told, {:>5.1f}% with an alarm\n", kWithin[w],
               percent(told[w], count), percent(alarmed[w], count));
  }
  fmt::print("told in the 30th night: {:.1f}%\n", percent(still, count));
}

void examine(const std::vector<std::string>& arguments) {
  std::size_t fewest = 150, nightly = 300;
  std::string others;
  bool missed = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--missed") {
      missed = true;
      continue;
    }
    if (i + 1 == arguments.size()) throw std::runtime_error(arguments[i] + " needs a value");
    const std::string& option = arguments[i];
    const std::string& value = arguments[++i];
    if (option == "--told") {
      others = value;
    } else if (option == "--fewest") {
      fewest = std::strtoul(value.c_str(), nullptr, 10);
    } else if (option == "--nightly") {
      nightly = std::strtoul(value.c_str(), nullptr, 10);
    } else {
      throw std::runtime_error("no such option: " + option);
    }
  }
  const std::vector<History> histories = histories_of(arguments[0], fewest);
  const std::vector<Obvious> obvious = obvious_steps(histories);
  fmt::print("{} series of at least {} nights\n", histories.size(), fewest);
  const Told told = others.empty() ? told_by_assay(histories) : told_in(others, histories);
  print_whole(histories, obvious, told, missed);
  if (others.empty() && nightly > 0) print_nightly(histories, obvious, nightly);
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty()) {
    fmt::print(stderr,
               "usage: history_curve TABLE [--fewest NIGHTS] [--told STEPS] "
               "[--nightly STEPS] [--missed]\n");
    return 2;
  }
  try {
    assay::examine(arguments);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
