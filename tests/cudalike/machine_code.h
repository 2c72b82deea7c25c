// What NVIDIA's compiler makes of a kernel: registers, and the instructions of its hottest loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::backends::cudalike {

/// Counts of one kernel's machine code, of compute capability 8.0 and newer.
struct MachineCode {
  int registers = 0;       ///< of each work-item
  int instructions = 0;    ///< of the whole kernel, without what fills it up
  int spills = 0;          ///< loads from and stores to memory of a work-item's own
  int loop = 0;            ///< instructions of the loop below
  int tensor_in_loop = 0;  ///< its multiplications of matrices

  /// Instructions for each multiplication of matrices; 0 where the kernel has none.
  double per_tensor_instruction() const {
    return tensor_in_loop == 0 ? 0.0 : static_cast<double>(loop) / tensor_in_loop;
  }
};

/// Reads the kernel `name` of a cubin. Its loop is, of those without another one that multiplies
/// matrices, the one that multiplies most. Throws std::runtime_error where the image has no such
/// kernel. Instructions of 16 bytes and their opcodes: Mesa, src/nouveau/compiler/nak,
/// sm70_encode.rs; the ELF sections: cuobjdump -elf.
MachineCode machine_code(const std::vector<char>& cubin, const std::string& name);

}  // namespace assay::backends::cudalike
