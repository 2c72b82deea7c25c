// Modules without a usable device: a correct one, others that fail while probing for devices or
// ignore the limits (version, struct sizes, and they declare all environment variables), and one
// whose devices describe themselves with what no device can have. CMakeLists.txt
// says which macro selects which module.
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fakes/module.h"

namespace {

/// Adds a line to the file that the environment names, if it names one.
void note_probe() {
  const char* file = std::getenv("ASSAY_FAKE_PROBES");
  if (file != nullptr) std::ofstream(file, std::ios::app) << "probed\n";
}

assay_status probe(assay_probe* out) {
  note_probe();
#if defined(ASSAY_FAKE_PROBE_CRASHES)
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
#elif defined(ASSAY_FAKE_PROBE_HANGS)
  while (true) pause();
#endif
  assay_probe found = {};
  found.summary = "found no device, which is its purpose";
  found.hint = "this module never finds a device";
#if defined(ASSAY_FAKE_IS_BOUNDLESS)
  *out = found;
#else
#if defined(ASSAY_FAKE_HAS_ODD_DEVICES)
  found.device_count = 3;
#endif
  assay::fakes::hand_out(found, out);
#endif
  return found.device_count > 0 ? ASSAY_OK : ASSAY_NO_DEVICE;
}

#if defined(ASSAY_FAKE_HAS_ODD_DEVICES)
/// 0 has no name, 1 an impossible clock, 2 a name that is long and moves a terminal's cursor.
assay_status device_info(std::uint32_t index, assay_device_info* out) {
  static const std::string name = "=\033[2J\r\n" + std::string(3'000'000, 'x');
  assay_device_info device = {};
  device.name = index == 0 ? nullptr : index == 1 ? "odd" : name.c_str();
  device.vendor = "\a";
  device.kind = "gpu";
  device.types = "f32";
  device.clock_hz = index == 1 ? -1e300 : 1e9;
  assay::fakes::hand_out(device, out);
  return ASSAY_OK;
}
#else
assay_status device_info(std::uint32_t, assay_device_info*) {
  return ASSAY_NO_DEVICE;
}
#endif
assay_status open_device(std::uint32_t, const assay_open_options*, assay_device**) {
  return ASSAY_NO_DEVICE;
}
void close_device(assay_device*) {}
assay_status allocate(assay_device*, std::uint64_t, assay_buffer**) {
  return ASSAY_INVALID;
}
void free_buffer(assay_device*, assay_buffer*) {}
assay_status upload(assay_device*, assay_buffer*, std::uint64_t, const void*, std::uint64_t) {
  return ASSAY_INVALID;
}
assay_status download(assay_device*, const assay_buffer*, std::uint64_t, void*, std::uint64_t) {
  return ASSAY_INVALID;
}
assay_status implementations(assay_device*, const char*, assay_implementation*, std::size_t,
                             std::size_t*) {
  return ASSAY_INVALID;
}
assay_status prepare(assay_device*, const char*, const char*, assay_buffer* const*, std::size_t,
                     assay_executable**) {
  return ASSAY_INVALID;
}
void release(assay_executable*) {}
assay_status describe(assay_executable*, const assay_property**, std::size_t*) {
  return ASSAY_INVALID;
}
assay_status run(assay_executable*, std::uint32_t, assay_mode, assay_launch*) {
  return ASSAY_INVALID;
}
const char* last_error() {
  return "there is no such device";
}

#if defined(ASSAY_FAKE_IS_BOUNDLESS)
constexpr const char* kVariables[] = {"ASSAY_FAKE_*", "*"};
#else
constexpr const char* kVariables[] = {"ASSAY_FAKE_*", "ASSAY_BACKEND_PATH"};
#endif
const char* const* environment_variables(std::size_t* count) {
  *count = std::size(kVariables);
  return kVariables;
}

const assay_backend kModule = {
    sizeof(assay_backend),
    ASSAY_BACKEND_ABI,
    ASSAY_FAKE_NAME,
    "1",
    "has no device",
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
    nullptr,
    last_error,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    environment_variables,
};

}  // namespace

ASSAY_FAKE_EXPORT const assay_backend* assay_backend_entry(
    [[maybe_unused]] std::uint32_t host_abi) {
#if defined(ASSAY_FAKE_IS_BOUNDLESS)
  return &kModule;
#else
  return host_abi == ASSAY_BACKEND_ABI ? &kModule : nullptr;
#endif
}
