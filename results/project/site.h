// A system of the catalogue as a place where a model runs: its endpoints and what connects them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/network/network.h"

namespace assay::results::project {

struct Site {
  std::string id;  ///< "cloudmatrix384", "h100-sxm"
  const claims::System* system =
      nullptr;  ///< null if the catalogue has only the parts of the network
  const claims::System* endpoint = nullptr;  ///< what a rank is: a die or a chip
  int endpoints = 1;
  double endpoints_per_chip = 1;
  double chips = 1;
  /// Absent if no network is described and none follows from the links of the endpoints; ranks that
  /// exchange nothing need none.
  std::optional<network::Network> network;
  std::string no_network;       ///< why it is absent: "no link.bandwidth of … is published"
  std::optional<double> watts;  ///< of the whole system, as published

  const network::Network* network_or_null() const { return network ? &*network : nullptr; }
  /// Throws InputError with `no_network` if it is absent.
  const network::Network& required_network() const;
  /// Endpoints that the innermost links connect.
  int node_endpoints() const;
};

/// Any system of the catalogue with chips, dies or processors of one kind. Its network is the
/// described one, or that of the links of its endpoints if it is a node or a chip of several dies.
/// Throws InputError if the system is unknown or has no such parts, or several kinds of them.
Site site_of(const claims::Catalogue& catalogue, std::string_view system);

/// Systems of which there is a site.
std::vector<std::string> systems_with_sites(const claims::Catalogue& catalogue);

/// Memory of an endpoint in bytes. Throws InputError if it is not published.
double memory_of(const Site& site);

}  // namespace assay::results::project
