// assay devices: what this machine has, and what is missing.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/run/pretended.h"
#include "harness/cli/verb.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/record/listing.h"

namespace assay::cli {
extern const Verb devices_verb;

namespace {

using harness::worker::ModuleReport;
using nlohmann::ordered_json;
using results::record::DeviceIdentity;

struct Options {
  bool json = false, explain = false;
};

std::string device_text(const results::record::DeviceIdentity& device) {
  std::string text = fmt::format("{:<10} {}\n", results::record::device_key(device), device.name);
  const auto line = [&text](const std::string& label, const std::string& value) {
    if (!value.empty())
      text += harness::terminal::wrapped(fmt::format("{:<8} {}", label, value), 11);
  };
  line("driver", device.driver);
  std::string memory = harness::terminal::bytes_text(static_cast<double>(device.memory_bytes));
  if (device.cache_bytes > 0) {
    memory += ", last-level cache " +
              harness::terminal::bytes_text(static_cast<double>(device.cache_bytes));
  }
  line("memory", memory);
  std::string units = fmt::format("{}", device.compute_units);
  if (device.clock_hz > 0)
    units += " at up to " + harness::terminal::rate_text(device.clock_hz, "Hz");
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

void print_module(const harness::worker::ModuleReport& module) {
  fmt::print(
      "{}", harness::terminal::wrapped(fmt::format("module {} {} ({}), {}", module.name,
                                                   module.version, module.path, module.description),
                                       11));
  print_details(module.details);
}

/// A sentence without what stands in parentheses: the places that were searched.
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

void print_absent(const harness::worker::ModuleReport& module, bool explain) {
  const std::string& why = module.failure.empty() ? module.summary : module.failure;
  if (!explain) {
    const std::string line =
        fmt::format("{:<13} {}", module.name, module.failure.empty() ? without_asides(why) : why);
    fmt::print("  {}\n", harness::terminal::shortened(line, 78));
    return;
  }
  fmt::print("\n{}\n{}", module.name, harness::terminal::wrapped(why, 11));
  if (!module.mend.empty())
    fmt::print("{}", harness::terminal::wrapped("to mend: " + module.mend, 11));
  print_module(module);
}

bool is_absent(const harness::worker::ModuleReport& module) {
  return module.devices.empty() && !module.pretends;
}

/// How to name a pretended device, a line a module; with `explain` the systems that there are.
void print_pretending(const std::vector<harness::worker::ModuleReport>& modules, bool explain) {
  for (const harness::worker::ModuleReport& module : modules) {
    if (!module.pretends) continue;
    fmt::print("\nModelled, nothing runs: --device {}:SYSTEM{}\n", module.name,
               explain ? ", a published system's roofline" : " (--explain lists the systems)");
    if (!explain) continue;
    // By what is lacking: nothing first.
    std::map<std::string, std::vector<std::string>> ids;
    for (const PretendedSystem& system :
         pretended_systems({module}, results::claims::built_in_catalogue())) {
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

void print_text(const std::vector<harness::worker::ModuleReport>& modules, bool explain) {
  std::size_t absent = 0;
  for (const harness::worker::ModuleReport& module : modules) {
    if (is_absent(module)) ++absent;
    for (const results::record::DeviceIdentity& device : module.devices) {
      fmt::print("{}", device_text(device));
      if (explain) print_details(device.properties);
    }
    if (module.devices.empty()) continue;
    if (!module.mend.empty())
      fmt::print("{}", harness::terminal::wrapped("to mend: " + module.mend, 11));
    if (explain) print_module(module);
  }
  if (absent > 0) {
    fmt::print(
        "{}Not here{}:\n", absent < modules.size() ? "\n" : "",
        explain ? "" : " (--explain says where each was looked for, and what would mend it)");
  }
  for (const harness::worker::ModuleReport& module : modules) {
    if (is_absent(module)) print_absent(module, explain);
  }
  print_pretending(modules, explain);
  if (modules.empty()) {
    fmt::print(
        "No backend modules were found beside the program, in the install folder or in\n"
        "$ASSAY_BACKEND_PATH.\n");
  }
}

int run(const Options& options) {
  const auto modules = harness::worker::probe_all({});
  bool any = false;
  for (const harness::worker::ModuleReport& module : modules) any = any || !module.devices.empty();
  if (options.json) {
    ordered_json list = ordered_json::array();
    for (const harness::worker::ModuleReport& module : modules)
      list.push_back(ordered_json::parse(json_of(module)));
    ordered_json pretended = ordered_json::array();
    for (const PretendedSystem& system :
         pretended_systems(modules, results::claims::built_in_catalogue())) {
      pretended.push_back({{"device", system.module + ":" + system.id},
                           {"modelled", true},
                           {"lacking", system.lacking}});
    }
    fmt::print("{}\n", ordered_json{{"modules", list}, {"pretended", pretended}}.dump(
                           2, ' ', false, ordered_json::error_handler_t::replace));
  } else {
    print_text(modules, options.explain);
  }
  return any ? kDone : kNothingRan;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_flag("--explain", options->explain,
               "Say what was looked for where: libraries, symbols, versions");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(
      "Each backend looks for its devices in a process of its own; one that crashes or\n"
      "hangs is reported, and the others are not disturbed. Exit code 3: no device.\n"
      "--device datasheet:SYSTEM of `assay run` is a published system, modelled.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb devices_verb = {"devices", "List this machine's devices, and what is missing", add};

}  // namespace assay::cli
