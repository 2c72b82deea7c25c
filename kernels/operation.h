// What each kind of computation states about itself. One folder per operation defines one constant
// `const Operation NAME_operation` (folder name = NAME); the build lists the folders by itself. The
// folder also needs a floor in tests/architecture/floors.toml, and an operation of one device a
// problem in harness/suites/quick.toml and a portable.kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

enum class FieldKind {
  dimension,
  limit,  ///< a whole number from 1, or none
  type,
  choice,
  seed
};

/// The default of a field.
struct Default {
  /// The value; where it is computed, a description: "the type of A".
  std::string_view text;
  /// Computes the value from the fields before it; null where `text` is the value.
  std::string (*compute)(const Problem& so_far) = nullptr;

  std::string value(const Problem& so_far) const {
    return compute != nullptr ? compute(so_far) : std::string(text);
  }
};

/// One field of a Problem's text.
struct Field {
  std::string_view name;
  FieldKind kind;
  /// Allowed names for `choice` and `type`; empty for the other kinds.
  std::vector<std::string_view> choices;
  /// Shown in help and errors, with units: "rows of A and C".
  std::string_view meaning;
  /// Empty where the field is required.
  std::optional<Default> preset = {};
  /// Printed in the canonical text even where it equals its default.
  bool always_printed = true;
  /// A dimension of a product, which kernels cut into tiles: below a tile's size it costs as much
  /// as a whole tile.
  bool tiled = false;

  bool required() const { return !preset.has_value(); }
};

enum class Role { input, output };
std::string_view name(Role role);

/// An operand of an operation for any problem: its meaning, extents and layout in words.
struct OperandText {
  std::string_view name;
  Role role;
  std::string_view meaning;
};

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
  /// A power of two that multiplies what `dist` draws.
  std::int64_t amplification = 1;
  /// Writes as many elements from `first` on as `to` can hold, where they are part of the problem
  /// and not random, such as the sizes of groups: a pure function of both, on any machine. Null
  /// where `dist` fills the operand.
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

/// The figure that is quoted for a launch. It depends on the operation, not on the problem.
enum class Figure {
  operations,  ///< FLOP/s, or OP/s of integers
  bytes,       ///< B/s
  time         ///< s
};
std::string_view name(Figure figure);

/// What limits the rate of an operation.
enum class Roof {
  arithmetic,  ///< the device's arithmetic, or its memory where the intensity is low
  memory,      ///< the device's memory alone
  link,        ///< what connects devices, or a device to its host
  none         ///< nothing: its figure is a time
};
std::string_view name(Roof roof);

enum class Outcome {
  right,       ///< within the probabilistic bound
  suspicious,  ///< beyond it, up to a small multiple; not verified
  wrong,       ///< further beyond it, unwritten, non-finite, or not bit-exact where required
  unchecked    ///< no output to judge, because nothing ran; neither right nor wrong
};
std::string_view name(Outcome outcome);

struct Check {
  Outcome outcome = Outcome::right;
  std::string method = {};    ///< e.g. "every element in FP64"
  double worst = 0;           ///< largest error as a multiple of the accepted bound
  std::string where = {};     ///< place of the worst or first wrong element; empty when right
  std::int64_t elements = 0;  ///< output elements compared one by one with the reference
  std::uint64_t seed = 0;  ///< CheckOptions::seed, for repeating the check; 0 if nothing was drawn
};

/// Elements `first` to `last` - 1 of an output.
struct ElementRange {
  std::int64_t first = 0, last = 0;
};

struct CheckOptions {
  std::uint64_t seed = 1;  ///< draws probe vectors and sampled rows
  double full_flop = 2e9;  ///< up to this much work every element is recomputed in FP64
  int probes = 16;         ///< Freivalds vectors for each block of columns
  /// Where not empty, these elements of the output are recomputed in FP64, and no others are read;
  /// ascending, without overlaps. Not for collectives.
  std::vector<ElementRange> only = {};

  /// "every element" or "some elements".
  std::string which() const { return only.empty() ? "every element" : "some elements"; }
  /// The elements to judge where every element of `total` can be.
  std::vector<ElementRange> ranges(std::int64_t total) const {
    return only.empty() ? std::vector<ElementRange>{{0, total}} : only;
  }
};

/// What a computation on several ranks states in addition: kernels/collective.h.
struct Collective;

using ConstBytes = std::span<const std::byte>;
using Bytes = std::span<std::byte>;

/// Computes the FP64 reference from operands already rounded to their types; writes the outputs.
/// An operation's file declares its own as `ReferenceFunction NAME_reference;`.
using ReferenceFunction = void(const Problem&, std::span<const ConstBytes> buffers,
                               std::span<const Bytes> outputs);
/// Judges outputs against the inputs; see CheckOptions for cost. Declared as the reference is:
/// `CheckFunction NAME_check;`.
using CheckFunction = Check(const Problem&, std::span<const ConstBytes> buffers,
                            const CheckOptions&);

/// The functions receive valid Problems; buffers come in the order of `operands`.
struct Operation {
  std::string_view name;
  std::string_view summary;
  /// What is computed, in plain text: "C[m,n] = sum over k of A[m,k] B[k,n]".
  std::string_view formula;
  /// How Work counts operations and bytes, in words.
  std::string_view counting;
  Figure figure = Figure::operations;
  Roof roof = Roof::arithmetic;
  /// The roof of the device that this operation measures, to hold other operations against.
  std::optional<Roof> measures = {};
  std::span<const Field> fields;
  /// As `operands` gives them, in the same order. A problem may lack one that belongs to a field
  /// with a default, as its meaning says.
  std::span<const OperandText> operand_texts;
  /// Rules across fields; throws InputError naming the field. Dimensions are already >= 1, types
  /// and choices already among those listed.
  void (*validate)(const Problem&);
  std::vector<Operand> (*operands)(const Problem&);
  Work (*work)(const Problem&);
  ReferenceFunction* reference;
  CheckFunction* check;
  /// Null where one device computes everything. Otherwise the functions above cover all ranks
  /// together (`work` covers one), and `collective` covers one rank's part.
  const Collective* collective = nullptr;
};

/// All operations, in alphabetical order of their folders.
std::span<const Operation* const> operations();
/// Null where no operation has that name.
const Operation* find_operation(std::string_view name);
/// Throws InputError at `place` with the nearest name where no operation has that name.
const Operation& operation_named(std::string_view name, std::string_view place);

}  // namespace assay::kernels
