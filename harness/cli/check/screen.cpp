#include "harness/cli/check/screen.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/claims/text.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/digest.h"
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
using results::claims::Digest;
using results::claims::Statement;
using results::claims::Verdict;
using results::claims::VerdictKind;

/// Rows of claims about this machine that fit on a screen.
constexpr std::size_t kMostRows = 12;
constexpr int kColumns = 80;
/// Reasons listed for a kind of verdict: few below the statements of a text, more without them.
constexpr std::size_t kEvidence = 3, kFew = 2, kMany = 6;

/// At most `lines` lines of wrapped text; the last ends with "…" if there is more.
std::string short_lines(const std::string& text, int indent, std::size_t lines) {
  std::string all = wrapped(text, indent, kColumns);
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

/// The evidence in at most two lines each.
std::string evidence_lines(const Statement& one) {
  std::string out;
  if (one.contest != nullptr) {
    const results::claims::ContestDigest contest = digest(*one.contest);
    for (const auto& group : contest.groups) {
      out += short_lines(
          fmt::format("{} {}: {}", group.outcome, group.group, fmt::join(group.metrics, ", ")), 6,
          2);
    }
    if (!contest.today.empty()) out += short_lines(contest.today, 6, 1);
  }
  for (std::size_t i = 0; i < one.evidence.size() && i < kEvidence; ++i) {
    out += short_lines(one.evidence[i], 6, 2);
  }
  return out;
}

std::string statement_lines(const Digest& said, bool colour) {
  if (said.statements.empty()) return "";
  std::string out =
      fmt::format("  {:<49}answer\n",
                  fmt::format("what {} says", said.text.empty() ? "the source" : said.text));
  for (const Statement& one : said.statements) {
    const std::string text = wrapped(one.said, 2, 50);
    const std::size_t end = text.find('\n');
    const std::string first = text.substr(0, end);
    const std::string pad(
        std::max<std::size_t>(1,
                              51 - std::min<std::size_t>(50, harness::terminal::text_width(first))),
        ' ');
    out += first + pad + styled(one.answer, style_of(one.verdict->kind), colour) + text.substr(end);
    out += evidence_lines(one);
  }
  return out + "\n";
}

/// The claims of a kind, each reason in one line, as many as fit.
std::string kind_lines(const results::claims::KindDigest& kind, std::size_t most, bool colour) {
  if (kind.listed.empty()) return "";
  std::string out = styled(name(kind.kind), style_of(kind.kind), colour) + "\n";
  std::size_t shown = 0;
  for (std::size_t i = 0; i < kind.listed.size() && i < most; ++i) {
    std::vector<std::string> ids;
    for (const Claim* claim : kind.listed[i].claims) ids.push_back(claim->id);
    shown += ids.size();
    const std::string line = fmt::format("{}: {}", fmt::join(ids, ", "), kind.listed[i].detail);
    out += fmt::format("  {}\n", shortened(line, kColumns - 2));
  }
  if (shown < kind.number) out += fmt::format("  and {} more\n", kind.number - shown);
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

std::string origin_and_trust(const results::claims::Basis& basis) {
  return fmt::format("{}; {}", basis.origin, trust_text(basis));
}

/// The system with whose id all claims begin; empty if there is no such one.
std::string only_system(const results::claims::Catalogue& catalogue,
                        const std::vector<const Verdict*>& verdicts) {
  const std::string system = find_claim(catalogue, verdicts.front()->claim).system;
  const bool all = std::ranges::all_of(
      verdicts, [&](const Verdict* one) { return one->claim.starts_with(system + "-"); });
  return all ? system : "";
}

}  // namespace

std::string machine_screen(const Judged& judged, bool colour) {
  const JudgedRecords& records = *judged.records;
  std::string out =
      wrapped(records.records.empty() ? records.basis.origin : origin_and_trust(records.basis), 0,
              kColumns);
  if (judged.verdicts.empty()) {
    out += wrapped(records.records.empty()
                       ? "`assay run` measures this machine."
                       : "No claim of the catalogue is about the devices measured here.",
                   0, kColumns);
    return out;
  }
  // What was measured comes first, and of the rest as much as fits.
  std::vector<const Verdict*> ordered;
  for (const Verdict& verdict : judged.verdicts) ordered.push_back(&verdict);
  std::ranges::stable_partition(ordered, [](const Verdict* one) { return one->measured.known; });
  const auto measured = static_cast<std::size_t>(std::ranges::count_if(
      judged.verdicts, [](const Verdict& verdict) { return verdict.measured.known; }));
  const std::size_t shown = std::min(ordered.size(), std::max(measured, kMostRows));
  const std::string system = only_system(*judged.catalogue, ordered);
  Table table(
      {{system.empty() ? results::page::counted(ordered.size(), "claim") + " about this machine"
                       : system + "-…"},
       {"claimed", Align::right},
       {"measured (95%)", Align::right},
       {"verdict"}});
  for (std::size_t i = 0; i < shown; ++i) {
    const Claim& claim = find_claim(*judged.catalogue, ordered[i]->claim);
    // The heading says the system.
    table.add({{system.empty() ? claim.id : claim.id.substr(system.size() + 1)},
               {claim.value ? claims::figure_text(*claim.value) : "–"},
               {measured_text(claim, *ordered[i])},
               {std::string(name(ordered[i]->kind)), style_of(ordered[i]->kind)}});
  }
  out += "\n" + table.text(2, kColumns, colour);
  if (shown < ordered.size()) {
    out += fmt::format("  and {} not measured: assay check --all\n", ordered.size() - shown);
  }
  out += "\n";
  for (std::size_t i = 0; i < measured; ++i) {
    if (ordered[i]->kind == VerdictKind::supported) continue;
    out += short_lines(fmt::format("{}: {}", ordered[i]->claim, ordered[i]->reason), 2, 3);
  }
  if (measured < ordered.size()) {
    out += wrapped(fmt::format("to decide one: `{}`",
                               results::page::measure_claim_command(ordered[measured]->claim)),
                   2, kColumns);
  }
  return out;
}

std::string set_screen(const Judged& judged, bool colour) {
  const Digest said =
      digest(*judged.catalogue, judged.set, judged.verdicts, judged.present, judged.contests);
  std::string out = wrapped(said.title, 0, kColumns) + wrapped(said.decision, 0, kColumns) + "\n";
  out += statement_lines(said, colour);
  if (!said.further.empty()) out += wrapped(said.further, 0, kColumns);
  const std::size_t most = said.statements.empty() ? kMany : kFew;
  for (const auto& kind : said.kinds) out += kind_lines(kind, most, colour);
  if (said.measured) out += wrapped(origin_and_trust(judged.records->basis), 0, kColumns);
  return out;
}

}  // namespace assay::cli::check
