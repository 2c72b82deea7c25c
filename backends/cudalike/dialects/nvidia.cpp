// NVIDIA. Names and numbers are the defaults of dialect.h, read in CUDA 13.0's headers
// (cuda_runtime_api.h, driver_types.h, cuda.h, cublas_api.h, cublasLt.h, library_types.h, nvrtc.h).
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect nvidia_dialect;

const Dialect nvidia_dialect = {
    .name = "nvidia",
    .vendor = "NVIDIA",
    .description = "NVIDIA GPUs through CUDA",
    .home_variables = {"CUDA_HOME", "CUDA_PATH"},
    .homes = {"/usr/local/cuda", "/opt/cuda"},
    .environment_variables = {"CUDA_*", "NVIDIA_*", "CUBLAS_*", "CUBLASLT_*", "CUDNN_*", "NCCL_*"},
    .libraries = {.runtime = {"libcudart.so", "libcudart.so.13", "libcudart.so.12",
                              "libcudart.so.11.0"},
                  .driver = {"libcuda.so.1"},
                  .blas = {"libcublas.so", "libcublas.so.13", "libcublas.so.12", "libcublas.so.11"},
                  .blas_lt = {"libcublasLt.so", "libcublasLt.so.13", "libcublasLt.so.12",
                              "libcublasLt.so.11"},
                  .compiler = {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"},
                  .attention = {"libcudnn.so", "libcudnn.so.9"},
                  .sensors = {"libnvidia-ml.so.1"},
                  .collectives = {"libnccl.so", "libnccl.so.2"}},
    // Other vendors use its names, so a name does not identify it; WSL has dxg, not nvidiactl.
    .signs = {.device_files = {"nvidiactl", "dxg", "nvgpu"}},
    .blas = {.precise_math = 16},  // CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION
    // Capabilities: CUDA C++ Programming Guide, "Compute Capabilities".
    .types = {{"f64", 0},
              {"f32", 0},
              {"tf32", 80},
              {"bf16", 80},
              {"f16", 53},
              {"f8e4m3", 89},
              {"f8e5m2", 89},
              {"i8", 61}},
    .prelude = "cuda",
    .tile_multiplies = {{"mma_sync", 32, 80}},
    .compiler_options = {"--gpu-architecture=sm_{}", "--std=c++17", "-default-device"},
    .wheels = "nvidia",
    .sensors = "nvml",
    .no_attention = "",
    .pci_vendor = 0x10de};

}  // namespace assay::backends::cudalike
