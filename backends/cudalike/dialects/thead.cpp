// T-Head (Zhenwu PPU). SAIL SDK's guides to the HGGC runtime (attribute numbers as CUDA's), HGRTC
// (--ppu-arch, --std), acBLAS, PCCL and HGML; t-head/hggc-samples (hgrtc_helper.h: architectures by
// capability); t-head/sailify (names); t-head/triton-for-sail (acblas_types.h: numbers of acBLAS
// and acBLASLt, as cuBLAS's, in libacblas.so too). Symbols, _v2 ones among them, and the folder
// lib: lists of an SDK image's libraries in projects that slice PPUs. CUDA_SDK, its wrapper under
// CUDA's names, is not used.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect thead_dialect;

const Dialect thead_dialect = {
    .name = "thead",
    .vendor = "T-Head",
    .description = "T-Head PPUs (Zhenwu) through HGGC",
    .home_variables = {"PPU_SDK", "PPU_HOME"},
    .homes = {"/usr/local/PPU_SDK"},
    .environment_variables = {"PPU_*", "HGGC_*", "HGRTC_*", "ACBLAS_*", "ACBLASLT_*", "PCCL_*",
                              "CUDA_VISIBLE_DEVICES", "UMD_PLATFORM_TYPE"},
    .libraries = {.runtime = {"libhggcrt1.so"},
                  .driver = {"libhggc.so"},
                  .blas = {"libacblas.so"},
                  .blas_lt = {"libacblasLt.so", "libacblas.so"},
                  .compiler = {"libhgrtc.so"},
                  .sensors = {"libhgml.so"},
                  .collectives = {"libpccl.so", "libpccl.so.2"}},
    .wrapped_runtimes = {"libcudart.so"},
    .signs = {.folders = {"/PPU_SDK/"}, .device_files = {"alixpu*"}},
    .runtime_prefix = "hggc",
    .driver_prefix = "hg",
    .blas_prefix = "acblas",
    .blas_lt_prefix = "acblasLt",
    .compiler_prefix = "hgrtc",
    .collectives_prefix = "pccl",
    .sensors_prefix = "hgml",
    .names = {{"nvrtcGetCUBINSize", {"hgrtcGetHGBINSize"}}, {"nvrtcGetCUBIN", {"hgrtcGetHGBIN"}}},
    .blas = {.precise_math = 16},  // ACBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION
    // Its numbers of 8-bit types are cuBLAS's; the second architecture has instructions for them.
    .types = {{"f64", 0},
              {"f32", 0},
              {"tf32", 0},
              {"bf16", 0},
              {"f16", 0},
              {"f8e4m3", 89},
              {"f8e5m2", 89},
              {"i8", 0}},
    .prelude = "hggc",
    .compiler_options = {"--ppu-arch={}", "--std=c++17"},
    .architectures = {{80, "ppu001"}, {89, "ppu0015"}},
    .sensors = "nvml",
    .no_attention = "whether acDNN takes cuDNN's attention graph is not known"};

}  // namespace assay::backends::cudalike
