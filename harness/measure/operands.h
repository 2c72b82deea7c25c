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

/// The operands of the problem measured last. The next measurement of the same problem reuses them.
/// For a problem of several ranks, only the parts of this device.
class Operands {
 public:
  explicit Operands(const OpenDevice& device) : device_(device) {}

  /// Generates the operands of `problem`, unless they exist already.
  void make(const kernels::Problem& problem, results::record::Phases& phases);
  /// Uploads the inputs and reads them back. Returns the hash of the bytes read back; throws Error
  /// if they differ from those sent.
  std::uint64_t upload(results::record::Phases& phases);
  /// Fills the outputs on the device with a pattern that no right result contains. The host keeps
  /// what was downloaded last.
  void poison();
  /// Downloads the outputs. Returns an error if one of them was written past its end, else "".
  std::string download();
  std::vector<assay_buffer*> buffers() const;
  /// One operand on the host and on the device.
  struct Part {
    const kernels::Operand& operand;
    kernels::Bytes host;
    Buffer& device;
  };
  std::vector<Part> parts();
  /// All arrays, in the form that Operation::check takes.
  std::vector<kernels::ConstBytes> arrays() const;
  /// The hash of the downloaded outputs, as in Record::output_hash.
  std::uint64_t output_hash() const;
  void forget();

 private:
  struct Array {
    kernels::Operand operand;
    std::int64_t first = 0;  ///< index of its first element in the whole operand
    std::unique_ptr<std::byte[]> host;
    std::unique_ptr<Buffer> device;
    std::size_t bytes = 0;
    std::uint64_t hash = 0;  ///< only of inputs
  };
  Array make_array(const kernels::Problem& problem, const kernels::RankOperand& part) const;

  const OpenDevice& device_;
  std::optional<kernels::Problem> problem_;
  std::optional<Place> place_;  ///< the rank that the operands were generated for
  std::vector<Array> arrays_;
};

}  // namespace assay::harness::measure
