// assay devices: the devices of this machine, and what other backends lack.
#include <fmt/format.h>

#include <map>
#include <memory>

#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/run/pretended.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/quantity_text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::devices {
extern const Verb verb;

namespace {

using harness::worker::ModuleReport;
using nlohmann::ordered_json;

struct Arguments {
  bool json = false, explain = false;
};

std::string device_text(const results::record::DeviceIdentity& device) {
  std::string text = fmt::format("{:<10} {}\n", results::record::device_key(device), device.name);
  const auto line = [&text](const std::string& label, const std::string& value) {
    if (!value.empty())
      text += harness::terminal::wrapped(fmt::format("{:<8} {}", label, value), 11);
  };
  line("driver", device.driver);
  std::string memory = results::page::bytes_text(static_cast<double>(device.memory_bytes));
  if (device.cache_bytes > 0) {
    memory +=
        ", last-level cache " + results::page::bytes_text(static_cast<double>(device.cache_bytes));
  }
  line("memory", memory);
  std::string units = fmt::format("{}", device.compute_units);
  if (device.clock_hz > 0)
    units += " at up to " + results::page::scaled_text(device.clock_hz, "Hz");
  line("units", units);
  line("types", device.types);
  if (only_when_named(device)) {
    line("use", fmt::format("only when named: --device {}", results::record::device_key(device)));
  }
  return text;
}

void print_details(const results::record::Properties& properties) {
  for (const auto& [key, value] : properties) {
    fmt::print("{}", harness::terminal::wrapped(fmt::format("{}: {}", key, value), 13));
  }
}

void print_module(const ModuleReport& module) {
  fmt::print(
      "{}", harness::terminal::wrapped(fmt::format("module {} {} ({}), {}", module.name,
                                                   module.version, module.path, module.description),
                                       11));
  print_details(module.details);
}

/// The text without its parentheses, which hold the places that were searched.
std::string without_asides(std::string_view text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') {
      if (depth++ == 0 && out.ends_with(' ')) out.pop_back();
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (depth == 0) {
      out += c;
    }
  }
  return out;
}

void print_absent(const ModuleReport& module, bool explain) {
  const std::string& why = module.failure.empty() ? module.summary : module.failure;
  if (!explain) {
    const std::string line =
        fmt::format("{:<13} {}", module.name, module.failure.empty() ? without_asides(why) : why);
    fmt::print("  {}\n", harness::terminal::shortened(line, 78));
    return;
  }
  fmt::print("\n{}\n{}", module.name, harness::terminal::wrapped(why, 11));
  if (!module.hint.empty())
    fmt::print("{}", harness::terminal::wrapped("to fix: " + module.hint, 11));
  print_module(module);
}

bool is_absent(const ModuleReport& module) {
  return module.devices.empty() && !module.pretends;
}

/// How to name a modelled device, one line per module; with `explain` also the systems.
void print_pretending(const std::vector<ModuleReport>& modules, bool explain) {
  for (const ModuleReport& module : modules) {
    if (!module.pretends) continue;
    fmt::print("\nModelled (nothing runs): --device {}:SYSTEM{}\n", module.name,
               explain ? ", the roofline of a system" : " (--explain lists systems)");
    if (!explain) continue;
    // By what is missing; complete systems come first.
    std::map<std::string, std::vector<std::string>> ids;
    for (const run::PretendedSystem& system :
         run::pretended_systems({module}, results::claims::built_in_catalogue())) {
      ids[system.lacking].push_back(system.id);
    }
    for (const auto& [lacking, systems] : ids) {
      const std::string list = fmt::format("{}", fmt::join(systems, ", "));
      fmt::print(
          "{}",
          harness::terminal::wrapped(
              lacking.empty() ? "SYSTEM: " + list : fmt::format("not {}: {}", list, lacking), 2));
    }
    print_module(module);
  }
}

void print_text(const std::vector<ModuleReport>& modules, bool explain) {
  std::size_t absent = 0;
  for (const ModuleReport& module : modules) {
    if (is_absent(module)) ++absent;
    for (const results::record::DeviceIdentity& device : module.devices) {
      fmt::print("{}", device_text(device));
      if (explain) print_details(device.properties);
    }
    if (module.devices.empty()) continue;
    if (!module.hint.empty())
      fmt::print("{}", harness::terminal::wrapped("to fix: " + module.hint, 11));
    if (explain) print_module(module);
  }
  if (absent > 0) {
    fmt::print("{}No device{}:\n", absent < modules.size() ? "\n" : "",
               explain ? "" : " (--explain says where each backend looked, and how to fix it)");
  }
  for (const ModuleReport& module : modules) {
    if (is_absent(module)) print_absent(module, explain);
  }
  print_pretending(modules, explain);
  if (modules.empty()) {
    fmt::print(
        "No backend modules were found next to the program, in the install folder or in\n"
        "$ASSAY_BACKEND_PATH.\n");
  }
}

int run(const Arguments& arguments) {
  const auto modules = harness::worker::probe_all({});
  bool any = false;
  for (const ModuleReport& module : modules) any = any || !module.devices.empty();
  if (arguments.json) {
    ordered_json list = ordered_json::array();
    for (const ModuleReport& module : modules) list.push_back(ordered_json::parse(json_of(module)));
    ordered_json pretended = ordered_json::array();
    for (const run::PretendedSystem& system :
         run::pretended_systems(modules, results::claims::built_in_catalogue())) {
      pretended.push_back({{"device", system.module + ":" + system.id},
                           {"modelled", true},
                           {"lacking", system.lacking}});
    }
    fmt::print("{}\n", ordered_json{{"modules", list}, {"pretended", pretended}}.dump(
                           2, ' ', false, ordered_json::error_handler_t::replace));
  } else {
    print_text(modules, arguments.explain);
  }
  return any ? kDone : kNothingRan;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.flag("--explain", arguments->explain,
               "Show which libraries, symbols and versions were looked for, and where");
  add_json_option(options, arguments->json);
  options.footer(
      "Each backend is probed in a process of its own: one that crashes or hangs is\n"
      "reported and does not affect the others. Exit code 3: no device.\n"
      "`assay run --device datasheet:SYSTEM` models a published system.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"devices", "List this machine's devices, and what is missing for others", add,
                   VerbGroup::measure};

}  // namespace assay::cli::devices
