// The module and the device under examination, and what clauses hold on them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "kernels/problem.h"
#include "tests/conformance/clause.h"
#include "tests/conformance/trial.h"

namespace assay::conformance {

struct SubjectOptions {
  std::filesystem::path module;
  std::uint32_t device = 0;
  bool quick = false;
};

/// What a module that pretends devices is asked to pretend.
const assay_published& made_up_system();

/// Loads and opens when first asked. Throws Unmet where that fails, so that only the clause about
/// it counts as failed.
class Subject {
 public:
  explicit Subject(SubjectOptions options) : options_(std::move(options)) {}
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const SubjectOptions& options() const { return options_; }
  /// The module's one symbol. Throws Violation where it cannot be had.
  assay_backend_entry_fn entry();
  const assay_backend& table();
  /// What probe() told; it is called once.
  const assay_probe& probed();
  assay_device* device();
  /// The module's entry for pretended devices, null where it has none; after table().
  decltype(assay_backend::pretend) pretending() const;
  /// What pretending the made-up system ended in.
  assay_status pretended() const { return pretended_; }
  /// Whether the device under examination is a pretended one.
  bool modelled();

  /// The calling thread's last_error; never null.
  std::string words();
  /// "out of memory: 12 bytes asked, …"
  std::string words(assay_status status);
  /// Throws Violation unless `status` is a refusal that says why.
  void require_refusal(assay_status status, const std::string& doing);

  std::vector<assay_implementation> offers(const std::string& problem);
  /// Trials of every offered implementation on the problems of one operation; made once.
  const std::vector<Trial>& trials(const kernels::Operation& operation);

 private:
  SubjectOptions options_;
  void* library_ = nullptr;
  const assay_backend* table_ = nullptr;
  assay_status pretended_ = ASSAY_OK;
  std::optional<assay_probe> probe_;
  assay_device* device_ = nullptr;
  std::map<std::string, std::vector<Trial>> trials_;
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

/// A small problem that some implementation solves, with operands on the device and prepared.
class Specimen {
 public:
  /// Throws Unmet where nothing can be prepared.
  explicit Specimen(Subject& subject, bool prepared = true);
  ~Specimen();
  Specimen(const Specimen&) = delete;
  Specimen& operator=(const Specimen&) = delete;

  const std::string& problem() const { return problem_; }
  const std::string& implementation() const { return implementation_; }
  const std::vector<assay_buffer*>& buffers() const { return pointers_; }
  assay_executable* executable() const { return executable_; }

 private:
  Subject& subject_;
  std::string problem_, implementation_;
  std::vector<HeldBuffer> buffers_;
  std::vector<assay_buffer*> pointers_;
  assay_executable* executable_ = nullptr;
};

}  // namespace assay::conformance
