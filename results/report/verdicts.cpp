// Tables of verdicts and of contradictions.
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "results/claims/units.h"
#include "results/page/command.h"
#include "results/page/quantity_text.h"
#include "results/report/sections.h"

namespace assay::results::report {

namespace {

std::string_view symbol(claims::VerdictKind kind) {
  switch (kind) {
    case claims::VerdictKind::supported:
      return "✓";
    case claims::VerdictKind::refuted:
      return "✗";
    case claims::VerdictKind::inconclusive:
      return "≈";
    case claims::VerdictKind::not_reached:
      return "↓";
    case claims::VerdictKind::corroborated:
      return "◎";
    case claims::VerdictKind::disputed:
      return "≠";
    case claims::VerdictKind::untested:
      return "○";
    case claims::VerdictKind::untestable:
      return "–";
  }
  return "";
}

/// The name of the class in the style sheet: "not-reached".
std::string class_of(claims::VerdictKind kind) {
  std::string out(name(kind));
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

/// The measured interval and the claimed value on one axis.
page::Html interval_figure(const claims::Claim& claim, const claims::Verdict& verdict) {
  if (!verdict.measured.known || !claim.value || !(claim.value->written > 0)) return {};
  const double claimed = claim.value->written;
  const double threshold = verdict.decision.limit.value_or(claimed);
  const claims::Estimate& measured = verdict.measured;
  const double low = std::min(measured.interval.lower, threshold);
  const double high = std::max({measured.interval.upper, claimed, threshold});
  if (!std::isfinite(low) || !std::isfinite(high)) return {};
  const double margin = std::max(0.12 * (high - low), 0.02 * high);
  const auto place = [&](double value) {
    return 4 + 292 * (value - low + margin) / (high - low + 2 * margin);
  };
  const auto mark = [&](std::string_view word, double value, int top, int bottom, int text) {
    const double x = place(value);
    return page::html(R"(<line class="{0}" x1="{1:.1f}" x2="{1:.1f}" y1="{2}" y2="{3}"/>)"
                      R"(<text x="{4:.1f}" y="{5}" text-anchor="{6}">{0}</text>)",
                      word, x, top, bottom, x < 150 ? x + 4 : x - 4, text,
                      x < 150 ? "start" : "end");
  };
  const std::string alternative = fmt::format(
      "measured {}, 95% interval {} to {}; needed {}; claimed {}",
      claims::format_in(measured.value * claims::parse_unit(claim.value->unit).scale,
                        claim.value->unit),
      page::number_text(measured.interval.lower), page::number_text(measured.interval.upper),
      page::number_text(threshold), page::number_text(claimed));
  return page::html(
      R"(<svg class="interval" viewBox="0 0 300 46" role="img" aria-label="{0}"><title>{0}</title>)"
      R"(<line class="axis" x1="2" x2="298" y1="23" y2="23"/>{1}{2})"
      R"(<rect class="reach" x="{3:.1f}" width="{4:.1f}" y="19" height="8" rx="2"/>)"
      R"(<circle class="median" cx="{5:.1f}" cy="23" r="4.5"/></svg>)",
      alternative, mark("needed", threshold, 2, 32, 10), mark("claimed", claimed, 14, 44, 44),
      place(measured.interval.lower),
      std::max(1.5, place(measured.interval.upper) - place(measured.interval.lower)),
      place(measured.value));
}

page::Html evidence_item(const claims::Evidence& evidence) {
  page::Html out = html(R"(<li><span class="kind">{}</span> {})", name(evidence.kind),
                        page::prose(evidence.text));
  if (!evidence.device.empty()) out += page::html(" · on {}", evidence.device);
  if (!evidence.date.empty()) out += page::html(" · {}", page::moment_text(evidence.date));
  const char* lead = evidence.records.size() == 1 ? " · record " : " · records ";
  for (const std::string& id : evidence.records) {
    out += page::html("{}", lead);
    out += record_link(id);
    lead = ", ";
  }
  return html("{}</li>", out);
}

page::Html source_line(const claims::Claim& claim) {
  std::string rest;
  for (const std::string& part : {claim.source.section, claim.source.date}) {
    if (!part.empty()) rest += ", " + part;
  }
  const bool unverified = claim.standing == claims::Standing::unverified;
  return html(R"(<p class="source"><span class="{}">{}</span> {}{}</p>)",
              unverified ? "standing unverified" : "standing",
              unverified ? "unverified: not checked against the source" : name(claim.standing),
              page::link(claim.source.url, claim.source.title), rest);
}

page::Html claim_cell(const claims::Catalogue& catalogue, const claims::Claim& claim) {
  page::Html out = page::html(R"(<p class="statement">{}</p>)", claim.statement);
  page::Html facts = page::html("<code>{}</code>", claim.id);
  if (claim.value) {
    facts += page::html(" · claimed <b>{}</b>",
                        claims::format_in(claim.value->value, claim.value->unit, 6));
    if (claim.tolerance > 0)
      facts += page::html(", tolerance {}", page::target_text(claim.tolerance));
  }
  if (const auto system = catalogue.systems.find(claim.system); system != catalogue.systems.end()) {
    facts += page::html(" · of {}", system->second.name);
  }
  if (!claim.conditions.empty()) facts += page::html(" · {}", conditions_text(claim));
  out += html(R"(<p class="facts">{}</p>)", facts);
  out += source_line(claim);
  return out;
}

page::Html evidence_list(const claims::Verdict& verdict) {
  page::Html items;
  std::size_t number = 0;
  for (const claims::Evidence& evidence : verdict.evidence) {
    // The reason gives this arithmetic, and the table of contradictions what would remove it.
    if (!verdict.contradiction.empty() &&
        evidence.text.find(verdict.contradiction) != std::string::npos)
      continue;
    items += evidence_item(evidence);
    ++number;
  }
  if (number == 0) return {};
  // Only measurements are shown open: others are long.
  const bool measured = std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                                    [](const claims::Evidence& evidence) {
                                      return evidence.kind != claims::EvidenceKind::audited;
                                    });
  return html(R"(<details class="evidence"{}><summary>{}</summary><ul>{}</ul></details>)",
              measured ? " open" : "",
              fmt::format("Evidence: {}", page::counted(number, measured ? "item" : "calculation")),
              items);
}

/// Why, and the command that measures what an untested claim needs.
page::Html reason(const claims::Verdict& verdict) {
  page::Html out = page::prose(verdict.reason);
  if (verdict.needs_measurement) {
    out += page::html("; to decide: <code>{}</code>", page::measure_claim_command(verdict.claim));
  }
  return out;
}

page::Html verdict_row(const claims::Catalogue& catalogue, const claims::Verdict& verdict) {
  const claims::Claim& claim = find_claim(catalogue, verdict.claim);
  return html(R"(<tr id="c-{}" data-kind="{}" data-order="{}"><td data-title="Verdict">{}</td>)"
              R"(<th scope="row" data-title="Claim">{}</th>)"
              R"(<td data-title="Why">{}<p class="reason">{}</p>{}</td></tr>)",
              verdict.claim, class_of(verdict.kind), static_cast<int>(verdict.kind),
              verdict_badge(verdict.kind, name(verdict.kind)), claim_cell(catalogue, claim),
              interval_figure(claim, verdict), reason(verdict), evidence_list(verdict));
}

page::Html verdict_table(const claims::Catalogue& catalogue, std::vector<claims::Verdict> verdicts,
                         const std::string& title) {
  std::stable_sort(
      verdicts.begin(), verdicts.end(),
      [](const claims::Verdict& a, const claims::Verdict& b) { return a.kind < b.kind; });
  page::Html rows;
  for (const claims::Verdict& verdict : verdicts) rows += verdict_row(catalogue, verdict);
  return html(
      R"(<div class="table stacking"><table class="verdicts filterable"><caption>{}</caption>)"
      R"(<thead><tr><th scope="col">Verdict</th><th scope="col">Claim, as published</th>)"
      R"(<th scope="col">Why</th></tr></thead><tbody>{}</tbody></table></div>)",
      title, rows);
}

constexpr std::array kKinds = {claims::VerdictKind::supported,    claims::VerdictKind::refuted,
                               claims::VerdictKind::not_reached,  claims::VerdictKind::inconclusive,
                               claims::VerdictKind::corroborated, claims::VerdictKind::disputed,
                               claims::VerdictKind::untested,     claims::VerdictKind::untestable};

/// A bar that shows the numbers of verdicts, and the meaning of each kind.
page::Html tally(const ReportInput& input) {
  page::Html bar, legend;
  for (const claims::VerdictKind kind : kKinds) {
    std::size_t number = 0;
    for (const auto* part : {&input.verdicts, &input.present}) {
      number += static_cast<std::size_t>(
          std::count_if(part->begin(), part->end(),
                        [&](const claims::Verdict& verdict) { return verdict.kind == kind; }));
    }
    if (number > 0)
      bar += page::html(R"(<span class="{}" style="flex:{}"></span>)", class_of(kind), number);
    legend += html(R"(<li>{} <b>{}</b> <span>{}</span></li>)", verdict_badge(kind, name(kind)),
                   number, meaning(kind));
  }
  return html(R"(<div class="tally" aria-hidden="true">{}</div><ul class="legend">{}</ul>)", bar,
              legend);
}

}  // namespace

std::string_view meaning(claims::VerdictKind kind) {
  switch (kind) {
    case claims::VerdictKind::supported:
      return "measured here and met";
    case claims::VerdictKind::refuted:
      return "measured here and not met";
    case claims::VerdictKind::inconclusive:
      return "measured here, but undecided";
    case claims::VerdictKind::not_reached:
      return "measured here; the implementation stays below the peak";
    case claims::VerdictKind::corroborated:
      return "independent sources agree";
    case claims::VerdictKind::disputed:
      return "figures of equal or better standing contradict it";
    case claims::VerdictKind::untested:
      return "not measured here";
    case claims::VerdictKind::untestable:
      return "no measurement can decide it";
  }
  return "";
}

page::Html verdict_badge(claims::VerdictKind kind, std::string_view word) {
  return badge(class_of(kind), symbol(kind), word);
}

page::Html verdicts_section(const ReportInput& input) {
  const auto set = input.catalogue.sets.find(input.set);
  const std::string title =
      set == input.catalogue.sets.end() ? "All claims of the catalogue" : set->second.title;
  page::Html tables;
  if (!input.present.empty()) {
    tables += verdict_table(input.catalogue, input.present, "Claims about the measured devices");
  }
  if (!input.verdicts.empty()) tables += verdict_table(input.catalogue, input.verdicts, title);
  if (!input.derived.empty()) {
    tables += verdict_table(input.catalogue, input.derived,
                            "Readings and calculations that nobody stated, not counted above");
  }
  if (tables.empty()) tables = page::html("<p>There is no claim to judge.</p>");
  return html(
      R"(<section id="verdicts"><h2>All verdicts</h2><p>Measured evidence takes precedence over )"
      R"(published figures. <b>Rule</b> (JCGM 106, guard band): a claim is supported if the whole 95% )"
      R"(interval of the measurement meets the claimed value minus its tolerance (plus it for a )"
      R"(time or an upper bound), refuted if no part of it does, and otherwise inconclusive. For a )"
      R"(peak, the limit is the share of it that its chip is known to reach; a slower routine has )"
      R"(not reached it, which says nothing about the chip. A measurement on a busy machine, or one )"
      R"(that did not settle, refutes nothing.</p>{}{}</section>)",
      tally(input), tables);
}

page::Html contradictions_section(const ReportInput& input) {
  std::set<std::string> judged;
  for (const auto* part : {&input.verdicts, &input.present}) {
    for (const claims::Verdict& verdict : *part) judged.insert(verdict.claim);
  }
  std::size_t holding = 0, broken = 0;
  page::Html rows;
  for (const claims::Finding& finding : input.findings) {
    const bool concerns =
        finding.claims.empty() ||
        std::any_of(finding.claims.begin(), finding.claims.end(),
                    [&](const std::string& claim) { return judged.contains(claim); });
    if (!concerns) continue;
    ++(finding.holds ? holding : broken);
    if (finding.holds) continue;
    page::Html claims;
    for (const std::string& claim : finding.claims) {
      claims += judged.contains(claim)
                    ? page::html(R"(<a href="#c-{0}"><code>{0}</code></a> )", claim)
                    : page::html("<code>{}</code> ", claim);
    }
    page::Html resting;
    if (!finding.unverified.empty()) {
      resting =
          page::html(R"(<p class="source"><span class="standing unverified">unverified</span> )"
                     "depends on {}</p>",
                     fmt::format("{}", fmt::join(finding.unverified, ", ")));
    }
    rows += html(
        R"(<tr><th scope="row" data-title="Should hold"><p class="statement">{}</p>)"
        R"(<p class="facts">{}</p></th><td data-title="Arithmetic"><p class="sum">{}</p>{}</td>)"
        R"(<td data-title="What would remove it">{}</td></tr>)",
        finding.statement, claims, finding.arithmetic, resting,
        finding.reconcile.empty() ? page::html("–") : page::prose(finding.reconcile));
  }
  const std::string counts =
      fmt::format("{} between published figures evaluated: {} hold{}, {} do{} not.",
                  page::counted(holding + broken, "relation"), holding, holding == 1 ? "s" : "",
                  broken, broken == 1 ? "es" : "");
  if (broken == 0) {
    return page::html(R"(<section id="contradictions"><h2>Contradictions</h2><p>{}</p></section>)",
                      counts);
  }
  return html(
      R"(<section id="contradictions"><h2>Contradictions between published figures</h2>)"
      R"(<p>{} In each a figure is wrong, or two do not mean the same thing; arithmetic alone cannot )"
      R"(say which.</p><div class="table stacking"><table class="contradictions">)"
      R"(<caption>Relations that do not hold</caption><thead><tr><th scope="col">What should hold</th>)"
      R"(<th scope="col">Arithmetic</th><th scope="col">What would remove it</th></tr></thead>)"
      R"(<tbody>{}</tbody></table></div></section>)",
      counts, rows);
}

}  // namespace assay::results::report
