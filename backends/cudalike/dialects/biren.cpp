// Biren. Today's SDK has CUDA's calls and argument order with the prefix supa, su for the driver
// (Mooncake's gpu_vendor map for SUPA; BIRENSUPA/torch-supa, whose CMake modules give the folders
// and which takes GemmEx, bccl's numbers and its id of 128 bytes). suBLAS: statuses and operations
// from its public header; its guide says that it computes f32 in TF32P unless SUBLAS_COMPUTE_32F is
// asked for, and no other compute type. Sensors: brml.h of Biren's go-brml, where clocks and
// temperatures have NVML's numbers and reasons of throttling other bits. Attribute numbers are not
// public, so none is used. Compiler: brcc, offline.
#include "backends/cudalike/dialect.h"

namespace assay::backends::cudalike {

extern const Dialect biren_dialect;

namespace {

/// SDK 1.10 and 1.11: Mooncake's earlier shim (suMallocDevice, suMallocHost with flags, MemcpyAsync
/// with the stream before the kind, driver calls sudrv*) and the guide to SUPA's runtime.
const Dialect& before_supa() {
  static const Dialect earlier = [] {
    Dialect biren = biren_dialect;
    biren.libraries.driver = biren.libraries.blas = biren.libraries.collectives = {};
    biren.no_collectives = "the calls of succl are not public";
    biren.runtime_prefix = "su";
    biren.driver_prefix = "sudrv";
    biren.names.insert_or_assign("cudaMalloc", Texts{"suMallocDevice", "suMalloc"});
    biren.names.insert_or_assign("cudaHostAlloc", Texts{"suMallocHost"});
    biren.stream_before_kind = true;
    return biren;
  }();
  return earlier;
}

}  // namespace

const Dialect biren_dialect = {
    .name = "biren",
    .vendor = "Biren",
    .description = "Biren GPUs through SUPA",
    .home_variables = {"BIREN_HOME", "BIRENSUPA_HOME", "SUPA_HOME"},
    .homes = {"/usr/local/birensupa/sdk/latest", "/usr/local/birensupa", "/usr/local/supa"},
    .folders = {"supa/lib", "supa/lib64", "brumd/lib", "sublas/lib", "sublas/lib64", "sulib/lib",
                "bccl/lib", "bccl/lib64"},
    .environment_variables = {"SUPA_*", "BIREN_*", "BIRENSUPA_*", "SUBLAS_*", "BCCL_*", "SUCCL_*",
                              "SUDNN_*", "BR_UMD_*"},
    .libraries = {.runtime = {"libsupa-runtime.so", "libsupa_runtime.so"},
                  .driver = {"libsupa.so"},
                  .blas = {"libsublas.so"},
                  .sensors = {"libbiren-ml.so.1", "libbiren-ml.so"},
                  .collectives = {"libbccl.so"}},
    .signs = {.device_files = {"biren", "biren-m", "card_[0-9]*"}},  // remembered
    .runtime_prefix = "supa",
    .driver_prefix = "su",
    .blas_prefix = "sublas",
    .collectives_prefix = "bccl",
    .sensors_prefix = "brml",
    // brmlDeviceGetEccMode has other parameters; of the last three no declaration was found.
    .names = {{"nvmlDeviceGetCurrentClocksThrottleReasons", {}},
              {"nvmlDeviceGetEccMode", {}},
              {"nvmlDeviceGetMigMode", {}},
              {"nvmlDeviceGetSerial", {}},
              {"nvmlDeviceGetTotalEnergyConsumption", {}}},
    .attributes = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
    .blas = {.compute_f64 = -1, .compute_i32 = -1, .compute_tf32 = -1},
    .types = {{"f32", 0}, {"bf16", 0}, {"f16", 0}, {"i8", 0}},
    .sensors = "nvml",
    .no_attention = "suDNN's interface is not public",
    .pci_vendor = 0x1ee0,
    .inferred_blas = "numbers of suBLAS's types, compute types and algorithms",
    .other_names = before_supa};

}  // namespace assay::backends::cudalike
