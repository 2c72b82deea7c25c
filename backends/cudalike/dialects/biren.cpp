// Biren. Names: Mooncake's SUPA shim (suMallocDevice, suMallocHost with flags, MemcpyAsync with the
// stream before the kind, driver calls sudrv*) and the guide to SUPA's runtime; home: Biren's
// installation guide. Attribute numbers are not public, so none is used; BLAS (sublas) and
// compiler (brcc, offline) neither. libsupa_runtime.so: after the header supa_runtime.h,
// remembered.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect biren_dialect;

const Dialect biren_dialect = {
    .name = "biren",
    .vendor = "Biren",
    .description = "Biren GPUs through SUPA",
    .home_variables = {"BIRENSUPA_HOME", "SUPA_HOME"},
    .homes = {"/usr/local/birensupa", "/usr/local/supa"},
    .environment_variables = {"SUPA_*", "BIRENSUPA_*", "SUCCL_*", "SUDNN_*", "BR_UMD_*"},
    .libraries = {.runtime = {"libsupa_runtime.so", "libsupa-runtime.so", "libsupa.so"}},
    .signs = {.device_files = {"biren", "biren-m", "card_[0-9]*"}},  // remembered
    .runtime_prefix = "su",
    .driver_prefix = "sudrv",
    .names = {{"cudaMalloc", {"suMallocDevice", "suMalloc"}}, {"cudaHostAlloc", {"suMallocHost"}}},
    .attributes = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
    .stream_before_kind = true,
    .types = {{"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .no_attention = "suDNN's interface is not public",
    .pci_vendor = 0x1ee0};

}  // namespace assay::backends::cudalike
