// The projected performance of a language model on a system, from published figures or measured
// kernels, with its uncertainty. It must always be shown as projected, not measured.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/project/deployment.h"
#include "results/project/inputs.h"
#include "results/project/site.h"
#include "results/project/step.h"
#include "results/record/record.h"
#include "results/statistics/statistics.h"

namespace assay::results::project {

struct ProjectionOptions {
  Deployment deployment;
  std::uint64_t seed = 1;
  int draws = 10000;
  bool balanced_experts = false;  ///< assume that all experts have the same number of tokens
  /// Records of the same kind of device, whose shares of peaks replace assumptions; may be empty.
  std::span<const record::Record> records;
  /// Simulate each exchange once (SimGrid); in every draw its closed formula is multiplied by the
  /// ratio of the simulated time to the closed formula.
  bool simulate = false;
};

/// A projected figure with its 95% interval; the value is the median of the draws.
struct Projected {
  double value = 0;
  statistics::Interval interval;
};

/// The share of the variance of the result that an input explains, by squared rank correlation.
struct Dominance {
  Input input;
  double share = 0;
};

struct Projection {
  Projected tokens_per_chip;    ///< token/s
  Projected tokens_per_system;  ///< token/s of all complete instances that fit
  Projected step_seconds;       ///< decode: TPOT; prefill: of one pass
  std::optional<Projected> tokens_per_kilowatt;
  Deployment deployment;  ///< as requested, with all open choices made
  StepTime nominal;       ///< where the time goes
  MemoryNeed memory;
  double memory_bytes = 0;  ///< memory of an endpoint
  int instances = 0;
  std::vector<Input> inputs;
  std::vector<std::string> rules;    ///< how records and simulations were used
  std::vector<Dominance> dominance;  ///< largest first
};

/// Throws InputError if the deployment is impossible or does not fit into memory; the error says
/// how much is missing and what would fit. Only ranks that exchange data need a network.
Projection project(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                   const ProjectionOptions& options);

/// Seconds in which `output` tokens are generated for each sequence of the batch: its prompts of
/// `prompt` tokens are processed first, then all sequences are decoded together.
Projected project_generation(const claims::Catalogue& catalogue, const Site& site,
                             const Model& model, const ProjectionOptions& options, double prompt,
                             double output);

/// The narrowest type with a published peak of which weights can be. Throws InputError if there is
/// none.
std::string narrowest_type(const claims::Catalogue& catalogue, const claims::System& endpoint);

/// The largest batch with at most this median time per token. Throws InputError if there is none or
/// if a batch of one does not fit.
double batch_for(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                 ProjectionOptions options, double seconds_per_token);

/// Seconds per token of a sequence: the time of a step divided by its tokens.
double seconds_per_token(const Deployment& deployment, double step_seconds, const Values& values);

/// FLOP/s of independent matmuls on all chips at once.
Projected project_matmul(const claims::Catalogue& catalogue, const Site& site,
                         const std::string& type, std::uint64_t seed = 1, int draws = 10000);

/// The same for every draw.
std::vector<double> matmul_draws(const claims::Catalogue& catalogue, const Site& site,
                                 const std::string& type, std::uint64_t seed, int draws);

/// Median and 95% interval of draws.
Projected summarized(std::vector<double> draws);

}  // namespace assay::results::project
