// The module and the device under test, and resources that clauses share.
#pragma once

#include <any>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <typeindex>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/loader.h"
#include "harness/conformance/clause.h"
#include "harness/conformance/trial.h"
#include "kernels/problem.h"

namespace assay::harness::conformance {

struct SubjectOptions {
  std::filesystem::path module;
  std::uint32_t device = 0;
  bool quick = false;  ///< fewer problems, launches and repetitions
};

/// The system given to a module that can model devices.
const assay_published& example_system();

/// Opens the device on first use. Throws MissingPrerequisite if that fails, so that only the clause
/// about opening counts as broken.
class Subject {
 public:
  /// Loads the module; throws Error if the loader refuses it. `alive` is called with the current
  /// activity.
  Subject(SubjectOptions options, std::function<void(const std::string& doing)> alive);
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const SubjectOptions& options() const { return options_; }
  /// Reports progress; long clauses must call it.
  void alive(const std::string& doing);

  /// The module's only symbol.
  assay_backend_entry_fn entry();
  const assay_backend& table() const { return *module_; }
  /// The result of probe(), which is called once.
  const assay_probe& probed();
  assay_device* device();
  /// The module's function for modelled devices; null if it has none.
  decltype(assay_backend::pretend) pretending() const { return module_->pretend; }
  /// The status of modelling the made-up system.
  assay_status pretended() const { return pretended_; }
  /// Whether the device under test is modelled.
  bool modelled();
  bool opened() const { return device_ != nullptr; }
  /// Free bytes of the device's memory; nullopt if the device does not report them.
  std::optional<double> memory_available();

  /// Whether the module supports collectives.
  bool joins() const { return module_.joins(); }
  /// Makes the device join as the only rank, once. Returns false if the module does not support
  /// collectives. Throws MissingPrerequisite if joining fails.
  bool join_itself();
  bool has_joined() const { return joined_; }
  /// If the device has joined, leaves and closes it, as communication libraries require.
  void leave();

  /// The calling thread's last_error; never null.
  std::string words();
  /// "out of memory: 12 bytes asked, …"
  std::string words(assay_status status);
  /// Throws Violation unless `status` is an error and last_error gives a reason.
  void require_refusal(assay_status status, const std::string& doing);

  std::vector<assay_implementation> offers(const std::string& problem);
  /// Names of the implementations that can solve the problem.
  std::vector<std::string> able(const std::string& problem);
  /// Trials of every offered implementation on the problems of one operation; executed once.
  const std::vector<Trial>& trials(const kernels::Operation& operation);
  /// The T that the first call created with `make()`.
  template <class T, class Make>
  const T& kept(const Make& make) {
    std::any& place = kept_[typeid(T)];
    if (!place.has_value()) place = make();
    return std::any_cast<const T&>(place);
  }

 private:
  SubjectOptions options_;
  std::function<void(const std::string&)> alive_;
  std::chrono::steady_clock::time_point last_alive_;
  backends::Module module_;
  assay_status pretended_ = ASSAY_OK;
  std::optional<assay_probe> probe_;
  assay_device* device_ = nullptr;
  bool joined_ = false;
  std::map<std::string, std::vector<Trial>> trials_;
  std::map<std::type_index, std::any> kept_;
};

/// Device memory for a clause; throws MissingPrerequisite if allocation fails.
class DeviceBuffer {
 public:
  DeviceBuffer(Subject& subject, std::uint64_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&&) = delete;
  assay_buffer* get() const { return buffer_; }
  void upload(const std::vector<std::byte>& from) const;
  std::vector<std::byte> download(std::uint64_t bytes) const;

 private:
  Subject& subject_;
  assay_buffer* buffer_ = nullptr;
};

/// A struct as a caller built against an older header would pass it: struct_size is `reach`, and
/// the bytes behind must stay unchanged.
template <class Struct>
class ShortStruct {
 public:
  explicit ShortStruct(std::size_t reach) : reach_(reach), bytes_(sizeof(Struct) + 64, kCanary) {
    get()->struct_size = reach;
  }
  Struct* get() { return reinterpret_cast<Struct*>(bytes_.data()); }
  bool overrun() const {
    for (std::size_t i = reach_; i < bytes_.size(); ++i) {
      if (bytes_[i] != kCanary) return true;
    }
    return false;
  }

 private:
  static constexpr std::byte kCanary{0xa5};
  std::size_t reach_;
  std::vector<std::byte> bytes_;
};

}  // namespace assay::harness::conformance
