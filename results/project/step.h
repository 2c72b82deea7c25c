// One step of a deployed model on one rank: its kernels layer by layer, and what it sends.
#pragma once

#include <string>
#include <vector>

#include "results/network/network.h"
#include "results/project/deployment.h"
#include "results/project/inputs.h"

namespace assay::results::project {

/// A kernel, with how often a step runs it.
struct KernelWork {
  std::string name;   ///< "q up"
  std::string kind;   ///< of efficiency: "matmul", "grouped", "attention", "decode-attention"
  std::string label;  ///< what it counts as in shares: "attention", "experts", "dense"
  double count = 1;
  double flop = 0, bytes = 0;
};

/// A collective, with how often.
struct Exchange {
  std::string name;  ///< "dispatch"
  network::Collective collective = network::Collective::all_to_all;
  network::Group group;
  double count = 1;
  double bytes = 0;
  bool experts = false;  ///< an exchange of experts' tokens, which has a cost beyond its transfers
  /// Of the bytes that go to other nodes, the share that crosses their network cards: a token goes
  /// to a node once, and from there to its experts by the node's own links.
  double crossing = 1;
  double factor = 1;  ///< seconds simulated for each that the closed formula gives
};

struct Step {
  std::vector<KernelWork> kernels;
  std::vector<Exchange> exchanges;
  double tokens = 0;  ///< that a rank takes through the step
};

/// Of one rank; imbalance of experts is not in it.
Step step_of(const Model& model, const Deployment& deployment);

/// Seconds of a step, and where they go.
struct StepTime {
  double seconds = 0;
  double compute = 0, communication = 0, overhead = 0;
  std::vector<std::pair<std::string, double>> parts;  ///< by label, of compute and communication
};

/// `network` as drawn; null where the deployment sends nothing.
StepTime time_of(const Step& step, const Deployment& deployment, const Values& values,
                 const network::Network* network);

/// Seconds of one exchange of experts as libraries for it are timed.
double exchange_seconds(const network::Network& network, const Values& values,
                        const Exchange& exchange);

}  // namespace assay::results::project
