#include "results/network/simulator/platform.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay::results::network {

namespace s4u = simgrid::s4u;

namespace {

/// A pair of links, one per direction.
const s4u::SplitDuplexLink* duplex(s4u::NetZone* zone, const std::string& name, double rate,
                                   double latency) {
  auto* link = zone->create_split_duplex_link(name, rate);
  link->set_latency(latency);
  link->seal();
  return link;
}

/// Adds a route out of a group over `link`; the route into the group uses the other direction.
void join(s4u::NetZone* parent, simgrid::kernel::routing::NetPoint* child,
          simgrid::kernel::routing::NetPoint* gateway, const s4u::SplitDuplexLink* link) {
  parent->add_route(child, nullptr, gateway, nullptr,
                    {s4u::LinkInRoute(link, s4u::LinkInRoute::Direction::UP)}, true);
}

}  // namespace

Platform::Platform(const Network& network) : network_(network) {
  for (std::size_t tier = 0; tier < network_.tiers.size(); ++tier) {
    if (tier == 0 || network_.tiers[tier].own_port) fabrics_.push_back({tier, tier});
    fabrics_.back().end = tier + 1;
  }
  s4u::NetZone* world = s4u::create_full_zone("world");
  for (const Fabric& fabric : fabrics_) {
    s4u::NetZone* root = s4u::create_star_zone(fmt::format("fabric{}", fabric.begin));
    root->set_parent(world);
    hosts_.emplace_back();
    build(fabric, root);
  }
  world->seal();
}

/// If the fabric has more than one tier, each group of its first tier becomes a zone, which an
/// uplink connects with the root zone.
void Platform::build(const Fabric& fabric, s4u::NetZone* root) {
  const Tier& inner = network_.tiers[fabric.begin];
  const bool nested = fabric.end - fabric.begin > 1;
  const double rate = inner.port.value * inner.efficiency.value;
  auto& hosts = hosts_.back();
  s4u::NetZone* zone = root;
  for (int endpoint = 0; endpoint < network_.endpoints; ++endpoint) {
    const int group = endpoint / inner.endpoints;
    if (nested && endpoint % inner.endpoints == 0) {
      zone = s4u::create_star_zone(fmt::format("f{}g{}", fabric.begin, group));
      zone->set_parent(root);
    }
    const std::string name = fmt::format("f{}e{}", fabric.begin, endpoint);
    s4u::Host* host = zone->create_host(name, 1e9)->seal();
    join(zone, host->get_netpoint(), nullptr,
         duplex(zone, name + "-port", rate, inner.latency.value / 2));
    hosts.push_back(host);
    const bool last = endpoint + 1 == network_.endpoints || (endpoint + 1) % inner.endpoints == 0;
    if (!nested || !last) continue;
    const Tier& outer = network_.tiers[fabric.begin + 1];
    const double share =
        outer.uplink.value > 0 ? outer.uplink.value : outer.port.value * inner.endpoints;
    auto* gateway = zone->create_router(fmt::format("f{}r{}", fabric.begin, group));
    zone->seal();
    join(root, zone->get_netpoint(), gateway,
         duplex(root, fmt::format("f{}u{}", fabric.begin, group), share * outer.efficiency.value,
                std::max(0.0, outer.latency.value - inner.latency.value) / 2));
  }
  root->seal();
}

std::pair<s4u::Host*, s4u::Host*> Platform::ends(int from, int to) const {
  std::size_t tier = 0;
  while (tier + 1 < network_.tiers.size() &&
         from / network_.tiers[tier].endpoints != to / network_.tiers[tier].endpoints) {
    ++tier;
  }
  std::size_t fabric = 0;
  while (tier >= fabrics_[fabric].end) ++fabric;
  const auto& hosts = hosts_[fabric];
  return {hosts[static_cast<std::size_t>(from)], hosts[static_cast<std::size_t>(to)]};
}

}  // namespace assay::results::network
