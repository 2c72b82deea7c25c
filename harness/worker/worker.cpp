#include "harness/worker/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "backends/loader.h"
#include "harness/measure/foreign_text.h"
#include "harness/measure/local_access.h"
#include "harness/measure/measure.h"
#include "harness/measure/modelled.h"
#include "harness/measure/open_device.h"
#include "harness/worker/conversation.h"
#include "harness/worker/messages.h"
#include "harness/worker/published.h"

namespace assay::harness::worker {
namespace {

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
      : device_(device), parent_(parent), access_(device) {}

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
    } catch (const std::bad_alloc&) {
      return failure(measure::DeviceFailure(results::record::Status::out_of_memory,
                                            "the host has too little memory"));
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

  Measured take(const Model& request) {
    measure::Measurement out;
    note_failures(out, [&] { measure::take_from_model(device_, request.task, out); });
    return {std::move(out)};
  }

  Done take(const Allocate& request) {
    auto descriptors = parent_.take_descriptors();
    access_.release();
    inputs_ = {};
    outputs_ = {};
    measure::OperandLayout layout = measure::layout_of(request.problem, device_.place());
    if (descriptors.size() != 2) throw Error("the request allocate came without its memory");
    using Access = results::process::SharedMemory::Access;
    inputs_ = {std::move(descriptors[0]), layout.input_bytes, Access::read};
    outputs_ = {std::move(descriptors[1]), layout.output_bytes, Access::write};
    access_.allocate(std::move(layout), inputs_.bytes(), outputs_.bytes());
    return {};
  }

  Uploaded take(const UploadInputs&) { return {access_.upload_inputs()}; }

  Done take(const Upload& request) {
    access_.upload(request.parts);
    return {};
  }

  Done take(const Download& request) {
    access_.download(request.parts);
    return {};
  }

  Done take(const Prepare& request) {
    access_.prepare(request.task);
    return {};
  }

  Details take(const Describe&) { return {access_.details()}; }

  Done take(const Release&) {
    access_.release();
    inputs_ = {};
    outputs_ = {};
    return {};
  }

  Launches take(const Launch& request) {
    return launches_of(access_.launch(request.count, measure::launch_mode(request.mode)).launches);
  }

  SensorReading take(const ReadSensors&) {
    const auto reading = access_.read_sensors();
    return {reading.has_value(), reading.value_or(measure::Reading())};
  }

  UniqueId take(const GetUniqueId&) { return {device_.unique_id()}; }

  Joined take(const Join& request) {
    access_.release();
    device_.join(request.id, {request.ranks, request.rank});
    return {device_.identity()};
  }

  /// Releases the prepared task first, so that the device can be closed.
  Left take(const Leave&) {
    access_.release();
    device_.leave();
    return {};
  }

  measure::OpenDevice& device_;
  ParentChannel& parent_;
  results::process::SharedMemory inputs_, outputs_;
  measure::LocalAccess access_;
  std::optional<std::uint64_t> number_;  ///< of the request that is being answered
};

}  // namespace

int serve(const WorkerOptions& options, ParentChannel& parent) {
  offer_to_the_kernel();
  const auto fail = [&](const Error& error) { parent.send(line_of(Answer(failed(error)))); };
  try {
    const backends::Module module = backends::Module::open(options.module);
    if (options.probe) {
      parent.send(line_of(Answer(look_for_devices(module, options.pretended))));
      // Skip unloading the vendor's runtime: probing does not need it.
      _exit(0);
    }
    pretend(module, options.pretended);
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
