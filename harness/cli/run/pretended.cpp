#include "harness/cli/run/pretended.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/nearest.h"
#include "results/claims/system_names.h"

namespace assay::cli::run {
namespace {

using harness::worker::ModuleReport;
using harness::worker::Published;

Published published(const results::claims::System& system) {
  Published out = {system.id, system.name, system.vendor, system.kind, {}};
  for (const auto& [quantity, all] : system.properties) {
    out.figures[quantity] = system.figure(quantity)->value;
  }
  return out;
}

ModuleReport ask(const ModuleReport& module, const std::vector<Published>& systems) {
  ModuleReport answer = harness::worker::probe_pretended({}, {module.name, module.path}, systems);
  if (!answer.failure.empty()) {
    throw Error(fmt::format("{}: {}", module.name, answer.failure), answer.hint);
  }
  return answer;
}

/// The module named before the colon if it models devices, else null.
const ModuleReport* pretending(const std::vector<ModuleReport>& modules, const std::string& name) {
  const std::string before = name.substr(0, name.find(':'));
  for (const ModuleReport& module : modules) {
    if (module.pretends && module.name == before) return &module;
  }
  return nullptr;
}

std::string system_of(const std::string& name) {
  const std::size_t colon = name.find(':');
  return colon == std::string::npos ? "" : name.substr(colon + 1);
}

/// "datasheet:h200-sxm" for each system that can be modelled.
std::vector<std::string> able(const std::vector<PretendedSystem>& systems) {
  std::vector<std::string> names;
  for (const PretendedSystem& one : systems) {
    if (one.lacking.empty()) names.push_back(one.module + ":" + one.id);
  }
  return names;
}

/// The systems of this module that `names` contain, without duplicates.
std::vector<Published> asked_of(const ModuleReport& module, const std::vector<std::string>& names,
                                const results::claims::Catalogue& catalogue) {
  std::vector<Published> out;
  for (const std::string& name : names) {
    const std::string id = system_of(name);
    const auto* found = results::claims::system_as_written(catalogue, id);
    if (found == nullptr) {
      const auto known = able(pretended_systems({module}, catalogue));
      throw InputError(
          id.empty() ? fmt::format("--device {}: does not name a system", name)
                     : fmt::format("--device {}: there is no system `{}`", name, id),
          did_you_mean(name, known, fmt::format("there are {}", fmt::join(known, ", "))));
    }
    const bool again = std::any_of(out.begin(), out.end(),
                                   [&](const Published& other) { return other.id == found->id; });
    if (!again) out.push_back(published(*found));
  }
  return out;
}

void add_pretended(const ModuleReport& module, const std::vector<std::string>& names,
                   const results::claims::Catalogue& catalogue, std::vector<FoundDevice>& out) {
  const std::vector<Published> systems = asked_of(module, names, catalogue);
  const ModuleReport answer = ask(module, systems);
  for (const auto& [id, why] : answer.refused) {
    throw InputError(fmt::format("--device {}:{}: {}", module.name, id, why),
                     "add the figure to the system's TOML file; `assay devices --explain` lists "
                     "the systems that can be modelled");
  }
  for (const results::record::DeviceIdentity& device : answer.devices) {
    out.push_back({device, module.path, systems});
  }
}

}  // namespace

std::vector<PretendedSystem> pretended_systems(const std::vector<ModuleReport>& modules,
                                               const results::claims::Catalogue& catalogue) {
  std::vector<Published> systems;
  for (const auto& [id, system] : catalogue.systems) systems.push_back(published(system));
  std::vector<PretendedSystem> out;
  for (const ModuleReport& module : modules) {
    if (!module.pretends) continue;
    const ModuleReport answer = ask(module, systems);
    for (const Published& system : systems) {
      const auto refused = answer.refused.find(system.id);
      out.push_back(
          {module.name, system.id, refused == answer.refused.end() ? "" : refused->second});
    }
  }
  return out;
}

bool names_system(const std::vector<ModuleReport>& modules, const std::string& name) {
  return pretending(modules, name) != nullptr;
}

std::vector<FoundDevice> select_any_devices(const std::vector<ModuleReport>& modules,
                                            const std::vector<std::string>& names,
                                            const results::claims::Catalogue& catalogue) {
  std::vector<std::string> real;
  std::vector<std::pair<const ModuleReport*, std::vector<std::string>>> pretended;
  for (const std::string& name : names) {
    const ModuleReport* const module = pretending(modules, name);
    if (module == nullptr) {
      real.push_back(name);
      continue;
    }
    const auto same = [&](const auto& entry) { return entry.first == module; };
    auto place = std::find_if(pretended.begin(), pretended.end(), same);
    if (place == pretended.end()) place = pretended.insert(place, {module, {}});
    place->second.push_back(name);
  }
  std::vector<FoundDevice> out;
  if (!real.empty() || names.empty()) {
    try {
      out = select_devices(modules, real);
    } catch (const InputError& error) {
      // The name may be near that of a modelled device.
      const std::string near =
          real.empty() ? ""
                       : did_you_mean(real.back(), able(pretended_systems(modules, catalogue)));
      throw near.empty() ? error : InputError(error.what(), near);
    }
  }
  for (const auto& [module, asked] : pretended) add_pretended(*module, asked, catalogue, out);
  return out;
}

}  // namespace assay::cli::run
