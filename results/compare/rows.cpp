#include "results/compare/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace assay::results::compare {

namespace {

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

/// Why no difference may be told of two measurements; empty if one may.
std::string doubt_of(const ComparedProblem& row, const Labels& labels) {
  std::string text;
  const auto add = [&](const std::string& reason) {
    if (!reason.empty()) text += (text.empty() ? "" : "; ") + reason;
  };
  for (const auto& [contender, label] :
       {std::pair(&row.baseline, &labels.a), std::pair(&row.other, &labels.b)}) {
    add(trust::not_compared_reason({}, contender->trust, *label));
    if (contender->overtaken_by == nullptr) continue;
    add(fmt::format("{}: {} was faster, but is doubtful: {}", *label,
                    contender->overtaken_by->implementation.name,
                    contender->overtaken_trust.text()));
  }
  return text;
}

void judge(ComparedProblem& row, const Contest& contest) {
  const std::size_t processes_a = row.baseline.processes.size();
  const std::size_t processes_b = row.other.processes.size();
  row.few_samples = row.speed.has_interval() && std::min(row.baseline.record->summary.confidence,
                                                         row.other.record->summary.confidence) <
                                                    statistics::kComparisonConfidence;
  row.difference = row.few_samples ? statistics::Difference::none_shown : difference_of(row.speed);
  if (!contest.doubtful && row.speed.has_interval()) {
    row.not_judged = doubt_of(row, contest.labels);
    if (!row.not_judged.empty()) row.few_processes = false;
  }
  if (row.not_judged.empty() && row.few_processes) {
    row.not_judged =
        fmt::format("{} {}, {} {}", contest.labels.a,
                    processes_a == 1 ? "1 process" : fmt::format("{} processes", processes_a),
                    contest.labels.b, processes_b);
  }
  if (!row.not_judged.empty()) row.difference = statistics::Difference::not_judged;
}

}  // namespace

ComparedProblem compared(const Partners& partners, const Contest& contest) {
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
  judge(row, contest);
  const Side &baseline = contest.baseline, &other = contest.other;
  row.per_watt = baseline.power && other.power
                     ? per_watt(row.speed, *baseline.power, *other.power)
                     : work_per_joule(*row.baseline.record, *row.other.record);
  if (baseline.price && other.price) {
    row.per_dollar = per_dollar(row.speed, *baseline.price, *other.price);
  }
  row.unlike = unlike(*row.baseline.record, *row.other.record);
  return row;
}

namespace {

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
             const Contest& contest) {
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
  const Side &baseline = contest.baseline, &other = contest.other;
  if (baseline.power && other.power) {
    mean.per_watt = per_watt(mean.speed, *baseline.power, *other.power);
  } else if (!energies.empty()) {
    mean.per_watt = geometric_mean_at_worst(energies, std::vector<double>(energies.size(), 1));
  }
  if (baseline.price && other.price) {
    mean.per_dollar = per_dollar(mean.speed, *baseline.price, *other.price);
  }
  return mean;
}

}  // namespace

std::vector<Mean> means_of(const ComparedGroup& group, const Contest& contest) {
  std::map<std::string, std::vector<const ComparedProblem*>> by_operation;
  std::vector<const ComparedProblem*> all;
  for (const ComparedProblem& row : group.rows) {
    by_operation[row.operation()].push_back(&row);
    all.push_back(&row);
  }
  std::vector<Mean> means;
  means.reserve(by_operation.size() + 1);
  for (const auto& [operation, rows] : by_operation) {
    means.push_back(mean_of(operation, rows, contest));
  }
  means.push_back(mean_of("", all, contest));
  return means;
}

std::optional<Mean> mean_of_judged(const ComparedGroup& group, const Contest& contest) {
  std::vector<const ComparedProblem*> rows;
  for (const ComparedProblem& row : group.rows) {
    if (row.not_judged.empty()) rows.push_back(&row);
  }
  if (rows.empty() || rows.size() == group.rows.size()) return std::nullopt;
  return mean_of("", rows, contest);
}

}  // namespace assay::results::compare
