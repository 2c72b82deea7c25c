// Enflame GCU. tops_runtime_api.h as public copies have it (HIP's shape and numbers of copies and
// errors; attributes in an order of their own), eccl.h 3.1 (NCCL's numbers, an id of 128 bytes) and
// the loader of FFmpeg for GCU. GEMM is in a C++ library (topsaten), and the compiler (topscc) has
// no C interface, so devices copy, move and work together.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect enflame_dialect;

const Dialect enflame_dialect = {
    .name = "enflame",
    .vendor = "Enflame",
    .description = "Enflame GCUs through TopsRider",
    .home_variables = {"TOPS_HOME", "TOPS_INSTALL_PATH"},
    .homes = {"/opt/tops"},
    .environment_variables = {"TOPS_*", "ECCL_*", "ENFLAME_*"},
    .libraries = {.runtime = {"libtopsrt.so"},
                  .driver = {"libtopsrt.so"},
                  .collectives = {"libeccl.so"}},
    .signs = {.device_files = {"gcu", "gcu[0-9]*"}},
    .runtime_prefix = "tops",
    .driver_prefix = "tops",
    .collectives_prefix = "eccl",
    .names = {{"cudaHostAlloc", {"topsHostMalloc"}},
              {"cudaFreeHost", {"topsHostFree"}},
              {"cuGetErrorString", {}}},  // the runtime's topsGetErrorString has other parameters
    .attributes = {.threads_per_group = 9,
                   .local_memory = 11,
                   .subgroup = -1,
                   .clock_khz = 0,
                   .compute_units = 10,
                   .memory_clock_khz = -1,
                   .memory_bus_bits = -1,
                   .l2_bytes = -1,
                   .major = 1,
                   .minor = 2,
                   .local_memory_opt_in = -1},
    .types = {{"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .no_attention = "topsaten's attention is a C++ interface"};

}  // namespace assay::backends::cudalike
