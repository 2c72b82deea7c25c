// A module with fake devices that compute on the host; each except the first one has one fault.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <string>
#include <string_view>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "tests/fakes/executable.h"
#include "tests/fakes/module.h"
#include "tests/fakes/together.h"

namespace {

using assay::fakes::Fault;
using assay::fakes::only;
using assay::fakes::presented;
using assay::kernels::DataType;
using assay::kernels::Problem;

constexpr std::uint64_t kMemory = std::uint64_t{1} << 30;
/// Extra bytes behind every buffer, so that an overrun does not damage anything else.
constexpr std::uint64_t kSlack = 4096;

thread_local std::string last_error;

/// Hangs, like a driver whose device is lost.
void hang_if_lost(const assay_device* device) {
  while (device->lost) pause();
}

assay_status fail(assay_status status, const std::string& why) {
  last_error = why + assay::fakes::words();
  return status;
}

assay_status fail(const assay_device* device, assay_status status, const std::string& why) {
  return fail(status, device->fault.fault == Fault::mute ? "" : why);
}

/// Catches all exceptions, unless escaping is the fault.
template <class Body>
assay_status guarded(const assay_device* device, Body body) {
  if (device == nullptr && !only(Fault::null_blind))
    return fail(ASSAY_INVALID, "the device is NULL");
  try {
    return body();
  } catch (const assay::InputError& error) {
    return fail(device, ASSAY_INVALID, error.what());
  } catch (const std::bad_alloc&) {
    return fail(device, ASSAY_OUT_OF_MEMORY, "the host has no memory left");
  }
}

/// Whether a call must be refused because something that it needs is NULL.
bool lacks(const void* handle) {
  return handle == nullptr && !only(Fault::null_blind);
}

/// A NULL output is an error, unless accepting it is the fault.
assay_status no_place(const assay_device* device) {
  return only(Fault::placeless) ? ASSAY_OK
                                : fail(device, ASSAY_INVALID, "the place for the result is NULL");
}

template <class Struct>
void hand_out(const Struct& value, Struct* out) {
  if (!only(Fault::heedless)) return assay::fakes::hand_out(value, out);
  std::memcpy(out, &value, sizeof value);
  out->struct_size = sizeof value;
}

assay_status probe(assay_probe* out) {
  static const std::string words = assay::fakes::words();
  static const std::string summary =
      fmt::format("{} pretended devices{}", presented().size(), words);
  static const assay_property details[] = {{"words", words.c_str()}, {"api_key", words.c_str()}};
  assay_probe found = {};
  found.device_count = static_cast<std::uint32_t>(presented().size());
  found.summary = summary.c_str();
  found.hint = words.c_str();
  found.details = details;
  found.detail_count = words.empty() ? 0 : 2;
  hand_out(found, out);
  return found.device_count > 0 ? ASSAY_OK : ASSAY_NO_DEVICE;
}

bool exists(std::uint32_t index) {
  return index < presented().size() || only(Fault::indexless);
}

const assay::fakes::NamedFault& device_at(std::uint32_t index) {
  return presented()[std::min<std::size_t>(index, presented().size() - 1)];
}

assay_status device_info(std::uint32_t index, assay_device_info* out) {
  if (!exists(index)) return fail(ASSAY_NO_DEVICE, fmt::format("there is no device {}", index));
  if (out == nullptr) {
    return only(Fault::placeless) ? ASSAY_OK : fail(ASSAY_INVALID, "there is no struct to fill");
  }
  assay_device_info info = {};
  static std::string name;
  name = device_at(index).fault == Fault::boast ? "NVIDIA H200" : device_at(index).name;
  name += assay::fakes::words();
  info.name = name.c_str();
  info.vendor = "Pretence";
  info.kind = "npu";
  info.unique_id = info.bus_id = "";
  info.driver = *assay::fakes::words() != '\0' ? assay::fakes::words() : "none";
  info.memory_bytes = kMemory;
  info.compute_units = 1;
  info.types = only(Fault::nonsense) ? "f33" : "f64 f32 bf16 f16 f8e4m3 f8e5m2 i8 i32";
  hand_out(info, out);
  return ASSAY_OK;
}

assay_status open_device(std::uint32_t index, const assay_open_options* options,
                         assay_device** out) {
  if (!exists(index)) return fail(ASSAY_NO_DEVICE, fmt::format("there is no device {}", index));
  if (only(Fault::heedless) && options->threads > 1024) {
    return fail(ASSAY_INVALID, fmt::format("{} threads", options->threads));
  }
  static bool opened = false;
  if (only(Fault::open_once) && opened) return fail(ASSAY_DEVICE_ERROR, "it was open already");
  opened = true;
  *out = new assay_device{device_at(index)};
  return ASSAY_OK;
}

void close_device(assay_device* device) {
  if (lacks(device)) return;
  hang_if_lost(device);
  if (device->fault.fault == Fault::leak_opening) {
    [[maybe_unused]] static volatile int last = 0;
    last = open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  delete device;
}

assay_status allocate(assay_device* device, std::uint64_t bytes, assay_buffer** out) {
  return guarded(device, [&] {
    if (out == nullptr) return no_place(device);
    const Fault fault = device->fault.fault;
    if (fault == Fault::hollow && bytes == 0) return ASSAY_OK;
    if (fault == Fault::bottomless && bytes < std::uint64_t{1} << 60) {
      bytes = std::min(bytes, kMemory / 4);
    }
    const bool full = fault == Fault::out_of_memory;
    if (full || bytes > kMemory - device->allocated) {
      return fail(device, ASSAY_OUT_OF_MEMORY,
                  fmt::format("{} bytes asked, {} free", bytes, full ? 0 : kMemory));
    }
    *out = new assay_buffer{std::make_unique<std::byte[]>(bytes + kSlack), bytes};
    device->allocated += bytes;
    return ASSAY_OK;
  });
}

void free_buffer(assay_device* device, assay_buffer* buffer) {
  if (lacks(buffer)) return;
  hang_if_lost(device);
  device->allocated -= buffer->bytes;
  if (device->fault.fault == Fault::pooling && device->pool.size() < 1000) {
    device->pool.emplace_back(buffer);
  } else if (device->fault.fault != Fault::leak_buffer) {
    delete buffer;
  }
}

/// Whether the range lies within the buffer.
assay_status require_range(const assay_device* device, const assay_buffer* buffer,
                           std::uint64_t offset, std::uint64_t bytes) {
  if (offset <= buffer->bytes && bytes <= buffer->bytes - offset) return ASSAY_OK;
  return fail(device, ASSAY_INVALID,
              fmt::format("bytes {} + {} of a buffer of {}", offset, bytes, buffer->bytes));
}

assay_status copy_range(assay_device* device, const assay_buffer* buffer, std::uint64_t offset,
                        void* to, const void* from, std::uint64_t bytes) {
  const assay_status status = require_range(device, buffer, offset, bytes);
  if (status == ASSAY_OK) std::memcpy(to, from, bytes);
  return device->fault.fault == Fault::unbounded_copy ? ASSAY_OK : status;
}

assay_status upload(assay_device* device, assay_buffer* to, std::uint64_t offset, const void* from,
                    std::uint64_t bytes) {
  if (lacks(to)) return fail(device, ASSAY_INVALID, "the buffer is NULL");
  const assay_status status = copy_range(device, to, offset, to->data.get() + offset, from, bytes);
  for (assay_executable* executable : device->executables) executable->uploaded(to, bytes);
  return status;
}

assay_status download(assay_device* device, const assay_buffer* from, std::uint64_t offset,
                      void* to, std::uint64_t bytes) {
  if (lacks(from)) return fail(device, ASSAY_INVALID, "the buffer is NULL");
  for (assay_executable* executable : device->executables) executable->catch_up(bytes);
  const bool off = device->fault.fault == Fault::miscopies && offset > 0;
  return copy_range(device, from, offset, to, from->data.get() + offset - (off ? 1 : 0), bytes);
}

const char* why_not_library(const Problem& problem) {
  for (const auto& operand : problem.operation().operands(problem)) {
    const bool plain = operand.type == DataType::f32 || operand.type == DataType::f64;
    if (!plain) return "the pretended library knows only f32 and f64";
  }
  return assay::fakes::words();
}

std::vector<assay_implementation> offers(const assay_device& device, const Problem& problem) {
  constexpr std::size_t kSize = sizeof(assay_implementation);
  if (problem.operation().collective != nullptr) {
    if (!assay::fakes::works_with_others(device)) return {};
    return {
        {kSize, "reference/fake", "reference", assay::fakes::why_not_together(device, problem)}};
  }
  return {{kSize, only(Fault::unnamed) ? "fake" : "native/fake", "native", ""},
          {kSize, "library/fake", "library", why_not_library(problem)},
          {kSize, "reference/fake", "reference", ""}};
}

assay_status implementations(assay_device* device, const char* text, assay_implementation* out,
                             std::size_t capacity, std::size_t* count) {
  return guarded(device, [&] {
    if (lacks(text)) return fail(device, ASSAY_INVALID, "the problem is NULL");
    if (count == nullptr) return no_place(device);
    const auto all = offers(*device, Problem::parse(text));
    *count = all.size();
    const std::size_t room = capacity + (device->fault.fault == Fault::overfull && out ? 1 : 0);
    for (std::size_t i = 0; i < std::min(room, all.size()); ++i) out[i] = all[i];
    return ASSAY_OK;
  });
}

assay_status require_preparable(const assay_device* device, const Problem& problem,
                                const std::string& name, std::size_t buffer_count) {
  const std::size_t operands = problem.operation().operands(problem).size();
  if (buffer_count != operands) {
    return fail(device, ASSAY_INVALID,
                fmt::format("{} buffers for {} operands", buffer_count, operands));
  }
  for (const assay_implementation& offer : offers(*device, problem)) {
    if (name != offer.name) continue;
    return *offer.reason == '\0' ? ASSAY_OK : fail(device, ASSAY_UNSUPPORTED, offer.reason);
  }
  return fail(device, ASSAY_UNSUPPORTED, fmt::format("there is no implementation {}", name));
}

assay_status prepare(assay_device* device, const char* text, const char* implementation,
                     assay_buffer* const* buffers, std::size_t buffer_count,
                     assay_executable** out) {
  return guarded(device, [&] {
    if (out == nullptr) return no_place(device);
    const Fault fault = device->fault.fault;
    if (std::any_of(buffers, buffers + buffer_count, lacks)) {
      return fail(device, ASSAY_INVALID, "a buffer is NULL");
    }
    const bool any = fault == Fault::gullible && std::string_view(text).empty();
    const Problem problem = Problem::parse(any ? "copy n=1 type=f32" : text);
    if (any) buffer_count = 2;
    const assay_status status = require_preparable(device, problem, implementation, buffer_count);
    const std::size_t operands = problem.operation().operands(problem).size();
    std::vector<assay_buffer*> held(buffers, buffers + buffer_count);
    if (fault == Fault::careless && !held.empty()) {
      held.resize(operands, held.front());
    } else if (status != ASSAY_OK) {
      return status;
    }
    if (fault == Fault::throw_in_prepare) throw std::runtime_error("thrown across the interface");
    if (fault == Fault::device_error) {
      return fail(device, ASSAY_DEVICE_ERROR, "the pretended device fell off its bus");
    }
    *out = new assay_executable(*device, problem, std::move(held));
    device->newest = *out;
    return ASSAY_OK;
  });
}

void release(assay_executable* executable) {
  if (lacks(executable)) return;
  hang_if_lost(executable->device);
  if (executable->fault == Fault::leak_device) executable->device->allocated += 4096;
  delete executable;
}

assay_status describe(assay_executable* executable, const assay_property** out,
                      std::size_t* count) {
  if (lacks(executable)) return fail(ASSAY_INVALID, "the executable is NULL");
  static const std::string algorithm =
      std::string("copy of the FP64 reference") + assay::fakes::words();
  static const assay_property property = {"algorithm", algorithm.c_str()};
  static const assay_property nameless = {nullptr, "copy of the FP64 reference"};
  *out = executable->fault == Fault::keyless ? &nameless : &property;
  *count = 1;
  return ASSAY_OK;
}

assay_status run(assay_executable* executable, std::uint32_t count, assay_mode mode,
                 assay_launch* out) {
  if (lacks(executable)) return fail(ASSAY_INVALID, "the executable is NULL");
  assay_device* device = executable->device;
  hang_if_lost(device);
  if (out == nullptr && count > 0) return no_place(device);
  device->lost = device->fault.fault == Fault::lost;
  if (device->lost) return fail(device, ASSAY_DEVICE_ERROR, "the pretended device is gone");
  if (device->fault.fault == Fault::lonely && device->newest != executable) {
    return fail(device, ASSAY_INVALID, "another executable was prepared since");
  }
  if (device->fault.fault == Fault::eager && count == 0) out[0] = {1, 1};
  executable->refresh();
  for (std::uint32_t i = 0; i < count; ++i) executable->launch(mode, i, count, out[i]);
  return ASSAY_OK;
}

assay_status sensors(assay_device* device, assay_sensors* out) {
  static double joules = 1e6;
  const bool told = device->fault.fault == Fault::energy_backwards;
  const double watts = device->fault.fault == Fault::wild_sensors ? -5 : 100;
  assay_sensors reading = ASSAY_SENSORS_ABSENT;
  reading.power_watts = watts;
  if (told) reading.energy_joules = joules--;
  reading.clock_hz = 1e9;
  reading.temperature_celsius = 50;
  reading.throttle = "";
  hand_out(reading, out);
  return ASSAY_OK;
}

assay_status memory_available(assay_device* device, std::uint64_t* bytes) {
  *bytes = kMemory - device->allocated;
  return ASSAY_OK;
}

assay_status unique_id(assay_device* device, void* id, std::size_t capacity, std::size_t* bytes) {
  return guarded(device, [&] {
    if (bytes == nullptr) return no_place(device);
    if (!assay::fakes::works_with_others(*device)) {
      return fail(device, ASSAY_UNSUPPORTED, "it works alone");
    }
    const char* why = "";
    const assay_status status = assay::fakes::give_id(*device, id, capacity, bytes, why);
    return status == ASSAY_OK ? status : fail(device, status, why);
  });
}

assay_status join(assay_device* device, const void* id, std::size_t, std::uint32_t ranks,
                  std::uint32_t rank) {
  return guarded(device, [&] {
    const char* why = "";
    const assay_status status = assay::fakes::join_ranks(*device, id, ranks, rank, why);
    return status == ASSAY_OK ? status : fail(device, status, why);
  });
}

void leave(assay_device* device) {
  if (device != nullptr) assay::fakes::leave_ranks(*device);
}

const char* error_text() {
  return last_error.c_str();
}

const assay_backend kModule = {sizeof(assay_backend),
                               ASSAY_BACKEND_ABI,
                               "faulty",
                               "1",
                               "pretended devices, each with a fault of its own",
                               probe,
                               device_info,
                               open_device,
                               close_device,
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
                               error_text,
                               nullptr,
                               memory_available,
                               unique_id,
                               join,
                               leave,
                               nullptr};

}  // namespace

ASSAY_FAKE_EXPORT const assay_backend* assay_backend_entry(std::uint32_t host_abi) {
  return host_abi == ASSAY_BACKEND_ABI ? &kModule : nullptr;
}
