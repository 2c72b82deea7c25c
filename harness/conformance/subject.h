// The module and the device under examination, and what clauses hold on them.
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

/// What a module that pretends devices is asked to pretend.
const assay_published& made_up_system();

/// Opens the device when first asked. Throws Unmet where that fails, so that only the clause about
/// it counts as broken.
class Subject {
 public:
  /// Loads the module; throws Error where the loader refuses it. `alive` is told what goes on.
  Subject(SubjectOptions options, std::function<void(const std::string& doing)> alive);
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const SubjectOptions& options() const { return options_; }
  /// A sign of life, for clauses that take long.
  void alive(const std::string& doing);

  /// The module's one symbol.
  assay_backend_entry_fn entry();
  const assay_backend& table() const { return *module_; }
  /// What probe() told; it is called once.
  const assay_probe& probed();
  assay_device* device();
  /// The module's entry for pretended devices, null where it has none.
  decltype(assay_backend::pretend) pretending() const { return module_->pretend; }
  /// What pretending the made-up system ended in.
  assay_status pretended() const { return pretended_; }
  /// Whether the device under examination is a pretended one.
  bool modelled();
  bool opened() const { return device_ != nullptr; }
  /// Bytes of the device's memory that are free; none where it does not tell.
  std::optional<double> memory_available();

  /// Whether the module's devices work together.
  bool joins() const { return module_.joins(); }
  /// Makes the device the only one of its ranks, once; false where it does not work with others.
  /// Throws Unmet where it should and cannot.
  bool join_itself();
  bool has_joined() const { return joined_; }
  /// Where it has, leaves and closes the device, as communication libraries want it.
  void leave();

  /// The calling thread's last_error; never null.
  std::string words();
  /// "out of memory: 12 bytes asked, …"
  std::string words(assay_status status);
  /// Throws Violation unless `status` is a refusal that says why.
  void require_refusal(assay_status status, const std::string& doing);

  std::vector<assay_implementation> offers(const std::string& problem);
  /// Names of those that can solve the problem.
  std::vector<std::string> able(const std::string& problem);
  /// Trials of every offered implementation on the problems of one operation; made once.
  const std::vector<Trial>& trials(const kernels::Operation& operation);
  /// What `make()` returned when it was first asked for a T.
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

/// Memory on the device for a clause; throws Unmet where there is none.
class HeldBuffer {
 public:
  HeldBuffer(Subject& subject, std::uint64_t bytes);
  ~HeldBuffer();
  HeldBuffer(HeldBuffer&& other) noexcept;
  HeldBuffer& operator=(HeldBuffer&&) = delete;
  assay_buffer* get() const { return buffer_; }
  void upload(const std::vector<std::byte>& from) const;
  std::vector<std::byte> download(std::uint64_t bytes) const;

 private:
  Subject& subject_;
  assay_buffer* buffer_ = nullptr;
};

/// A struct at the end of which a caller built against an older header would stop: as if it had
/// `reach` bytes, and what lies behind must stay as it is.
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
