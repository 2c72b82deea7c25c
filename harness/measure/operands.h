// The operands of a problem, on the host and on a device.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/open_device.h"
#include "kernels/collective.h"
#include "kernels/operation.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// The operands of the problem measured last; the next measurement of the same problem finds them
/// made. Of a problem of several ranks, the parts of this device.
class Operands {
 public:
  explicit Operands(const OpenDevice& device) : device_(device) {}

  /// Makes them unless they are those of `problem` already.
  void make(const kernels::Problem& problem, results::record::Phases& phases);
  /// Puts the bits of the inputs onto the device and reads them back. Returns their hash as they
  /// came back; throws Error where other bits came back than were sent.
  std::uint64_t upload(results::record::Phases& phases);
  /// Fills the outputs there with a pattern that no right answer holds.
  void poison();
  /// Brings back the outputs. Returns which of them was written past its end, else "".
  std::string download();
  std::vector<assay_buffer*> buffers() const;
  /// All arrays, as Operation::check takes them.
  std::vector<kernels::ConstBytes> arrays() const;
  /// Of the outputs as downloaded, as Record::output_hash has it.
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
  std::optional<kernels::Problem> problem_;
  std::optional<Place> place_;  ///< for which they were made
  std::vector<Array> arrays_;
};

}  // namespace assay::harness::measure
