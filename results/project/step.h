// One step of a deployed model on one rank: its kernels and its communication.
#pragma once

#include <string>
#include <vector>

#include "results/network/network.h"
#include "results/project/deployment.h"
#include "results/project/inputs.h"

namespace assay::results::project {

/// A kernel, with its number of runs per step.
struct KernelWork {
  std::string name;  ///< "q up"
  /// Selects the efficiency: "matmul", "grouped", "attention", "decode-attention"; "memory" for
  /// small kernels that only move rows.
  std::string kind;
  std::string type;  ///< selects the peak: "bf16"
  /// Group in the breakdown of time: "attention", "experts", "dense", "head", "draft layer".
  std::string label;
  double count = 1;
  double flop = 0, bytes = 0;
};

/// A collective, with its number of runs per step.
struct Exchange {
  std::string name;  ///< "dispatch"
  network::Collective collective = network::Collective::all_to_all;
  network::Group group;
  double count = 1;
  double bytes = 0;
  bool experts =
      false;  ///< an exchange of tokens with experts, which costs more than its transfers
  /// The share of the bytes for other nodes that passes through their network cards: a token is
  /// sent to a node once, and from there to its experts by the links inside the node.
  double crossing = 1;
  double factor = 1;  ///< simulated time / time of the closed formula
};

struct Step {
  std::vector<KernelWork> kernels;
  std::vector<Exchange> exchanges;
  double tokens = 0;  ///< tokens per rank in the step
};

/// The expected number of different experts, of the `held` ones of a rank, that at least one token
/// chooses, if each of `tokens` tokens chooses `chosen` different ones of `experts` experts, all
/// with equal probability: held · (1 − (1 − chosen / experts)^tokens). Real routing is less even
/// and hits fewer.
double expected_experts_hit(double held, double tokens, double chosen, double experts);

/// The type in which the output head computes: that of attention if the model keeps the head in 16
/// bits.
std::string head_type(const Model& model, const Deployment& deployment);

/// The step of one rank, without the imbalance of experts. With predicted tokens it includes the
/// passes of the draft layer; in prefill those that fill its cache.
Step step_of(const Model& model, const Deployment& deployment);

/// The seconds of a step, and their breakdown.
struct StepTime {
  double seconds = 0;
  double compute = 0, communication = 0, overhead = 0;
  std::vector<std::pair<std::string, double>>
      parts;  ///< seconds by label, of compute and communication
};

/// `network` has the values of the draw; it may be null if there is no communication.
StepTime time_of(const Step& step, const Deployment& deployment, const Values& values,
                 const network::Network* network);

/// Seconds of one exchange, measured as in benchmarks of expert-parallel libraries.
double exchange_seconds(const network::Network& network, const Values& values,
                        const Exchange& exchange);

}  // namespace assay::results::project
