#include "harness/cli/claims/text.h"

#include <fmt/format.h>

#include "harness/terminal/wrapped.h"
#include "results/claims/test_mode.h"
#include "results/claims/units.h"
#include "results/page/command.h"
#include "results/record/json_library.h"

namespace assay::cli::claims {

using nlohmann::ordered_json;
using results::claims::VerdictKind;

namespace {

std::string_view colour_code(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::supported:
      return "\033[32m";
    case VerdictKind::refuted:
      return "\033[31m";
    case VerdictKind::corroborated:
      return "\033[36m";
    case VerdictKind::disputed:
      return "\033[35m";
    case VerdictKind::not_reached:
    case VerdictKind::inconclusive:
      return "\033[33m";
    case VerdictKind::untested:
    case VerdictKind::untestable:
      return "\033[2m";
  }
  return "";
}

std::string standing_mark(results::claims::Standing standing) {
  return standing == results::claims::Standing::unverified ? "UNVERIFIED (source not checked again)"
                                                           : std::string(name(standing));
}

ordered_json to_json(const results::claims::Property& property) {
  return {{"value", property.written},
          {"unit", property.unit},
          {"text", results::claims::shown(property)},
          {"maximum", property.maximum},
          {"base_value", property.value},
          {"base_lower", property.range.lower},
          {"base_upper", property.range.upper},
          {"standing", name(property.standing)},
          {"source", claims::to_json(property.source)},
          {"scope", property.scope},
          {"note", property.note}};
}

ordered_json to_json(const results::claims::Evidence& evidence) {
  return {{"kind", name(evidence.kind)},
          {"text", evidence.text},
          {"records", evidence.records},
          {"device", evidence.device},
          {"date", evidence.date}};
}

}  // namespace

std::string figure_text(const results::claims::Property& property) {
  return results::claims::shown(property);
}

std::string source_text(const results::claims::Source& source) {
  std::string text = source.title;
  for (const std::string& part : {source.section, source.date, source.url}) {
    if (!part.empty()) text += ", " + part;
  }
  return text;
}

std::string verdict_text(const results::claims::Claim& claim,
                         const results::claims::Verdict& verdict, bool colour) {
  const std::string_view kind = name(verdict.kind);
  std::string out = colour ? fmt::format("{}{:<13}\033[0m", colour_code(verdict.kind), kind)
                           : fmt::format("{:<13}", kind);
  out += fmt::format(" {}\n", claim.id);
  out += harness::terminal::wrapped(claim.statement, 2);
  out += harness::terminal::wrapped(
      fmt::format("why: {}{}", verdict.reason,
                  verdict.needs_measurement
                      ? fmt::format("; to decide: `{}`",
                                    results::page::measure_claim_command(verdict.claim))
                      : std::string()),
      4);
  for (const results::claims::Evidence& evidence : verdict.evidence) {
    std::string text = fmt::format("{}: {}", name(evidence.kind), evidence.text);
    if (!evidence.device.empty()) text += " on " + evidence.device;
    if (!evidence.date.empty()) text += ", " + evidence.date;
    if (!evidence.records.empty()) {
      text += fmt::format("; records {}", fmt::join(evidence.records, ", "));
    }
    out += harness::terminal::wrapped(text, 4);
  }
  if (claim.standing == results::claims::Standing::unverified) {
    out += harness::terminal::wrapped("source: " + standing_mark(claim.standing), 4);
  }
  return out;
}

std::string claim_text(const results::claims::Claim& claim) {
  std::string out = claim.id + "\n" + harness::terminal::wrapped(claim.statement, 2);
  const auto line = [&out](std::string_view label, const std::string& text) {
    if (!text.empty()) out += harness::terminal::wrapped(fmt::format("{}: {}", label, text), 4);
  };
  line("sets", fmt::format("{}", fmt::join(claim.sets, ", ")));
  line("system", claim.system);
  line("workload", claim.workload);
  line("compared with", claim.baseline);
  if (claim.value) {
    const bool equal = claim.comparison == results::claims::Comparison::equal ||
                       claim.value->bound == claim.comparison;
    line(claim.quantity,
         fmt::format("{}{}{}", equal ? std::string() : fmt::format("{} ", name(claim.comparison)),
                     figure_text(*claim.value),
                     claim.tolerance > 0 ? fmt::format(", tolerance {}%", claim.tolerance * 100)
                                         : std::string()));
  }
  line("conditions", conditions_text(claim));
  if (!claim.quote.empty()) line("in its own words", fmt::format("“{}”", claim.quote));
  line("derived, stated by nobody", claim.derived);
  line("untestable", claim.untestable);
  if (claim.test) {
    line("test", claim.test->quantity);
    for (const auto& [problem, pattern] : claim.test->problems) line("  " + problem, pattern);
    const std::string_view mode = name(mode_of(*claim.test));
    line("mode", fmt::format("{} ({})", mode, mode_reason(*claim.test)));
    for (const std::string& problem : claim.test->run) {
      line("to decide", fmt::format("assay run --mode {} --problem \"{}\"", mode, problem));
    }
  }
  line("to decide", claim.decide);
  line("standing", standing_mark(claim.standing));
  line("source", source_text(claim.source));
  return out;
}

std::string system_text(const results::claims::System& system) {
  std::string out =
      fmt::format("{}\n  {} {} ({})\n", system.id, system.vendor, system.name, system.kind);
  for (const auto& [key, pattern] : system.match) {
    out += harness::terminal::wrapped(fmt::format("recognised by {} matching {}", key, pattern), 2);
  }
  for (const auto& [part, count] : system.parts) out += fmt::format("  {} × {}\n", count, part);
  for (const auto& [quantity, properties] : system.properties) {
    for (const results::claims::Property& property : properties) {
      out += fmt::format("  {:<30} {:>14}  {}\n", quantity, figure_text(property),
                         standing_mark(property.standing));
      if (!property.scope.empty()) out += harness::terminal::wrapped("of the " + property.scope, 6);
      if (!property.note.empty()) out += harness::terminal::wrapped(property.note, 6);
      out += harness::terminal::wrapped(source_text(property.source), 6);
    }
  }
  return out;
}

ordered_json to_json(const results::claims::Source& source) {
  return {{"title", source.title},     {"publisher", source.publisher}, {"url", source.url},
          {"section", source.section}, {"date", source.date},           {"read", source.read},
          {"archive", source.archive}, {"sha256", source.sha256}};
}

ordered_json to_json(const results::claims::Claim& claim) {
  ordered_json out = {{"id", claim.id},
                      {"statement", claim.statement},
                      {"quote", claim.quote},
                      {"derived", claim.derived},
                      {"sets", claim.sets},
                      {"system", claim.system},
                      {"workload", claim.workload},
                      {"baseline", claim.baseline},
                      {"quantity", claim.quantity},
                      {"comparison", name(claim.comparison)},
                      {"value", nullptr},
                      {"tolerance", claim.tolerance},
                      {"conditions", claim.conditions},
                      {"standing", name(claim.standing)},
                      {"source", to_json(claim.source)},
                      {"untestable", claim.untestable},
                      {"decide", claim.decide},
                      {"test", nullptr}};
  if (claim.value) out["value"] = to_json(*claim.value);
  if (claim.test) {
    out["test"] = {{"quantity", claim.test->quantity},
                   {"problems", claim.test->problems},
                   {"mode", name(mode_of(*claim.test))},
                   {"mode_stated", claim.test->mode.has_value()},
                   {"run", claim.test->run}};
  }
  return out;
}

ordered_json to_json(const results::claims::System& system) {
  ordered_json out = {{"id", system.id},
                      {"name", system.name},
                      {"vendor", system.vendor},
                      {"kind", system.kind},
                      {"parts", system.parts},
                      {"match", system.match},
                      {"properties", ordered_json::object()}};
  for (const auto& [quantity, properties] : system.properties) {
    for (const results::claims::Property& property : properties) {
      out["properties"][quantity].push_back(to_json(property));
    }
  }
  return out;
}

ordered_json to_json(const results::claims::Claim& claim, const results::claims::Verdict& verdict) {
  ordered_json out = {{"claim", to_json(claim)},
                      {"verdict", name(verdict.kind)},
                      {"reason", verdict.reason},
                      {"next_command", nullptr},
                      {"measured", nullptr},
                      {"decision", to_json(claim, verdict.decision)},
                      {"corroborated_by", verdict.corroborated_by},
                      {"disputed_by", verdict.disputed_by},
                      {"trust", to_json(verdict.trust)},
                      {"evidence", ordered_json::array()}};
  if (verdict.needs_measurement) {
    out["next_command"] = results::page::measure_claim_command(verdict.claim);
  }
  if (verdict.measured.known) {
    out["measured"] = {{"value", verdict.measured.value},
                       {"lower", verdict.measured.interval.lower},
                       {"upper", verdict.measured.interval.upper},
                       {"unit", claim.value->unit}};
  }
  for (const results::claims::Evidence& evidence : verdict.evidence) {
    out["evidence"].push_back(to_json(evidence));
  }
  return out;
}

}  // namespace assay::cli::claims
