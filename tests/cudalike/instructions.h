// The portable kernels with tensor cores as NVRTC compiles them, counted.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/cudalike/compiler.h"
#include "machine_code.h"

namespace assay::backends::cudalike {

/// Shared memory of a work-group by "Technical Specifications per Compute Capability" of the CUDA
/// C++ Programming Guide.
struct Architecture {
  const char* name;
  std::int64_t local_bytes;
};
inline constexpr Architecture kArchitectures[] = {
    {"80", 163 << 10}, {"90a", 227 << 10}, {"100a", 227 << 10}, {"120a", 99 << 10}};

inline constexpr std::string_view kTensorProblems[] = {
    "matmul m=4096 n=4096 k=4096 a=bf16",
    "matmul m=4096 n=4096 k=4096 a=bf16 layout=nt",
    "matmul m=4096 n=4096 k=4096 a=f16 layout=tn c=f16",
    "matmul m=4096 n=4096 k=4096 a=i8",
    "matmul m=1024 n=1024 k=1024 a=bf16",
    "matmul m=16 n=4096 k=4096 a=bf16",
    "matmul m=4096 n=4096 k=4096 a=mxfp8e4m3 b=mxfp4",
    "grouped_matmul tokens=16384 n=4096 k=4096 groups=8 a=bf16",
    "attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16",
    "attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=bf16 mask=causal",
    "attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=64 type=bf16 mask=causal",
    "attention b=1 hq=32 hkv=8 sq=4096 skv=4096 d=128 type=f16 mask=causal window=1024 softcap=50 "
    "sinks=learned",
    "attention b=1 hq=8 hkv=8 sq=4096 skv=4096 d=256 type=bf16",
    "attention b=16 hq=32 hkv=8 sq=1 skv=4096 d=128 type=bf16",
    "paged_attention b=16 hq=32 hkv=8 skv=4096 d=128 type=bf16",
    "mla_decode b=16 skv=4096 type=bf16"};

/// Null with the reason where this machine has no NVRTC.
std::unique_ptr<Compiler> nvidia_compiler(std::string& reason);

/// A candidate's text, what the compiler made of it, and the counts of its first kernel.
struct Counted {
  std::string parameters, text;
  std::int64_t local_bytes = 0;
  std::vector<char> image;
  MachineCode code;
};

/// The first candidate of a problem on a device of this architecture, or every one.
std::vector<Counted> counted(const Compiler& compiler, std::string_view problem,
                             const Architecture& architecture, bool every);

}  // namespace assay::backends::cudalike
