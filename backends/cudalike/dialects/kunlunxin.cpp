// Kunlunxin: a CUDA runtime over XPU (FlagCX's kunlunxin_adaptor.cc, libraries in so/). Its own
// symbols xpu_device_count and others are those of libxpurt (InfiniCore's infinirt/kunlun). XBLAS
// has cuBLAS's calls and numbers in libxpu_blas.so (InfiniCore's ops/gemm/kunlun and
// devices/kunlun/kunlun_xblas.cc; folders: its xmake/kunlun.lua and Paddle's
// cmake/external/xpu.cmake). Run-time compiler: none with a C interface that is public.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect kunlunxin_dialect;

const Dialect kunlunxin_dialect = {
    .name = "kunlunxin",
    .vendor = "Kunlunxin",
    .description = "Kunlunxin XPUs through their CUDA runtime",
    .home_variables = {"KUNLUN_HOME", "XPU_HOME"},
    .homes = {"/usr/local/xpu", "/usr/local/xcudart"},
    .folders = {"xre/so", "xhpc/xblas/so", "xccl/so"},
    .environment_variables = {"KUNLUN_HOME", "XPU_*", "XPUAPI_*", "XBLAS_*", "XDNN_*", "BKCL_*",
                              "CUDA_*", "CUDART_*", "NCCL_*"},
    .libraries = {.runtime = {"libcudart.so"},
                  .driver = {"libcuda.so", "libcuda.so.1"},
                  .blas = {"libxpu_blas.so"},
                  .blas_lt = {"libxpu_blas.so"}},
    .signs = {.folders = {"/xpu", "/xcudart", "kunlun"},
              .symbols = {"xpu_device_count"},
              .device_files = {"xpu[0-9]*", "xpuctrl"}},  // xpuctrl remembered
    .types = {{"f32", 0}, {"tf32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .no_attention = "XDNN is a C++ interface",
    // bkcl_init_rank takes rank, ranks and a pointer to the id, other calls the context first
    // (FlagCX's xccl_adaptor.cc); bkcl.h, which has the numbers and the id's size, is in no public
    // repository.
    .no_collectives = "the numbers of BKCL's data types and the size of its id are not public",
    .pci_vendor = 0x1d22};

}  // namespace assay::backends::cudalike
