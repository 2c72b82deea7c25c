#include "results/compare/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

std::string bare_name(const record::Record& record) {
  const std::string& name = record.implementation.name;
  const std::string lead = fmt::format("{}/", record::name(record.implementation.division));
  return name.starts_with(lead) ? name.substr(lead.size()) : name;
}

std::string contender_text(const Contender& contender) {
  std::string text = bare_name(*contender.record);
  if (contender.implementations > 1) text += fmt::format(" of {}", contender.implementations);
  return text;
}

bool any_row(const CompareTable& table, bool (*holds)(const ComparedProblem&)) {
  for (const SideComparison& comparison : table.comparisons) {
    for (const ComparedGroup& group : comparison.groups) {
      if (std::any_of(group.rows.begin(), group.rows.end(), holds)) return true;
    }
  }
  return false;
}

}  // namespace

std::string interval_text(const statistics::Interval& interval) {
  if (!std::isfinite(interval.lower) || !std::isfinite(interval.upper)) return "no interval";
  return fmt::format("[{}, {}]", page::ratio_text(interval.lower),
                     page::ratio_text(interval.upper));
}

std::string group_title(const ComparedGroup& group) {
  std::string text = fmt::format("{}, {}", name(group.division), name(group.mode));
  // For modelled records the division already says so.
  if (group.kind != record::Origin::measured && name(group.division) != name(group.kind)) {
    text += fmt::format(", {}", name(group.kind));
  }
  return text;
}

std::string counts_text(const ComparedGroup& group) {
  std::map<statistics::Difference, std::size_t> counts;
  for (const ComparedProblem& row : group.rows) ++counts[row.difference];
  std::string text = page::counted(group.rows.size(), "problem");
  const char* separator = ": ";
  for (const auto& [difference, number] : counts) {
    text += fmt::format("{}{} {}", separator, number, name(difference));
    separator = ", ";
  }
  return text;
}

std::string contenders_text(const ComparedProblem& row, const std::string& other_letter) {
  const std::string a = contender_text(row.baseline), b = contender_text(row.other);
  return a == b ? a : fmt::format("A {}, {} {}", a, other_letter, b);
}

std::string difference_text(const ComparedProblem& row) {
  const std::string text(name(row.difference));
  return row.not_judged.empty() ? text : text + ": " + row.not_judged;
}

std::string difference_text(statistics::Difference difference, std::size_t not_judged) {
  const std::string text(name(difference));
  return not_judged == 0 ? text : fmt::format("{}: {}", text, page::counted(not_judged, "problem"));
}

std::string marks_text(const ComparedProblem& row, const std::string& other_letter) {
  std::string text;
  const auto add = [&](const std::string& mark) { text += (text.empty() ? "" : ", ") + mark; };
  const std::array<std::pair<const Contender*, std::string>, 2> sides = {
      {{&row.baseline, "A"}, {&row.other, other_letter}}};
  for (const auto& [contender, letter] : sides) {
    const record::Origin kind = kind_of(*contender->record);
    if (kind != record::Origin::measured) add(fmt::format("{} {}", letter, name(kind)));
    if (const std::string faults = contender->trust.names(); !faults.empty()) {
      add(fmt::format("{} {}", letter, faults));
    }
  }
  if (row.few_samples) add("few samples");
  return text;
}

std::string devices_text(const ComparedProblem& row) {
  const std::string a = device_title(*row.baseline.record), b = device_title(*row.other.record);
  return a == b ? a : fmt::format("{} and {}", a, b);
}

bool several_devices(const SideComparison& comparison) {
  std::set<std::string> devices;
  for (const ComparedGroup& group : comparison.groups) {
    for (const ComparedProblem& row : group.rows) devices.insert(devices_text(row));
  }
  return devices.size() > 1;
}

std::vector<LeftOutKind> left_out_kinds(const SideComparison& comparison) {
  std::map<std::pair<bool, LeftOutReason>, std::vector<const LeftOut*>> kinds;
  for (const LeftOut& one : comparison.left_out) {
    kinds[{!one.of_baseline, one.reason}].push_back(&one);
  }
  std::vector<LeftOutKind> out;
  out.reserve(kinds.size());
  for (auto& [key, records] : kinds) out.push_back({!key.first, key.second, std::move(records)});
  return out;
}

std::vector<std::string> notes(const CompareTable& table) {
  std::vector<std::string> out = {
      "A ratio is the rate of the other side divided by the rate of A. With three or more "
      "processes "
      "a side, its 95% interval is Welch's for the logarithms of their medians: it covers what "
      "varies between processes. With fewer it is MOVER's (Zou & Donner 2008), which covers the "
      "variation within the two measurements only, and no difference is told.",
      "Geometric means are of speeds: time of A / time of the other side. The problems are taken "
      "as "
      "fixed."};
  if (any_row(table, [](const ComparedProblem& row) { return row.few_processes; })) {
    out.emplace_back(
        "Not judged for lack of processes: two runs of one program already differ by what varies "
        "between processes. `assay run --repeat 3` measures enough for a side, and "
        "`assay compare RUN+RUN+RUN RUN+RUN+RUN` joins runs.");
  }
  if (any_row(table, [](const ComparedProblem& row) {
        return measure_of(*row.baseline.record) == Measure::time;
      })) {
    out.emplace_back(
        "Launches have a time and no rate: their ratio is a ratio of times, where less is better.");
  }
  if (any_row(table, [](const ComparedProblem& row) { return row.few_samples; })) {
    out.emplace_back(
        "If there are too few samples for a 95% interval, the interval is widened, and neither the "
        "row nor a mean or score with this row shows a difference.");
  }
  if (any_row(table, [](const ComparedProblem& row) {
        return !row.not_judged.empty() && !(row.few_processes && row.baseline.trust.may_decide() &&
                                            row.other.trust.may_decide());
      })) {
    out.emplace_back(
        "Where a measurement is doubtful (too few samples, a busy machine, a low clock, times that "
        "had not settled, drifted or contradict each other), the ratio is shown and not judged, "
        "and neither is a mean or a score with it.");
  }
  if (any_row(table, [](const ComparedProblem& row) { return row.per_watt.has_value(); })) {
    out.emplace_back(
        "Per watt means work per joule. Its interval assumes that the sensors' errors add up, "
        "because the error of a sensor is the same in all of its readings.");
  }
  if (any_row(table, [](const ComparedProblem& row) { return row.per_dollar.has_value(); })) {
    out.emplace_back("Intervals per dollar include the uncertainty of published prices.");
  }
  if (table.modelled) {
    out.emplace_back(
        "Modelled figures come from data sheets, have no interval and are not judged. Imported "
        "figures were measured elsewhere.");
  }
  return out;
}

}  // namespace assay::results::compare
