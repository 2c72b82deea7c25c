#include "results/project/projection.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/error.h"
#include "results/claims/figures.h"
#include "results/network/simulation.h"
#include "results/page/quantity_text.h"
#include "results/project/measured.h"

namespace assay::results::project {

namespace {

bool has_figure(const claims::Catalogue& catalogue, const claims::System& endpoint,
                const std::string& quantity) {
  try {
    figure_input(catalogue, endpoint, quantity);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

/// The type of 16 bits in which attention computes.
std::string attention_type(const claims::Catalogue& catalogue, const claims::System& endpoint,
                           const std::string& weights) {
  if (weights == "bf16" || weights == "f16") return weights;
  for (const char* type : {"bf16", "f16"}) {
    if (has_figure(catalogue, endpoint, std::string("peak.") + type)) return type;
  }
  throw InputError(fmt::format("{}: neither peak.bf16 nor peak.f16 is published", endpoint.id),
                   "add the figure to the file of the system");
}

std::vector<std::string> figures_for(const Model& model, const Deployment& deployment) {
  std::vector<std::string> out = {"memory.bandwidth", "peak." + deployment.attention_type};
  for (const std::string& type : {deployment.type, head_type(model, deployment)}) {
    const std::string peak = "peak." + type;
    if (std::find(out.begin(), out.end(), peak) == out.end()) out.push_back(peak);
  }
  return out;
}

/// The time of a pass: the micro-batches run one after the other.
StepTime pass_time(const Step& micro, const Deployment& deployment, const Values& values,
                   const network::Network* network) {
  StepTime out = time_of(micro, deployment, values, network);
  const double times = std::max(1, deployment.micro_batches);
  out.seconds *= times;
  out.compute *= times;
  out.communication *= times;
  out.overhead *= times;
  for (auto& [label, seconds] : out.parts) seconds *= times;
  return out;
}

Step micro_step(const Model& model, Deployment deployment) {
  deployment.batch /= std::max(1, deployment.micro_batches);
  return step_of(model, deployment);
}

/// Whether the tokens of experts cross from node to node. Published deployments inside one node do
/// not overlap micro-batches.
bool experts_cross_nodes(const Model& model, const Deployment& deployment, const Site& site) {
  return model.mixture() && !deployment.reduces_experts() &&
         deployment.expert > site.node_endpoints();
}

double nominal_seconds(const Model& model, const Deployment& deployment, const Values& values,
                       const Site& site) {
  return pass_time(micro_step(model, deployment), deployment, values, site.network_or_null())
      .seconds;
}

int micro_batches_for(const Model& model, Deployment deployment, const Values& values,
                      const Site& site) {
  if (!experts_cross_nodes(model, deployment, site)) return 1;
  const auto seconds = [&](int count) {
    deployment.micro_batches = count;
    return nominal_seconds(model, deployment, values, site);
  };
  return seconds(2) < seconds(1) ? 2 : 1;
}

Combination slower_combination(const Model& model, Deployment deployment, const Values& values,
                               const Site& site) {
  deployment.micro_batches = 1;
  const auto seconds = [&](Combination combination) {
    deployment.combination = combination;
    return nominal_seconds(model, deployment, values, site);
  };
  return seconds(Combination::reduction) > seconds(Combination::exchange) ? Combination::reduction
                                                                          : Combination::exchange;
}

/// Makes all choices that the deployment leaves open, and adds their reasons to `rules`.
Deployment decided(const Model& model, Deployment deployment, const Values& values,
                   const Site& site, std::vector<std::string>& rules) {
  if (!model.mixture() || !deployment.choice_of_combination()) {
    deployment.combination =
        deployment.reduces_experts() ? Combination::reduction : Combination::exchange;
  } else if (deployment.combination == Combination::slower) {
    deployment.combination = slower_combination(model, deployment, values, site);
    rules.push_back(fmt::format(
        "experts of a tensor group are combined by {}: the slower of both ways, since no published "
        "figure decides",
        deployment.combination == Combination::reduction ? "one reduction"
                                                         : "dispatch and combine"));
  }
  const bool open = deployment.micro_batches == 0,
             cross = experts_cross_nodes(model, deployment, site);
  if (open) deployment.micro_batches = micro_batches_for(model, deployment, values, site);
  if (model.mixture() && deployment.ranks() > 1 && !cross) {
    rules.push_back(
        open ? "no overlapping micro-batches: no tokens of experts cross from node to node"
             : fmt::format("{} although no tokens of experts cross from node to node",
                           deployment.micro_batches > 1 ? "overlapping micro-batches, as asked for,"
                                                        : "no overlapping micro-batches"));
  }
  return deployment;
}

/// Each predicted token is accepted only if the previous one was.
double tokens_per_round(const Deployment& deployment, const Values& values) {
  double tokens = 1, chance = 1;
  for (int i = 0; i < deployment.predicted; ++i) tokens += chance *= values["acceptance"];
  return tokens;
}

double tokens_per_step(const Deployment& deployment, const Values& values) {
  if (deployment.phase == Phase::prefill) return deployment.batch;
  return deployment.batch * tokens_per_round(deployment, values);
}

/// Tokens per second of one rank; the ranks of a tensor group share their tokens.
double rank_rate(const Deployment& deployment, const Values& values, double step_seconds) {
  // Without experts, `tensor` ranks of an instance work on one batch; each stage of a pipeline
  // works on another one.
  return tokens_per_step(deployment, values) / step_seconds / deployment.tensor /
         deployment.pipeline;
}

std::vector<Input> inputs_for(const claims::Catalogue& catalogue, const Site& site,
                              const Model& model, const ProjectionOptions& options,
                              std::vector<std::string>& rules) {
  auto out = inputs_of(catalogue, *site.endpoint, site.network_or_null(),
                       figures_for(model, options.deployment));
  if (options.balanced_experts) {
    std::erase_if(out, [](const Input& input) { return input.name == "imbalance"; });
    out.push_back({"imbalance", 1, 0, false, true, "all experts are assumed to have equal load"});
  }
  if (!options.records.empty()) {
    out = with_measured(std::move(out), catalogue, *site.endpoint, options.records, rules);
  }
  return out;
}

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) out[order[i]] = static_cast<double>(i);
  return out;
}

double squared_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double middle = static_cast<double>(a.size() - 1) / 2;
  double product = 0, square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += (a[i] - middle) * (b[i] - middle);
    square += (a[i] - middle) * (a[i] - middle);
  }
  return square > 0 ? (product / square) * (product / square) : 0;
}

std::vector<Dominance> dominance_of(const std::vector<Input>& inputs,
                                    const std::vector<Values>& draws,
                                    const std::vector<double>& results) {
  const std::vector<double> result_ranks = ranks_of(results);
  std::vector<Dominance> out;
  for (const Input& input : inputs) {
    if (input.spread == 0) continue;
    std::vector<double> values;
    values.reserve(draws.size());
    for (const Values& draw : draws) values.push_back(draw[input.name]);
    out.push_back({input, squared_correlation(ranks_of(values), result_ranks)});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Dominance& a, const Dominance& b) { return a.share > b.share; });
  return out;
}

/// Simulates each exchange, sets its factor, and adds a line to `rules`.
void simulate_exchanges(const network::Network& network, Step& step,
                        std::vector<std::string>& rules) {
  for (Exchange& exchange : step.exchanges) {
    const network::Simulated flows =
        simulated(network, exchange.collective, exchange.group, exchange.bytes);
    exchange.factor = flows.seconds / closed_form_by(network, exchange.collective, exchange.group,
                                                     exchange.bytes, flows.algorithm)
                                          .seconds;
    rules.push_back(fmt::format(
        "{} ({}, {} ranks): simulated flows take {} of what the closed formula gives, {} of {} "
        "rounds simulated",
        exchange.name, flows.algorithm, exchange.group.ranks, page::ratio_text(exchange.factor),
        flows.rounds_simulated, flows.rounds));
  }
}

void require_memory(const Site& site, const Model& model, const Deployment& deployment,
                    const MemoryNeed& need, double memory) {
  // Runtimes need some memory for themselves.
  constexpr double kUsable = 0.92;
  if (need.total() <= kUsable * memory) return;
  const auto gigabytes = [](double bytes) { return page::scaled_text(bytes, "B"); };
  const bool weights = need.weights > kUsable * memory;
  std::string hint = weights ? "use a narrower type, or split the model over more ranks"
                             : "use a smaller batch or context, or more parallelism";
  for (Deployment other = deployment; other.ranks() * 2 <= site.endpoints;) {
    (model.mixture() ? other.expert : other.tensor) *= 2;
    try {
      require_possible(model, other, site.endpoints);
    } catch (const InputError&) {
      break;
    }
    if (memory_need(model, other).total() > kUsable * memory) continue;
    hint = model.mixture() ? fmt::format("expert parallelism of {} fits", other.expert)
                           : fmt::format("tensor parallelism of {} fits", other.tensor);
    break;
  }
  throw InputError(
      fmt::format("{} does not fit{}: a rank needs {} of weights, {} of cache and {} of "
                  "activations, and {} has {} available: {} are missing",
                  model.name, weights ? ", its weights alone are too large" : "",
                  gigabytes(need.weights), gigabytes(need.cache), gigabytes(need.activations),
                  site.endpoint->name, gigabytes(kUsable * memory),
                  gigabytes(need.total() - kUsable * memory)),
      hint);
}

}  // namespace

Projected summarized(std::vector<double> draws) {
  return {statistics::quantile(draws, 0.5),
          {statistics::quantile(draws, 0.025), statistics::quantile(draws, 0.975)}};
}

double seconds_per_token(const Deployment& deployment, double step_seconds, const Values& values) {
  return step_seconds * deployment.pipeline / tokens_per_round(deployment, values);
}

namespace {

/// A deployment with all choices made, and the inputs and the step that its time depends on.
struct Plan {
  Deployment deployment;
  std::vector<Input> inputs;
  MemoryNeed memory;
  double memory_bytes = 0;
  Step step;
  std::vector<std::string> rules;
};

/// Throws InputError like project().
Plan plan_of(const claims::Catalogue& catalogue, const Site& site, const Model& model,
             ProjectionOptions options) {
  require_possible(model, options.deployment, site.endpoints);
  Deployment& asked = options.deployment;
  asked.attention_type = attention_type(catalogue, *site.endpoint, asked.type);
  Plan out;
  out.inputs = inputs_for(catalogue, site, model, options, out.rules);
  out.memory = memory_need(model, asked);
  out.memory_bytes = memory_of(site);
  require_memory(site, model, asked, out.memory, out.memory_bytes);
  if (!step_of(model, asked).exchanges.empty()) site.required_network();
  out.deployment = decided(model, asked, nominal(out.inputs), site, out.rules);
  out.step = micro_step(model, out.deployment);
  if (options.simulate && !out.step.exchanges.empty()) {
    simulate_exchanges(site.required_network(), out.step, out.rules);
  }
  return out;
}

StepTime drawn_time(const Plan& plan, const Site& site, const Values& values) {
  if (!site.network) return pass_time(plan.step, plan.deployment, values, nullptr);
  const network::Network network = with_values(*site.network, values);
  return pass_time(plan.step, plan.deployment, values, &network);
}

/// A batch of prompts and the tokens generated from them.
struct Generation {
  Plan prefill, decode;
  double passes = 1, output = 1;

  double seconds(const Site& site, const Values& values) const {
    return passes * drawn_time(prefill, site, values).seconds +
           output * drawn_time(decode, site, values).seconds;
  }
};

Generation generation_of(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                         const ProjectionOptions& options, double prompt, double output) {
  // Engines limit the tokens of a prefill pass; between several passes their number hardly matters.
  constexpr double kMostTokens = 16384;
  Generation out;
  ProjectionOptions first = options, then = options;
  const double tokens = options.deployment.batch * prompt;
  out.passes = std::ceil(tokens / kMostTokens);
  out.output = output;
  first.deployment.phase = Phase::prefill;
  first.deployment.batch = tokens / out.passes;
  first.deployment.context = prompt;
  then.deployment.phase = Phase::decode;
  then.deployment.context = prompt + output / 2;
  out.prefill = plan_of(catalogue, site, model, first);
  out.decode = plan_of(catalogue, site, model, then);
  return out;
}

}  // namespace

Projected project_generation(const claims::Catalogue& catalogue, const Site& site,
                             const Model& model, const ProjectionOptions& options, double prompt,
                             double output) {
  const Generation one = generation_of(catalogue, site, model, options, prompt, output);
  std::vector<double> seconds;
  for (int i = 0; i < options.draws; ++i) {
    // Both phases have the same inputs, since they differ in the work only.
    seconds.push_back(
        one.seconds(site, drawn(one.decode.inputs, options.seed, static_cast<std::uint64_t>(i))));
  }
  return summarized(std::move(seconds));
}

std::string narrowest_type(const claims::Catalogue& catalogue, const claims::System& endpoint) {
  for (const char* type : {"f8", "i8", "bf16", "f16"}) {
    if (has_figure(catalogue, endpoint, std::string("peak.") + type)) return type;
  }
  throw InputError(
      fmt::format("{}: none of peak.f8, peak.i8, peak.bf16 and peak.f16 is published", endpoint.id),
      "add the figure to the file of the system");
}

Projection project(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                   const ProjectionOptions& options) {
  Plan plan = plan_of(catalogue, site, model, options);
  Projection out;
  out.inputs = plan.inputs;
  out.rules = plan.rules;
  out.memory = plan.memory;
  out.memory_bytes = plan.memory_bytes;
  const Deployment deployment = out.deployment = plan.deployment;
  out.nominal = drawn_time(plan, site, nominal(out.inputs));
  out.instances = site.endpoints / deployment.ranks();

  const auto count = static_cast<std::size_t>(options.draws);
  std::vector<Values> draws(count);
  std::vector<double> per_chip(count), seconds(count);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    draws[i] = drawn(out.inputs, options.seed, i);
    const double taken = drawn_time(plan, site, draws[i]).seconds;
    per_chip[i] = rank_rate(deployment, draws[i], taken) * site.endpoints_per_chip;
    seconds[i] = deployment.phase == Phase::decode ? seconds_per_token(deployment, taken, draws[i])
                                                   : taken * deployment.pipeline;
  });
  out.dominance = dominance_of(out.inputs, draws, per_chip);
  out.tokens_per_chip = summarized(per_chip);
  out.step_seconds = summarized(seconds);
  const double chips_used = out.instances * deployment.ranks() / site.endpoints_per_chip;
  const auto scaled_by = [&](double factor) {
    return Projected{
        out.tokens_per_chip.value * factor,
        {out.tokens_per_chip.interval.lower * factor, out.tokens_per_chip.interval.upper * factor}};
  };
  out.tokens_per_system = scaled_by(chips_used);
  if (site.watts) out.tokens_per_kilowatt = scaled_by(chips_used / (*site.watts / 1000));
  return out;
}

double batch_for(const claims::Catalogue& catalogue, const Site& site, const Model& model,
                 ProjectionOptions options, double wanted_seconds) {
  constexpr double kMostBatch = 65536;
  if (options.deployment.phase == Phase::prefill) {
    throw InputError("prefill has no time per output token", "use the phase decode");
  }
  const auto seconds = [&](double batch) {
    options.deployment.batch = batch;
    return project(catalogue, site, model, options).step_seconds.value;
  };
  options.draws = std::min(options.draws, 500);
  options.simulate = false;
  options.deployment.batch = 1;
  options.deployment.combination = plan_of(catalogue, site, model, options).deployment.combination;
  // If a batch of one does not fit into memory, this throws; larger batches then just end the
  // search.
  if (seconds(1) > wanted_seconds) {
    throw InputError(fmt::format("one sequence takes longer than {} per output token",
                                 page::duration_text(wanted_seconds)),
                     "allow more time, or split the model over more ranks");
  }
  const auto meets = [&](double batch) {
    try {
      return seconds(batch) <= wanted_seconds;
    } catch (const InputError&) {
      return false;
    }
  };
  double low = 1, high = 2;
  while (high < kMostBatch && meets(high)) low = std::exchange(high, high * 2);
  while (high - low > 1) {
    const double between = std::floor((low + high) / 2);
    (meets(between) ? low : high) = between;
  }
  return low;
}

std::vector<double> matmul_draws(const claims::Catalogue& catalogue, const Site& site,
                                 const std::string& type, std::uint64_t seed, int draws) {
  const auto inputs = inputs_of(catalogue, *site.endpoint, nullptr, {"peak." + type});
  std::vector<double> rates;
  for (int i = 0; i < draws; ++i) {
    const Values values = drawn(inputs, seed, static_cast<std::uint64_t>(i));
    rates.push_back(values["peak." + type] * values["efficiency.matmul"] * site.endpoints);
  }
  return rates;
}

Projected project_matmul(const claims::Catalogue& catalogue, const Site& site,
                         const std::string& type, std::uint64_t seed, int draws) {
  return summarized(matmul_draws(catalogue, site, type, seed, draws));
}

}  // namespace assay::results::project
