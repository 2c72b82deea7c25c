// Iluvatar CoreX: CUDA's own names and numbers (FlagCX's ixcuda_adaptor.cc), cuBLAS of CUDA 10's
// generation on older releases. Folder, device driver's library libixthunk.so and libixml.so with
// NVML's names: read in projects that mount them into containers.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect iluvatar_dialect;

const Dialect iluvatar_dialect = {
    .name = "iluvatar",
    .vendor = "Iluvatar",
    .description = "Iluvatar CoreX GPUs through their CUDA",
    .home_variables = {"COREX_HOME"},
    .homes = {"/usr/local/corex"},
    .environment_variables = {"CUDA_*", "CUBLAS_*", "CUDNN_*", "COREX_*", "ILUVATAR_*", "IXCCL_*",
                              "NCCL_*"},
    .libraries = {.runtime = {"libcudart.so"},
                  .driver = {"libcuda.so", "libcuda.so.1"},
                  .blas = {"libcublas.so"},
                  .blas_lt = {"libcublasLt.so"},
                  .compiler = {"libnvrtc.so"},
                  .sensors = {"libixml.so"},
                  .collectives = {"libnccl.so", "libnccl.so.2"}},
    .signs = {.folders = {"corex"}, .symbols = {"ixThunkInit"}, .device_files = {"iluvatar*"}},
    .types = {{"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .prelude = "cuda",
    .sensors = "nvml",
    .no_attention = "whether CoreX's cuDNN has the graph interface is not known",
    .pci_vendor = 0x1e3e};

}  // namespace assay::backends::cudalike
