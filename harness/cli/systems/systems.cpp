// assay systems [SYSTEM]: the systems in the catalogue, with the source of each figure.
#include <fmt/format.h>

#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common_options.h"
#include "harness/cli/hints.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "results/claims/catalogue.h"
#include "results/claims/system_names.h"
#include "results/record/json_library.h"

namespace assay::cli::systems {
extern const Verb verb;

namespace {

struct Arguments {
  std::string which;
  CatalogueChoice catalogue;
  bool json = false;
};

void print_line(const results::claims::System& system) {
  const auto figure = [&](const std::string& quantity) {
    const results::claims::Property* found = system.figure(quantity);
    return found == nullptr ? std::string("–") : claims::figure_text(*found);
  };
  fmt::print("{:<25} {:<14} {:<9} {:>15} {:>13}\n", system.id, system.vendor, system.kind,
             figure("peak.bf16"), figure("memory.bandwidth"));
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  std::vector<const results::claims::System*> systems;
  if (arguments.which.empty()) {
    for (const auto& [id, system] : catalogue.systems) systems.push_back(&system);
  } else {
    systems.push_back(&with_hint(
        "`assay systems` lists all systems", [&]() -> const auto& {
          return named_system(catalogue, arguments.which);
        }));
  }
  if (arguments.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const results::claims::System* system : systems) out.push_back(claims::to_json(*system));
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  if (!arguments.which.empty()) {
    fmt::print("{}", claims::system_text(*systems[0]));
    return kDone;
  }
  fmt::print("{:<25} {:<14} {:<9} {:>15} {:>13}\n", "id", "vendor", "kind", "bf16 peak", "memory");
  for (const results::claims::System* system : systems) print_line(*system);
  fmt::print("\nPublished figures, not measured; `assay systems SYSTEM` shows their sources.\n");
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->which, system_id(), "A system of the catalogue").default_rule =
      "list all systems";
  add_catalogue_options(options, arguments->catalogue);
  add_json_option(options, arguments->json);
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"systems", "List the systems in the catalogue", add, VerbGroup::judge};

}  // namespace assay::cli::systems
