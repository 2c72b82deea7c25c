#include "results/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "kernels/error.h"
#include "results/compare/matching.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/ceilings.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

/// How the rows of one side are judged.
struct Choice {
  std::string letter;     ///< of the side
  bool doubtful = false;  ///< CompareOptions::doubtful
};

std::vector<double> medians(const Contender& contender) {
  std::vector<double> out;
  for (const Process& process : contender.processes) out.push_back(process.median);
  return out;
}

double largest_tick(const Contender& contender) {
  double tick = 0;
  for (const Process& process : contender.processes) tick = std::max(tick, process.tick);
  return tick;
}

/// Makes the interval include `middle` (a logarithm) with the ticks of both clocks, which no number
/// of processes averages out.
void widen(statistics::Ratio& ratio, double middle, double tick_a, double tick_b) {
  const double reach = std::log1p(tick_a) + std::log1p(tick_b);
  ratio.interval.lower = std::min(ratio.interval.lower, std::exp(middle - reach));
  ratio.interval.upper = std::max(ratio.interval.upper, std::exp(middle + reach));
}

std::optional<statistics::Ratio> work_per_joule(const record::Record& baseline,
                                                const record::Record& other) {
  const record::Energy &a = baseline.energy, &b = other.energy;
  if (!a.half_width() || !b.half_width() || !(*a.joules_lower > 0) || !(*b.joules_lower > 0)) {
    return std::nullopt;
  }
  return statistics::Ratio{*a.joules_per_launch / *b.joules_per_launch,
                           {*a.joules_lower / *b.joules_upper, *a.joules_upper / *b.joules_lower}};
}

ComparedProblem compared(const Partners& partners, const Side& baseline, const Side& other,
                         const Choice& choice) {
  ComparedProblem row;
  row.baseline = partners.baseline;
  row.other = partners.other;
  const statistics::Summary& a = row.baseline.record->summary;
  const statistics::Summary& b = row.other.record->summary;
  const std::size_t processes_a = row.baseline.processes.size();
  const std::size_t processes_b = row.other.processes.size();
  if (std::min(processes_a, processes_b) >= statistics::kFewestProcesses) {
    row.speed = statistics::ratio_of_processes(medians(row.baseline), medians(row.other));
    // The ratio of the figures that are shown: those of the middle processes.
    row.speed.value = a.median / b.median;
    widen(row.speed, std::log(row.speed.value), largest_tick(row.baseline),
          largest_tick(row.other));
  } else {
    // What varies between processes is not known, so that no difference can be told.
    row.speed = ratio_of_medians(a, b);
    row.few_processes = row.speed.has_interval();
  }
  row.few_samples = row.speed.has_interval() &&
                    std::min(a.confidence, b.confidence) < statistics::kComparisonConfidence;
  row.difference = row.few_samples ? statistics::Difference::none_shown : difference_of(row.speed);
  // Times that cannot be true are not compared, not even on request.
  const bool impossible = row.baseline.trust.has(trust::Fault::implausible) ||
                          row.other.trust.has(trust::Fault::implausible);
  if ((!choice.doubtful || impossible) && row.speed.has_interval()) {
    row.not_judged = trust::not_compared_reason(row.baseline.trust, row.other.trust, choice.letter);
    if (!row.not_judged.empty()) row.few_processes = false;
  }
  if (row.not_judged.empty() && row.few_processes) {
    row.not_judged = fmt::format(
        "A {}, {} {}", processes_a == 1 ? "1 process" : fmt::format("{} processes", processes_a),
        choice.letter, processes_b);
  }
  if (!row.not_judged.empty()) row.difference = statistics::Difference::not_judged;
  row.per_watt = work_per_joule(*row.baseline.record, *row.other.record);
  if (baseline.price && other.price) {
    row.per_dollar = per_dollar(row.speed, *baseline.price, *other.price);
  }
  return row;
}

/// For each process that measured all rows, the geometric mean of its medians: what varies between
/// processes may change all rows alike.
std::vector<double> means_of_processes(const std::vector<const ComparedProblem*>& rows,
                                       Contender ComparedProblem::*side) {
  std::map<std::string, std::pair<std::size_t, double>> sums;
  for (const ComparedProblem* row : rows) {
    for (const Process& process : (row->*side).processes) {
      auto& [number, logarithms] = sums[process.id];
      ++number;
      logarithms += std::log(process.median);
    }
  }
  std::vector<double> out;
  for (const auto& [id, sum] : sums) {
    if (sum.first == rows.size())
      out.push_back(std::exp(sum.second / static_cast<double>(rows.size())));
  }
  return out;
}

Mean mean_of(const std::string& operation, const std::vector<const ComparedProblem*>& rows,
             const Side& baseline, const Side& other) {
  Mean mean;
  mean.operation = operation;
  mean.problems = rows.size();
  std::vector<statistics::Ratio> speeds, energies;
  bool few_samples = false;
  for (const ComparedProblem* row : rows) {
    speeds.push_back(row->speed);
    few_samples |= row->few_samples;
    mean.not_judged += row->not_judged.empty() ? 0 : 1;
    if (row->per_watt) energies.push_back(*row->per_watt);
  }
  const auto above = means_of_processes(rows, &ComparedProblem::baseline);
  const auto below = means_of_processes(rows, &ComparedProblem::other);
  mean.speed = std::min(above.size(), below.size()) >= statistics::kFewestProcesses
                   ? statistics::ratio_of_processes(above, below)
                   : geometric_mean(speeds);
  if (mean.speed.has_interval()) {
    double tick_a = 0, tick_b = 0;
    for (const ComparedProblem* row : rows) {
      tick_a += largest_tick(row->baseline) / static_cast<double>(rows.size());
      tick_b += largest_tick(row->other) / static_cast<double>(rows.size());
    }
    widen(mean.speed, std::log(mean.speed.value), tick_a, tick_b);
  }
  mean.difference = difference_of(mean.speed);
  if (few_samples && mean.speed.has_interval())
    mean.difference = statistics::Difference::none_shown;
  if (mean.not_judged > 0) mean.difference = statistics::Difference::not_judged;
  mean.problems_with_energy = energies.size();
  if (!energies.empty())
    mean.per_watt = geometric_mean_at_worst(energies, std::vector<double>(energies.size(), 1));
  if (baseline.price && other.price) {
    mean.per_dollar = per_dollar(mean.speed, *baseline.price, *other.price);
  }
  return mean;
}

std::vector<Mean> means_of(const ComparedGroup& group, const Side& baseline, const Side& other) {
  std::map<std::string, std::vector<const ComparedProblem*>> by_operation;
  std::vector<const ComparedProblem*> all;
  for (const ComparedProblem& row : group.rows) {
    by_operation[row.operation()].push_back(&row);
    all.push_back(&row);
  }
  std::vector<Mean> means;
  means.reserve(by_operation.size() + 1);
  for (const auto& [operation, rows] : by_operation) {
    means.push_back(mean_of(operation, rows, baseline, other));
  }
  means.push_back(mean_of("", all, baseline, other));
  return means;
}

/// Cold before hot, and divisions in the order of listings.
std::vector<ComparedGroup> groups_of(const std::vector<Partners>& partners, const Side& baseline,
                                     const Side& other, const Choice& choice) {
  std::map<std::tuple<record::Division, record::Mode, record::Origin>, ComparedGroup> groups;
  for (const Partners& pair : partners) {
    const bool model = is_modelled(*pair.baseline.record);
    const record::Record& record = model ? *pair.other.record : *pair.baseline.record;
    const record::Division division = record.implementation.division;
    const record::Mode mode = record.settings.mode;
    const record::Origin kind =
        std::max(kind_of(*pair.baseline.record), kind_of(*pair.other.record));
    ComparedGroup& group = groups[{division, mode, kind}];
    group.division = division;
    group.mode = mode;
    group.kind = kind;
    group.rows.push_back(compared(pair, baseline, other, choice));
  }
  std::vector<ComparedGroup> out;
  for (auto& [key, group] : groups) {
    std::stable_sort(group.rows.begin(), group.rows.end(),
                     [](const ComparedProblem& a, const ComparedProblem& b) {
                       return record::naturally_less(a.problem(), b.problem());
                     });
    group.means = means_of(group, baseline, other);
    out.push_back(std::move(group));
  }
  return out;
}

void refuse_shared_records(const std::vector<Side>& sides) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      std::set<std::string> ids;
      for (const record::Record& record : sides[j].records) ids.insert(record.id);
      const bool shared = std::ranges::any_of(
          sides[i].records, [&](const record::Record& record) { return ids.contains(record.id); });
      if (!shared) continue;
      throw InputError(fmt::format("{} ({}) and {} ({}) share records", side_letter(j),
                                   sides[j].name, side_letter(i), sides[i].name),
                       "name different runs, or different devices of one run");
    }
  }
}

/// "14 verified of 20 records on cuda:0 NVIDIA H100: attention 4, matmul 10 (library, hot)".
std::string contents_of(const Side& side) {
  std::set<std::string> devices, kinds;
  std::map<std::string, std::size_t> operations;
  std::size_t verified = 0, modelled = 0;
  for (const record::Record& record : side.records) {
    devices.insert(device_title(record));
    const bool model = is_modelled(record) && record.status == record::Status::ok;
    if (!ranks(record) && !model) continue;
    ++(model ? modelled : verified);
    ++operations[record.operation];
    kinds.insert(
        fmt::format("{} {}", name(record.implementation.division), name(record.settings.mode)));
  }
  if (side.records.empty()) return "no records";
  std::string text =
      fmt::format("{} verified{} of {} on {}", verified,
                  modelled > 0 ? fmt::format(" and {} modelled", modelled) : "",
                  page::counted(side.records.size(), "record"), fmt::join(devices, ", "));
  const char* separator = ": ";
  for (const auto& [operation, number] : operations) {
    text += fmt::format("{}{} {}", separator, operation, number);
    separator = ", ";
  }
  if (!kinds.empty()) text += fmt::format(" ({})", fmt::join(kinds, ", "));
  return text;
}

}  // namespace

record::Origin kind_of(const record::Record& record) {
  return is_modelled(record) ? record::Origin::modelled : record.origin;
}

std::string side_letter(std::size_t side) {
  return side < 26 ? std::string(1, static_cast<char>('A' + side)) : fmt::format("S{}", side + 1);
}

Measure measure_of(const record::Record& record) {
  switch (figure_of(record)) {
    case kernels::Figure::time:
      return Measure::time;
    case kernels::Figure::operations:
      return Measure::flop_rate;
    case kernels::Figure::bytes:
      break;
  }
  return Measure::byte_rate;
}

std::string speed_text(const record::Record& record) {
  return measure_of(record) == Measure::time ? page::scaled_text(record.summary.median, "s")
                                             : page::rate_text(record);
}

statistics::Ratio shown_ratio(const ComparedProblem& row) {
  return measure_of(*row.baseline.record) == Measure::time ? inverse(row.speed) : row.speed;
}

std::size_t SideComparison::rows() const {
  std::size_t number = 0;
  for (const ComparedGroup& group : groups) number += group.rows.size();
  return number;
}

CompareTable compare(std::vector<Side> sides, const CompareOptions& options) {
  if (sides.size() < 2) {
    throw InputError("a comparison needs two or more sides", "name a second run, device or file");
  }
  refuse_shared_records(sides);
  CompareTable table;
  table.modelled = options.modelled;
  table.sides = std::move(sides);
  const Side& baseline = table.sides.front();
  for (std::size_t i = 1; i < table.sides.size(); ++i) {
    Matches matches = match(baseline.records, table.sides[i].records, options);
    const Choice choice{side_letter(i), options.doubtful};
    table.comparisons.push_back({i, groups_of(matches.partners, baseline, table.sides[i], choice),
                                 std::move(matches.left_out)});
  }
  return table;
}

void add_scores(CompareTable& table, Weights weights) {
  table.weights = std::move(weights);
  for (SideComparison& comparison : table.comparisons) {
    for (ComparedGroup& group : comparison.groups) {
      std::vector<ScoredProblem> problems;
      for (const ComparedProblem& row : group.rows) {
        problems.push_back({&row.problem(), row.speed, row.few_samples, !row.not_judged.empty()});
      }
      group.score = score_of(*table.weights, problems);
    }
  }
}

std::string contents_text(const CompareTable& table) {
  std::string text;
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    text += fmt::format("{}{} ({}) has {}", i == 0 ? "" : "; ", side_letter(i), table.sides[i].name,
                        contents_of(table.sides[i]));
  }
  return text;
}

std::vector<const ComparedProblem*> sorted_rows(const ComparedGroup& group, Sort sort,
                                                bool only_different) {
  std::vector<const ComparedProblem*> rows;
  for (const ComparedProblem& row : group.rows) {
    if (!only_different || row.difference != statistics::Difference::none_shown)
      rows.push_back(&row);
  }
  // Distance of the interval from 1; negative if it includes 1, lowest if there is no interval.
  const auto distance = [](const ComparedProblem* row) {
    if (!row->speed.has_interval()) return -std::numeric_limits<double>::infinity();
    const statistics::Interval& interval = row->speed.interval;
    return std::max(std::log(interval.lower), -std::log(interval.upper));
  };
  if (sort == Sort::ratio) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto* a, const auto* b) { return a->speed.value > b->speed.value; });
  } else if (sort == Sort::difference) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const auto* a, const auto* b) { return distance(a) > distance(b); });
  }
  return rows;
}

}  // namespace assay::results::compare
