#include "results/project/cases.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "results/project/data_files.h"

namespace assay::results::project {

namespace {

/// The exchange of tokens with experts: each token of 7168 elements goes to 8 experts, with one
/// byte per element on the way to the experts and two on the way back.
Exchange exchange_of(const toml::table& row) {
  const Model model = find_model("deepseek-v3");
  Exchange out;
  out.group = {row["ranks"].value_or(2), 1};
  out.experts = true;
  const bool back = row["exchange"].value_or(std::string()) == "combine";
  out.bytes =
      row["tokens"].value_or(128.0) * model.experts_per_token * model.hidden * (back ? 2 : 1);
  return out;
}

Projected exchange(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                   std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, site.network_or_null(), {});
  const Exchange what = exchange_of(row);
  std::vector<double> seconds;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    seconds.push_back(exchange_seconds(with_values(site.required_network(), values), values, what));
  }
  return summarized(std::move(seconds));
}

/// The busbw of an all-reduce as in nccl-tests.
Projected all_reduce(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                     std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, site.network_or_null(), {});
  const int ranks = row["ranks"].value_or(2);
  const double bytes = claims::parse_quantity(row["bytes"].value_or(std::string("1 GB"))).value;
  std::vector<double> rates;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    const double seconds = closed_form(with_values(site.required_network(), values),
                                       network::Collective::all_reduce, {ranks, 1}, bytes)
                               .seconds;
    rates.push_back(bytes / seconds * bus_factor(network::Collective::all_reduce, ranks));
  }
  for (double& rate : rates) rate *= row["directions"].value_or(1.0);
  return summarized(std::move(rates));
}

ProjectionOptions options_of(const Site& site, const toml::table& row, std::uint64_t seed,
                             int draws) {
  ProjectionOptions options;
  options.seed = seed;
  options.draws = draws;
  Deployment& deployment = options.deployment;
  deployment.phase = phase_named(row["phase"].value_or(std::string("decode")));
  deployment.tensor = row["tp"].value_or(1);
  deployment.expert = row["ep"].value_or(1);
  deployment.redundant_experts = row["redundant_experts"].value_or(0);
  // Published batches are per chip, or of a tensor group.
  deployment.batch =
      row["batch"].value_or(1.0) / (deployment.tensor > 1 ? 1 : site.endpoints_per_chip);
  deployment.context = row["context"].value_or(4096.0);
  deployment.type = row["type"].value_or(std::string("bf16"));
  deployment.predicted = row["predicted"].value_or(0);
  deployment.micro_batches = row["micro_batches"].value_or(0);
  options.balanced_experts = row["balanced_experts"].value_or(false);
  return options;
}

Projected serving(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                  std::uint64_t seed, int draws) {
  const ProjectionOptions options = options_of(site, row, seed, draws);
  return project(catalogue, site, find_model(row["model"].value_or(std::string())), options)
      .tokens_per_chip;
}

/// Output tokens of a generation, if the claim is a rate; 0 if it is its time.
double output_tokens(const toml::table& row) {
  return row["rate"].value_or(false) ? row["batch"].value_or(1.0) * row["output"].value_or(1.0) : 0;
}

Projected generation(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                     std::uint64_t seed, int draws) {
  const Projected seconds = project_generation(
      catalogue, site, find_model(row["model"].value_or(std::string())),
      options_of(site, row, seed, draws), row["input"].value_or(1.0), row["output"].value_or(1.0));
  const double tokens = output_tokens(row);
  if (tokens == 0) return seconds;
  return {tokens / seconds.value,
          {tokens / seconds.interval.upper, tokens / seconds.interval.lower}};
}

Projected scaled_by(const Projected& one, double factor) {
  return {one.value * factor, {one.interval.lower * factor, one.interval.upper * factor}};
}

Projected matmul_ratio(const claims::Catalogue& catalogue, const Site& site, const toml::table& one,
                       std::uint64_t seed, int draws) {
  const Site other = site_of(catalogue, one["against"].value_or(std::string()));
  const std::string type = one["type"].value_or(std::string("bf16"));
  const auto mine = matmul_draws(catalogue, site, type, seed, draws),
             theirs = matmul_draws(catalogue, other, type, seed + 1, draws);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < mine.size(); ++i) ratios.push_back(mine[i] / theirs[i]);
  return summarized(std::move(ratios));
}

}  // namespace

std::vector<toml::table> validation_rows() {
  std::vector<toml::table> out;
  const toml::table file = toml::parse(project_file("validation.toml"));
  for (const toml::node& node : *file["row"].as_array()) {
    const toml::table& row = *node.as_table();
    const toml::array* batches = row["batches"].as_array();
    if (batches == nullptr) {
      out.push_back(row);
      continue;
    }
    for (const toml::node& batch : *batches) {
      toml::table one = row;
      const auto size = batch.value_or(std::int64_t{1});
      one.insert_or_assign("claim",
                           fmt::format("{}-{}", row["claims"].value_or(std::string()), size));
      one.insert_or_assign("batch", size);
      out.push_back(std::move(one));
    }
  }
  return out;
}

Projected project_case(const claims::Catalogue& catalogue, const toml::table& one,
                       std::uint64_t seed, int draws) {
  const Site site = site_of(catalogue, one["system"].value_or(std::string()));
  const std::string kind = one["kind"].value_or(std::string());
  if (kind == "exchange") return exchange(catalogue, site, one, seed, draws);
  if (kind == "collective") return all_reduce(catalogue, site, one, seed, draws);
  if (kind == "generation") return generation(catalogue, site, one, seed, draws);
  if (kind == "ratio") return matmul_ratio(catalogue, site, one, seed, draws);
  if (kind == "matmul") {
    return project_matmul(catalogue, site, one["type"].value_or(std::string("bf16")), seed, draws);
  }
  return scaled_by(serving(catalogue, site, one, seed, draws), one["chips"].value_or(1.0));
}

}  // namespace assay::results::project
