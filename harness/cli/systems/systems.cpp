// assay systems [ID]: the machines that claims speak of, with every figure's source.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "results/claims/catalogue.h"

namespace assay::cli {
extern const Verb systems_verb;

namespace {

struct Options {
  std::string which;
  CatalogueChoice catalogue;
  bool json = false;
};

void print_line(const results::claims::System& system) {
  const auto figure = [&](const std::string& quantity) {
    const results::claims::Property* found = system.figure(quantity);
    return found == nullptr ? std::string("–") : figure_text(*found);
  };
  fmt::print("{:<25} {:<9} {:<10} {:>16} {:>14}\n", system.id, system.vendor, system.kind,
             figure("peak.bf16"), figure("memory.bandwidth"));
}

int run(const Options& options) {
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  std::vector<const results::claims::System*> systems;
  if (options.which.empty()) {
    for (const auto& [id, system] : catalogue.systems) systems.push_back(&system);
  } else {
    systems.push_back(&find_system(catalogue, options.which));
  }
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const results::claims::System* system : systems) out.push_back(to_json(*system));
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  if (!options.which.empty()) {
    fmt::print("{}", system_text(*systems[0]));
    return kDone;
  }
  fmt::print("{:<25} {:<9} {:<10} {:>16} {:>14}\n", "id", "vendor", "kind", "bf16 peak", "memory");
  for (const results::claims::System* system : systems) print_line(*system);
  fmt::print("\nPublished figures, none measured here; `assay systems ID` shows their sources.\n");
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("id", options->which, "One system; all where none is named"),
                system_ids);
  add_catalogue_options(app, options->catalogue);
  app.add_flag("--json", options->json, "Print JSON");
  return [options] { return run(*options); };
}

}  // namespace

const Verb systems_verb = {"systems", "List the machines that claims speak of", add};

}  // namespace assay::cli
