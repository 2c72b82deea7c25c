#include "results/project/projection_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "results/network/simulation.h"
#include "results/page/quantity_text.h"
#include "results/project/measured.h"

namespace assay::results::project {

namespace {

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

}  // namespace assay::results::project
