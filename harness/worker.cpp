#include "harness/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "backends/loader.h"
#include "harness/conversation.h"
#include "harness/measure.h"
#include "harness/open_device.h"
#include "harness/protocol.h"
#include "harness/published.h"

namespace assay::harness {
namespace {

using nlohmann::ordered_json;

void say_failure(const Error& error) {
  say({{kKind, "failed"}, {"reason", error.what()}, {"mend", error.mend()}});
}

ModuleReport look_for_devices(const backends::Module& module,
                              const std::vector<Published>& systems) {
  ModuleReport report;
  report.pretends = module.pretend() != nullptr;
  report.refused = pretend(module, systems);
  report.name = text_or_empty(module->name);
  report.path = module.path().string();
  report.version = text_or_empty(module->version);
  report.description = text_or_empty(module->description);
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  const assay_status status = module->probe(&probe);
  report.summary = text_or_empty(probe.summary);
  report.mend = text_or_empty(probe.mend);
  report.details = properties(probe.details, probe.detail_count);
  if (status != ASSAY_OK && status != ASSAY_NO_DEVICE) {
    const std::string words = module->last_error ? text_or_empty(module->last_error()) : "";
    report.failure = words.empty() ? "looking for devices failed" : words;
    return report;
  }
  for (std::uint32_t index = 0; index < probe.device_count; ++index) {
    assay_device_info info = {};
    info.struct_size = sizeof info;
    if (module->device_info(index, &info) != ASSAY_OK) {
      const std::string words = module->last_error ? text_or_empty(module->last_error()) : "";
      report.details[fmt::format("device {}", index)] = "cannot be described: " + words;
      continue;
    }
    report.devices.push_back(identity(*module, index, info));
  }
  return report;
}

void serve_device(const OpenDevice& device) {
  Operands operands(device);
  LineReader reader;
  while (const auto line = reader.next()) {
    const ordered_json request = ordered_json::parse(*line);
    const std::string kind = request.at(kKind);
    if (kind == "implementations") {
      try {
        say({{kKind, "implementations"},
             {"offers", to_json(device.implementations(request.at("problem")))}});
      } catch (const Error& error) {
        say_failure(error);
      }
    } else if (kind == "measure") {
      bool device_lost = false;
      const auto record = measure(
          device, operands, results::record_from_json(request.at("record").get<std::string>()),
          [](const std::string& phase) {
            say({{kKind, "phase"}, {"phase", phase}});
          },
          device_lost);
      say({{kKind, "measured"},
           {"record", results::to_json(record)},
           {"device_lost", device_lost}});
      // A lost device's own clean-up may hang, so the process ends without it.
      if (device_lost) _exit(1);
    }
  }
}

}  // namespace

int serve(const WorkerOptions& options) {
  try {
    const backends::Module module = backends::Module::open(options.module);
    std::vector<Published> systems;
    if (!options.pretend.empty()) {
      systems = published_from_json(ordered_json::parse(options.pretend));
    }
    if (options.probe) {
      say({{kKind, "probed"}, {"report", to_json(look_for_devices(module, systems))}});
      // Unloading a vendor's runtime is not part of the question.
      _exit(0);
    }
    pretend(module, systems);
    const OpenDevice device(module, options.device, {options.threads, options.tune});
    say({{kKind, "ready"}});
    serve_device(device);
  } catch (const Error& error) {
    say_failure(error);
  } catch (const std::exception& error) {
    say_failure(Error(error.what()));
  }
  return 0;
}

}  // namespace assay::harness
