#include "harness/worker/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "backends/loader.h"
#include "harness/measure/foreign_text.h"
#include "harness/measure/measure.h"
#include "harness/measure/open_device.h"
#include "harness/measure/prepared_problem.h"
#include "harness/worker/conversation.h"
#include "harness/worker/messages.h"
#include "harness/worker/published.h"

namespace assay::harness::worker {
namespace {

using results::record::Status;

/// The most devices of a module that are listed.
constexpr std::uint32_t kMostDevices = 4096;

ModuleReport look_for_devices(const backends::Module& module,
                              const std::vector<Published>& systems) {
  ModuleReport report;
  report.pretends = module->pretend != nullptr;
  report.refused = pretend(module, systems);
  report.name = measure::foreign_line(module->name);
  report.path = module.path().string();
  report.version = measure::foreign_line(module->version);
  report.description = measure::foreign_text(module->description);
  report.environment_variables = module.environment_variables();
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  const assay_status status = module->probe(&probe);
  report.summary = measure::foreign_text(probe.summary);
  report.hint = measure::foreign_text(probe.hint);
  report.details = measure::properties(probe.details, probe.detail_count);
  if (status != ASSAY_OK && status != ASSAY_NO_DEVICE) {
    const std::string words = module->last_error ? measure::foreign_text(module->last_error()) : "";
    report.failure = words.empty() ? "probing for devices failed" : words;
    return report;
  }
  for (std::uint32_t index = 0; index < std::min(probe.device_count, kMostDevices); ++index) {
    assay_device_info info = {};
    info.struct_size = sizeof info;
    if (module->device_info(index, &info) != ASSAY_OK) {
      const std::string words =
          module->last_error ? measure::foreign_text(module->last_error()) : "";
      report.details[fmt::format("device {}", index)] = "has no description: " + words;
      continue;
    }
    try {
      report.devices.push_back(measure::identity(*module, index, info));
    } catch (const Error& error) {
      report.details[fmt::format("device {}", index)] = fmt::format("refused: {}", error.what());
    }
  }
  return report;
}

/// Answers the parent's requests about one device: one function for each kind of request.
class Server {
 public:
  Server(measure::OpenDevice& device, ParentChannel& parent)
      : device_(device), parent_(parent), operands_(device) {}

  /// Serves until the parent closes the channel or asks the device to leave the other ranks.
  void serve() {
    while (auto line = parent_.receive()) {
      number_ = take_number(*line);
      const Answer answer = answer_to(*line);
      parent_.send(numbered(number_, line_of(answer)));
      // The clean-up of a lost device may hang, so the process ends without it.
      if (device_.lost()) _exit(1);
      if (std::holds_alternative<Left>(answer)) return;
    }
  }

 private:
  Answer answer_to(const std::string& line) {
    try {
      return std::visit([this](const auto& request) { return Answer(take(request)); },
                        request_in(line));
    } catch (const Error& error) {
      return failure(error);
    } catch (const std::exception& error) {
      return failure(Error(error.what()));
    }
  }

  Failed failure(const Error& error) const {
    Failed out = failed(error);
    out.device_lost = device_.lost();
    return out;
  }

  Offers take(const Implementations& request) { return {device_.implementations(request.problem)}; }

  Measured take(const Measure& request) {
    prepared_.reset();
    note_task(request.task);
    return finished(measure::measure_on(device_, operands_, request.task, phase_));
  }

  Measured take(const Prepare& request) {
    prepared_.reset();
    note_task(request.task);
    auto prepared = std::make_unique<measure::PreparedProblem>(device_, operands_, request.task);
    measure::Measurement out;
    note_failures(
        out, [this] { return device_.lost(); }, [&] { prepared->prepare(out, phase_); });
    // Release the executable before its operands.
    if (out.status == Status::ok) prepared_ = std::move(prepared);
    prepared.reset();
    return finished(std::move(out));
  }

  Launches take(const Launch& request) {
    return launches_of(held().launch(request.count, measure::launch_mode(request.mode)));
  }

  SensorReading take(const ReadSensors&) {
    const auto reading = held().read_sensors();
    return {reading.has_value(), reading.value_or(measure::Reading())};
  }

  Measured take(const Check&) {
    measure::PreparedProblem& prepared = held();
    measure::Measurement out;
    note_failures(
        out, [this] { return device_.lost(); }, [&] { prepared.check(out); });
    if (out.status != Status::ok) prepared_.reset();
    return finished(std::move(out));
  }

  UniqueId take(const GetUniqueId&) { return {device_.unique_id()}; }

  Joined take(const Join& request) {
    prepared_.reset();
    device_.join(request.id, {request.ranks, request.rank});
    return {device_.identity()};
  }

  /// Releases the prepared task first, so that the device can be closed.
  Left take(const Leave&) {
    prepared_.reset();
    operands_.forget();
    device_.leave();
    return {};
  }

  measure::PreparedProblem& held() const {
    if (!prepared_) throw Error("no task is prepared");
    return *prepared_;
  }

  /// After a failure the operands may have changed, or may have been too large.
  Measured finished(measure::Measurement measurement) {
    if (measurement.status == Status::out_of_memory || measurement.status == Status::error) {
      operands_.forget();
    }
    return {problem_, implementation_, std::move(measurement)};
  }

  void note_task(const measure::Task& task) {
    problem_ = task.problem.text();
    implementation_ = task.implementation;
  }

  measure::OpenDevice& device_;
  ParentChannel& parent_;
  measure::Operands operands_;
  std::unique_ptr<measure::PreparedProblem> prepared_;
  const measure::PhaseObserver phase_ = [this](const std::string& phase) {
    parent_.send(numbered(number_, line_of(Answer(Phase{phase}))));
  };
  std::optional<std::uint64_t> number_;   ///< of the request that is being answered
  std::string problem_, implementation_;  ///< of the task that was measured or prepared last
};

}  // namespace

int serve(const WorkerOptions& options) {
  ParentChannel parent;
  const auto fail = [&](const Error& error) { parent.send(line_of(Answer(failed(error)))); };
  try {
    const backends::Module module = backends::Module::open(options.module);
    std::vector<Published> systems;
    if (!options.pretend.empty()) {
      systems = published_from_json(nlohmann::ordered_json::parse(options.pretend));
    }
    if (options.probe) {
      parent.send(line_of(Answer(look_for_devices(module, systems))));
      // Skip unloading the vendor's runtime: probing does not need it.
      _exit(0);
    }
    pretend(module, systems);
    measure::OpenDevice device(module, options.device, {options.threads, options.tune});
    parent.send(line_of(Answer(Ready{device.identity()})));
    Server(device, parent).serve();
  } catch (const Error& error) {
    fail(error);
  } catch (const std::exception& error) {
    fail(Error(error.what()));
  }
  return 0;
}

}  // namespace assay::harness::worker
