// The operands of a problem in host memory, which a worker process can share. Results are judged by
// them, so only the process that judges generates them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/kept_bytes.h"
#include "kernels/collective.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/process/shared_memory.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// A device's rank among the devices of a collective.
struct Place {
  std::uint32_t ranks = 0, rank = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

/// Number of bytes after each output that hold kGuard, to detect a kernel that writes past its end.
inline constexpr std::size_t kGuardBytes = 256;
inline constexpr std::byte kGuard{0xff};

/// An operand's place in the memory of the inputs or of the outputs.
struct PlacedOperand {
  kernels::Operand operand;
  std::int64_t first = 0;  ///< index of its first element in the whole operand
  std::size_t offset = 0;  ///< in bytes; guards follow an output
  std::size_t bytes = 0;   ///< without guards

  bool is_output() const { return operand.role == kernels::Role::output; }
};

struct OperandLayout {
  std::vector<PlacedOperand> operands;  ///< in the order of the operation
  std::size_t input_bytes = 0, output_bytes = 0;
};

/// For a problem of several ranks, only the parts of the device at `place`; throws Error if it
/// stands alone there, or among another number of ranks.
OperandLayout layout_of(const kernels::Problem& problem, const std::optional<Place>& place);

/// Bytes of an operand that are uploaded or downloaded alone. Those of an output may include its
/// guard.
struct OperandPart {
  std::uint32_t operand = 0;  ///< index among all operands
  std::uint64_t offset = 0, bytes = 0;
  /// Where the bytes of an upload begin in the operand's memory on the host.
  std::optional<std::uint64_t> from = {};

  std::uint64_t begin_on_host() const { return from.value_or(offset); }
};

class HostOperands {
 public:
  /// Generates the operands of `problem`, unless they exist already, in the memory of those before
  /// where that is large enough. Throws Error.
  void make(const kernels::Problem& problem, const std::optional<Place>& place,
            results::record::Phases& phases);
  void forget();

  const std::optional<kernels::Problem>& problem() const { return problem_; }
  /// Different for every set of operands that make() generated in this process.
  std::uint64_t number() const { return number_; }
  const OperandLayout& layout() const { return layout_; }
  const results::process::SharedMemory& inputs() const { return inputs_; }
  const results::process::SharedMemory& outputs() const { return outputs_; }

  /// An operand without guards: an input as all processes see it, an output as last taken. A change
  /// of an input must be undone before results are judged by it.
  kernels::Bytes host(std::uint32_t operand);
  /// The bytes that all processes with this memory see.
  kernels::Bytes shared(const OperandPart& part) const;
  /// All outputs with their guards.
  std::vector<OperandPart> whole_outputs() const;

  /// The hash of the inputs as generated.
  std::uint64_t input_hash() const { return input_hash_; }
  /// Fills the outputs with a pattern that no right result contains, and their guards.
  void poison();
  /// An error if an output was written past its end, else "".
  std::string overrun() const;
  /// Copies the outputs, so that no other process can change what is judged.
  void take_outputs();
  /// Whether the outputs in the shared memory have the bits of those last taken.
  bool outputs_are_as_taken() const;
  /// All arrays in the form that Operation::check takes; the outputs as last taken. Throws Error if
  /// another process has changed the inputs.
  std::vector<kernels::ConstBytes> arrays() const;
  /// The hash of the outputs as last taken, as in Record::output_hash.
  std::uint64_t output_hash() const;
  /// Memory of this process alone, for copies: by any numbers. It stays for the next problem.
  KeptBytes& room(std::uint32_t number) { return rooms_[number]; }

 private:
  std::uint64_t hash_of_inputs() const;

  std::optional<kernels::Problem> problem_;
  std::optional<Place> place_;  ///< the rank that the operands were generated for
  OperandLayout layout_;
  results::process::SharedMemory inputs_, outputs_;
  results::process::SharedMemory taken_;  ///< the outputs without guards, one after the other
  std::map<std::uint32_t, KeptBytes> rooms_;
  bool sealed_ = false;  ///< no other process can write to the inputs
  std::uint64_t input_hash_ = 0, number_ = 0;
};

}  // namespace assay::harness::measure
