// The network between the devices of a system, and the cost of communication.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::network {

/// A figure of a network.
struct Amount {
  double value = 0;        ///< in B/s, s or 1
  double uncertainty = 0;  ///< relative standard deviation
  std::string source;      ///< figures of the catalogue, or why it is assumed
  bool assumed = false;    ///< not published: an estimate with a deliberately wide uncertainty
};

/// One level of a network: the endpoints of a node are connected by its links, those of the next
/// tier by switches or network cards.
struct Tier {
  std::string name;
  int endpoints = 1;  ///< in one group of this tier
  Amount port;        ///< B/s per direction of one endpoint into this tier
  /// B/s per direction that all endpoints of a group of the tier below share on the way into this
  /// tier; 0 if only their ports limit them.
  Amount uplink;
  /// Whether endpoints have a separate port for this tier (a network card in addition to NVLink);
  /// otherwise traffic of this tier and of the tier below shares one port.
  bool own_port = false;
  Amount latency;     ///< s, one way, of a small message
  Amount efficiency;  ///< share of the port rate that transfers reach
};

struct Network {
  std::string id;        ///< id of its system: "cloudmatrix384"
  std::string endpoint;  ///< id of the system that sends and receives: a die, a chip
  int endpoints = 1;
  std::vector<Tier> tiers;  ///< from the innermost to the outermost, which contains all endpoints
};

/// The network of a system, described in results/network/networks.toml by figures of the catalogue.
/// Throws InputError that names the missing figure, or the systems with a described network.
Network network_of(const claims::Catalogue& catalogue, std::string_view system);
/// Systems with a described network.
std::vector<std::string> systems_with_networks();
/// The id that the text means: of a network, whose system may have no figures, else of a system as
/// people write it ("CloudMatrix 384"), else the text.
std::string id_as_written(const claims::Catalogue& catalogue, std::string_view text);

/// The same network with another number of endpoints in its outermost tier. Throws InputError if
/// they do not fill complete groups of the tier below.
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
/// Throws InputError with the most similar name.
Collective collective_named(std::string_view name);

/// `ranks` endpoints with distance `stride`, in any number. The rest of the system is divided into
/// the same groups, which run the same collective at the same time and therefore share links.
struct Group {
  int ranks = 2;
  int stride = 1;
};

struct CollectiveCost {
  std::string algorithm;  ///< "ring", "pairwise", …
  double seconds = 0;     ///< sum of the latency and the bandwidth term
  double latency_seconds = 0, bandwidth_seconds = 0;
};

/// The fastest of the algorithms that libraries choose from. Its rounds (results/network/rounds.h)
/// are counted, each as its latency and the bytes of its busiest link. The arithmetic of reductions
/// takes no time here: no rate of it is published for these systems. `bytes` is the size of the
/// buffer of a rank as in nccl-tests; for all_gather, reduce_scatter and all_to_all that of the
/// larger buffer. Throws InputError for a group larger than the network, fewer than two ranks, or
/// bytes that are not a positive number.
CollectiveCost closed_form(const Network& network, Collective collective, const Group& group,
                           double bytes);
/// The costs of all algorithms that libraries use for this number of ranks, ordered by name.
std::vector<CollectiveCost> closed_forms(const Network& network, Collective collective,
                                         const Group& group, double bytes);
/// The cost of one algorithm. Throws InputError like schedule_of().
CollectiveCost closed_form_by(const Network& network, Collective collective, const Group& group,
                              double bytes, const std::string& algorithm);
/// busbw / algbw of nccl-tests for this number of ranks.
double bus_factor(Collective collective, int ranks);

}  // namespace assay::results::network
