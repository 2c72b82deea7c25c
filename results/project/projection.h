// What a model would reach on a system: projected from published figures or measured kernels, with
// its uncertainty. Nothing here is measured, and whatever shows it says so.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/project/deployment.h"
#include "results/project/inputs.h"
#include "results/project/step.h"
#include "results/record/record.h"
#include "results/statistics/statistics.h"

namespace assay::results::project {

/// A system as a place to run on: its endpoints, what a chip and all of it are.
struct Site {
  std::string id;  ///< of the network: "cloudmatrix384"
  const claims::System* system =
      nullptr;  ///< null where the catalogue knows the network's parts alone
  const claims::System* endpoint = nullptr;
  network::Network network;
  double endpoints_a_chip = 1;
  double chips = 1;
  std::optional<double> watts;  ///< of the whole, as published
};
/// Throws InputError as network_of() does.
Site site_of(const claims::Catalogue& catalogue, std::string_view system);
/// Bytes of an endpoint. Throws InputError where none are published.
double memory_of(const Site& site);

struct ProjectionOptions {
  Deployment deployment;
  std::uint64_t seed = 1;
  int draws = 10000;
  bool loaded_alike = false;  ///< experts all have the same number of tokens
  /// Records of the endpoint's kind, whose shares of peaks stand for their classes; empty: none.
  std::span<const record::Record> records;
  /// Exchanges are simulated once (SimGrid), and take as much longer or shorter than their closed
  /// formulas in every draw.
  bool simulate = false;
};

/// A projected figure with its 95% interval; the value is the median of the draws.
struct Projected {
  double value = 0;
  statistics::Interval interval;
};

/// Share of the output's variance that an input accounts for, by squared rank correlation.
struct Dominance {
  Input input;
  double share = 0;
};

struct Projection {
  Projected tokens_a_chip;    ///< token/s
  Projected tokens_a_system;  ///< token/s, of as many whole instances as there is room for
  Projected step_seconds;     ///< decode: TPOT; prefill: of one pass
  std::optional<Projected> tokens_a_kilowatt;
  Deployment deployment;  ///< as asked, with what was left open decided
  StepTime nominal;       ///< where the time goes
  MemoryNeed memory;
  double memory_bytes = 0;  ///< an endpoint has
  int instances = 0;
  std::vector<Input> inputs;
  std::vector<std::string> rules;    ///< by which records and simulations were used
  std::vector<Dominance> dominance;  ///< from the largest
};

/// Throws InputError where the deployment is impossible, or does not fit into memory: with how much
/// is lacking and what would fit.
Projection project(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                   const ProjectionOptions& options);

/// The largest batch whose median time a token meets this; throws InputError where none does, or
/// where a batch of one does not fit.
double batch_for(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                 ProjectionOptions options, double seconds_a_token);

/// Seconds that a token takes a sequence: a step, divided by the tokens that it yields.
double seconds_a_token(const Deployment& deployment, double step_seconds, const Values& values);

/// A matmul on all chips at once, independent of one another: FLOP/s of the whole.
Projected project_matmul(const claims::Catalogue& catalogue, const Site& site,
                         const std::string& type, std::uint64_t seed = 1, int draws = 10000);

/// The same, draw by draw.
std::vector<double> matmul_draws(const claims::Catalogue& catalogue, const Site& site,
                                 const std::string& type, std::uint64_t seed, int draws);

/// Median and 95% interval of draws.
Projected summarized(std::vector<double> draws);

}  // namespace assay::results::project
