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

std::string contender_text(const Contender& contender, bool with_division) {
  std::string text =
      with_division ? contender.record->implementation.name : bare_name(*contender.record);
  if (contender.implementations > 1) text += fmt::format(" of {}", contender.implementations);
  return text;
}

bool any_row(const CompareTable& table, bool (*holds)(const ComparedProblem&)) {
  for (const SideComparison& comparison : table.comparisons) {
    for (const ComparedGroup& group : comparison.best) {
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
  std::string text = group.of_all ? std::string("best of each side")
                                  : fmt::format("{}, {}", name(group.division), name(group.mode));
  // For modelled records the division already says so.
  if (group.of_all && group.kind == record::Origin::modelled) return text + ", modelled";
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

std::string contenders_text(const ComparedGroup& group, const ComparedProblem& row,
                            const Labels& labels) {
  const std::string a = contender_text(row.baseline, group.of_all);
  const std::string b = contender_text(row.other, group.of_all);
  const std::string text = a == b ? a : fmt::format("{} {}, {} {}", labels.a, a, labels.b, b);
  if (!group.of_all) return text;
  const bool model = is_modelled(*row.baseline.record);
  const record::Record& record = model ? *row.other.record : *row.baseline.record;
  return fmt::format("{}, {}", text, name(record.settings.mode));
}

std::string difference_text(const ComparedProblem& row) {
  const std::string text(name(row.difference));
  return row.not_judged.empty() ? text : text + ": " + row.not_judged;
}

std::string difference_text(statistics::Difference difference, std::size_t not_judged) {
  const std::string text(name(difference));
  return not_judged == 0 ? text : fmt::format("{}: {}", text, page::counted(not_judged, "problem"));
}

namespace {

/// `reason_told`: what keeps the row from being judged is told elsewhere.
std::string marks_of(const ComparedProblem& row, const Labels& labels, bool reason_told) {
  std::string text;
  const auto add = [&](const std::string& mark) { text += (text.empty() ? "" : ", ") + mark; };
  const std::array<std::pair<const Contender*, std::string>, 2> sides = {
      {{&row.baseline, labels.a}, {&row.other, labels.b}}};
  for (const auto& [contender, letter] : sides) {
    const record::Origin kind = kind_of(*contender->record);
    if (kind != record::Origin::measured) add(fmt::format("{} {}", letter, name(kind)));
    const trust::Trust& trust = contender->trust;
    if (reason_told && !trust::not_compared_reason({}, trust, letter).empty()) continue;
    if (const std::string faults = trust.names(); !faults.empty()) {
      add(fmt::format("{} {}", letter, faults));
    }
  }
  if (row.few_samples && !reason_told) add("few samples");
  return text;
}

}  // namespace

std::string marks_text(const ComparedProblem& row, const Labels& labels) {
  return marks_of(row, labels, false);
}

std::string marks_beside_reason(const ComparedProblem& row, const Labels& labels) {
  return marks_of(row, labels, !row.not_judged.empty() && !row.few_processes);
}

std::string devices_text(const ComparedProblem& row) {
  const std::string a = device_title(*row.baseline.record), b = device_title(*row.other.record);
  return a == b ? a : fmt::format("{} and {}", a, b);
}

bool several_devices(const SideComparison& comparison) {
  std::set<std::string> devices;
  for (const ComparedGroup& group : comparison.best) {
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

std::string direction_text(const Labels& labels) {
  return fmt::format("A ratio is {0} / {1}: above 1, {0} is faster.", labels.b, labels.a);
}

namespace {

std::string kind_of_reason(const ComparedProblem& row) {
  if (!row.speed.has_interval()) return "modelled: published figures have no interval";
  if (row.few_processes) {
    const std::size_t most = std::max(row.baseline.processes.size(), row.other.processes.size());
    return most == 1 ? "one run a side"
                     : fmt::format("fewer than {} runs a side", statistics::kFewestProcesses);
  }
  for (const trust::FaultFacts& one : trust::kFaults) {
    const bool counts =
        trust::Trust{{{one.fault, "", {}}}}.may_be_off() || one.fault == trust::Fault::samples;
    const auto has = [&](const trust::Trust& trust) { return trust.has(one.fault); };
    if (counts && (has(row.baseline.trust) || has(row.other.trust) ||
                   has(row.baseline.overtaken_trust) || has(row.other.overtaken_trust))) {
      return std::string(one.meaning);
    }
  }
  return "doubtful";
}

}  // namespace

std::string not_judged_text(const std::vector<ComparedGroup>& groups) {
  std::map<std::string, std::size_t> counts;
  for (const ComparedGroup& group : groups) {
    for (const ComparedProblem& row : group.rows) {
      if (row.difference == statistics::Difference::not_judged) ++counts[kind_of_reason(row)];
    }
  }
  std::string text;
  for (const auto& [reason, number] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, reason);
  }
  return text;
}

std::string trust_text(const Side& side) {
  if (side.is_published) return "nothing was measured";
  trust::DoubtCounts counts;
  for (const record::Record& record : side.records) {
    if (ranks(record)) counts.add(record, trust::trust_of(record));
  }
  if (counts.records == 0) return "no verified measurement";
  return counts.doubtful == 0 ? fmt::format("none of {} doubtful",
                                            page::counted(counts.records, "verified measurement"))
                              : counts.text();
}

std::string side_text(const Side& side) {
  std::string text = side.origin;
  if (side.offer) text += fmt::format("; SHA-256 {}", side.offer->sha256.substr(0, 8));
  if (side.price) text += fmt::format("; price {}", side.price->text);
  if (side.power) text += fmt::format("; power {}", side.power->text);
  return text;
}

std::string standing_text(const Side& side) {
  if (side.is_published) return "published figures: nothing to sign or to check by rules";
  return side.offer ? fmt::format("{}; {}", signature_text(*side.offer), rules_text(*side.offer))
                    : std::string("no bundle: unsigned, rules not checked");
}

std::vector<std::string> notes(const CompareTable& table) {
  std::vector<std::string> out = {
      "A ratio of two sides is the time of the first divided by the time of the other, so that "
      "above 1 the other side is faster. With three or more processes a side, its 95% interval is "
      "Welch's for the logarithms of their medians: it covers what "
      "varies between processes. With fewer it is MOVER's (Zou & Donner 2008), which covers the "
      "variation within the two measurements only, and no difference is told.",
      "Geometric means are of these ratios. The problems are taken as fixed."};
  out.emplace_back(
      "Of each problem and mode the best implementation of each side is compared, whatever its "
      "division; --division takes only one. What is not verified as right or has times that "
      "contradict each other never stands for a side. The interval takes the best one as chosen "
      "beforehand: of sides that are equally fast, the one with more implementations of about "
      "equal speed is favoured by chance.");
  if (any_row(table, [](const ComparedProblem& row) { return row.few_processes; })) {
    out.emplace_back(
        "Not judged for lack of processes: two runs of one program already differ by what varies "
        "between processes. `assay run --repeat 3` measures enough for a side, and "
        "`assay compare RUN+RUN+RUN RUN+RUN+RUN` joins runs.");
  }
  if (any_row(table, [](const ComparedProblem& row) { return row.few_samples; })) {
    out.emplace_back(
        "If there are too few samples for a 95% interval, the interval is widened, and neither the "
        "row nor a mean or score with this row shows a difference.");
  }
  if (any_row(table, [](const ComparedProblem& row) {
        return !row.not_judged.empty() && row.speed.has_interval() &&
               !(row.few_processes && row.baseline.trust.may_decide() &&
                 row.other.trust.may_decide());
      })) {
    out.emplace_back(
        "Where a measurement is doubtful (too few samples, a busy machine, a low clock, times that "
        "had not settled, drifted or contradict each other), the ratio is shown and not judged, "
        "and neither is a mean or a score with it.");
  }
  const bool stated =
      std::ranges::any_of(table.sides, [](const Side& side) { return side.power.has_value(); });
  if (stated) {
    out.emplace_back("Per watt means speed per stated watt: no energy was measured for it.");
  } else if (any_row(table, [](const ComparedProblem& row) { return row.per_watt.has_value(); })) {
    out.emplace_back(
        "Per watt means work per joule. Its interval assumes that the sensors' errors add up, "
        "because the error of a sensor is the same in all of its readings.");
  }
  if (any_row(table, [](const ComparedProblem& row) { return row.per_dollar.has_value(); })) {
    out.emplace_back("Intervals per dollar include the uncertainty of published prices.");
  }
  if (table.modelled) {
    out.emplace_back(
        "Modelled figures follow from published ones, have no interval and are not judged: no "
        "launch reaches them. Imported "
        "figures were measured elsewhere.");
  }
  return out;
}

}  // namespace assay::results::compare
