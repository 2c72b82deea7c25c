#include "results/network/network.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "kernels/embedded.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/expression.h"
#include "results/claims/figures.h"
#include "results/claims/system_names.h"

namespace assay::results::network {

std::span<const EmbeddedFile> network_files();

namespace {

/// Half the width of a 95% interval in standard deviations.
constexpr double kNormal95 = 1.96;
/// More endpoints than any machine has; the rounds of this many are still counted within seconds.
constexpr int kMostEndpoints = 1 << 18;

/// "12 %" as a share.
double share(const toml::node_view<const toml::node>& node, double otherwise) {
  const auto text = node.value<std::string>();
  if (!text) return otherwise;
  const claims::Quantity quantity = claims::parse_quantity(*text);
  return quantity.value;
}

std::string text_of(const toml::table& table, const char* key) {
  return table[key].value_or(std::string());
}

/// Gives the figures of a tier: expressions of figures of the catalogue, or assumed values.
class Evaluator {
 public:
  Evaluator(const claims::Catalogue& catalogue, std::string network)
      : figures_(catalogue), network_(std::move(network)) {}

  Amount amount(const toml::table& tier, const char* key,
                const claims::Dimension& dimension) const {
    const std::string text = text_of(tier, key);
    if (text.empty()) return {};
    return text.find(':') == std::string::npos ? assumed(tier, key, text)
                                               : evaluated(tier, key, text, dimension);
  }

 private:
  static Amount assumed(const toml::table& tier, const char* key, const std::string& text) {
    const claims::Quantity quantity = claims::parse_quantity(text);
    const std::string own = std::string(key) + "_uncertainty";
    const double uncertainty = share(tier[own], share(tier["uncertainty"], 0)) / kNormal95;
    return {quantity.value, uncertainty, "assumed: " + text_of(tier, "note"), true};
  }

  Amount evaluated(const toml::table& tier, const char* key, const std::string& text,
                   const claims::Dimension& dimension) const {
    const claims::Expression expression(text);
    std::vector<double> values;
    std::vector<statistics::Interval> ranges;
    std::vector<claims::Dimension> dimensions;
    for (const std::string& name : expression.names()) {
      const claims::Property& property = *find(name, tier, key).property;
      values.push_back(property.value);
      ranges.push_back(property.range);
      dimensions.push_back(property.dimension);
    }
    if (!(expression.dimension(dimensions) == dimension)) {
      throw InputError(fmt::format("network of {}: {} = \"{}\": is not in {}", network_, key, text,
                                   symbol(dimension)),
                       "correct the expression");
    }
    const double value = expression.evaluate(values);
    const statistics::Interval range = expression.evaluate(ranges);
    // The published digits give a uniform distribution; the uncertainty stated by the tier is
    // added.
    double uncertainty = (range.upper - range.lower) / 2 / std::sqrt(3.0) / value;
    if (std::string_view(key) == "efficiency") {
      uncertainty = std::hypot(uncertainty, share(tier["uncertainty"], 0) / kNormal95);
    }
    return {value, uncertainty, text, false};
  }

  claims::Figure find(const std::string& name, const toml::table& tier, const char* key) const {
    try {
      return figures_.find(name);
    } catch (const InputError& error) {
      throw InputError(fmt::format("network of {}, {}: {} needs {}, which is not published",
                                   network_, text_of(tier, "name"), key, name),
                       "add the figure to the file of the system, or choose another network");
    }
  }

  claims::Figures figures_;
  std::string network_;
};

Tier tier_of(const toml::table& table, const Evaluator& evaluator) {
  const claims::Dimension second = claims::parse_unit("s").dimension,
                          rate = claims::parse_unit("B/s").dimension;
  Tier out;
  out.name = text_of(table, "name");
  out.endpoints = table["endpoints"].value_or(1);
  out.port = evaluator.amount(table, "port", rate);
  out.uplink = evaluator.amount(table, "uplink", rate);
  out.own_port = table["own_port"].value_or(false);
  out.latency = evaluator.amount(table, "latency", second);
  out.efficiency = evaluator.amount(table, "efficiency", {});
  return out;
}

void require_whole(const Network& network) {
  for (const Tier& tier : network.tiers) {
    const auto require = [&](const Amount& amount, const char* what) {
      if (amount.value > 0) return;
      throw InputError(fmt::format("network of {}, {}: {} is missing", network.id, tier.name, what),
                       "state it in the description of the network");
    };
    require(tier.port, "port");
    require(tier.latency, "latency");
    require(tier.efficiency, "efficiency");
  }
}

toml::table file() {
  return toml::parse(network_files().front().text);
}

}  // namespace

std::string id_as_written(const claims::Catalogue& catalogue, std::string_view text) {
  const auto described = systems_with_networks();
  if (std::ranges::find(described, text) != described.end()) return std::string(text);
  const claims::System* system = claims::system_as_written(catalogue, text);
  return system == nullptr ? std::string(text) : system->id;
}

std::vector<std::string> systems_with_networks() {
  std::vector<std::string> out;
  const toml::table all = file();
  for (const toml::node& node : *all["network"].as_array()) {
    out.push_back(text_of(*node.as_table(), "system"));
  }
  return out;
}

Network network_of(const claims::Catalogue& catalogue, std::string_view system) {
  const toml::table all = file();
  for (const toml::node& node : *all["network"].as_array()) {
    const toml::table& table = *node.as_table();
    if (text_of(table, "system") != system) continue;
    Network out;
    out.id = std::string(system);
    out.endpoint = text_of(table, "endpoint");
    const Evaluator evaluator(catalogue, out.id);
    for (const toml::node& tier : *table["tier"].as_array()) {
      out.tiers.push_back(tier_of(*tier.as_table(), evaluator));
    }
    out.endpoints = out.tiers.back().endpoints;
    require_whole(out);
    return out;
  }
  const auto known = systems_with_networks();
  throw InputError(
      fmt::format("there is no description of the network of {}", system),
      did_you_mean(system, known, fmt::format("described are {}", fmt::join(known, ", "))));
}

Network scaled(Network network, int endpoints) {
  const int group =
      network.tiers.size() > 1 ? network.tiers[network.tiers.size() - 2].endpoints : 1;
  if (endpoints < 1 || endpoints % group != 0) {
    throw InputError(fmt::format("{} endpoints do not fill groups of {}", endpoints, group),
                     fmt::format("use a multiple of {}", group));
  }
  if (endpoints > kMostEndpoints) {
    throw InputError(fmt::format("{} endpoints are more than the {} that a network may have here",
                                 endpoints, kMostEndpoints),
                     "no such machine is known; use fewer");
  }
  network.endpoints = network.tiers.back().endpoints = endpoints;
  return network;
}

}  // namespace assay::results::network
