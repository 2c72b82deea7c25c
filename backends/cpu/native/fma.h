// Multiply-adds that never leave the registers: the arithmetic ceiling of this CPU.
#pragma once

#include <cstdint>
#include <string>

#include "backends/cpu/machine.h"
#include "kernels/dtype.h"

namespace assay::backends::cpu::native {

/// One way to run `rows` rows of 64 sums over `steps` steps. `a` is [64, w], `b` [rows, w],
/// `c` [rows, 64] of the accumulator's type.
struct FmaKernel {
  void (*run)(const void* a, const void* b, void* c, std::int64_t rows, std::int64_t steps);
  int rows_at_once;         ///< rows whose sums share the registers
  std::string instruction;  ///< "AVX3: 16 x f32 multiply-add"
};

/// In Highway's best target: f32 and f64 only; `run` is null for other types.
FmaKernel fma_portable(kernels::DataType type);

/// With x86 instructions that Highway does not offer: bf16 and i8; `run` is null where the CPU or
/// the type has none.
FmaKernel fma_x86(kernels::DataType type, const Features& features);

}  // namespace assay::backends::cpu::native
