#include "results/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "kernels/error.h"
#include "results/compare/matching.h"
#include "results/compare/rows.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/ceilings.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

/// Sorts the rows of a group and takes their means.
ComparedGroup finished(ComparedGroup group, const Contest& contest) {
  std::stable_sort(group.rows.begin(), group.rows.end(),
                   [](const ComparedProblem& a, const ComparedProblem& b) {
                     return record::naturally_less(a.problem(), b.problem());
                   });
  group.means = means_of(group, contest);
  group.judged = mean_of_judged(group, contest);
  return group;
}

record::Origin kind_of_pair(const Partners& pair) {
  return std::max(kind_of(*pair.baseline.record), kind_of(*pair.other.record));
}

/// Cold before hot, and divisions in the order of listings.
std::vector<ComparedGroup> groups_of(const std::vector<Partners>& partners,
                                     const Contest& contest) {
  std::map<std::tuple<record::Division, record::Mode, record::Origin>, ComparedGroup> groups;
  for (const Partners& pair : partners) {
    const bool model = is_modelled(*pair.baseline.record);
    const record::Record& record = model ? *pair.other.record : *pair.baseline.record;
    const record::Division division = record.implementation.division;
    const record::Mode mode = record.settings.mode;
    const record::Origin kind = kind_of_pair(pair);
    ComparedGroup& group = groups[{division, mode, kind}];
    group.division = division;
    group.mode = mode;
    group.kind = kind;
    group.rows.push_back(compared(pair, contest));
  }
  std::vector<ComparedGroup> out;
  for (auto& [key, group] : groups) out.push_back(finished(std::move(group), contest));
  return out;
}

/// Groups of all divisions and modes, measured ones first.
std::vector<ComparedGroup> best_of(const std::vector<Partners>& partners, const Contest& contest) {
  std::map<record::Origin, ComparedGroup> groups;
  for (const Partners& pair : partners) {
    ComparedGroup& group = groups[kind_of_pair(pair)];
    group.of_all = true;
    group.kind = kind_of_pair(pair);
    group.rows.push_back(compared(pair, contest));
  }
  std::vector<ComparedGroup> out;
  for (auto& [kind, group] : groups) out.push_back(finished(std::move(group), contest));
  return out;
}

/// The environment of a side's first measurement; null if it is not known.
const std::string* environment_of(const Side& side) {
  for (const record::Record& record : side.records) {
    const auto found = side.environments.find(record.environment);
    if (found != side.environments.end()) return &found->second;
  }
  return nullptr;
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

const std::string& label_of(const CompareTable& table, std::size_t side) {
  return table.sides[side].label;
}

Labels labels_of(const CompareTable& table, const SideComparison& comparison) {
  return {label_of(table, 0), label_of(table, comparison.side)};
}

void name_sides(std::vector<Side>& sides, const std::vector<std::string>& names) {
  if (!names.empty() && names.size() != sides.size()) {
    throw InputError(
        fmt::format("{} for {} sides", page::counted(names.size(), "name"), sides.size()),
        "name every side, in their order, or none");
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    const auto unfit = [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '=' || c == 0x7f;
    };
    if (name.empty() || name.front() == ' ' || name.back() == ' ' || name.size() > kLongestLabel ||
        std::ranges::any_of(name, unfit)) {
      throw InputError(
          fmt::format("the name `{}` does not serve", name),
          fmt::format("use 1 to {} bytes without = and control characters", kLongestLabel));
    }
    for (std::size_t j = 0; j < sides.size(); ++j) {
      if ((j < i && names[j] == name) || (j != i && side_letter(j) == name)) {
        throw InputError(fmt::format("the name `{}` could be side {} and side {}", name,
                                     std::min(i, j) + 1, std::max(i, j) + 1),
                         "give each side a name of its own");
      }
    }
    sides[i].label = name;
  }
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
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    if (table.sides[i].label.empty()) table.sides[i].label = side_letter(i);
  }
  const Side& baseline = table.sides.front();
  for (std::size_t i = 1; i < table.sides.size(); ++i) {
    const Side& other = table.sides[i];
    const Contest contest{
        baseline, other, {label_of(table, 0), label_of(table, i)}, options.doubtful};
    SideComparison& comparison = table.comparisons.emplace_back();
    comparison.side = i;
    Matches together = match(baseline.records, other.records, options, Divisions::together);
    comparison.best = best_of(together.partners, contest);
    comparison.left_out = std::move(together.left_out);
    comparison.groups = groups_of(
        match(baseline.records, other.records, options, Divisions::apart).partners, contest);
    const std::string *before = environment_of(baseline), *after = environment_of(other);
    if (before != nullptr && after != nullptr) {
      comparison.environment = record::environment_changes(*before, *after);
    }
  }
  return table;
}

void add_scores(CompareTable& table, Weights weights) {
  table.weights = std::move(weights);
  for (SideComparison& comparison : table.comparisons) {
    for (ComparedGroup& group : comparison.best) {
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
    text += fmt::format("{}{} ({}) has {}", i == 0 ? "" : "; ", label_of(table, i),
                        table.sides[i].name, contents_of(table.sides[i]));
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
