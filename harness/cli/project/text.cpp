#include "harness/cli/project/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/units.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::project {

using harness::terminal::Align;
using harness::terminal::Style;
using harness::terminal::Table;
using nlohmann::ordered_json;
using results::project::Deployment;
using results::project::Dominance;
using results::project::Phase;
using results::project::Projected;
using results::project::Projection;
using results::project::Validation;
using results::project::ValidationRow;

namespace {

constexpr std::size_t kMostDominant = 6;

std::string number(double value) {
  return results::page::number_text(value, 3);
}

/// Three significant digits, with thousands separators: "1,940".
std::string rounded(double value) {
  const double unit = std::pow(10, std::floor(std::log10(std::max(std::abs(value), 1e-12))) - 2);
  const double kept = std::round(value / unit) * unit;
  return std::abs(kept) < 1e6
             ? fmt::format("{:.{}f}", kept,
                           unit < 1 ? static_cast<int>(-std::floor(std::log10(unit))) : 0)
             : number(kept);
}

std::string seconds_text(const Projected& seconds) {
  return fmt::format("{} ({} to {})", results::page::duration_text(seconds.value),
                     results::page::duration_text(seconds.interval.lower),
                     results::page::duration_text(seconds.interval.upper));
}

double batch_per_chip(const ProjectionView& view) {
  const Deployment& one = view.projection.deployment;
  return one.batch * view.site.endpoints_per_chip / one.tensor;
}

std::string deployment_text(const ProjectionView& view) {
  const Deployment& one = view.projection.deployment;
  std::string text = fmt::format(
      "{} on {}: {}, {} ranks per instance (tp {}, pp {}, ep {}), {} {} per {}, context {}, {}",
      view.model.name, view.site.id, name(one.phase), one.ranks(), one.tensor, one.pipeline,
      one.expert, number(batch_per_chip(view)), one.phase == Phase::decode ? "sequences" : "tokens",
      "chip", number(one.context), one.type);
  if (one.predicted > 0) text += fmt::format(", tokens predicted ahead: {}", one.predicted);
  text += one.micro_batches > 1 ? fmt::format(", {} overlapping micro-batches", one.micro_batches)
                                : ", no overlap";
  return text;
}

std::string shares_text(const Projection& projection) {
  const auto& time = projection.nominal;
  const double all = time.compute + time.communication + time.overhead;
  std::vector<std::pair<std::string, double>> parts = time.parts;
  parts.emplace_back("overhead", time.overhead);
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [label, seconds] : parts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", label,
                        results::page::percent_text(seconds / all));
  }
  return text;
}

std::string memory_text(const Projection& projection) {
  const auto text_of = [](double bytes) { return results::page::scaled_text(bytes, "B"); };
  const auto& need = projection.memory;
  return fmt::format("{} of {} per rank: weights {}, cache {}, activations {}",
                     text_of(need.total()), text_of(projection.memory_bytes), text_of(need.weights),
                     text_of(need.cache), text_of(need.activations));
}

ordered_json to_json(const Projected& projected) {
  return {{"value", projected.value},
          {"lower", projected.interval.lower},
          {"upper", projected.interval.upper}};
}

}  // namespace

std::string projected_text(const Projected& projected, const std::string& unit) {
  return fmt::format("{} {} ({} to {})", rounded(projected.value), unit,
                     rounded(projected.interval.lower), rounded(projected.interval.upper));
}

std::string projection_text(const ProjectionView& view) {
  const Projection& one = view.projection;
  std::string text =
      harness::terminal::wrapped("projected, not measured: " + deployment_text(view), 0);
  const auto line = [&](const std::string& label, const std::string& what) {
    text += fmt::format("  {:<11}", label) + harness::terminal::wrapped(what, 13).substr(13);
  };
  line("per chip", projected_text(one.tokens_per_chip, "token/s"));
  line("system",
       fmt::format("{}, {}", projected_text(one.tokens_per_system, "token/s"),
                   results::page::counted(static_cast<std::size_t>(one.instances), "instance")));
  line(one.deployment.phase == Phase::decode ? "TPOT" : "one pass", seconds_text(one.step_seconds));
  if (one.tokens_per_kilowatt) {
    line("power",
         projected_text(*one.tokens_per_kilowatt, "token/s per kW") + " of published power");
  }
  line("memory", memory_text(one));
  line("time", shares_text(one));
  if (!one.rules.empty()) text += harness::terminal::wrapped("by rule:", 0);
  for (const std::string& rule : one.rules) text += harness::terminal::wrapped(rule, 2);
  text += harness::terminal::wrapped(
      "in parentheses: 95% interval by Monte Carlo; the largest contributions to it:", 0);
  for (std::size_t i = 0; i < std::min(kMostDominant, one.dominance.size()); ++i) {
    const Dominance& input = one.dominance[i];
    if (input.share < 0.01) break;
    text += fmt::format("  {:>4}  ", results::page::percent_text(input.share)) +
            harness::terminal::wrapped(fmt::format("{} = {} ({})", input.input.name,
                                                   number(input.input.value), input.input.source),
                                       8)
                .substr(8);
  }
  return text;
}

ordered_json to_json(const ProjectionView& view) {
  const Projection& one = view.projection;
  const Deployment& deployment = one.deployment;
  ordered_json parts = ordered_json::object(), inputs = ordered_json::array();
  for (const auto& [label, seconds] : one.nominal.parts) parts[label] = seconds;
  for (const Dominance& each : one.dominance) {
    inputs.push_back({{"name", each.input.name},
                      {"value", each.input.value},
                      {"log_standard_deviation", each.input.spread},
                      {"assumed", each.input.assumed},
                      {"source", each.input.source},
                      {"variance_share", each.share}});
  }
  ordered_json out = {{"origin", "projected"},
                      {"system", view.site.id},
                      {"endpoint", view.site.endpoint->id},
                      {"model", view.model.id},
                      {"phase", name(deployment.phase)},
                      {"tp", deployment.tensor},
                      {"pp", deployment.pipeline},
                      {"ep", deployment.expert},
                      {"batch_per_chip", batch_per_chip(view)},
                      {"context", deployment.context},
                      {"type", deployment.type},
                      {"predicted", deployment.predicted},
                      {"micro_batches", deployment.micro_batches},
                      {"experts_combined_by", view.model.mixture() && deployment.ranks() > 1
                                                  ? ordered_json(name(deployment.combination))
                                                  : ordered_json(nullptr)},
                      {"tokens_per_second_per_chip", to_json(one.tokens_per_chip)},
                      {"tokens_per_second_system", to_json(one.tokens_per_system)},
                      {"step_seconds", to_json(one.step_seconds)},
                      {"instances", one.instances},
                      {"nominal_seconds",
                       {{"step", one.nominal.seconds},
                        {"compute", one.nominal.compute},
                        {"communication", one.nominal.communication},
                        {"overhead", one.nominal.overhead},
                        {"parts", parts}}},
                      {"memory_bytes",
                       {{"weights", one.memory.weights},
                        {"cache", one.memory.cache},
                        {"activations", one.memory.activations},
                        {"capacity", one.memory_bytes}}},
                      {"rules", one.rules},
                      {"inputs", inputs}};
  out["tokens_per_second_per_kilowatt"] =
      one.tokens_per_kilowatt ? to_json(*one.tokens_per_kilowatt) : ordered_json(nullptr);
  return out;
}

std::string validation_text(const Validation& validation, std::size_t width) {
  Table table({{"published"},
               {"", Align::right},
               {"95% projected", Align::right},
               {"error", Align::right},
               {""}});
  for (const ValidationRow& row : validation.rows) {
    const char* place = row.fitted ? "fitted" : row.inside() ? "inside" : "outside";
    table.add({{row.claim},
               {fmt::format("{} {}", rounded(row.published), row.unit)},
               {fmt::format("{} to {}", rounded(row.projected.interval.lower),
                            rounded(row.projected.interval.upper))},
               {results::page::change_text(row.error())},
               {place, row.fitted     ? Style::faint
                       : row.inside() ? Style::good
                                      : Style::bad}});
  }
  std::string text = table.text(0, width, harness::terminal::use_colour());
  const auto part = [&](const char* label, const char* kind) {
    return fmt::format("{} {}, {} of {} inside", label,
                       results::page::percent_text(validation.held_out_error(kind)),
                       validation.held_out_inside(kind), validation.held_out(kind));
  };
  text += harness::terminal::wrapped(
      fmt::format("{} rows were not used for fitting: {} of them lie inside their intervals; the "
                  "median of their absolute errors is {} ({}; {}; {})",
                  validation.held_out(), validation.held_out_inside(),
                  results::page::percent_text(validation.held_out_error()),
                  part("serving", "serving"), part("generation inside a node", "generation"),
                  part("expert exchange", "exchange")),
      0);
  for (const ValidationRow& row : validation.rows) {
    if (!row.note.empty()) text += harness::terminal::wrapped(row.claim + ": " + row.note, 2);
  }
  return text;
}

ordered_json to_json(const Validation& validation) {
  ordered_json rows = ordered_json::array();
  for (const ValidationRow& row : validation.rows) {
    rows.push_back({{"claim", row.claim},
                    {"statement", row.statement},
                    {"kind", row.kind},
                    {"system", row.system},
                    {"fitted", row.fitted},
                    {"unit", row.unit},
                    {"published", row.published},
                    {"projected", to_json(row.projected)},
                    {"error", row.error()},
                    {"inside", row.inside()},
                    {"note", row.note}});
  }
  ordered_json kinds = ordered_json::object();
  for (const char* kind : {"serving", "generation", "exchange", "collective"}) {
    kinds[kind] = {{"held_out", validation.held_out(kind)},
                   {"held_out_inside", validation.held_out_inside(kind)},
                   {"held_out_median_absolute_error", validation.held_out_error(kind)}};
  }
  return {{"origin", "projected"},
          {"rows", rows},
          {"kinds", kinds},
          {"held_out", validation.held_out()},
          {"held_out_inside", validation.held_out_inside()},
          {"held_out_median_absolute_error", validation.held_out_error()}};
}

}  // namespace assay::cli::project
