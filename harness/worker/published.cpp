#include "harness/worker/published.h"

#include <fmt/format.h>

#include "harness/measure/foreign_text.h"
#include "kernels/error.h"

namespace assay::harness::worker {

std::map<std::string, std::string> pretend(const backends::Module& module,
                                           const std::vector<Published>& systems) {
  std::map<std::string, std::string> refused;
  if (systems.empty()) return refused;
  const auto entry = module->pretend;
  if (entry == nullptr) {
    throw Error(fmt::format("module {} cannot model devices", measure::foreign_text(module->name)));
  }
  for (const Published& system : systems) {
    std::vector<assay_figure> figures;
    for (const auto& [quantity, value] : system.figures) {
      figures.push_back({quantity.c_str(), value});
    }
    const assay_published published = {
        sizeof published,    system.id.c_str(), system.name.c_str(), system.vendor.c_str(),
        system.kind.c_str(), figures.data(),    figures.size()};
    if (entry(&published) == ASSAY_OK) continue;
    const std::string words = measure::foreign_text(module->last_error());
    refused[system.id] = words.empty() ? "the module refused it without a reason" : words;
  }
  return refused;
}

}  // namespace assay::harness::worker
