#include "results/claims/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "results/claims/units.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/trust/trust.h"

namespace assay::results::claims {
namespace {

std::string_view group_word(std::string_view group) {
  return group == "system" ? "whole system"
         : group == "watt" ? "per watt"
         : group == "chip" ? "per chip"
         : group == "rack" ? "per rack"
                           : "in serving";
}

/// "1.7×", "3.4–4.1×", or a word where one of the two systems cannot do this at all.
std::string ratio_text(const Against& against) {
  if (!std::isfinite(against.ratio)) return "alone with";
  if (against.ratio <= 0) return "no";
  const std::string upper = format_in(against.ends.upper, "x", 2);
  const std::string lower = page::number_text(against.ends.lower, 2);
  return against.ends.lower == against.ends.upper ? format_in(against.ratio, "x", 2)
                                                  : fmt::format("{}–{}", lower, upper);
}

/// "1.7× bf16 peak", "no fp8 peak".
std::string metric_text(const ContestRow& row) {
  const auto both = std::span(row.cells).first(2);
  const bool unverified =
      std::ranges::any_of(both, [](const Cell& cell) { return cell.unverified; });
  const bool disputed =
      std::ranges::any_of(both, [](const Cell& cell) { return !cell.disputed.empty(); });
  return fmt::format("{} {}{}{}", ratio_text(row.rival()), row.metric->name,
                     unverified ? " (unverified)" : "", disputed ? " (disputed)" : "");
}

int weight(EvidenceKind kind) {
  switch (kind) {
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

/// What the kind of verdict rests on.
std::vector<std::string> grounds(const Verdict& verdict, bool compared) {
  switch (verdict.kind) {
    case VerdictKind::corroborated:
      return verdict.corroborated_by;
    case VerdictKind::disputed: {
      std::vector<std::string> out = {verdict.contradiction};
      if (!verdict.disputed_by.empty()) {
        out.push_back(fmt::format("disputed by {}", fmt::join(verdict.disputed_by, "; ")));
      }
      if (!verdict.corroborated_by.empty()) {
        out.push_back(fmt::format("agreeing: {}", fmt::join(verdict.corroborated_by, "; ")));
      }
      return out;
    }
    case VerdictKind::supported:
    case VerdictKind::refuted:
    case VerdictKind::not_reached:
    case VerdictKind::inconclusive:
    case VerdictKind::untested:
      return {verdict.reason};
    case VerdictKind::untestable:
      return compared ? std::vector<std::string>{} : std::vector{verdict.reason};
  }
  return {};
}

const ContestTable* contest_of(std::span<const ContestTable> contests, const std::string& claim) {
  const auto found = std::ranges::find(contests, claim, &ContestTable::claim);
  return found == contests.end() ? nullptr : &*found;
}

constexpr std::array kKinds = {VerdictKind::refuted,      VerdictKind::supported,
                               VerdictKind::inconclusive, VerdictKind::not_reached,
                               VerdictKind::disputed,     VerdictKind::corroborated,
                               VerdictKind::untested,     VerdictKind::untestable};

/// So many claims are shown completely; of more only those that a reader must know of.
constexpr std::size_t kSmall = 6;

bool must_be_known(VerdictKind kind) {
  return kind != VerdictKind::corroborated && kind != VerdictKind::untested &&
         kind != VerdictKind::untestable;
}

std::string detail_of(const Verdict& verdict) {
  return verdict.kind == VerdictKind::disputed ? verdict.contradiction : verdict.reason;
}

/// Each reason once; `told` are those that a reader has seen already.
std::vector<ReasonDigest> by_reason(const Catalogue& catalogue,
                                    std::vector<const Verdict*> verdicts,
                                    const std::set<std::string>& told) {
  std::ranges::stable_sort(verdicts, std::greater{},
                           [](const Verdict* one) { return severity(one->gap); });
  std::vector<ReasonDigest> out;
  std::unordered_map<std::string, std::size_t> places;
  for (const Verdict* verdict : verdicts) {
    const std::string reason = detail_of(*verdict);
    const std::string detail = told.contains(reason) ? "the arithmetic above" : reason;
    const auto [place, fresh] = places.try_emplace(detail, out.size());
    if (fresh) out.push_back(ReasonDigest{{}, detail, verdict->disputed_by});
    out[place->second].claims.push_back(&find_claim(catalogue, verdict->claim));
  }
  return out;
}

/// "1 is corroborated and 2 are untestable", "all are untested".
std::string kinds_text(const std::map<VerdictKind, std::size_t>& numbers) {
  if (numbers.size() == 1 && numbers.begin()->second > 1) {
    return fmt::format("all are {}", name(numbers.begin()->first));
  }
  std::vector<std::string> parts;
  parts.reserve(numbers.size());
  for (const auto& [kind, number] : numbers) {
    parts.push_back(fmt::format("{} {} {}", number, number == 1 ? "is" : "are", name(kind)));
  }
  if (parts.empty()) return "";
  const std::string last = parts.back();
  parts.pop_back();
  return parts.empty() ? last : fmt::format("{} and {}", fmt::join(parts, ", "), last);
}

std::string measured_words(std::size_t measured, std::size_t all) {
  if (measured == 0) return all == 1 ? "it was not measured here" : "none was measured here";
  if (measured == all) return all == 1 ? "it was measured here" : "all were measured here";
  return fmt::format("{} {} measured here", measured, measured == 1 ? "was" : "were");
}

std::string decision_text(const Digest& digest, std::span<const Verdict> verdicts,
                          std::span<const Verdict> present) {
  std::map<VerdictKind, std::size_t> numbers, of_present;
  std::size_t measured = 0;
  std::string answers;
  const auto add = [&](const Verdict& verdict) {
    ++numbers[verdict.kind];
    measured += verdict.measured.known ? 1 : 0;
  };
  for (const Statement& one : digest.statements) {
    add(*one.verdict);
    if (one.contest == nullptr) continue;
    answers += fmt::format("{}1 of them compared: {}", answers.empty() ? "" : "; ", one.answer);
  }
  if (digest.statements.empty()) std::ranges::for_each(verdicts, add);
  for (const Verdict& verdict : present) ++of_present[verdict.kind];
  const std::size_t all = digest.statements.empty() ? verdicts.size() : digest.statements.size();
  std::string out;
  if (all > 0) {
    const std::string what =
        page::counted(all, digest.statements.empty() ? "published claim" : "statement");
    out = fmt::format(
        "Of {}{}, {}{}; {}", what, digest.text.empty() ? std::string() : " of " + digest.text,
        kinds_text(numbers), answers.empty() ? answers : fmt::format(" ({})", answers),
        measured_words(measured, all));
  }
  if (!present.empty()) {
    out += fmt::format("{} {} about the devices measured here, {}", out.empty() ? "Of" : "; of",
                       page::counted(present.size(), out.empty() ? "claim" : "further claim"),
                       kinds_text(of_present));
  }
  return out.empty() ? "There is no claim to judge." : out + ".";
}

void add_statements(const Catalogue& catalogue, const ClaimSet& set,
                    std::span<const Verdict> verdicts, std::span<const ContestTable> contests,
                    Digest& out) {
  out.text = set.text;
  for (const std::string& id : set.first) {
    const auto found = std::ranges::find(verdicts, id, &Verdict::claim);
    if (found == verdicts.end()) continue;
    Statement& one = out.statements.emplace_back();
    one.claim = &find_claim(catalogue, id);
    one.verdict = &*found;
    one.contest = contest_of(contests, id);
    one.said =
        one.claim->quote.empty() ? one.claim->statement : fmt::format("“{}”", one.claim->quote);
    one.answer = answer_text(*found, one.contest);
    one.evidence = strongest_evidence(*found, one.contest != nullptr);
  }
  if (out.statements.empty()) out.text.clear();
}

void add_kinds(const Catalogue& catalogue, std::span<const Verdict> verdicts,
               std::span<const Verdict> present, Digest& out) {
  std::set<std::string> shown, told;
  for (const Statement& one : out.statements) {
    shown.insert(one.claim->id);
    if (!one.verdict->contradiction.empty()) told.insert(one.verdict->contradiction);
  }
  std::map<VerdictKind, std::vector<const Verdict*>> by_kind;
  std::vector<Verdict> others;
  for (const auto& part : {verdicts, present}) {
    for (const Verdict& verdict : part) {
      if (shown.contains(verdict.claim)) continue;
      by_kind[verdict.kind].push_back(&verdict);
      others.push_back(verdict);
    }
  }
  if (others.empty()) return;
  out.further = counts_text(others, out.statements.empty() ? "claim" : "further claim");
  for (const VerdictKind kind : kKinds) {
    const auto& of_kind = by_kind[kind];
    if (of_kind.empty()) continue;
    KindDigest& one = out.kinds.emplace_back(KindDigest{kind, of_kind.size(), {}});
    if (must_be_known(kind) || others.size() <= kSmall)
      one.listed = by_reason(catalogue, of_kind, told);
  }
}

}  // namespace

void count(std::span<const record::Record> records, Basis& basis) {
  basis.records = records.size();
  for (const record::Record& record : records) {
    if (is_modelled(record)) {
      ++basis.modelled;
    } else if (is_evidence(record)) {
      const trust::Trust trust = trust::trust_of(record);
      ++basis.evidence;
      basis.doubtful += trust.may_decide() ? 0 : 1;
      basis.busy += trust.has(trust::Fault::busy) ? 1 : 0;
      basis.unwatched += record.machine_load.own_cpu_share ? 0 : 1;
    }
  }
}

std::string trust_text(const Basis& basis) {
  if (basis.evidence == 0)
    return "none of them is a verified measurement that could decide a claim";
  std::string text;
  const auto add = [&](std::size_t number, std::string_view what) {
    if (number == 0) return;
    text +=
        fmt::format("{}{} of them {}", text.empty() ? "" : "; ",
                    number == basis.records ? std::string("all") : fmt::format("{}", number), what);
  };
  add(basis.busy, "disturbed by other work on the machine");
  add(basis.doubtful - basis.busy, "doubtful (not settled, drifting, throttled or too wide)");
  if (basis.doubtful > 0) return text + "; a doubtful measurement refutes nothing";
  add(basis.unwatched, "measured without watching for other work");
  return text.empty() ? "all that can decide a claim settled on a quiet machine" : text;
}

namespace {

/// "against today's GB300 NVL72: ahead in 5, behind in 4 of 10 metrics".
std::string today_line(const ContestTable& table) {
  if (table.today == nullptr) return "";
  std::size_t known = 0, ahead = 0, behind = 0;
  for (const ContestRow& row : table.rows) {
    const Against* today = row.compared_with(table.today);
    if (today == nullptr || !today->known) continue;
    ++known;
    ahead += today->outcome == "ahead" ? 1 : 0;
    behind += today->outcome == "behind" ? 1 : 0;
  }
  return fmt::format("against today's {}: ahead in {}, behind in {} of {}", table.today->name,
                     ahead, behind, page::counted(known, "metric"));
}

}  // namespace

ContestDigest digest(const ContestTable& table) {
  ContestDigest out;
  out.sides = fmt::format("{} against {}", table.systems[0]->name, table.systems[1]->name);
  out.today = today_line(table);
  std::vector<std::string> groups;
  for (const ContestRow& row : table.rows) {
    const Against& rival = row.rival();
    if (!rival.known) {
      out.open.push_back(row.metric->name);
      continue;
    }
    ++out.compared;
    ++(rival.outcome == "ahead" ? out.ahead : rival.outcome == "behind" ? out.behind : out.level);
    const std::string group(group_word(row.metric->group));
    if (std::ranges::find(groups, group) == groups.end()) groups.push_back(group);
    const auto same = std::ranges::find_if(out.groups, [&](const MetricGroup& one) {
      return one.group == group && one.outcome == rival.outcome;
    });
    (same == out.groups.end() ? out.groups.emplace_back(MetricGroup{rival.outcome, group, {}})
                              : *same)
        .metrics.push_back(metric_text(row));
  }
  std::ranges::stable_sort(out.groups, {}, [&](const MetricGroup& one) {
    return std::pair(std::ranges::find(groups, one.group) - groups.begin(), one.outcome);
  });
  return out;
}

std::string answer_text(const Verdict& verdict, const ContestTable* contest) {
  if (contest != nullptr) {
    const ContestDigest short_one = digest(*contest);
    return fmt::format("ahead in {} of {} metrics", short_one.ahead, short_one.compared);
  }
  std::string text(name(verdict.kind));
  if (verdict.kind == VerdictKind::corroborated) {
    text += fmt::format(": {} sources", verdict.corroborated_by.size());
  }
  return text;
}

std::vector<std::string> strongest_evidence(const Verdict& verdict, bool compared) {
  std::vector<std::string> out = grounds(verdict, compared);
  std::vector<const Evidence*> ordered;
  for (const Evidence& evidence : verdict.evidence) {
    // Where sources agree, calculations with the same figure add nothing. The sentence of a
    // comparison repeats its metrics.
    const bool beside = evidence.kind == EvidenceKind::audited &&
                        (compared || verdict.kind == VerdictKind::corroborated);
    const bool repeats = !verdict.contradiction.empty() &&
                         evidence.text.find(verdict.contradiction) != std::string::npos;
    if (!beside && !repeats && evidence.kind != EvidenceKind::modelled)
      ordered.push_back(&evidence);
  }
  std::ranges::stable_sort(ordered, {}, [](const Evidence* one) { return weight(one->kind); });
  for (const Evidence* evidence : ordered) {
    if (std::ranges::find(out, evidence->text) == out.end()) out.push_back(evidence->text);
  }
  return out;
}

std::string counts_text(std::span<const Verdict> verdicts, std::string_view what) {
  std::map<VerdictKind, std::size_t> counts;
  for (const Verdict& verdict : verdicts) ++counts[verdict.kind];
  std::string text = page::counted(verdicts.size(), what) + ":";
  const char* separator = " ";
  for (const auto& [kind, number] : counts) {
    text += fmt::format("{}{} {}", separator, number, name(kind));
    separator = ", ";
  }
  return text;
}

Digest digest(const Catalogue& catalogue, std::string_view set, std::span<const Verdict> verdicts,
              std::span<const Verdict> present, std::span<const ContestTable> contests) {
  Digest out;
  out.title = "All claims of the catalogue";
  if (!set.empty()) {
    const ClaimSet& chosen = find_set(catalogue, set);
    out.title = chosen.title;
    add_statements(catalogue, chosen, verdicts, contests, out);
  }
  out.decision = decision_text(out, verdicts, present);
  add_kinds(catalogue, verdicts, present, out);
  for (const auto& part : {verdicts, present}) {
    for (const Verdict& verdict : part) out.measured |= verdict.measured.known;
  }
  return out;
}

}  // namespace assay::results::claims
