// One measurement inside a worker: operands, upload, check, warm-up, samples.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/open_device.h"
#include "kernels/collective.h"
#include "kernels/operation.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// The operands of the problem measured last, on the host and on the device; the next measurement
/// of the same problem finds them made. Of a problem of several ranks, this device's parts.
class Operands {
 public:
  explicit Operands(const OpenDevice& device) : device_(device) {}

  /// Makes them unless they are those of `problem` already.
  void make(const kernels::Problem& problem, results::record::Phases& phases);
  /// Puts the inputs' bits onto the device and reads them back. Returns their hash as they came
  /// back; throws Error where other bits came back than were sent.
  std::uint64_t upload(results::record::Phases& phases);
  /// Fills the outputs there with a pattern that no right answer holds.
  void poison();
  /// Brings back the outputs; a buffer's end that was overwritten is named, else "".
  std::string download();
  std::vector<assay_buffer*> buffers() const;
  /// All arrays, as Operation::check takes them.
  std::vector<kernels::ConstBytes> arrays() const;
  /// As Record::output_hash has it, over the outputs as downloaded.
  std::uint64_t output_hash() const;
  void forget();

 private:
  struct Array {
    kernels::Operand operand;
    std::int64_t first = 0;  ///< element of the whole operand
    std::unique_ptr<std::byte[]> host;
    std::unique_ptr<Buffer> device;
    std::size_t bytes = 0;
    std::uint64_t hash = 0;  ///< of an input
  };
  Array make_array(const kernels::Problem& problem, const kernels::RankOperand& part) const;

  const OpenDevice& device_;
  std::string problem_;
  std::optional<Place> place_;  ///< that they were made for
  std::vector<Array> arrays_;
};

/// Told when a phase begins: "generate", "upload", "prepare", "verify", "warm up", "sample".
using PhaseObserver = std::function<void(const std::string&)>;

/// A problem that was made ready on a device and verified, to be launched as often as is asked.
class Held {
 public:
  /// Operands, upload, preparation and the check of one launch, noted in `record`. What is held
  /// refers to the device and the operands, which must outlive it and stay those of this problem.
  Held(const OpenDevice& device, Operands& operands, results::record::Record& record,
       const PhaseObserver& begins);

  /// Whether the result may be timed; where not, the record says why.
  bool right() const { return right_; }
  const Prepared& prepared() const { return *prepared_; }
  /// Holds the output as the last launch left it against the verified one.
  void verify_again(results::record::Record& record) const;

 private:
  kernels::Problem problem_;
  const OpenDevice& device_;
  Operands& operands_;
  std::unique_ptr<Prepared> prepared_;
  bool right_ = false;
};

/// Carries out `steps`, which fill in the record. A failure becomes the record's status and reason;
/// `device_lost` is set where the device is not to be used again.
void note_failures(const OpenDevice& device, Operands& operands, results::record::Record& record,
                   bool& device_lost, const std::function<void()>& steps);

/// Fills in what `asked` lacks: it holds problem, implementation and settings. Never throws for a
/// failure of the device: that becomes the record's status and reason. `device_lost` is set where
/// the device is not to be used again.
results::record::Record measure(const OpenDevice& device, Operands& operands,
                                results::record::Record asked, const PhaseObserver& begins,
                                bool& device_lost);

}  // namespace assay::harness::measure
