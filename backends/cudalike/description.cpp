// Description of a device without its properties struct, which differs between releases.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>

#include "backends/cudalike/device.h"
#include "kernels/dtype.h"

namespace assay::backends::cudalike {
namespace {

using std::string_literals::operator""s;

std::string device_name(int index) {
  const DriverApi& driver = platform().driver();
  char name[256] = "";
  if (driver.device_name &&
      driver.device_name.status(name, sizeof name, platform().driver_device(index)) == 0) {
    return name;
  }
  return fmt::format("{} device {}", platform().maker(), index);
}

/// "GPU-8f2b9a04-…", as the vendors' tools print it.
std::string unique_id(int index) {
  const DriverApi& driver = platform().driver();
  char bytes[16] = {};
  if (!driver.device_uuid ||
      driver.device_uuid.status(bytes, platform().driver_device(index)) != 0) {
    return {};
  }
  std::string text = "GPU-";
  const auto is_character = [](unsigned char c) { return std::isalnum(c) != 0; };
  if (platform().dialect().uuid_is_text && std::ranges::all_of(bytes, is_character)) {
    return text.append(std::begin(bytes), std::end(bytes));
  }
  for (std::size_t i = 0; i < sizeof bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return text;
}

std::string bus_id(int index) {
  const auto& call = platform().runtime().get_pci_bus_id;
  char text[64] = "";
  return call && call.status(text, sizeof text, index) == 0 ? text : "";
}

/// By the driver, which needs no context; else by the runtime, which makes one.
std::uint64_t memory_bytes(int index) {
  std::size_t total = 0, free = 0;
  const DriverApi& driver = platform().driver();
  if (driver.total_memory &&
      driver.total_memory.status(&total, platform().driver_device(index)) == 0) {
    return total;
  }
  const RuntimeApi& runtime = platform().runtime();
  runtime.set_device(index);
  runtime.memory_info(&free, &total);
  return total;
}

std::string offered_types(int capability) {
  Texts all;
  for (const auto& [name, from] : platform().dialect().types) {
    const bool known = kernels::data_type(name).has_value();
    if (known && (capability == 0 || capability >= from)) all.emplace_back(name);
  }
  return fmt::format("{}", fmt::join(all, " "));
}

}  // namespace

sdk::DeviceDescription describe_device(std::uint32_t number) {
  const int index = static_cast<int>(number);
  const Dialect& dialect = platform().dialect();
  const AttributeNumbers& numbers = dialect.attributes;
  const auto attribute = [&](int which) { return platform().attribute(which, index, 0); };
  sdk::DeviceDescription all;
  all.name = device_name(index);
  all.vendor = platform().maker();
  all.kind = "gpu";
  all.unique_id = unique_id(index);
  all.bus_id = bus_id(index);
  all.driver = platform().versions();
  all.memory_bytes = memory_bytes(index);
  all.compute_units = static_cast<std::uint32_t>(attribute(numbers.compute_units));
  all.clock_hz = static_cast<double>(attribute(numbers.clock_khz)) * 1e3;
  const auto major = attribute(numbers.major), minor = attribute(numbers.minor);
  const auto capability = static_cast<int>(major * 10 + minor);
  all.types = offered_types(capability);
  all.cache_bytes = static_cast<std::uint64_t>(attribute(numbers.l2_bytes));
  for (const LastCache& cache : dialect.last_caches) {
    if (cache.capability == capability) all.cache_bytes = std::max(all.cache_bytes, cache.bytes);
  }
  const auto add = [&](const char* key, std::int64_t value) {
    if (value > 0) all.properties.emplace_back(key, std::to_string(value));
  };
  all.properties.emplace_back("gpu.dialect", dialect.name);
  all.properties.emplace_back("gpu.runtime_library", platform().runtime_path());
  if (major > 0) {
    all.properties.emplace_back("gpu.compute_capability", fmt::format("{}.{}", major, minor));
  }
  add("gpu.memory_clock_khz", attribute(numbers.memory_clock_khz));
  add("gpu.memory_bus_bits", attribute(numbers.memory_bus_bits));
  add("gpu.local_memory_bytes", attribute(numbers.local_memory));
  add("gpu.subgroup", attribute(numbers.subgroup));
  sdk::Pairs tried;
  if (const auto sensors = open_sensors(all.bus_id, tried)) {
    for (auto& pair : sensors->properties()) all.properties.push_back(std::move(pair));
  }
  const auto divided = [](const auto& pair) { return pair == std::pair("gpu.mig"s, "on"s); };
  if (std::ranges::any_of(all.properties, divided)) {
    // Then the runtime shows instances only, and NVML answers for the whole GPU.
    if (all.unique_id.starts_with("GPU-")) all.unique_id.replace(0, 3, "MIG");
    all.properties.emplace_back("power.scope", "the whole GPU, of which it is one MIG instance");
  }
  for (auto& pair : tried) all.properties.push_back(std::move(pair));
  return all;
}

}  // namespace assay::backends::cudalike
