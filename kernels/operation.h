// What each kind of computation must say of itself. One folder per operation defines one constant
// `const Operation NAME_operation` (folder name = NAME); the build lists the folders by itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

enum class FieldKind { dimension, type, choice, seed };

/// One field of a Problem's text.
struct Field {
  std::string_view name;
  FieldKind kind;
  /// Default as text, computed from the fields before it; null where the field is required.
  std::string (*fallback)(const Problem& so_far);
  /// Allowed names for `choice` and `type`; empty for the other kinds.
  std::vector<std::string_view> choices;
  /// Shown in help and errors, with units: "rows of A and C".
  std::string_view meaning;
  /// Printed in the canonical text even where it equals its default.
  bool always_printed = true;
};

enum class Role { input, output };

/// One array a Problem computes with: dense, row-major over `extents`.
struct Operand {
  std::string name;
  Role role = Role::input;
  DataType type = DataType::f32;
  std::vector<std::int64_t> extents;
  /// Constant between launches in real use (a layer's weights): may be repacked outside the timed
  /// region by implementations that say so.
  bool weights = false;
  /// `integer` draws from [-integer_limit, integer_limit].
  std::int64_t integer_limit = 1;
  /// `llm`: element i lies in channel (i / channel_stride) % channel_count.
  std::int64_t channel_stride = 1;
  std::int64_t channel_count = 1;
  /// Writes elements [first, first + to.size() / size_of(type)) where they are no random numbers
  /// but part of the problem, such as the sizes of groups: a pure function of both, on any machine.
  /// Null where `dist` fills the operand.
  void (*fill)(const Problem&, std::int64_t first, std::span<std::byte> to) = nullptr;

  std::int64_t elements() const;
  std::int64_t bytes() const;
};

/// What one launch must do. `flop` counts useful floating-point (or integer) operations, a
/// multiply-add as two; `bytes` is compulsory traffic, each operand once.
struct Work {
  double flop = 0;
  double bytes = 0;
  DataType type = DataType::f32;  ///< operand type whose arithmetic peak bounds the rate
};

enum class Outcome {
  right,       ///< within the probabilistic bound
  suspicious,  ///< beyond it, but within the worst-case bound
  wrong,       ///< beyond the worst-case bound, unwritten, non-finite, or not bit-exact where owed
  unchecked    ///< no output to judge, because nothing ran; neither right nor wrong
};
std::string_view name(Outcome outcome);

struct Check {
  Outcome outcome = Outcome::right;
  std::string method;         ///< e.g. "full FP64", "Freivalds x24 + 16 exact rows"
  double worst = 0;           ///< largest error as a multiple of the accepted bound
  std::string where;          ///< place of the worst or first wrong element; empty when right
  std::int64_t elements = 0;  ///< output elements compared one by one with the reference
};

struct CheckOptions {
  std::uint64_t seed = 1;  ///< draws probe vectors and sampled rows
  double full_flop = 2e9;  ///< up to this much work every element is recomputed in FP64
  int probes = 24;         ///< Freivalds vectors
};

/// What a computation on several ranks says of itself besides: kernels/collective.h.
struct Collective;

using ConstBytes = std::span<const std::byte>;
using Bytes = std::span<std::byte>;

/// The functions receive valid Problems; buffers come in the order of `operands`.
struct Operation {
  std::string_view name;
  std::string_view summary;
  std::span<const Field> fields;
  /// Rules across fields; throws InputError naming the field. Dimensions are already >= 1, types
  /// and choices already among those listed.
  void (*validate)(const Problem&);
  std::vector<Operand> (*operands)(const Problem&);
  Work (*work)(const Problem&);
  /// FP64 reference from operands already rounded to their types; writes the outputs.
  void (*reference)(const Problem&, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs);
  /// Judges outputs against the inputs; see CheckOptions for cost.
  Check (*check)(const Problem&, std::span<const ConstBytes> buffers, const CheckOptions&);
  /// Null where one device does it all. Of the others the functions above speak of all ranks
  /// together (and `work` of one), `collective` of a rank's part.
  const Collective* collective = nullptr;
};

/// All operations, in alphabetical order of their folders.
std::span<const Operation* const> operations();
/// Null where there is none of that name.
const Operation* find_operation(std::string_view name);

}  // namespace assay::kernels
