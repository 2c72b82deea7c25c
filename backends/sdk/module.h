// A module written in C++: a Family's types and functions behind the C interface. Every argument is
// checked, every exception becomes a status, every struct is limited to its caller's size.
//
//   struct Family {
//     static constexpr const char *name, *version, *description;
//     static sdk::Findings probe();
//     static sdk::DeviceDescription describe(std::uint32_t index);  // of a device that probe found
//     static std::unique_ptr<Device> open(std::uint32_t index, unsigned threads);
//     // or open(std::uint32_t index, const assay_open_options& options), to use all options
//     static void pretend(sdk::Published published);  // may be left out; probe() then counts it
//     // Environment variables that the module and its libraries read; may be left out:
//     static constexpr const char* environment_variables[] = {"MINE_*", "MINE_VISIBLE_DEVICES"};
//
//     struct Buffer { std::uint64_t bytes() const; };
//     struct Executable {
//       const sdk::Properties& details() const;
//       void run(std::span<assay_launch> launches, assay_mode mode);
//     };
//     struct Device {
//       std::unique_ptr<Buffer> allocate(std::uint64_t bytes);  // every page written
//       void upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
//       void download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes);
//       std::vector<sdk::Offer> implementations(std::string_view problem);
//       std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view name,
//                                           std::span<Buffer* const> buffers);
//       sdk::Readings sensors();
//       std::uint64_t memory_available();  // bytes free now; may be left out
//       // All three, where devices work together; may be left out:
//       std::vector<std::byte> unique_id();
//       void join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank);
//       void leave() noexcept;
//     };
//   };
//   ASSAY_MODULE(Family)   // exports assay_backend_entry
//
// All of them may throw: sdk::Failure to choose the status, std::invalid_argument for
// ASSAY_INVALID, std::bad_alloc for ASSAY_OUT_OF_MEMORY, anything else for ASSAY_DEVICE_ERROR.
// upload and download are called only with ranges inside the buffer, prepare only with a name that
// implementations() gives for the problem and no null buffer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/sdk/description.h"
#include "backends/sdk/exchanged.h"
#include "backends/sdk/failure.h"
#include "backends/sdk/guarded.h"
#include "backends/sdk/properties.h"

namespace assay::sdk {

template <class Family>
class Module {
  using Device = typename Family::Device;
  using Buffer = typename Family::Buffer;
  using Executable = typename Family::Executable;

  struct Opened {
    std::unique_ptr<Device> device;
    std::vector<Offer> offers;  ///< of the last implementations() call, to keep their strings
    std::string offered;        ///< the problem of that call
    std::string throttle;
  };
  /// What probe() and describe() found, once a process.
  struct Found {
    Findings findings;
    Properties details;
    std::vector<DeviceDescription> devices;
    std::vector<Properties> properties;
  };

  static Opened* in(assay_device* device) { return reinterpret_cast<Opened*>(device); }
  static Buffer* in(assay_buffer* buffer) { return reinterpret_cast<Buffer*>(buffer); }
  static const Buffer* in(const assay_buffer* buffer) {
    return reinterpret_cast<const Buffer*>(buffer);
  }
  static Executable* in(assay_executable* made) { return reinterpret_cast<Executable*>(made); }

  static bool& probed() {
    static bool already = false;
    return already;
  }

  static const Found& found() {
    static const Found once = [] {
      probed() = true;
      Found all;
      all.findings = Family::probe();
      all.details = Properties(all.findings.details);
      for (std::uint32_t i = 0; i < all.findings.devices; ++i) {
        all.devices.push_back(Family::describe(i));
        all.properties.emplace_back(all.devices.back().properties);
      }
      return all;
    }();
    return once;
  }

  static void require_index(std::uint32_t index) {
    if (index < found().devices.size()) return;
    throw Failure(ASSAY_NO_DEVICE,
                  "there is no device " + std::to_string(index) + ": " + found().findings.summary);
  }

  static assay_status probe(assay_probe* out) {
    return guarded([&] {
      require_struct(out);
      const Found& all = found();
      fill(out, {sizeof *out, all.findings.devices, all.findings.summary.c_str(),
                 all.findings.hint.c_str(), all.details.data(), all.details.size()});
    });
  }

  static assay_status device_info(uint32_t index, assay_device_info* out) {
    return guarded([&] {
      require_struct(out);
      require_index(index);
      const DeviceDescription& d = found().devices[index];
      const Properties& properties = found().properties[index];
      fill(out, {sizeof *out, d.name.c_str(), d.vendor.c_str(), d.kind.c_str(), d.unique_id.c_str(),
                 d.bus_id.c_str(), d.driver.c_str(), d.memory_bytes, d.compute_units, d.clock_hz,
                 d.cache_bytes, d.types.c_str(), properties.data(), properties.size(),
                 d.modelled ? 1u : 0u});
    });
  }

  static assay_status open(uint32_t index, const assay_open_options* options, assay_device** out) {
    return guarded([&] {
      require(out != nullptr, "open: where to put the device is null");
      *out = nullptr;
      require_index(index);
      assay_open_options known = {sizeof known, 0, 0};
      if (options != nullptr) {
        require_struct(options);
        std::memcpy(&known, options, std::min(options->struct_size, sizeof known));
      }
      auto opened = std::make_unique<Opened>();
      if constexpr (requires { Family::open(index, known); }) {
        opened->device = Family::open(index, known);
      } else {
        opened->device = Family::open(index, known.threads);
      }
      *out = reinterpret_cast<assay_device*>(opened.release());
    });
  }

  static void close(assay_device* device) { delete in(device); }

  static assay_status allocate(assay_device* device, uint64_t bytes, assay_buffer** out) {
    return guarded([&] {
      require(device != nullptr && out != nullptr, "allocate: an argument is null");
      *out = nullptr;
      *out = reinterpret_cast<assay_buffer*>(in(device)->device->allocate(bytes).release());
    });
  }

  static void free_buffer(assay_device*, assay_buffer* buffer) { delete in(buffer); }

  static assay_status upload(assay_device* device, assay_buffer* to, uint64_t offset,
                             const void* from, uint64_t bytes) {
    return guarded([&] {
      require(device != nullptr && to != nullptr && (from != nullptr || bytes == 0),
              "upload: an argument is null");
      require_within(in(to)->bytes(), offset, bytes);
      if (bytes != 0) in(device)->device->upload(*in(to), offset, from, bytes);
    });
  }

  static assay_status download(assay_device* device, const assay_buffer* from, uint64_t offset,
                               void* to, uint64_t bytes) {
    return guarded([&] {
      require(device != nullptr && from != nullptr && (to != nullptr || bytes == 0),
              "download: an argument is null");
      require_within(in(from)->bytes(), offset, bytes);
      if (bytes != 0) in(device)->device->download(*in(from), offset, to, bytes);
    });
  }

  static assay_status implementations(assay_device* device, const char* problem,
                                      assay_implementation* out, size_t capacity, size_t* count) {
    return guarded([&] {
      require(device != nullptr && problem != nullptr && count != nullptr &&
                  (out != nullptr || capacity == 0),
              "implementations: an argument is null");
      auto& offers = in(device)->offers;
      offers = in(device)->device->implementations(problem);
      in(device)->offered = problem;
      *count = offers.size();
      fill_offers(offers, out, capacity);
    });
  }

  /// Asking may be expensive (a library's heuristics, a trial), so the last answer is used again.
  static void require_offered(Opened& opened, std::string_view problem, std::string_view name) {
    std::vector<Offer> asked;
    if (opened.offered != problem) asked = opened.device->implementations(problem);
    for (const Offer& offer : opened.offered == problem ? opened.offers : asked) {
      if (offer.name != name) continue;
      if (offer.reason.empty()) return;
      throw Failure(ASSAY_UNSUPPORTED, offer.name + ": " + offer.reason);
    }
    throw Failure(ASSAY_INVALID, "there is no implementation " + std::string(name));
  }

  static assay_status prepare(assay_device* device, const char* problem, const char* implementation,
                              assay_buffer* const* buffers, size_t buffer_count,
                              assay_executable** out) {
    return guarded([&] {
      require(device != nullptr && problem != nullptr && implementation != nullptr &&
                  out != nullptr && (buffers != nullptr || buffer_count == 0),
              "prepare: an argument is null");
      *out = nullptr;
      std::vector<Buffer*> held;
      for (std::size_t i = 0; i < buffer_count; ++i) {
        require(buffers[i] != nullptr, "prepare: a buffer is null");
        held.push_back(in(buffers[i]));
      }
      require_offered(*in(device), problem, implementation);
      *out = reinterpret_cast<assay_executable*>(
          in(device)->device->prepare(problem, implementation, held).release());
    });
  }

  static void release(assay_executable* executable) { delete in(executable); }

  static assay_status describe(assay_executable* executable, const assay_property** out,
                               size_t* count) {
    return guarded([&] {
      require(executable != nullptr && out != nullptr && count != nullptr,
              "describe: an argument is null");
      const Properties& details = in(executable)->details();
      *out = details.data();
      *count = details.size();
    });
  }

  static assay_status run(assay_executable* executable, uint32_t count, assay_mode mode,
                          assay_launch* out) {
    return guarded([&] {
      require(executable != nullptr && (out != nullptr || count == 0), "run: an argument is null");
      in(executable)->run({out, count}, checked(mode));
    });
  }

  static assay_status sensors(assay_device* device, assay_sensors* out) {
    return guarded([&] {
      require(device != nullptr, "sensors: the device is null");
      require_struct(out);
      const Readings readings = in(device)->device->sensors();
      std::string& throttle = in(device)->throttle;
      throttle = readings.throttle;
      assay_sensors known = readings;
      if (readings.throttle_known) known.throttle = throttle.c_str();
      fill(out, known);
    });
  }

  static const char* last_error() { return last_failure.c_str(); }

  static constexpr bool kTellsMemory = requires(Device & opened) { opened.memory_available(); };

  static assay_status memory_available(assay_device* device, uint64_t* bytes) {
    return guarded([&] {
      require(device != nullptr && bytes != nullptr, "memory_available: an argument is null");
      if constexpr (kTellsMemory) *bytes = in(device)->device->memory_available();
    });
  }

  static constexpr bool kJoins = requires(Device & opened, std::span<const std::byte> id) {
    opened.unique_id();
    opened.join(id, 2u, 1u);
    opened.leave();
  };

  static assay_status unique_id(assay_device* device, void* id, size_t capacity, size_t* bytes) {
    return guarded([&] {
      require(device != nullptr && bytes != nullptr && (id != nullptr || capacity == 0),
              "unique_id: an argument is null");
      if constexpr (kJoins) {
        const std::vector<std::byte> made = in(device)->device->unique_id();
        *bytes = made.size();
        require(capacity >= made.size(), "unique_id: the id does not fit into `capacity`");
        std::memcpy(id, made.data(), made.size());
      }
    });
  }

  static assay_status join(assay_device* device, const void* id, size_t bytes, uint32_t ranks,
                           uint32_t rank) {
    return guarded([&] {
      require(device != nullptr && (id != nullptr || bytes == 0), "join: an argument is null");
      require(rank < ranks, "join: ranks are numbered from 0 to ranks - 1");
      // Offers made before joining are no longer valid.
      in(device)->offered.clear();
      if constexpr (kJoins) {
        in(device)->device->join({static_cast<const std::byte*>(id), bytes}, ranks, rank);
      }
    });
  }

  static void leave(assay_device* device) {
    if (device == nullptr) return;
    in(device)->offered.clear();
    if constexpr (kJoins) in(device)->device->leave();
  }

  static assay_status pretend(const assay_published* published) {
    return guarded([&] {
      require_struct(published);
      require(published->struct_size >= sizeof *published, "pretend: the struct is too small");
      require(!probed(), "pretend: must be called before probe");
      Family::pretend(owned(*published));
    });
  }

  static auto pretend_or_null() -> assay_status (*)(const assay_published*) {
    if constexpr (requires(Published published) { Family::pretend(published); }) {
      return pretend;
    } else {
      return nullptr;
    }
  }

  /// Any range of texts will do: an array of literals, or a list that the family computes.
  static const char* const* environment_variables(size_t* count) {
    static const std::vector<std::string> names(std::begin(Family::environment_variables),
                                                std::end(Family::environment_variables));
    static const std::vector<const char*> list = [] {
      std::vector<const char*> texts;
      for (const std::string& name : names) texts.push_back(name.c_str());
      return texts;
    }();
    if (count != nullptr) *count = list.size();
    return list.data();
  }

  static auto environment_variables_or_null() -> const char* const* (*)(size_t*) {
    if constexpr (requires { Family::environment_variables; }) {
      return environment_variables;
    } else {
      return nullptr;
    }
  }

 public:
  static const assay_backend* table() {
    static const assay_backend entries = {sizeof entries,
                                          ASSAY_BACKEND_ABI,
                                          Family::name,
                                          Family::version,
                                          Family::description,
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
                                          last_error,
                                          pretend_or_null(),
                                          kTellsMemory ? memory_available : nullptr,
                                          kJoins ? unique_id : nullptr,
                                          kJoins ? join : nullptr,
                                          kJoins ? leave : nullptr,
                                          environment_variables_or_null()};
    return &entries;
  }
};

}  // namespace assay::sdk

/// Exports the module's one symbol. Once, in one source file.
#define ASSAY_MODULE(Family)                                                                  \
  extern "C" __attribute__((visibility("default"))) const assay_backend* assay_backend_entry( \
      uint32_t host_abi) {                                                                    \
    return host_abi == ASSAY_BACKEND_ABI ? ::assay::sdk::Module<Family>::table() : nullptr;   \
  }
