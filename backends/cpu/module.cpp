// The CPU behind the C interface: each function checks its arguments and turns exceptions into
// statuses.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <new>
#include <string>

#include "backends/assay_backend.h"
#include "backends/cpu/description.h"
#include "backends/cpu/device.h"
#include "backends/cpu/failure.h"

struct assay_device : assay::backends::cpu::Device {
  using Device::Device;
};
struct assay_buffer {
  assay::backends::cpu::Memory memory;
};
struct assay_executable : assay::backends::cpu::Prepared {
  using Prepared::Prepared;
};

namespace {

using assay::backends::cpu::Failure;
using assay::backends::cpu::Memory;

thread_local std::string last_failure;

assay_status failed(assay_status status, const char* what) noexcept {
  try {
    last_failure = what;
  } catch (const std::bad_alloc&) {
    last_failure.clear();
  }
  return status;
}

template <class Body>
assay_status guarded(const Body& body) noexcept {
  try {
    body();
    return ASSAY_OK;
  } catch (const Failure& failure) {
    return failed(failure.status(), failure.what());
  } catch (const assay::InputError& error) {
    return failed(ASSAY_INVALID, error.what());
  } catch (const std::bad_alloc&) {
    return failed(ASSAY_OUT_OF_MEMORY, "the machine has no memory left for this");
  } catch (const std::exception& error) {
    return failed(ASSAY_DEVICE_ERROR, error.what());
  } catch (...) {
    return failed(ASSAY_DEVICE_ERROR, "an exception of no known kind");
  }
}

void require(bool condition, const char* rule) {
  if (!condition) throw Failure(ASSAY_INVALID, rule);
}

/// Fills as much of the caller's struct as the caller knows of.
template <class Struct>
void fill(Struct* out, const Struct& value) {
  const std::size_t known = out->struct_size;
  std::memcpy(out, &value, std::min(known, sizeof value));
  out->struct_size = known;
}

template <class Struct>
void require_struct(const Struct* given) {
  require(given != nullptr, "a struct to fill or read is null");
  require(given->struct_size >= sizeof(std::size_t), "struct_size is not set");
}

assay_status probe(assay_probe* out) {
  return guarded([&] {
    require_struct(out);
    fill(out, assay::backends::cpu::findings());
  });
}

void require_index(uint32_t index) {
  if (index != 0) throw Failure(ASSAY_NO_DEVICE, "the CPU is one device, with index 0");
}

assay_status device_info(uint32_t index, assay_device_info* out) {
  return guarded([&] {
    require_struct(out);
    require_index(index);
    fill(out, assay::backends::cpu::description());
  });
}

assay_status open(uint32_t index, const assay_open_options* options, assay_device** out) {
  return guarded([&] {
    require(out != nullptr, "open: where to put the device is null");
    *out = nullptr;
    require_index(index);
    assay_open_options known = {sizeof known, 0, 0};
    if (options != nullptr) {
      require_struct(options);
      std::memcpy(&known, options, std::min(options->struct_size, sizeof known));
    }
    *out = new assay_device(known.threads);
  });
}

void close(assay_device* device) {
  delete device;
}

assay_status allocate(assay_device* device, uint64_t bytes, assay_buffer** out) {
  return guarded([&] {
    require(device != nullptr && out != nullptr, "allocate: an argument is null");
    *out = nullptr;
    *out = new assay_buffer{device->allocate(bytes)};
  });
}

void free_buffer(assay_device*, assay_buffer* buffer) {
  delete buffer;
}

assay_status upload(assay_device* device, assay_buffer* to, uint64_t offset, const void* from,
                    uint64_t bytes) {
  return guarded([&] {
    require(device != nullptr && to != nullptr && (from != nullptr || bytes == 0),
            "upload: an argument is null");
    require_within(to->memory, offset, bytes);
    if (bytes != 0) std::memcpy(to->memory.data() + offset, from, bytes);
  });
}

assay_status download(assay_device* device, const assay_buffer* from, uint64_t offset, void* to,
                      uint64_t bytes) {
  return guarded([&] {
    require(device != nullptr && from != nullptr && (to != nullptr || bytes == 0),
            "download: an argument is null");
    require_within(from->memory, offset, bytes);
    if (bytes != 0) std::memcpy(to, from->memory.data() + offset, bytes);
  });
}

assay_status implementations(assay_device* device, const char* problem, assay_implementation* out,
                             size_t capacity, size_t* count) {
  return guarded([&] {
    require(device != nullptr && problem != nullptr && count != nullptr &&
                (out != nullptr || capacity == 0),
            "implementations: an argument is null");
    const auto& offers = device->offers(problem);
    *count = offers.size();
    // The caller's structs may be longer or shorter than ours, so they lie that far apart.
    auto* place = reinterpret_cast<std::byte*>(out);
    for (std::size_t i = 0; i < std::min(capacity, offers.size()); ++i) {
      auto* const entry = reinterpret_cast<assay_implementation*>(place);
      require_struct(entry);
      fill(entry, {sizeof *entry, offers[i].implementation->name.data(),
                   offers[i].implementation->division.data(), offers[i].reason.c_str()});
      place += entry->struct_size;
    }
  });
}

assay_status prepare(assay_device* device, const char* problem, const char* implementation,
                     assay_buffer* const* buffers, size_t buffer_count, assay_executable** out) {
  return guarded([&] {
    require(device != nullptr && problem != nullptr && implementation != nullptr &&
                out != nullptr && (buffers != nullptr || buffer_count == 0),
            "prepare: an argument is null");
    *out = nullptr;
    std::vector<Memory*> memories;
    for (std::size_t i = 0; i < buffer_count; ++i) {
      memories.push_back(buffers[i] == nullptr ? nullptr : &buffers[i]->memory);
    }
    *out = new assay_executable(*device, problem, implementation, memories);
  });
}

void release(assay_executable* executable) {
  delete executable;
}

assay_status describe(assay_executable* executable, const assay_property** out, size_t* count) {
  return guarded([&] {
    require(executable != nullptr && out != nullptr && count != nullptr,
            "describe: an argument is null");
    *out = executable->details().data();
    *count = executable->details().size();
  });
}

assay_status run(assay_executable* executable, uint32_t count, assay_mode mode, assay_launch* out) {
  return guarded([&] {
    require(executable != nullptr && (out != nullptr || count == 0), "run: an argument is null");
    // A caller in C may pass any number, which must not be read as the enumeration it is not of.
    static_assert(sizeof mode == sizeof(std::uint32_t));
    std::uint32_t number = 0;
    std::memcpy(&number, &mode, sizeof number);
    require(number == ASSAY_HOT || number == ASSAY_COLD, "run: the mode is neither hot nor cold");
    executable->run({out, count}, number == ASSAY_COLD ? ASSAY_COLD : ASSAY_HOT);
  });
}

assay_status sensors(assay_device* device, assay_sensors* out) {
  return guarded([&] {
    require(device != nullptr, "sensors: the device is null");
    require_struct(out);
    thread_local std::string throttle;
    const auto readings = device->sensors();
    throttle = readings.throttle;
    fill(out, {sizeof *out, readings.power_watts, readings.energy_joules, readings.clock_hz,
               std::numeric_limits<double>::quiet_NaN(), readings.temperature_celsius,
               readings.throttle_known ? throttle.c_str() : nullptr});
  });
}

const char* last_error() {
  return last_failure.c_str();
}

const assay_backend kTable = {sizeof kTable,
                              ASSAY_BACKEND_ABI,
                              "cpu",
                              ASSAY_CPU_VERSION,
                              "this machine's own processors",
                              probe,
                              device_info,
                              open,
                              close,
                              allocate,
                              free_buffer,
                              upload,
                              download,
                              implementations,
                              prepare,
                              release,
                              describe,
                              run,
                              sensors,
                              last_error};

}  // namespace

extern "C" __attribute__((visibility("default"))) const assay_backend* assay_backend_entry(
    uint32_t host_abi) {
  return host_abi == ASSAY_BACKEND_ABI ? &kTable : nullptr;
}
