// Moore Threads. Prefixes: ggml's vendors/musa.h, FlagCX's musa_adaptor.cc. Attribute numbers as
// CUDA's: driver_types_api.h of the MUSA SDK mirrors them. muBLAS: operations 111 and 112, compute
// types as cuBLAS's, and GemmEx exported under a C++ name in some releases (read where projects
// load libmublas.so by hand). MTRTC: mtrtcGetFatBin(Size) in its guide, mtrtcGetMUSA(Size) in
// Paddle's loader.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect moorethreads_dialect;

const Dialect moorethreads_dialect = {
    .name = "moorethreads",
    .vendor = "Moore Threads",
    .description = "Moore Threads GPUs through MUSA",
    .home_variables = {"MUSA_HOME", "MUSA_ROOT", "MUSA_PATH"},
    .homes = {"/usr/local/musa"},
    .environment_variables = {"MUSA_*", "MTHREADS_*", "MUDNN_*", "MCCL_*"},
    .libraries = {.runtime = {"libmusart.so"},
                  .driver = {"libmusa.so", "libmusa.so.1"},
                  .blas = {"libmublas.so"},
                  .blas_lt = {"libmublasLt.so"},
                  .compiler = {"libmtrtc.so", "libmusartc.so"},
                  .sensors = {"libmtml.so", "libmtml.so.2"},
                  .collectives = {"libmccl.so", "libmccl.so.2"}},
    .signs = {.device_files = {"mtgpu*"}},  // remembered
    .runtime_prefix = "musa",
    .driver_prefix = "mu",
    .blas_prefix = "mublas",
    .blas_lt_prefix = "mublasLt",
    .compiler_prefix = "mtrtc",
    .collectives_prefix = "mccl",
    .names =
        {{"cublasGemmEx",
          {"mublasGemmEx",
           "_Z12mublasGemmExP15_mublasHandle_t17mublasOperation_tS1_iiiPKvS3_14musaDataType_tiS3_"
           "S4_iS3_PvS4_i19mublasComputeType_t16mublasGemmAlgo_t"}},
         {"cublasGemmStridedBatchedEx",
          {"mublasGemmStridedBatchedEx",
           "_Z26mublasGemmStridedBatchedExP15_mublasHandle_t17mublasOperation_tS1_iiiPKvS3_"
           "14musaDataType_tixS3_S4_ixS3_PvS4_ixi19mublasComputeType_t16mublasGemmAlgo_t"}},
         {"nvrtcGetCUBINSize", {"mtrtcGetFatBinSize", "mtrtcGetMUSASize"}},
         {"nvrtcGetCUBIN", {"mtrtcGetFatBin", "mtrtcGetMUSA"}}},
    .blas = {.none = 111, .transpose = 112, .algorithm = 0},  // 1 is the tensor cores' default
    .types = {{"f64", 0}, {"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .prelude = "musa",
    .sensors = "mtml",
    .no_attention = "muDNN's attention is a C++ interface",
    .pci_vendor = 0x1ed5};

}  // namespace assay::backends::cudalike
