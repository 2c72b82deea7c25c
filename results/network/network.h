// What connects the devices of a system, and what it costs them to talk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::network {

/// A figure that a network is made of.
struct Amount {
  double value = 0;        ///< in B/s, s or 1
  double uncertainty = 0;  ///< standard, relative
  std::string source;      ///< which figure of the catalogue, or why it is assumed
  bool assumed = false;    ///< no published figure: a value of common knowledge, wide on purpose
};

/// Endpoints that reach one another: those of a node by its links, those of the next tier by
/// switches or network cards.
struct Tier {
  std::string name;
  int endpoints = 1;  ///< of one group of this tier
  Amount port;        ///< B/s each way of one endpoint into this tier
  /// B/s each way that all endpoints of a group of the tier below share on their way into this one;
  /// 0 where nothing but their ports limits them.
  Amount uplink;
  /// Endpoints have a port for this tier beside that of the tier below (a network card beside
  /// NVLink); else traffic of both tiers shares one.
  bool own_port = false;
  Amount latency;     ///< s, one way, of a small message
  Amount efficiency;  ///< share of the ports' rate that transfers reach
};

struct Network {
  std::string id;        ///< of the system whose network it is: "cloudmatrix384"
  std::string endpoint;  ///< id of the system that sends and receives: a die, a chip
  int endpoints = 1;
  std::vector<Tier> tiers;  ///< from the innermost to that which holds all
};

/// The network of a system, from the catalogue's figures as results/network/networks.toml joins
/// them. Throws InputError naming the figure that is missing, or the systems whose networks are
/// described.
Network network_of(const claims::Catalogue& catalogue, std::string_view system);
/// Systems whose networks are described.
std::vector<std::string> systems_with_networks();

/// The same network with more or fewer endpoints in its outermost tier. Throws InputError where
/// they do not fill whole groups of the tier below.
Network scaled(Network network, int endpoints);

enum class Collective {
  all_reduce,
  all_gather,
  reduce_scatter,
  all_to_all,
  broadcast,
  send_receive
};
std::string_view name(Collective collective);
/// Throws InputError with the nearest name.
Collective collective_named(std::string_view name);

/// `ranks` endpoints that lie `stride` apart. The rest of the system does the same in groups like
/// it at the same time, so that shared links are shared.
struct Group {
  int ranks = 2;
  int stride = 1;
};

struct CollectiveCost {
  std::string algorithm;  ///< "ring", "pairwise", …
  double seconds = 0;     ///< the sum of the two
  double latency_seconds = 0, bandwidth_seconds = 0;
};

/// The cheapest of the algorithms that libraries choose from, by the closed formulas of Thakur,
/// Rabenseifner & Gropp (2005) on each tier that the group spans. `bytes` as nccl-tests counts
/// them: of a rank's buffer; all_gather, reduce_scatter and all_to_all: of the larger one. Throws
/// InputError for a group larger than the network, fewer than two ranks, or bytes that are no
/// positive number.
CollectiveCost closed_form(const Network& network, Collective collective, const Group& group,
                           double bytes);
/// Of every algorithm, in order of name.
std::vector<CollectiveCost> closed_forms(const Network& network, Collective collective,
                                         const Group& group, double bytes);
/// Of one algorithm. Throws InputError where it is none of the collective's.
CollectiveCost closed_form_by(const Network& network, Collective collective, const Group& group,
                              double bytes, std::string_view algorithm);
/// busbw of nccl-tests over its algbw, of so many ranks.
double bus_factor(Collective collective, int ranks);

}  // namespace assay::results::network
