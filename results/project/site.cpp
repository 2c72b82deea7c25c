#include "results/project/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/figures.h"
#include "results/statistics/distributions.h"

namespace assay::results::project {

namespace {

using claims::System;

struct Endpoints {
  const System* endpoint = nullptr;
  double endpoints = 1, chips = 1;
};

/// The smallest parts that compute. Processors count only in a system without chips.
Endpoints endpoints_of(const claims::Catalogue& catalogue, const System& system) {
  for (const std::string_view kind : {"die", "chip", "cpu"}) {
    Endpoints out;
    if (system.kind == kind) out.endpoint = &system;
    for (const auto& [part, count] : all_parts(catalogue, system)) {
      if (part->kind == "chip") out.chips = count;
      if (part->kind != kind) continue;
      if (out.endpoint != nullptr) {
        throw InputError(fmt::format("{}: has several kinds of {}s, {} and {}", system.id, kind,
                                     out.endpoint->id, part->id),
                         "project its parts one by one");
      }
      out.endpoint = part;
      out.endpoints = count;
    }
    if (out.endpoint == nullptr) continue;
    if (kind != "die") out.chips = out.endpoints;
    return out;
  }
  throw InputError(fmt::format("{}: no chips are listed among its parts", system.id),
                   "add `parts` to the file of the system");
}

/// The link over which the endpoints of a node, or the dies of a chip, reach each other: B/s each
/// way. Links to hosts and to other nodes do not count.
std::optional<network::Amount> link_of(const System& endpoint, bool dies) {
  constexpr std::string_view kPrefix = "link.bandwidth.", kBoth = ".both";
  constexpr std::array<std::string_view, 9> kElsewhere = {
      "host", "pcie", "rdma", "roce", "infiniband", "scale-out", "vpc", "switch", "die"};
  network::Amount best;
  for (const auto& [quantity, figures] : endpoint.properties) {
    if (!quantity.starts_with(kPrefix) || figures.empty()) continue;
    std::string link = quantity.substr(kPrefix.size());
    const bool both = link.ends_with(kBoth);
    if (both) link.resize(link.size() - kBoth.size());
    const bool elsewhere =
        std::find(kElsewhere.begin(), kElsewhere.end(), link) != kElsewhere.end();
    if (dies ? link != "die" : elsewhere || link.find('.') != std::string::npos) continue;
    const claims::Property& figure = figures.front();
    const double value = figure.value / (both ? 2 : 1);
    if (value <= best.value) continue;
    best = {value, (figure.range.upper - figure.range.lower) / 2 / std::sqrt(3.0) / figure.value,
            fmt::format("{}:{}{}", endpoint.id, quantity, both ? " / 2" : ""), false};
  }
  if (best.value == 0) return std::nullopt;
  return best;
}

/// One tier over the links of the endpoints, with an assumed latency and efficiency.
network::Network linked(const Site& site, const network::Amount& link) {
  const double reach = statistics::normal_quantile(0.975);
  network::Tier tier;
  tier.name = "links of a node";
  tier.endpoints = site.endpoints;
  tier.port = link;
  tier.latency = {3e-6, 0.5 / reach,
                  "assumed: 2 to 3 us are what the described networks have within a node", true};
  tier.efficiency = {0.75, 0.2 / reach,
                     "assumed: pairs of H200 copy at 88% and eight MI300X all-reduce at 70% of "
                     "their links (catalogue links-measured)",
                     true};
  return {site.id, site.endpoint->id, site.endpoints, {tier}};
}

void add_links(Site& site) {
  if (site.endpoints == 1) {
    site.no_network = fmt::format("{} is one device", site.id);
    return;
  }
  const bool dies = site.system->kind == "chip";
  if (!dies && site.system->kind != "node") {
    site.no_network = fmt::format("no network of {} is described", site.id);
    return;
  }
  if (const auto link = link_of(*site.endpoint, dies)) {
    site.network = linked(site, *link);
  } else {
    site.no_network = fmt::format("no link.bandwidth{} of {} is published", dies ? ".die" : "",
                                  site.endpoint->id);
  }
}

/// A network described for the name, whether or not the catalogue has the whole system.
bool is_described(std::string_view system) {
  const auto described = network::systems_with_networks();
  return std::find(described.begin(), described.end(), system) != described.end();
}

}  // namespace

const network::Network& Site::required_network() const {
  if (network) return *network;
  throw InputError(
      fmt::format("{}: ranks that exchange data need a network, and {}", id, no_network),
      "use --tp 1, --pp 1 and --ep 1, or another system");
}

int Site::node_endpoints() const {
  return network ? network->tiers.front().endpoints : endpoints;
}

Site site_of(const claims::Catalogue& catalogue, std::string_view system) {
  Site out;
  out.id = network::id_as_written(catalogue, system);
  const auto known = catalogue.systems.find(out.id);
  if (known != catalogue.systems.end()) out.system = &known->second;
  if (out.system != nullptr) {
    if (const claims::Property* power = out.system->figure("power")) out.watts = power->value;
  }
  if (is_described(out.id)) {
    try {
      out.network = network::network_of(catalogue, out.id);
    } catch (const InputError& error) {
      // The parts of a known system can still be projected one by one.
      if (out.system == nullptr) throw;
      out.no_network = error.what();
    }
  }
  if (out.network) {
    out.endpoint = &catalogue.systems.at(out.network->endpoint);
    out.endpoints = out.network->endpoints;
    out.chips = out.endpoints;
    if (out.system != nullptr) {
      for (const auto& [part, count] : all_parts(catalogue, *out.system)) {
        if (part->kind == "chip") out.chips = count;
      }
    }
  } else {
    if (out.system == nullptr) {
      const auto all = systems_with_sites(catalogue);
      throw InputError(fmt::format("there is no system {}", system),
                       did_you_mean(system, all, "`assay systems` lists them"));
    }
    const Endpoints parts = endpoints_of(catalogue, *out.system);
    out.endpoint = parts.endpoint;
    out.endpoints = static_cast<int>(parts.endpoints);
    out.chips = parts.chips;
    if (out.no_network.empty()) add_links(out);
  }
  out.endpoints_per_chip = out.endpoints / out.chips;
  return out;
}

std::vector<std::string> systems_with_sites(const claims::Catalogue& catalogue) {
  std::vector<std::string> out = network::systems_with_networks();
  for (const auto& [id, system] : catalogue.systems) {
    if (std::find(out.begin(), out.end(), id) != out.end()) continue;
    try {
      endpoints_of(catalogue, system);
      out.push_back(id);
    } catch (const InputError&) {
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

double memory_of(const Site& site) {
  if (const claims::Property* memory = site.endpoint->figure("memory.capacity"))
    return memory->value;
  throw InputError(fmt::format("{}: no memory.capacity is published", site.endpoint->id),
                   "add the figure to the file of the system");
}

}  // namespace assay::results::project
