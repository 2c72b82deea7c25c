// A dialect: the names in one vendor's copy of CUDA's C interface. The engine uses NVIDIA's names
// and numbers; a dialect lists the vendor's differences. One file in dialects/ defines one constant
// `const Dialect NAME_dialect` (file name = NAME) and becomes one module; the build lists them.
// A call of assay_fake_gpu in tests/fakes/cudalike/CMakeLists.txt lets tests/vendors test it.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::backends::cudalike {

using Texts = std::vector<std::string>;

/// Numbers of cudaDeviceGetAttribute; -1 where the vendor has none.
struct AttributeNumbers {
  int threads_per_group = 1, local_memory = 8, subgroup = 10, clock_khz = 13, compute_units = 16,
      memory_clock_khz = 36, memory_bus_bits = 37, l2_bytes = 38, major = 75, minor = 76,
      local_memory_opt_in = 97;
};

/// Numbers of the BLAS. Types and compute types are -1 where the vendor's BLAS has none.
struct BlasNumbers {
  int none = 0, transpose = 1;
  int f32 = 0, f64 = 1, f16 = 2, i8 = 3, i32 = 10, bf16 = 14, f8e4m3 = 28, f8e5m2 = 29;
  int compute_f32 = 68, compute_f64 = 70, compute_i32 = 72, compute_tf32 = 77;
  int algorithm = -1;    ///< "choose by heuristics"
  int precise_math = 0;  ///< for SetMathMode: sums never rounded to a narrower type; 0 none
  int out_of_memory = 3;
  std::array<int, 2> unsupported = {15, 8};  ///< statuses that mean: not this problem
};

/// Attributes of the Lt interface's descriptors, and the size of its opaque algorithm.
struct BlasLtNumbers {
  int transpose_a = 3, transpose_b = 4, fast_accumulation = 25;
  int layout_batch = 5, layout_offset = 6;
  int workspace = 1, reduction_schemes = 3;  ///< -1: has none
  std::size_t algorithm_bytes = 64;
};

/// Libraries by what they are for; each with the names tried, best first.
struct LibraryNames {
  Texts runtime, driver, blas, blas_lt, compiler, attention, sensors, collectives;
};

/// What identifies the vendor of a runtime library when several use its name.
struct Signs {
  Texts folders;       ///< parts of its real path
  Texts symbols;       ///< of it or of a library it depends on
  Texts device_files;  ///< patterns under /dev
};

/// A tile multiply, kernels/prelude/tile_NAME.h, for devices where `subgroup` work-items run in
/// lockstep, from a compute capability on.
struct TileMultiply {
  std::string_view name;
  int subgroup, capability;
};

/// A cache behind the L2 that the runtime does not tell, of devices of one capability.
struct LastCache {
  int capability;
  std::uint64_t bytes;
};

struct Dialect {
  std::string_view name, vendor, description;

  Texts home_variables, homes;
  /// Where libraries lie below a home, sought before the usual folders (lib64, lib, …).
  Texts folders;
  /// Environment variables that the vendor's driver and libraries read: names, or beginnings of
  /// names followed by `*`.
  Texts environment_variables;
  LibraryNames libraries;
  /// Names of other vendors' runtimes under which it ships a wrapper of its own.
  Texts wrapped_runtimes;
  Signs signs;
  /// Nothing of the runtime is called unless one of signs.device_files is there.
  bool needs_device_file = false;

  /// What replaces NVIDIA's prefixes; and exceptions, looked up first: NVIDIA's name, the names to
  /// try (an empty list: the vendor has none).
  std::string runtime_prefix = "cuda", driver_prefix = "cu", blas_prefix = "cublas",
              blas_lt_prefix = "cublasLt", compiler_prefix = "nvrtc", collectives_prefix = "nccl",
              sensors_prefix = "nvml";
  std::map<std::string, Texts, std::less<>> names;

  AttributeNumbers attributes;
  int out_of_memory = 2;            ///< the runtime's error for it
  bool stream_before_kind = false;  ///< order of MemcpyAsync's last two arguments
  bool uuid_is_text = false;        ///< its 16 bytes are characters
  BlasNumbers blas;
  BlasLtNumbers blas_lt;

  /// Operand types, each from a compute capability (10 × major + minor) on; 0: always.
  std::vector<std::pair<std::string_view, int>> types;

  /// Which files of kernels/prelude fit: NAME.h, and tile_NAME.h best first ("fma" works
  /// everywhere). Options of the run-time compiler; {} is replaced by the capability.
  std::string prelude;
  std::vector<TileMultiply> tile_multiplies;
  Texts compiler_options;
  /// What the compiler calls the architecture of a capability; empty: as NVIDIA's.
  std::vector<std::pair<int, std::string_view>> architectures;

  std::vector<LastCache> last_caches;
  /// The folder of Python's packages in which the vendor's wheels put libraries, as FOLDER/*/lib.
  std::string_view wheels;

  std::string_view sensors;  ///< "nvml", "rocm-smi", "mtml", "mxsml"; empty: none known
  std::string_view no_attention = "the vendor has no C interface for attention";
  /// Why there are no collectives, where `libraries` names none.
  std::string_view no_collectives = "no library of collectives with NCCL's C interface is known";
  unsigned pci_vendor = 0;
  /// What of the BLAS's numbers no public source gives and is taken to be as in cuBLAS; empty:
  /// none.
  std::string_view inferred_blas;
  /// The names of the vendor's other SDK, older or for other products, for a runtime that has
  /// these and lacks the above; null: there is none.
  const Dialect& (*other_names)() = nullptr;
  /// A real device of this vendor has run; else only the pretended runtime of the tests has.
  bool tried_on_hardware = false;
};

std::span<const Dialect* const> dialects();
/// Throws std::logic_error for an unknown name.
const Dialect& find_dialect(std::string_view name);

/// Names under which to look for a symbol that NVIDIA calls `name`, best first.
Texts symbol_names(const Dialect& dialect, std::string_view name);

}  // namespace assay::backends::cudalike
