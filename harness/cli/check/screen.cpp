#include "harness/cli/check/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "harness/cli/claims/text.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/units.h"
#include "results/page/command.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"

namespace assay::cli::check {
namespace {

using harness::terminal::Align;
using harness::terminal::shortened;
using harness::terminal::Style;
using harness::terminal::styled;
using harness::terminal::Table;
using harness::terminal::wrapped;
using results::claims::Claim;
using results::claims::ContestRow;
using results::claims::ContestTable;
using results::claims::Evidence;
using results::claims::EvidenceKind;
using results::claims::Verdict;
using results::claims::VerdictKind;

constexpr int kColumns = 80;
constexpr std::size_t kEvidence = 3, kListed = 6;

/// At most `lines` lines of wrapped text; the last ends with "…" if there is more.
std::string short_lines(const std::string& text, int indent, std::size_t lines) {
  const std::string all = wrapped(text, indent, kColumns);
  std::size_t at = 0;
  for (std::size_t line = 0; line < lines; ++line) {
    const std::size_t end = all.find('\n', at);
    if (end == std::string::npos || end + 1 == all.size()) return all;
    at = end + 1;
  }
  std::string out = all.substr(0, at - 1);
  out = out.substr(0, out.find_last_of(' '));
  return out + " …\n";
}

Style style_of(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::supported:
    case VerdictKind::corroborated:
      return Style::good;
    case VerdictKind::refuted:
    case VerdictKind::disputed:
      return Style::bad;
    case VerdictKind::not_reached:
    case VerdictKind::inconclusive:
      return Style::doubtful;
    case VerdictKind::untested:
    case VerdictKind::untestable:
      return Style::faint;
  }
  return Style::plain;
}

/// "ahead in 5 of 18 metrics", from the contest that answers the claim.
std::string contest_answer(const ContestTable& table) {
  const auto ahead = std::ranges::count(table.rows, std::string("ahead"), &ContestRow::outcome);
  const auto known = std::ranges::count_if(table.rows, [](const auto& row) { return row.known; });
  return fmt::format("ahead in {} of {} metrics", ahead, known);
}

const ContestTable* contest_of(const Judged& judged, const std::string& claim) {
  for (const ContestTable& table : judged.contests) {
    if (table.claim == claim) return &table;
  }
  return nullptr;
}

std::string answer_of(const Judged& judged, const Verdict& verdict) {
  if (const ContestTable* table = contest_of(judged, verdict.claim)) return contest_answer(*table);
  std::string text(name(verdict.kind));
  if (verdict.kind == VerdictKind::corroborated) {
    text += fmt::format(": {} sources", verdict.corroborated_by.size());
  }
  return text;
}

std::string_view group_word(std::string_view group) {
  return group == "system" ? "whole system"
         : group == "watt" ? "per watt"
         : group == "chip" ? "per chip"
         : group == "rack" ? "per rack"
                           : "in serving";
}

/// One line per group of metrics: "whole system  bf16 peak 1.67×, HBM 3.6×   ahead".
std::string contest_lines(const ContestTable& table) {
  std::vector<std::string> groups;
  std::map<std::string, std::map<std::string, std::string>> by_group;
  for (const ContestRow& row : table.rows) {
    if (!row.known) continue;
    const std::string& group = row.metric->group;
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
    std::string& text = by_group[group][row.outcome];
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.metric->name,
                        row.ratio > 0 ? results::claims::format_in(row.ratio, "x", 2) : "none");
  }
  std::string out;
  for (const std::string& group : groups) {
    for (const auto& [outcome, text] : by_group[group]) {
      out += short_lines(fmt::format("{} {}: {}", outcome, group_word(group), text), 6, 2);
    }
  }
  return out;
}

int weight(const Evidence& evidence) {
  switch (evidence.kind) {
    case EvidenceKind::measured:
      return 0;
    case EvidenceKind::published:
      return 1;
    case EvidenceKind::audited:
      return 2;
    case EvidenceKind::projected:
      return 3;
    case EvidenceKind::modelled:
      return 4;
  }
  return 5;
}

/// The strongest evidence first: measured, published, calculated.
std::string evidence_lines(const Judged& judged, const Verdict& verdict) {
  const ContestTable* table = contest_of(judged, verdict.claim);
  std::string out;
  std::size_t shown = 0;
  const auto add = [&](const std::string& text) {
    if (shown < kEvidence) out += short_lines(text, 6, 2);
    ++shown;
  };
  for (const std::string& one : verdict.corroborated_by) add(one);
  if (!verdict.contradiction.empty()) add(verdict.contradiction);
  if (verdict.kind == VerdictKind::untestable && table == nullptr) add(verdict.reason);
  std::vector<const Evidence*> ordered;
  for (const Evidence& evidence : verdict.evidence) {
    // Where sources agree, calculations with the same figure add nothing.
    const bool beside =
        verdict.kind == VerdictKind::corroborated && evidence.kind == EvidenceKind::audited;
    const bool repeats = beside || (!verdict.contradiction.empty() &&
                                    evidence.text.find(verdict.contradiction) != std::string::npos);
    if (!repeats && evidence.kind != EvidenceKind::modelled) ordered.push_back(&evidence);
  }
  std::ranges::stable_sort(ordered, {}, [](const Evidence* one) { return weight(*one); });
  for (const Evidence* evidence : ordered) {
    if (table == nullptr || evidence->kind != EvidenceKind::audited) add(evidence->text);
  }
  return table == nullptr ? out : contest_lines(*table) + out;
}

std::string first_claims(const Judged& judged, bool colour, std::set<std::string>& shown) {
  const results::claims::ClaimSet& set = find_set(*judged.catalogue, judged.set);
  if (set.first.empty()) return "";
  std::string out = fmt::format(
      "  {:<49}answer\n", fmt::format("what {} says", set.text.empty() ? "the source" : set.text));
  for (const std::string& id : set.first) {
    const auto found = std::ranges::find(judged.verdicts, id, &Verdict::claim);
    if (found == judged.verdicts.end()) continue;
    shown.insert(id);
    const Claim& claim = find_claim(*judged.catalogue, id);
    const std::string said =
        claim.quote.empty() ? claim.statement : fmt::format("“{}”", claim.quote);
    const std::string answer = answer_of(judged, *found);
    const std::string text = wrapped(said, 2, 50);
    const std::size_t end = text.find('\n');
    const std::string first = text.substr(0, end);
    const std::string pad(
        std::max<std::size_t>(1,
                              51 - std::min<std::size_t>(50, harness::terminal::text_width(first))),
        ' ');
    out += first + pad + styled(answer, style_of(found->kind), colour) + text.substr(end);
    out += evidence_lines(judged, *found);
  }
  return out + "\n";
}

std::string claim_line(const Judged& judged, const Verdict& verdict) {
  const Claim& claim = find_claim(*judged.catalogue, verdict.claim);
  const std::string detail =
      verdict.kind == VerdictKind::disputed ? verdict.contradiction : verdict.reason;
  return fmt::format("  {}\n", shortened(fmt::format("{}: {}", claim.id, detail), kColumns - 2));
}

/// The claims of a kind, each in one line, as many as fit.
std::string kind_lines(const Judged& judged, const std::vector<const Verdict*>& of_kind) {
  std::string out;
  for (std::size_t i = 0; i < of_kind.size() && i < kListed; ++i) {
    out += claim_line(judged, *of_kind[i]);
  }
  if (of_kind.size() > kListed) out += fmt::format("  and {} more\n", of_kind.size() - kListed);
  return out;
}

/// The kinds that a reader must know of with their claims, and the others as a number.
std::string other_claims(const Judged& judged, const std::set<std::string>& shown,
                         const std::string& from, bool colour) {
  std::map<VerdictKind, std::vector<const Verdict*>> by_kind;
  std::vector<Verdict> others;
  for (const auto* part : {&judged.verdicts, &judged.present}) {
    for (const Verdict& verdict : *part) {
      if (shown.contains(verdict.claim)) continue;
      by_kind[verdict.kind].push_back(&verdict);
      others.push_back(verdict);
    }
  }
  if (others.empty()) return wrapped(from + ".", 0, kColumns);
  std::ranges::stable_sort(by_kind[VerdictKind::disputed], std::greater{},
                           [](const Verdict* one) { return std::abs(std::log1p(one->gap)); });
  std::string out =
      wrapped(fmt::format("{}. {}{}.", from, shown.empty() ? "" : "Further ", counts_text(others)),
              0, kColumns);
  // A small set is shown completely, of a large one what a reader must know of.
  std::vector<VerdictKind> kinds = {VerdictKind::refuted, VerdictKind::supported,
                                    VerdictKind::inconclusive, VerdictKind::not_reached,
                                    VerdictKind::disputed};
  if (others.size() <= kListed) {
    kinds.insert(kinds.end(),
                 {VerdictKind::corroborated, VerdictKind::untested, VerdictKind::untestable});
  }
  for (const VerdictKind kind : kinds) {
    if (by_kind[kind].empty()) continue;
    out += styled(name(kind), style_of(kind), colour) + "\n" + kind_lines(judged, by_kind[kind]);
  }
  return out;
}

std::string measured_text(const Claim& claim, const Verdict& verdict) {
  if (!verdict.measured.known) return "not measured";
  const auto number = [](double value) { return results::page::number_text(value); };
  return fmt::format(
      "{} [{}, {}]",
      results::claims::format_in(
          verdict.measured.value * results::claims::parse_unit(claim.value->unit).scale,
          claim.value->unit),
      number(verdict.measured.interval.lower), number(verdict.measured.interval.upper));
}

std::string trust_text(const JudgedRecords& records) {
  if (records.busy > 0) {
    return fmt::format("; other work used the machine during {} of them", records.busy);
  }
  if (records.doubtful > 0) {
    return fmt::format("; {} of them did not settle or missed their interval", records.doubtful);
  }
  return "; all of them settled on a quiet machine";
}

}  // namespace

std::string counts_text(const std::vector<Verdict>& verdicts) {
  std::map<VerdictKind, std::size_t> counts;
  for (const Verdict& verdict : verdicts) ++counts[verdict.kind];
  std::string text = results::page::counted(verdicts.size(), "claim") + ":";
  const char* separator = " ";
  for (const auto& [kind, number] : counts) {
    text += fmt::format("{}{} {}", separator, number, name(kind));
    separator = ", ";
  }
  return text;
}

std::string machine_screen(const Judged& judged, bool colour) {
  const JudgedRecords& records = *judged.records;
  std::string out = wrapped(
      records.records.empty() ? records.origin : records.origin + trust_text(records), 0, kColumns);
  if (judged.verdicts.empty()) {
    out += wrapped(records.records.empty()
                       ? "`assay run` measures this machine."
                       : "No claim of the catalogue is about the devices measured here.",
                   0, kColumns);
    return out;
  }
  Table table({{results::page::counted(judged.verdicts.size(), "claim") + " about this machine"},
               {"claimed", Align::right},
               {"measured (95%)", Align::right},
               {"verdict"}});
  for (const Verdict& verdict : judged.verdicts) {
    const Claim& claim = find_claim(*judged.catalogue, verdict.claim);
    table.add({{claim.id},
               {claim.value ? claims::figure_text(*claim.value) : "–"},
               {measured_text(claim, verdict)},
               {std::string(name(verdict.kind)), style_of(verdict.kind)}});
  }
  out += "\n" + table.text(2, kColumns, colour) + "\n";
  for (const Verdict& verdict : judged.verdicts) {
    if (verdict.kind == VerdictKind::supported) continue;
    out += short_lines(fmt::format("{}: {}", verdict.claim, verdict.reason), 2, 3);
    if (verdict.needs_measurement) {
      out += wrapped(
          fmt::format("to decide: `{}`", results::page::measure_claim_command(verdict.claim)), 4,
          kColumns);
    }
  }
  return out;
}

std::string set_screen(const Judged& judged, bool colour) {
  std::string out = wrapped(find_set(*judged.catalogue, judged.set).title, 0, kColumns) + "\n";
  std::set<std::string> shown;
  out += first_claims(judged, colour, shown);
  const bool measured = std::ranges::any_of(
      judged.verdicts, [](const Verdict& verdict) { return verdict.measured.known; });
  const std::string from = measured ? judged.records->origin + trust_text(*judged.records)
                                    : "Nothing of this was measured here";
  return out + other_claims(judged, shown, from, colour);
}

}  // namespace assay::cli::check
