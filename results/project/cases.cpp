#include "results/project/cases.h"

#include <algorithm>

#include "kernels/error.h"

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
  const auto inputs = inputs_of(catalogue, *site.endpoint, &site.network, {});
  const Exchange what = exchange_of(row);
  std::vector<double> seconds;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    seconds.push_back(exchange_seconds(with_values(site.network, values), values, what));
  }
  return summarized(std::move(seconds));
}

/// The busbw of an all-reduce as in nccl-tests.
Projected all_reduce(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                     std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, &site.network, {});
  const int ranks = row["ranks"].value_or(2);
  const double bytes = claims::parse_quantity(row["bytes"].value_or(std::string("1 GB"))).value;
  std::vector<double> rates;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    const double seconds = closed_form(with_values(site.network, values),
                                       network::Collective::all_reduce, {ranks, 1}, bytes)
                               .seconds;
    rates.push_back(bytes / seconds * bus_factor(network::Collective::all_reduce, ranks));
  }
  for (double& rate : rates) rate *= row["directions"].value_or(1.0);
  return summarized(std::move(rates));
}

Projected serving(const claims::Catalogue& catalogue, const Site& site, const toml::table& row,
                  std::uint64_t seed, int draws) {
  ProjectionOptions options;
  options.seed = seed;
  options.draws = draws;
  Deployment& deployment = options.deployment;
  deployment.phase = phase_named(row["phase"].value_or(std::string()));
  deployment.expert = row["ep"].value_or(1);
  deployment.redundant_experts = row["redundant_experts"].value_or(0);
  // Published batches are per chip.
  deployment.batch = row["batch"].value_or(1.0) / site.endpoints_per_chip;
  deployment.context = row["context"].value_or(4096.0);
  deployment.type = row["type"].value_or(std::string("bf16"));
  deployment.predicted = row["predicted"].value_or(0);
  deployment.micro_batches = row["micro_batches"].value_or(0);
  options.balanced_experts = row["balanced_experts"].value_or(false);
  return project(catalogue, site, find_model(row["model"].value_or(std::string())), options)
      .tokens_per_chip;
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

Projected project_case(const claims::Catalogue& catalogue, const toml::table& one,
                       std::uint64_t seed, int draws) {
  const Site site = site_of(catalogue, one["system"].value_or(std::string()));
  const std::string kind = one["kind"].value_or(std::string());
  if (kind == "exchange") return exchange(catalogue, site, one, seed, draws);
  if (kind == "collective") return all_reduce(catalogue, site, one, seed, draws);
  if (kind == "ratio") return matmul_ratio(catalogue, site, one, seed, draws);
  if (kind == "matmul") {
    return project_matmul(catalogue, site, one["type"].value_or(std::string("bf16")), seed, draws);
  }
  return scaled_by(serving(catalogue, site, one, seed, draws), one["chips"].value_or(1.0));
}

}  // namespace assay::results::project
