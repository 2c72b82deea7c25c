// assay project: what a model, or a matmul on all chips, would reach on a system.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/page_file.h"
#include "harness/cli/project/text.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "kernels/error.h"
#include "results/project/page.h"
#include "results/project/projection.h"
#include "results/project/validation.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb project_verb;

namespace {

using results::project::Deployment;
using results::project::Phase;
using results::project::Site;

struct Options {
  std::string system, model, phase = "decode", type, matmul, target, html, from, db;
  double batch = 0, context = 4096, cache_bytes = 2;
  int tensor = 0, pipeline = 1, expert = 0, redundant = 0, predicted = 0, micro_batches = 0,
      draws = 10000;
  std::uint64_t seed = 1;
  bool loaded_alike = false, simulate = false, validate = false, json = false, force = false;
  CatalogueChoice catalogue;
};

/// The narrowest that the endpoint computes in.
std::string default_type(const results::project::Site& site,
                         const results::claims::Catalogue& catalogue) {
  for (const char* type : {"f8", "i8"}) {
    try {
      results::project::inputs_of(catalogue, *site.endpoint, nullptr,
                                  {std::string("peak.") + type});
      return type;
    } catch (const InputError&) {
    }
  }
  return "bf16";
}

int default_experts(const results::project::Model& model, const results::project::Site& site,
                    results::project::Phase phase) {
  if (!model.mixture()) return 1;
  const int most = std::min(site.network.endpoints,
                            phase == Phase::prefill ? 32 : static_cast<int>(model.experts));
  int out = 1;
  while (out * 2 <= most) out *= 2;
  return out;
}

/// What is asked of one chip, as a tensor group has it.
double group_batch(double a_chip, const results::project::Site& site, int tensor) {
  return a_chip / site.endpoints_a_chip * tensor;
}

/// The least that fits, within a node where that is enough.
int default_tensor(const results::project::Model& model, const results::project::Site& site,
                   results::project::Deployment deployment, double batch_a_chip) {
  if (model.mixture()) return 1;
  const double memory = memory_of(site) * 0.8;
  for (int tensor = 1; tensor <= site.network.endpoints; tensor *= 2) {
    deployment.tensor = tensor;
    deployment.batch = group_batch(batch_a_chip, site, tensor);
    if (memory_need(model, deployment).total() <= memory) return tensor;
  }
  return 8;
}

results::project::ProjectionOptions wanted_of(const Options& options,
                                              const results::claims::Catalogue& catalogue,
                                              const results::project::Site& site,
                                              const results::project::Model& model,
                                              std::span<const results::record::Record> records) {
  results::project::ProjectionOptions wanted;
  wanted.records = records;
  wanted.seed = options.seed;
  wanted.draws = options.draws;
  wanted.loaded_alike = options.loaded_alike;
  wanted.simulate = options.simulate;
  results::project::Deployment& out = wanted.deployment;
  out.phase = results::project::phase_named(options.phase);
  out.type = options.type.empty() ? default_type(site, catalogue) : options.type;
  results::project::bytes_of_type(out.type);
  out.context = options.context;
  out.cache_bytes = options.cache_bytes;
  out.predicted = options.predicted;
  out.micro_batches = options.micro_batches;
  out.redundant_experts = options.redundant;
  out.pipeline = options.pipeline;
  out.expert = options.expert > 0 ? options.expert : default_experts(model, site, out.phase);
  const double usual = out.phase == Phase::prefill ? 16384 : 32;
  double a_chip = options.batch > 0 ? options.batch : usual;
  const auto take = [&] {
    out.tensor = options.tensor > 0 ? options.tensor : default_tensor(model, site, out, a_chip);
    out.batch = group_batch(a_chip, site, out.tensor);
  };
  take();
  // A batch that nobody asked for gives way to memory.
  const double memory = memory_of(site) * 0.9;
  while (options.batch == 0 && a_chip > 1 && memory_need(model, out).total() > memory) {
    a_chip /= 2;
    take();
  }
  require_possible(model, out, site.network.endpoints);
  if (!options.target.empty()) {
    out.batch = batch_for(catalogue, site, model, wanted,
                          harness::terminal::parse_duration(options.target, "--target-tpot"));
  }
  return wanted;
}

/// Of the run that --from names.
std::vector<results::record::Record> records_of(const Options& options) {
  if (options.from.empty()) return {};
  const auto store = open_store(store_address(options.db), results::store::Access::read);
  auto records = store.records({.run = find_run(store, options.from).id});
  if (records.empty()) {
    throw InputError(fmt::format("--from {}: the run has no records", options.from),
                     "`assay show --runs` lists those that have");
  }
  return records;
}

int project_model(const Options& options, const results::claims::Catalogue& catalogue,
                  const results::project::Site& site) {
  const results::project::Model model = results::project::find_model(options.model);
  const std::vector<results::record::Record> records = records_of(options);
  const results::project::Projection projection =
      project(catalogue, site, model, wanted_of(options, catalogue, site, model, records));
  const ProjectionView view{site, model, projection};
  if (options.json) {
    fmt::print("{}\n", to_json(view).dump(2));
  } else {
    fmt::print("{}", projection_text(view));
  }
  return kDone;
}

int project_all_chips(const Options& options, const results::claims::Catalogue& catalogue,
                      const results::project::Site& site) {
  const results::project::Projected rate =
      project_matmul(catalogue, site, options.matmul, options.seed, options.draws);
  if (options.json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"origin", "projected"},
                                              {"system", site.id},
                                              {"type", options.matmul},
                                              {"flop_per_second", rate.value},
                                              {"lower", rate.interval.lower},
                                              {"upper", rate.interval.upper}}
                           .dump(2));
    return kDone;
  }
  fmt::print(
      "projected, not measured: a large matmul in {} on all {} chips of {} at once\n"
      "  {} PFLOP/s ({} to {})\n",
      options.matmul, site.chips, site.id, results::claims::format_number(rate.value / 1e15, 3),
      results::claims::format_number(rate.interval.lower / 1e15, 3),
      results::claims::format_number(rate.interval.upper / 1e15, 3));
  return kDone;
}

int validate_model(const Options& options, const results::claims::Catalogue& catalogue) {
  std::optional<PageFile> page;
  if (!options.html.empty()) page.emplace("--html", options.html, options.force);
  const results::project::Validation validation =
      results::project::validate(catalogue, options.seed);
  if (page) page->write(validation_html(validation, harness::environment::version_text()));
  if (options.json) {
    fmt::print("{}\n", to_json(validation).dump(2));
  } else if (options.html != "-") {
    fmt::print("{}", validation_text(validation, harness::terminal::terminal_width()));
  }
  return kDone;
}

int run(const Options& options) {
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  if (options.validate) return validate_model(options, catalogue);
  if (options.system.empty()) {
    throw InputError(
        "no --system is named",
        fmt::format("one of {}", fmt::join(results::network::systems_with_networks(), ", ")));
  }
  const results::project::Site site = results::project::site_of(catalogue, options.system);
  if (!options.matmul.empty()) return project_all_chips(options, catalogue, site);
  if (options.model.empty()) {
    std::vector<std::string> known;
    for (const results::project::Model& model : results::project::models())
      known.push_back(model.id);
    throw InputError("neither --model nor --matmul is named",
                     fmt::format("--model {}, or --matmul bf16", fmt::join(known, " | ")));
  }
  return project_model(options, catalogue, site);
}

std::vector<std::string> model_ids() {
  std::vector<std::string> out;
  for (const results::project::Model& model : results::project::models()) out.push_back(model.id);
  return out;
}

/// A number above zero: no NaN, nothing infinite.
std::string above_zero(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good =
      error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value > 0;
  return good ? "" : fmt::format("{} is no number above zero", text);
}

void add_deployment_options(CLI::App& app, Options& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    auto* option = app.add_option(name, value, help)->group("Deployment");
    constexpr bool kNumber = std::is_arithmetic_v<std::remove_reference_t<decltype(value)>>;
    if constexpr (kNumber) {
      if (name != "--predict" && name != "--redundant-experts") option->check(above_zero);
    }
    return option;
  };
  add("--tp", options.tensor, "Ranks that share each layer (default: the fewest that fit)");
  add("--pp", options.pipeline, "Stages of layers");
  add("--ep", options.expert, "Ranks that share the experts (256 to decode, 32 to prefill)");
  add("--redundant-experts", options.redundant, "Copies beyond one of each");
  auto* batch =
      add("--batch", options.batch, "Sequences a chip (32), or tokens a chip in prefill (16384)");
  add("--target-tpot", options.target, "The largest batch whose tokens take no longer: 50ms")
      ->excludes(batch);
  add("--context", options.context, "Tokens of context, or of a prompt")->capture_default_str();
  add("--type", options.type, "bf16, f16, f8 or i8 (default: the narrowest there is)");
  add("--cache-bytes", options.cache_bytes, "Of an element of the cache")->capture_default_str();
  add("--predict", options.predicted, "Tokens predicted ahead");
  add("--micro-batches", options.micro_batches, "That overlap; 1: none (default: what is faster)");
  app.add_flag("--loaded-alike", options.loaded_alike, "Take experts to be loaded alike")
      ->group("Deployment");
  app.add_flag("--simulate", options.simulate, "Simulate the flows of exchanges too (SimGrid)")
      ->group("Deployment");
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto* system = app.add_option("--system", options->system, "On which system");
  complete_with(system, results::network::systems_with_networks);
  auto* model = app.add_option("--model", options->model, "Which model");
  complete_with(model, model_ids);
  app.add_option("--phase", options->phase, "prefill or decode")->capture_default_str();
  auto* matmul = app.add_option("--matmul", options->matmul,
                                "Instead of a model: a large matmul on all chips, in this type");
  auto* validate =
      app.add_flag("--validate", options->validate, "Hold projections against published figures");
  matmul->excludes(model);
  for (CLI::Option* other : {system, model, matmul}) validate->excludes(other);
  add_deployment_options(app, *options);
  complete_with(app.add_option("--from", options->from,
                               "Take kernels' shares of peaks from this run of the endpoint"),
                run_ids);
  app.add_option("--db", options->db, "Store to read");
  app.add_option("--seed", options->seed, "Of the draws")->capture_default_str();
  app.add_option("--draws", options->draws, "Of the Monte Carlo")
      ->check(CLI::Range(100, 1000000))
      ->capture_default_str();
  app.add_option("--html", options->html, "With --validate: a page too, - for standard output")
      ->needs(validate);
  app.add_flag("--force", options->force, "Replace a file that is not a page of Assay");
  app.add_flag("--json", options->json, "Print JSON");
  add_catalogue_options(app, options->catalogue);
  app.footer(
      "Examples:\n"
      "  assay project --system cloudmatrix384 --model deepseek-r1 --target-tpot 50ms\n"
      "  assay project --system gb200-nvl72 --model llama3-70b --phase prefill\n"
      "  assay project --system cloudmatrix384 --matmul bf16\n"
      "  assay project --validate\n"
      "\n"
      "Kernels: a roofline of published peaks and bandwidths times the share that\n"
      "kernels of their class reach, layer by layer. Network: closed formulas of\n"
      "collectives (`assay network`). Everything is projected, nothing measured.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb project_verb = {"project", "Project what a model would reach on a system", add};

}  // namespace assay::cli
