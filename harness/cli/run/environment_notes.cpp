#include "harness/cli/run/environment_notes.h"

#include <fmt/format.h>

#include <string>

#include "harness/environment/neutral.h"
#include "harness/environment/process_state.h"
#include "harness/terminal/telling.h"
#include "results/record/listing.h"
#include "results/record/printable.h"

namespace assay::cli::run {
namespace {

void note(const std::string& text) {
  harness::terminal::note(results::record::printable_line(text));
}

void note_limits(const results::record::DeviceIdentity& device) {
  const std::string key = results::record::device_key(device);
  const auto property = [&](const char* name) {
    const auto found = device.properties.find(name);
    return found == device.properties.end() ? std::string() : found->second;
  };
  if (const std::string refused = property("thread binding"); !refused.empty()) {
    note(fmt::format("{}: threads are not bound to processors: {}", key, refused));
  }
  if (const std::string topology = property("topology"); !topology.empty()) {
    note(fmt::format("{}: {}", key, topology));
  }
  if (const std::string quota = property("cpu quota"); !quota.empty()) {
    note(fmt::format("{}: the control group gives time for {}", key, quota));
  }
  const std::string processors = property("processors");
  const std::size_t of = processors.find(" of ");
  if (of != std::string::npos && processors.substr(0, of) != processors.substr(of + 4)) {
    note(
        fmt::format("{}: this process may use {} processors (taskset or cpuset)", key, processors));
  }
}

}  // namespace

void print_environment_notes(const std::vector<results::record::DeviceIdentity>& devices) {
  std::string out;
  for (const auto& [name, value] : harness::environment::neutralised_variables()) {
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  }
  if (!out.empty()) {
    note("not used, since assay places and counts threads by itself: " + out);
  }
  const std::vector<std::string> changing = harness::environment::changing_variables();
  if (!changing.empty()) {
    note(fmt::format("these variables change what is measured: {}", fmt::join(changing, " ")));
  }
  std::string inherited;
  for (const auto& [name, value] : unusual(harness::environment::this_process())) {
    inherited += fmt::format("{}{}: {}", inherited.empty() ? "" : "; ", name, value);
  }
  if (!inherited.empty()) {
    note(fmt::format("this process was started so that it measures otherwise: {}", inherited));
  }
  for (const results::record::DeviceIdentity& device : devices) note_limits(device);
}

}  // namespace assay::cli::run
