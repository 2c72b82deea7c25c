// Portable kernels: one source text per operation, compiled on the device's own run-time compiler.
// One folder per operation may define one constant `const PortableKernel NAME_portable` in
// portable.cpp, with its text in portable.kernel; the build finds the folders. The words of such a
// text are listed in kernels/prelude/README.md; kernels/prelude/ defines them once per language.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// Macros that a source expects: tile sizes, stages, group sizes.
using PortableParameters = std::map<std::string, std::int64_t>;

/// What portable kernels need to know of a device.
struct PortableTarget {
  std::string prelude;  ///< "opencl", "cuda", "hip", "musa", "maca"
  std::int64_t local_memory_bytes = 32768;
  std::int64_t group_size_limit = 256;
  std::int64_t subgroup_size = 1;  ///< work-items in lockstep: warp, wavefront; 1 where unknown
  std::int64_t compute_units = 1;
  /// f32 values in a vector of one work-item; 1 where neighbouring work-items form the vectors.
  std::int64_t vector_lanes = 1;
  bool f16 = false, f64 = false;  ///< arithmetic in these types, not only loads and stores
  bool bf16_conversion = false;   ///< the language converts bf16 by itself
  std::string tile_multiply =
      "fma";         ///< the best available: "fma", "dot", "mma_sync", "mfma", "wmma"
  bool cpu = false;  ///< work-groups are loops on a core, which other parameters suit
};

/// An argument of a kernel: operand number `integer` or the scratch memory (pointers), a 64-bit
/// integer, or a real number, passed as f32.
struct PortableArgument {
  enum class Kind : std::uint8_t { operand, scratch, integer, real };
  Kind kind = Kind::integer;
  std::int64_t integer = 0;
  double real = 0;
};
PortableArgument operand_argument(std::int64_t index);
PortableArgument scratch_argument();
PortableArgument integer_argument(std::int64_t value);
PortableArgument real_argument(double value);

struct PortableLaunch {
  std::string kernel;  ///< name of the function in the text
  std::array<std::int64_t, 3> groups = {1, 1, 1}, group_size = {1, 1, 1};
  std::vector<PortableArgument> arguments;
  /// Local memory that languages like CUDA need at launch (dynamic shared memory; above 48 KiB the
  /// limit of the function must be raised first). OpenCL declares it inside the kernel.
  std::int64_t local_bytes = 0;
};

/// How one operation is solved by a portable source.
struct PortableKernel {
  std::string_view operation;
  /// Why this problem cannot be solved on such a device; empty where it can.
  std::string (*why_not)(const Problem&, const PortableTarget&);
  /// Parameters worth trying, the best guess first; at most 12, each within the target's limits,
  /// and at least one where why_not is empty.
  std::vector<PortableParameters> (*candidates)(const Problem&, const PortableTarget&);
  /// What the problem fixes in the text in addition to the parameters: types, layouts,
  /// divisibility. Equal macros make equal programs, so sizes are arguments.
  std::map<std::string, std::string> (*macros)(const Problem&, const PortableTarget&);
  /// Device memory for partial results.
  std::int64_t (*scratch_bytes)(const Problem&, const PortableParameters&);
  /// One after the other in one queue; together they solve the problem once.
  std::vector<PortableLaunch> (*launches)(const Problem&, const PortableParameters&);
  /// The operation with the portable.kernel, where it is another one.
  std::string_view source_of = {};
};

/// All of them, in alphabetical order of their folders.
std::span<const PortableKernel* const> portable_kernels();
/// Null where the operation has none.
const PortableKernel* find_portable(std::string_view operation);

/// The one text for every device, and its SHA-256.
std::string_view portable_source(const PortableKernel& kernel);
std::string portable_source_sha256(const PortableKernel& kernel);

/// The text for the device's compiler: macros of the problem, the parameters and the target, the
/// prelude, the source. Throws InputError for a prelude that does not exist.
std::string portable_text(const PortableKernel& kernel, const PortableTarget& target,
                          const Problem& problem, const PortableParameters& parameters);

/// "BLOCK_K=32 BLOCK_M=128": for records and caches.
std::string parameters_text(const PortableParameters& parameters);

}  // namespace assay::kernels
