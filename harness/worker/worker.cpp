#include "harness/worker/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "backends/loader.h"
#include "harness/measure/measure.h"
#include "harness/measure/open_device.h"
#include "harness/worker/conversation.h"
#include "harness/worker/protocol.h"
#include "harness/worker/published.h"

namespace assay::harness::worker {
namespace {

using nlohmann::ordered_json;

void say_failure(const Error& error) {
  say({{kKind, "failed"}, {"reason", error.what()}, {"mend", error.mend()}});
}

ModuleReport look_for_devices(const backends::Module& module,
                              const std::vector<Published>& systems) {
  ModuleReport report;
  report.pretends = module->pretend != nullptr;
  report.refused = pretend(module, systems);
  report.name = measure::text_or_empty(module->name);
  report.path = module.path().string();
  report.version = measure::text_or_empty(module->version);
  report.description = measure::text_or_empty(module->description);
  report.environment_variables = module.environment_variables();
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  const assay_status status = module->probe(&probe);
  report.summary = measure::text_or_empty(probe.summary);
  report.mend = measure::text_or_empty(probe.mend);
  report.details = measure::properties(probe.details, probe.detail_count);
  if (status != ASSAY_OK && status != ASSAY_NO_DEVICE) {
    const std::string words =
        module->last_error ? measure::text_or_empty(module->last_error()) : "";
    report.failure = words.empty() ? "looking for devices failed" : words;
    return report;
  }
  for (std::uint32_t index = 0; index < probe.device_count; ++index) {
    assay_device_info info = {};
    info.struct_size = sizeof info;
    if (module->device_info(index, &info) != ASSAY_OK) {
      const std::string words =
          module->last_error ? measure::text_or_empty(module->last_error()) : "";
      report.details[fmt::format("device {}", index)] = "cannot be described: " + words;
      continue;
    }
    report.devices.push_back(measure::identity(*module, index, info));
  }
  return report;
}

void say_phase(const std::string& phase) {
  say({{kKind, "phase"}, {"phase", phase}});
}

/// Answers the parent's requests about one device.
class Server {
 public:
  explicit Server(measure::OpenDevice& device) : device_(device), operands_(device) {}

  /// False where this was the last request.
  bool answer(const ordered_json& request) {
    const std::string kind = request.at(kKind);
    if (kind == "implementations") {
      name_implementations(request.at("problem"));
    } else if (kind == "measure") {
      held_.reset();
      bool device_lost = false;
      const Record record =
          measure::measure(device_, operands_, record_in(request), say_phase, device_lost);
      say_record(record, device_lost);
    } else if (kind == "hold") {
      hold(record_in(request));
    } else if (kind == "launch") {
      launch(request.at("count"),
             measure::launch_mode(results::record::require_named<results::record::Mode>(
                 request.at("mode").get<std::string>(), "launch")));
    } else if (kind == "check") {
      check();
    } else if (kind == "unique_id") {
      tell_unique_id();
    } else if (kind == "join") {
      join(request);
    } else if (kind == "leave") {
      leave();
      return false;
    }
    return true;
  }

 private:
  using Record = results::record::Record;

  static Record record_in(const ordered_json& request) {
    return results::record::record_from_json(request.at("record").get<std::string>());
  }

  static void say_record(const Record& record, bool device_lost) {
    say({{kKind, "measured"},
         {"record", results::record::to_json(record)},
         {"device_lost", device_lost}});
    // A lost device's own clean-up may hang, so the process ends without it.
    if (device_lost) _exit(1);
  }

  void name_implementations(const std::string& problem) {
    try {
      say({{kKind, "implementations"}, {"offers", to_json(device_.implementations(problem))}});
    } catch (const Error& error) {
      say_failure(error);
    }
  }

  void hold(Record record) {
    held_.reset();
    bool device_lost = false;
    note_failures(device_, operands_, record, device_lost, [&] {
      held_ = std::make_unique<measure::Held>(device_, operands_, record, say_phase);
      if (!held_->right()) held_.reset();
    });
    record_ = record;
    say_record(record, device_lost);
  }

  void launch(std::uint32_t count, assay_mode mode) {
    ordered_json device = ordered_json::array(), host = ordered_json::array();
    try {
      if (!held_) throw Error("nothing is held that could be launched");
      for (const assay_launch& one : held_->prepared().run(count, mode)) {
        device.push_back(one.device_seconds);
        host.push_back(one.host_seconds);
      }
      say({{kKind, "launched"}, {"device_seconds", device}, {"host_seconds", host}});
    } catch (const Error& error) {
      say_failure(error);
      if (device_.lost()) _exit(1);
    }
  }

  void check() {
    Record record = record_;
    bool device_lost = false;
    note_failures(device_, operands_, record, device_lost, [&] {
      if (!held_) throw Error("nothing is held that could be checked");
      // What fails here is not launched again, and goes before its operands.
      std::unique_ptr<measure::Held> held = std::move(held_);
      held->verify_again(record);
      if (record.status == results::record::Status::ok) held_ = std::move(held);
    });
    say_record(record, device_lost);
  }

  void tell_unique_id() {
    try {
      say({{kKind, "unique_id"}, {"id", hex(device_.unique_id())}});
    } catch (const Error& error) {
      say_failure(error);
    }
  }

  void join(const ordered_json& request) {
    try {
      held_.reset();
      device_.join(from_hex(request.at("id")), {request.at("ranks"), request.at("rank")});
      say({{kKind, "joined"}});
    } catch (const Error& error) {
      say_failure(error);
      if (device_.lost()) _exit(1);
    }
  }

  /// What is held goes first, so that the device can be closed.
  void leave() {
    held_.reset();
    operands_.forget();
    device_.leave();
    say({{kKind, "left"}});
  }

  measure::OpenDevice& device_;
  measure::Operands operands_;
  std::unique_ptr<measure::Held> held_;
  Record record_;  ///< of what is held
};

void serve_device(measure::OpenDevice& device) {
  Server server(device);
  LineReader reader;
  while (const auto line = reader.next()) {
    if (!server.answer(ordered_json::parse(*line))) return;
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
    measure::OpenDevice device(module, options.device, {options.threads, options.tune});
    say({{kKind, "ready"}});
    serve_device(device);
  } catch (const Error& error) {
    say_failure(error);
  } catch (const std::exception& error) {
    say_failure(Error(error.what()));
  }
  return 0;
}

}  // namespace assay::harness::worker
