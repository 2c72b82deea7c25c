// The BLAS: handles, GemmEx, GemmStridedBatchedEx.
#include "tests/fakes/cudalike/product.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

struct Handle {
  int device = 0;
  void* stream = nullptr;
  void* workspace = nullptr;  ///< null: the library's own
};

std::set<Handle*>& handles() {
  static auto* const once = new std::set<Handle*>;
  return *once;
}

Handle* handle_of(void* handle) {
  auto* const asked = static_cast<Handle*>(handle);
  return handles().contains(asked) ? asked : nullptr;
}

Status entered_blas(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return BlasStatus::execution;
    case Fault::out_of_memory:
      return BlasStatus::no_memory;
    default:
      break;
  }
  if (machine().devices == 0) return BlasStatus::not_initialised;
  return machine().broken == kOk ? kOk : BlasStatus::execution;
}

struct Extents3 {
  int m, n, k;
};
struct Operand {
  const void* data;
  int type, leading;
  long long offset;
};

bool is_operation(int number) {
  return number == BlasNumbers::none || number == BlasNumbers::transpose;
}

ProductMatrix matrix(const Operand& from, int operation, std::int64_t rows, std::int64_t columns) {
  const bool transposed = operation == BlasNumbers::transpose;
  return {from.type,
          from.data,
          transposed ? columns : rows,
          transposed ? rows : columns,
          from.leading,
          from.offset,
          transposed};
}

bool is_algorithm(int number) {
  return (number >= BlasNumbers::algorithm_least && number <= BlasNumbers::algorithm_most) ||
         (number >= BlasNumbers::tensor_least && number <= BlasNumbers::tensor_most);
}

Status gemm(void* handle, int first, int second, const Extents3& extents, const void* alpha,
            const Operand& a, const Operand& b, const void* beta, const Operand& c, int batch,
            int compute, int algorithm, Fault fault) {
  Handle* const known = handle_of(handle);
  if (known == nullptr || known->device != current_device()) return BlasStatus::not_initialised;
  if (!is_operation(first) || !is_operation(second) || !is_algorithm(algorithm)) {
    return BlasStatus::invalid;
  }
  const auto& [m, n, k] = extents;
  const Product product{matrix(a, first, m, k), matrix(b, second, k, n),
                        matrix(c, BlasNumbers::none, m, n), batch, compute};
  for (const Status bad : {check_shape(product), check_types(product)}) {
    if (bad != kOk) return bad;
  }
  if (const Status bad = check_places(product); bad != kOk) return bad;
  if (const Status bad = check_scalars(compute, alpha, beta); bad != kOk) return bad;
  Stream* const stream = stream_of(known->stream);
  if (stream == nullptr) return BlasStatus::execution;
  // Since CUDA 12.2 the library then allocates one inside the graph, at each of its launches.
  if (stream->capturing && known->workspace == nullptr) fault_of("a workspace within a graph");
  push_product(*stream, product, fault);
  return kOk;
}

}  // namespace

#define FAKE_ENTER_BLAS()                      \
  const std::lock_guard lock(machine().mutex); \
  if (const Status bad = entered_blas(__func__); bad != kOk) return bad

FAKE_EXPORT Status FAKE_BLAS_CREATE(void** handle) {
  FAKE_ENTER_BLAS();
  if (handle == nullptr) return BlasStatus::invalid;
  machine().has_context = true;
  auto* const made = new Handle{current_device()};
  handles().insert(made);
  *handle = made;
  return kOk;
}

FAKE_EXPORT Status FAKE_BLAS_DESTROY(void* handle) {
  FAKE_ENTER_BLAS();
  Handle* const known = handle_of(handle);
  if (known == nullptr) return BlasStatus::not_initialised;
  handles().erase(known);
  delete known;
  return kOk;
}

FAKE_EXPORT Status FAKE_BLAS_SET_STREAM(void* handle, void* stream) {
  FAKE_ENTER_BLAS();
  Handle* const known = handle_of(handle);
  if (known == nullptr) return BlasStatus::not_initialised;
  if (stream_of(stream) == nullptr) return BlasStatus::invalid;
  known->stream = stream;
  known->workspace = nullptr;  // cublasSetStream resets it
  return kOk;
}

#ifdef FAKE_BLAS_SET_WORKSPACE
FAKE_EXPORT Status FAKE_BLAS_SET_WORKSPACE(void* handle, void* workspace, std::size_t bytes) {
  FAKE_ENTER_BLAS();
  Handle* const known = handle_of(handle);
  if (known == nullptr) return BlasStatus::not_initialised;
  constexpr std::uintptr_t kAligned = 256;
  if (workspace == nullptr || data_at(workspace, bytes) == nullptr ||
      reinterpret_cast<std::uintptr_t>(workspace) % kAligned != 0) {
    return BlasStatus::invalid;
  }
  known->workspace = workspace;
  return kOk;
}
#endif

#ifdef FAKE_BLAS_GET_VERSION
FAKE_EXPORT Status FAKE_BLAS_GET_VERSION(void* handle, int* version) {
  FAKE_ENTER_BLAS();
  if (handle_of(handle) == nullptr) return BlasStatus::not_initialised;
  if (version == nullptr) return BlasStatus::invalid;
  *version = 120400;
  return kOk;
}
#endif

#ifdef FAKE_BLAS_SET_MATH_MODE
FAKE_EXPORT Status FAKE_BLAS_SET_MATH_MODE(void* handle, int mode) {
  FAKE_ENTER_BLAS();
  constexpr int kPrecise = 16;
  if (handle_of(handle) == nullptr) return BlasStatus::not_initialised;
  const int kind = mode & ~kPrecise;
  return kind >= 0 && kind <= 3 ? kOk : BlasStatus::invalid;
}
#endif

#ifdef FAKE_BLAS_STATUS_STRING
FAKE_EXPORT const char* FAKE_BLAS_STATUS_STRING(Status status) {
  switch (status) {
    case kOk:
      return "success";
    case BlasStatus::not_initialised:
      return "the library was not initialized";
    case BlasStatus::no_memory:
      return "resource allocation failed";
    case BlasStatus::invalid:
      return "an unsupported value or parameter was passed to the function";
    case BlasStatus::architecture:
      return "the function requires an architectural feature absent from the device";
    case BlasStatus::execution:
      return "the function failed to launch on the device";
    case BlasStatus::unsupported:
      return "the functionality requested is not supported";
    default:
      return "unknown status";
  }
}
#endif

FAKE_EXPORT Status FAKE_GEMM(void* handle, int first, int second, int m, int n, int k,
                             const void* alpha, const void* a, int a_type, int lda, const void* b,
                             int b_type, int ldb, const void* beta, void* c, int c_type, int ldc,
                             int compute, int algorithm) {
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER_BLAS();
  return gemm(handle, first, second, {m, n, k}, alpha, {a, a_type, lda, 0}, {b, b_type, ldb, 0},
              beta, {c, c_type, ldc, 0}, 1, compute, algorithm, fault);
}

FAKE_EXPORT Status FAKE_GEMM_BATCHED(void* handle, int first, int second, int m, int n, int k,
                                     const void* alpha, const void* a, int a_type, int lda,
                                     long long a_offset, const void* b, int b_type, int ldb,
                                     long long b_offset, const void* beta, void* c, int c_type,
                                     int ldc, long long c_offset, int batch, int compute,
                                     int algorithm) {
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER_BLAS();
  return gemm(handle, first, second, {m, n, k}, alpha, {a, a_type, lda, a_offset},
              {b, b_type, ldb, b_offset}, beta, {c, c_type, ldc, c_offset}, batch, compute,
              algorithm, fault);
}
