#include "results/project/projection.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/error.h"
#include "results/page/quantity_text.h"
#include "results/project/projection_plan.h"

namespace assay::results::project {

namespace {

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

}  // namespace

Projected summarized(std::vector<double> draws) {
  return {statistics::quantile(draws, 0.5),
          {statistics::quantile(draws, 0.025), statistics::quantile(draws, 0.975)}};
}

double seconds_per_token(const Deployment& deployment, double step_seconds, const Values& values) {
  return step_seconds * deployment.pipeline / tokens_per_round(deployment, values);
}

namespace {

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
