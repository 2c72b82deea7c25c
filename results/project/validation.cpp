#include "results/project/validation.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "results/project/data_files.h"

namespace assay::results {

namespace {

/// Tokens of experts that an exchange moves: 8 a token of 7168 elements, a byte each on the way to
/// the experts and two on the way back.
Exchange exchange_of(const toml::table& row) {
  const Model model = find_model("deepseek-v3");
  Exchange out;
  out.group = {row["ranks"].value_or(2), 1};
  out.experts = true;
  const bool back = row["exchange"].value_or(std::string()) == "combine";
  out.bytes = row["tokens"].value_or(128.0) * model.experts_a_token * model.hidden * (back ? 2 : 1);
  return out;
}

Projected exchange(const Catalogue& catalogue, const Site& site, const toml::table& row,
                   std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, &site.network, {});
  const Exchange what = exchange_of(row);
  std::vector<double> seconds;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    seconds.push_back(exchange_seconds(with_values(site.network, values), values, what));
  }
  return summarized(std::move(seconds));
}

/// As nccl-tests' busbw of an all-reduce.
Projected all_reduce(const Catalogue& catalogue, const Site& site, const toml::table& row,
                     std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, &site.network, {});
  const double ranks = row["ranks"].value_or(2.0);
  const double bytes = parse_quantity(row["bytes"].value_or(std::string("1 GB"))).value;
  std::vector<double> rates;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    const double seconds = closed_form(with_values(site.network, values), Collective::all_reduce,
                                       {static_cast<int>(ranks), 1}, bytes)
                               .seconds;
    rates.push_back(bytes / seconds * 2 * (ranks - 1) / ranks);
  }
  return summarized(std::move(rates));
}

Projected serving(const Catalogue& catalogue, const Site& site, const toml::table& row,
                  std::uint64_t seed, int draws) {
  ProjectionOptions options;
  options.seed = seed;
  options.draws = draws;
  Deployment& deployment = options.deployment;
  deployment.phase = phase_named(row["phase"].value_or(std::string()));
  deployment.expert = row["ep"].value_or(1);
  deployment.redundant_experts = row["redundant_experts"].value_or(0);
  // Published batches are of a chip.
  deployment.batch = row["batch"].value_or(1.0) / site.endpoints_a_chip;
  deployment.context = row["context"].value_or(4096.0);
  deployment.type = row["type"].value_or(std::string("bf16"));
  deployment.predicted = row["predicted"].value_or(0);
  deployment.micro_batches = row["micro_batches"].value_or(0);
  options.loaded_alike = row["loaded_alike"].value_or(false);
  return project(catalogue, site, find_model(row["model"].value_or(std::string())), options)
      .tokens_a_chip;
}

ValidationRow row_of(const Catalogue& catalogue, const toml::table& table, std::uint64_t seed,
                     int draws) {
  ValidationRow out;
  out.claim = table["claim"].value_or(std::string());
  const Claim& claim = find_claim(catalogue, out.claim);
  out.statement = claim.statement;
  out.kind = table["kind"].value_or(std::string());
  out.system = table["system"].value_or(std::string());
  out.fitted = table["fitted"].value_or(false);
  out.note = table["note"].value_or(std::string());
  out.unit = claim.value->unit;
  out.published = claim.value->written;
  const Site site = site_of(catalogue, out.system);
  const Projected projected = out.kind == "exchange" ? exchange(catalogue, site, table, seed, draws)
                              : out.kind == "collective"
                                  ? all_reduce(catalogue, site, table, seed, draws)
                                  : serving(catalogue, site, table, seed, draws);
  const double scale = parse_unit(out.unit).scale;
  out.projected = {projected.value / scale,
                   {projected.interval.lower / scale, projected.interval.upper / scale}};
  return out;
}

bool counts(const ValidationRow& row, const std::string& kind) {
  return !row.fitted && (kind.empty() || row.kind == kind);
}

}  // namespace

double Validation::held_out_error(const std::string& kind) const {
  std::vector<double> errors;
  for (const ValidationRow& row : rows) {
    if (counts(row, kind)) errors.push_back(std::abs(row.error()));
  }
  return errors.empty() ? 0 : median(errors);
}

std::size_t Validation::held_out(const std::string& kind) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [&](const ValidationRow& row) { return counts(row, kind); }));
}

std::size_t Validation::held_out_inside() const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [](const ValidationRow& row) { return counts(row, "") && row.inside(); }));
}

Validation validate(const Catalogue& catalogue, std::uint64_t seed, int draws) {
  Validation out;
  const toml::table file = toml::parse(project_file("validation.toml"));
  for (const toml::node& node : *file["row"].as_array()) {
    out.rows.push_back(row_of(catalogue, *node.as_table(), seed, draws));
  }
  return out;
}

}  // namespace assay::results
