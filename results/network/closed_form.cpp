// Latency and bandwidth terms of the algorithms that libraries choose from. Formulas for one tier:
// Thakur, Rabenseifner & Gropp, "Optimization of Collective Communication Operations in MPICH",
// IJHPCA 19 (2005), sections 4.1 to 4.5. On several tiers, a ring passes through all endpoints,
// with as many parallel rings as a node has ports (as in NCCL), and algorithms with steps proceed
// from the innermost tier outwards.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "kernels/collective.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/network/span.h"

namespace assay::results::network {

namespace {

/// The cost of an algorithm: seconds of latency, and bytes that an endpoint sends through each
/// tier.
struct Parts {
  double latency = 0;
  std::vector<double> bytes;
  /// 0: the tiers are used one after the other. Otherwise the number of steps, each of which sends
  /// through all tiers at once; their latency is not included in `latency`.
  double steps = 0;
};

struct Algorithm {
  const char* name;
  Parts (*parts)(const Span& span, double bytes);
};

double steps_of(double factor) {
  return factor > 1 ? std::ceil(std::log2(factor) - 1e-9) : 0;
}

/// Sum over tiers of `steps` × latency.
double latency_of(const Span& span, const std::function<double(std::size_t tier)>& steps) {
  double sum = 0;
  for (std::size_t tier = 0; tier < span.tiers(); ++tier) sum += steps(tier) * span.latency(tier);
  return sum;
}

std::vector<double> bytes_of(const Span& span, const std::function<double(std::size_t)>& bytes) {
  std::vector<double> out;
  for (std::size_t tier = 0; tier < span.tiers(); ++tier) out.push_back(bytes(tier));
  return out;
}

double logarithmic_latency(const Span& span) {
  return latency_of(span, [&](std::size_t tier) { return steps_of(span.factor(tier)); });
}

double ring_by_tiers_latency(const Span& span) {
  return latency_of(span, [&](std::size_t tier) { return span.factor(tier) - 1; });
}

/// Bytes if the buffer is halved from tier to tier, or doubled on the way back.
std::vector<double> halving_bytes(const Span& span, double bytes) {
  return bytes_of(span, [&](std::size_t tier) {
    return bytes / span.below(tier) - bytes / span.members(tier);
  });
}

/// Bytes of rings through all endpoints: one in members(tier) endpoints passes its bytes on to
/// another group of the tier.
std::vector<double> ring_bytes(const Span& span, double bytes) {
  const double passed = bytes * (span.ranks() - 1) / span.ranks();
  return bytes_of(span, [&](std::size_t tier) {
    const double leaving = tier < span.outermost() ? passed / span.members(tier) : 0;
    return tier > span.outermost() ? 0 : passed / span.below(tier) - leaving;
  });
}

std::vector<double> outermost_bytes(const Span& span, double bytes) {
  return bytes_of(span, [&](std::size_t tier) { return tier == span.outermost() ? bytes : 0; });
}

std::vector<double> peer_bytes(const Span& span, double bytes) {
  return bytes_of(span, [&](std::size_t tier) {
    return bytes * (span.members(tier) - span.below(tier)) / span.ranks();
  });
}

std::vector<double> twice(std::vector<double> bytes) {
  for (double& one : bytes) one *= 2;
  return bytes;
}

Parts tree_all_gather(const Span& span, double bytes) {
  return {logarithmic_latency(span), halving_bytes(span, bytes)};
}
Parts ring_all_gather(const Span& span, double bytes) {
  return {0, ring_bytes(span, bytes), span.ranks() - 1.0};
}
Parts hierarchical_all_gather(const Span& span, double bytes) {
  return {ring_by_tiers_latency(span), halving_bytes(span, bytes)};
}

Parts doubled(Parts parts) {
  return {2 * parts.latency, twice(std::move(parts.bytes)), 2 * parts.steps};
}

Parts recursive_doubling_all_reduce(const Span& span, double bytes) {
  return {logarithmic_latency(span),
          bytes_of(span, [&](std::size_t tier) { return bytes * steps_of(span.factor(tier)); })};
}
Parts rabenseifner(const Span& span, double bytes) {
  return doubled(tree_all_gather(span, bytes));
}
Parts ring_all_reduce(const Span& span, double bytes) {
  return doubled(ring_all_gather(span, bytes));
}
Parts hierarchical_all_reduce(const Span& span, double bytes) {
  return doubled(hierarchical_all_gather(span, bytes));
}

Parts bruck(const Span& span, double bytes) {
  const double steps = steps_of(span.ranks());
  return {steps * span.latency(), outermost_bytes(span, bytes * steps / 2)};
}
Parts direct(const Span& span, double bytes) {
  return {0, peer_bytes(span, bytes), 1};
}
Parts pairwise(const Span& span, double bytes) {
  const auto peers = [&](std::size_t tier) { return span.members(tier) - span.below(tier); };
  return {latency_of(span, peers), peer_bytes(span, bytes)};
}

Parts binomial(const Span& span, double bytes) {
  return recursive_doubling_all_reduce(span, bytes);
}
/// The number of pieces is chosen so that filling the ring and sending the pieces are balanced.
Parts pipelined_ring(const Span& span, double bytes) {
  const std::vector<double> passed = ring_bytes(span, bytes * span.ranks() / (span.ranks() - 1));
  const double whole = span.concurrent_seconds(passed),
               filling = (span.ranks() - 2) * span.latency();
  return {filling + 2 * std::sqrt(whole * filling), passed, 1};
}
Parts scatter_all_gather(const Span& span, double bytes) {
  return {logarithmic_latency(span), twice(ring_bytes(span, bytes)), span.ranks() - 1.0};
}

Parts one_message(const Span& span, double bytes) {
  return {span.latency(), outermost_bytes(span, bytes)};
}

std::vector<Algorithm> algorithms_of(Collective collective) {
  switch (collective) {
    case Collective::all_reduce:
      return {{"hierarchical", hierarchical_all_reduce},
              {"rabenseifner", rabenseifner},
              {"recursive-doubling", recursive_doubling_all_reduce},
              {"ring", ring_all_reduce}};
    case Collective::all_gather:
      return {{"hierarchical", hierarchical_all_gather},
              {"recursive-doubling", tree_all_gather},
              {"ring", ring_all_gather}};
    case Collective::reduce_scatter:
      return {{"hierarchical", hierarchical_all_gather},
              {"recursive-halving", tree_all_gather},
              {"ring", ring_all_gather}};
    case Collective::all_to_all:
      return {{"bruck", bruck}, {"direct", direct}, {"pairwise", pairwise}};
    case Collective::broadcast:
      return {{"binomial", binomial},
              {"pipelined-ring", pipelined_ring},
              {"scatter-all-gather", scatter_all_gather}};
    case Collective::send_receive:
      return {{"one-message", one_message}};
  }
  return {};
}

/// If steps send through several tiers at once, all time beyond that of the bytes counts as
/// latency.
CollectiveCost cost_of(const Span& span, const char* algorithm, const Parts& parts) {
  if (parts.steps == 0) {
    const double bandwidth = span.sequential_seconds(parts.bytes);
    return {algorithm, parts.latency + bandwidth, parts.latency, bandwidth};
  }
  std::vector<double> piece = parts.bytes;
  for (double& one : piece) one /= parts.steps;
  const double seconds = parts.latency + parts.steps * span.step(piece);
  const double bandwidth = span.concurrent_seconds(parts.bytes);
  return {algorithm, seconds, seconds - bandwidth, bandwidth};
}

constexpr std::array kNames = {"all_reduce", "all_gather", "reduce_scatter",
                               "all_to_all", "broadcast",  "send_receive"};

}  // namespace

std::string_view name(Collective collective) {
  return kNames.at(static_cast<std::size_t>(collective));
}

Collective collective_named(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Collective>(i);
  }
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  throw InputError(fmt::format("collective {}: unknown", name),
                   did_you_mean(std::string(name), names,
                                fmt::format("collectives are {}", fmt::join(names, ", "))));
}

std::vector<CollectiveCost> closed_forms(const Network& network, Collective collective,
                                         const Group& group, double bytes) {
  if (!(bytes > 0) || !std::isfinite(bytes)) {
    throw InputError(fmt::format("{} bytes: is not a valid size", bytes), "use a size above zero");
  }
  const Span span(network, group);
  std::vector<CollectiveCost> out;
  for (const Algorithm& algorithm : algorithms_of(collective)) {
    const Parts parts = algorithm.parts(span, bytes);
    out.push_back(cost_of(span, algorithm.name, parts));
  }
  return out;
}

CollectiveCost closed_form(const Network& network, Collective collective, const Group& group,
                           double bytes) {
  const auto all = closed_forms(network, collective, group, bytes);
  return *std::min_element(
      all.begin(), all.end(),
      [](const CollectiveCost& a, const CollectiveCost& b) { return a.seconds < b.seconds; });
}

CollectiveCost closed_form_by(const Network& network, Collective collective, const Group& group,
                              double bytes, std::string_view algorithm) {
  std::vector<std::string> known;
  for (CollectiveCost& one : closed_forms(network, collective, group, bytes)) {
    if (one.algorithm == algorithm) return std::move(one);
    known.push_back(one.algorithm);
  }
  throw InputError(fmt::format("{} by {}: has no closed form", name(collective), algorithm),
                   fmt::format("algorithms are {}", fmt::join(known, ", ")));
}

double bus_factor(Collective collective, int ranks) {
  return kernels::find_operation(name(collective))->collective->factor(ranks);
}

}  // namespace assay::results::network
