// The rounds of each algorithm. `bytes` is the size of the buffer as in closed_form(). Every
// algorithm except recursive_doubling_all_gather() and hierarchical() takes any number of ranks.
//
// Sources: Thakur, Rabenseifner & Gropp, "Optimization of Collective Communication Operations in
// MPICH", IJHPCA 19 (2005), sections 4.1 to 4.5; Bruck et al., "Efficient Algorithms for All-to-All
// Communications in Multiport Message-Passing Systems", IEEE TPDS 8 (1997).
#pragma once

#include "results/network/rounds.h"

namespace assay::results::network {

using Stages = std::vector<Stage>;

/// As many parallel rings as the node with the fewest ranks has ranks, as in NCCL. In all_reduce
/// two passes, else one.
Stages ring(const Placement& placement, double bytes, int passes);
/// One ring after the other, from the innermost tier outwards. Needs groups of equal size.
Stages hierarchical(const Placement& placement, double bytes, int passes);
/// Whether the groups of each tier have the same size and the ranks are in two tiers or more.
bool is_hierarchy(const Placement& placement);
/// Broadcast in pieces along the rings of ring(). Every round is counted as a full one, also while
/// the pipeline fills and drains.
Stages pipelined_ring(const Network& network, const Placement& placement, double bytes);
/// Broadcast: binomial scatter, then the all-gather of ring().
Stages scatter_all_gather(const Placement& placement, double bytes);

// With p ranks that are not a power of two, p - 2^⌊lg p⌋ ranks first send all they have to a
// neighbour and receive the result from it in the end, as in MPICH. Near partners exchange the
// larger parts.
Stages recursive_doubling_all_reduce(const Placement& placement, double bytes);
Stages rabenseifner(const Placement& placement, double bytes);
Stages recursive_halving_reduce_scatter(const Placement& placement, double bytes);
/// For powers of two only; MPICH uses bruck_all_gather() for others.
Stages recursive_doubling_all_gather(const Placement& placement, double bytes);
bool is_power_of_two(const Placement& placement);

Stages bruck_all_gather(const Placement& placement, double bytes);
Stages bruck_all_to_all(const Placement& placement, double bytes);
/// Each rank exchanges with one other rank in each round: rank XOR number for powers of two, else
/// rank + number.
Stages pairwise(const Placement& placement, double bytes);
/// All messages at once.
Stages direct(const Placement& placement, double bytes);
/// ⌈lg p⌉ rounds, far partners first, so that each message crosses between nodes only once.
Stages binomial(const Placement& placement, double bytes);
/// Each rank sends to the next one.
Stages one_message(const Placement& placement, double bytes);

}  // namespace assay::results::network
