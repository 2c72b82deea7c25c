// assay project: the speed that a model, or a matmul on all chips, would reach on a system.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/page_file.h"
#include "harness/cli/project/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "kernels/error.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/project/page.h"
#include "results/project/projection.h"
#include "results/project/validation.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::project {
extern const Verb verb;

namespace {

using results::project::Deployment;
using results::project::Phase;
using results::project::Site;

struct Arguments {
  std::string system, model, type, matmul, from;
  Phase phase = Phase::decode;
  std::optional<double> target_seconds;  ///< per output token
  std::optional<results::store::StoreAddress> db;
  PageChoice page;
  double batch = 0, context = 4096, cache_bytes = 2;
  int tensor = 0, pipeline = 1, expert = 0, redundant = 0, predicted = 0, micro_batches = 0,
      draws = 10000;
  std::uint64_t seed = 1;
  bool balanced_experts = false, simulate = false, validate = false, json = false;
  CatalogueChoice catalogue;
};

int default_experts(const results::project::Model& model, const Site& site, Phase phase) {
  if (!model.mixture()) return 1;
  const int most =
      std::min(site.endpoints, phase == Phase::prefill ? 32 : static_cast<int>(model.experts));
  int out = 1;
  while (out * 2 <= most) out *= 2;
  return out;
}

/// The batch of a tensor group, from that of one chip.
double group_batch(double per_chip, const Site& site, int tensor) {
  return per_chip / site.endpoints_per_chip * tensor;
}

/// The smallest that fits into memory; 8 where none does.
int default_tensor(const results::project::Model& model, const Site& site, Deployment deployment,
                   double batch_per_chip) {
  if (model.mixture()) return 1;
  const double memory = memory_of(site) * 0.8;
  for (int tensor = 1; tensor <= site.endpoints; tensor *= 2) {
    deployment.tensor = tensor;
    deployment.batch = group_batch(batch_per_chip, site, tensor);
    if (memory_need(model, deployment).total() <= memory) return tensor;
  }
  return 8;
}

results::project::ProjectionOptions wanted_of(const Arguments& arguments,
                                              const results::claims::Catalogue& catalogue,
                                              const Site& site,
                                              const results::project::Model& model,
                                              std::span<const results::record::Record> records) {
  results::project::ProjectionOptions wanted;
  wanted.records = records;
  wanted.seed = arguments.seed;
  wanted.draws = arguments.draws;
  wanted.balanced_experts = arguments.balanced_experts;
  wanted.simulate = arguments.simulate;
  Deployment& out = wanted.deployment;
  out.phase = arguments.phase;
  out.type = arguments.type.empty() ? results::project::narrowest_type(catalogue, *site.endpoint)
                                    : arguments.type;
  out.context = arguments.context;
  out.cache_bytes = arguments.cache_bytes;
  out.predicted = arguments.predicted;
  out.micro_batches = arguments.micro_batches;
  out.redundant_experts = arguments.redundant;
  out.pipeline = arguments.pipeline;
  out.expert = arguments.expert > 0 ? arguments.expert : default_experts(model, site, out.phase);
  const double usual = out.phase == Phase::prefill ? 16384 : 32;
  double per_chip = arguments.batch > 0 ? arguments.batch : usual;
  const auto take = [&] {
    out.tensor =
        arguments.tensor > 0 ? arguments.tensor : default_tensor(model, site, out, per_chip);
    out.batch = group_batch(per_chip, site, out.tensor);
  };
  take();
  // The default batch shrinks until it fits into memory.
  const double memory = memory_of(site) * 0.9;
  while (arguments.batch == 0 && per_chip > 1 && memory_need(model, out).total() > memory) {
    per_chip /= 2;
    take();
  }
  require_possible(model, out, site.endpoints);
  if (arguments.target_seconds) {
    out.batch = batch_for(catalogue, site, model, wanted, *arguments.target_seconds);
  }
  return wanted;
}

/// The records of the run that --from names.
std::vector<results::record::Record> records_of(const Arguments& arguments) {
  if (arguments.from.empty()) return {};
  const auto store = open_store(store_address(arguments.db), results::store::Access::read);
  auto records = store.records({.run = find_run(store, arguments.from).id});
  if (records.empty()) {
    throw InputError(fmt::format("--from {}: the run has no records", arguments.from),
                     "`assay show --runs` lists the runs and their numbers of records");
  }
  return records;
}

int project_model(const Arguments& arguments, const results::claims::Catalogue& catalogue,
                  const Site& site) {
  const results::project::Model model = results::project::find_model(arguments.model);
  const std::vector<results::record::Record> records = records_of(arguments);
  const results::project::Projection projection = results::project::project(
      catalogue, site, model, wanted_of(arguments, catalogue, site, model, records));
  const ProjectionView view{site, model, projection};
  if (arguments.json) {
    fmt::print("{}\n", to_json(view).dump(2));
  } else {
    fmt::print("{}", projection_text(view));
  }
  return kDone;
}

int project_all_chips(const Arguments& arguments, const results::claims::Catalogue& catalogue,
                      const Site& site) {
  const results::project::Projected rate =
      project_matmul(catalogue, site, arguments.matmul, arguments.seed, arguments.draws);
  if (arguments.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"origin", "projected"},
                                              {"system", site.id},
                                              {"type", arguments.matmul},
                                              {"flop_per_second", rate.value},
                                              {"lower", rate.interval.lower},
                                              {"upper", rate.interval.upper}}
                           .dump(2));
    return kDone;
  }
  fmt::print(
      "projected, not measured: one large matmul in {} on all {} chips of {}\n"
      "  {} PFLOP/s ({} to {})\n",
      arguments.matmul, site.chips, site.id, results::page::number_text(rate.value / 1e15, 3),
      results::page::number_text(rate.interval.lower / 1e15, 3),
      results::page::number_text(rate.interval.upper / 1e15, 3));
  return kDone;
}

int validate_model(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  std::optional<PageFile> page;
  if (!arguments.page.file.empty())
    page.emplace("--html", arguments.page.file, arguments.page.force);
  const results::project::Validation validation =
      results::project::validate(catalogue, arguments.seed);
  if (page) page->write(validation_html(validation, harness::environment::version_text()));
  if (arguments.json) {
    fmt::print("{}\n", to_json(validation).dump(2));
  } else if (arguments.page.file != "-") {
    fmt::print("{}", validation_text(validation, harness::terminal::terminal_width()));
  }
  return kDone;
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  if (arguments.validate) return validate_model(arguments, catalogue);
  if (arguments.system.empty()) {
    throw InputError(
        "--system: is missing",
        fmt::format("name one of {}, such as --system cloudmatrix384; `assay systems` lists them",
                    results::page::counted(results::project::systems_with_sites(catalogue).size(),
                                           "system")));
  }
  const Site site = results::project::site_of(catalogue, arguments.system);
  if (!arguments.matmul.empty()) return project_all_chips(arguments, catalogue, site);
  if (arguments.model.empty()) {
    std::vector<std::string> known;
    for (const results::project::Model& model : results::project::models())
      known.push_back(model.id);
    throw InputError("--model or --matmul: is missing",
                     fmt::format("--model {}, or --matmul bf16", fmt::join(known, " | ")));
  }
  return project_model(arguments, catalogue, site);
}

std::vector<std::string> system_ids() {
  return results::project::systems_with_sites(results::claims::built_in_catalogue());
}

std::vector<std::string> model_ids() {
  std::vector<std::string> out;
  for (const results::project::Model& model : results::project::models()) out.push_back(model.id);
  return out;
}

/// In which a model's weights can be projected.
Kind<std::string> weight_type() {
  return choice("TYPE", std::vector<std::string>{"bf16", "f16", "f8", "i8"});
}

void add_parallelism_options(Options& options, Arguments& arguments) {
  options
      .option("--tp", arguments.tensor, count<int>(),
              "Tensor parallelism: ranks that share a layer")
      .default_rule = "the smallest that fits";
  options.option("--pp", arguments.pipeline, count<int>(), "Pipeline parallelism: number of stages")
      .default_value("1");
  options
      .option("--ep", arguments.expert, count<int>(),
              "Expert parallelism: ranks that share the experts; with fewer than --tp, "
              "ranks of a tensor group share each expert")
      .default_rule = "up to 256 to decode, 32 to prefill";
  options
      .option("--redundant-experts", arguments.redundant, count<int>(0),
              "Additional copies of experts")
      .default_value("0");
  options
      .option("--micro-batches", arguments.micro_batches, count<int>(),
              "Overlapping micro-batches; 1 disables overlap")
      .default_rule = "1, or the faster of 1 and 2 if experts are on several nodes";
}

void add_deployment_options(Options& options, Arguments& arguments) {
  options.group("Deployment");
  options
      .option("--phase", arguments.phase,
              choice<Phase>("PHASE", {{"prefill", Phase::prefill}, {"decode", Phase::decode}}),
              "Which phase of inference")
      .default_value("decode");
  add_parallelism_options(options, arguments);
  Option& batch = options.option("--batch", arguments.batch, number_above_zero("COUNT"),
                                 "Sequences per chip; in prefill tokens per chip");
  batch.default_rule = "32; in prefill 16384";
  options
      .option("--target-tpot", arguments.target_seconds, duration(),
              "Use the largest batch with at most this time per output token, e.g. 50ms")
      .excludes = {&batch};
  options
      .option("--context", arguments.context, number_above_zero("COUNT"),
              "Tokens of context, or of the prompt")
      .default_value("4096");
  options.option("--type", arguments.type, weight_type(), "Data type of the weights").default_rule =
      "the narrowest that the system computes in";
  options
      .option("--cache-bytes", arguments.cache_bytes, number_above_zero("COUNT"),
              "Bytes per KV-cache element")
      .default_value("2");
  options
      .option("--predict", arguments.predicted, count<int>(0),
              "Tokens that the model's draft layer predicts ahead (multi-token prediction)")
      .default_value("0");
  options.flag("--balanced-experts", arguments.balanced_experts,
               "Assume equal load on all experts");
  add_simulate_option(options, arguments.simulate);
}

void add_model_options(Options& options, Arguments& arguments) {
  options.group("What to project");
  Option& system = options.option("--system", arguments.system, text("SYSTEM", system_ids),
                                  "Any chip, node or system of the catalogue, e.g. cloudmatrix384");
  Option& model = options.option("--model", arguments.model, text("MODEL", model_ids),
                                 "The model, e.g. deepseek-r1");
  Option& matmul = options.option("--matmul", arguments.matmul, text("TYPE"),
                                  "Instead of a model: one large matmul on all chips in this data "
                                  "type, e.g. bf16");
  matmul.excludes = {&model};
  Option& validate =
      options.flag("--validate", arguments.validate, "Compare projections with published figures");
  validate.excludes = {&system, &model, &matmul};
  add_catalogue_options(options, arguments.catalogue);
  add_deployment_options(options, arguments);
  options.group("Method and output");
  options.option("--from", arguments.from, run_id(),
                 "Take the efficiency of kernels from this run on the system's device");
  add_store_option(options, arguments.db, "read");
  options
      .option("--draws", arguments.draws, count<int>(100, 1000000), "Number of Monte Carlo draws")
      .default_value("10000");
  options.option("--seed", arguments.seed, seed<std::uint64_t>(), "Seed of the draws")
      .default_value("1");
  add_page_options(options, arguments.page,
                   "With --validate: also write an HTML page; - prints only the page")
      .needs = {&validate};
  add_json_option(options, arguments.json);
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  add_model_options(options, *arguments);
  options.footer(
      "Examples:\n"
      "  assay project --system cloudmatrix384 --model deepseek-r1 --target-tpot 50ms\n"
      "  assay project --system gb200-nvl72 --model llama3-70b --phase prefill\n"
      "  assay project --system mi300x --model llama3-70b --tp 1\n"
      "  assay project --system cloudmatrix384 --matmul bf16\n"
      "  assay project --validate\n"
      "\n"
      "Kernels: a roofline of published peaks and bandwidths, times the efficiency that\n"
      "kernels of their class reach, layer by layer. Network: closed formulas of\n"
      "collectives (see `assay network`). All results are projected, not measured.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"project", "Project what a model would reach on a system", add,
                   VerbGroup::decide};

}  // namespace assay::cli::project
