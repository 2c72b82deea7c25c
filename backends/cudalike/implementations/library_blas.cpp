// Dense products by the vendor's BLAS: GemmEx, and GemmStridedBatchedEx for batches.
#include <fmt/format.h>

#include "backends/cudalike/blas.h"
#include "backends/cudalike/gemm.h"
#include "backends/cudalike/implementation.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cudalike::library_blas {

extern const Implementation implementation;

namespace {

using kernels::MatmulShape;

class BlasWork final : public Work {
 public:
  BlasWork(BlasSession& session, const MatmulShape& shape, std::span<Buffer* const> buffers)
      : session_(session),
        numbers_(platform().dialect().blas),
        shape_(shape),
        gemm_(gemm(numbers_, shape)),
        a_(buffers[0]->data()),
        b_(buffers[1]->data()),
        c_(buffers[2]->data()) {}

  void launch() override {
    const BlasApi& api = session_.api();
    const void* const one = scalars_.one(numbers_, gemm_.types.compute);
    const void* const zero = scalars_.zero(numbers_, gemm_.types.compute);
    if (shape_.batch == 1) {
      api.gemm(session_.handle(), gemm_.first_operation, gemm_.second_operation, as_int(gemm_.rows),
               as_int(gemm_.columns), as_int(gemm_.depth), one, b_, gemm_.types.b,
               as_int(gemm_.first_stride), a_, gemm_.types.a, as_int(gemm_.second_stride), zero, c_,
               gemm_.types.c, as_int(gemm_.result_stride), gemm_.types.compute, numbers_.algorithm);
      return;
    }
    api.gemm_batched(session_.handle(), gemm_.first_operation, gemm_.second_operation,
                     as_int(gemm_.rows), as_int(gemm_.columns), as_int(gemm_.depth), one, b_,
                     gemm_.types.b, as_int(gemm_.first_stride), shape_.k * shape_.n, a_,
                     gemm_.types.a, as_int(gemm_.second_stride), shape_.m * shape_.k, zero, c_,
                     gemm_.types.c, as_int(gemm_.result_stride), shape_.m * shape_.n,
                     as_int(shape_.batch), gemm_.types.compute, numbers_.algorithm);
  }

  std::map<std::string, std::string> details() const override {
    const BlasApi& api = session_.api();
    std::map<std::string, std::string> all = {
        {"library", session_.path()},
        {"routine", shape_.batch == 1 ? api.gemm.name : api.gemm_batched.name},
        {"algorithm", "the library's own choice"},
        {"compute_type", std::to_string(gemm_.types.compute)},
        {"sums", session_.precise() ? "never rounded to a narrower type" : "as the library does"}};
    if (!session_.version().empty()) all["library.version"] = session_.version();
    if (session_.workspace_bytes() > 0) {
      all["workspace_bytes"] = std::to_string(session_.workspace_bytes());
    }
    if (const std::string set = blas_environment(); !set.empty()) all["environment"] = set;
    if (const std::string_view inferred = platform().dialect().inferred_blas; !inferred.empty()) {
      all["inferred"] =
          fmt::format("{}: as in cuBLAS, since no public source gives them", inferred);
    }
    return all;
  }

 private:
  static int as_int(std::int64_t value) { return static_cast<int>(value); }

  BlasSession& session_;
  const BlasNumbers& numbers_;
  MatmulShape shape_;
  Gemm gemm_;
  Scalars scalars_;
  std::byte *a_, *b_, *c_;
};

std::string why_not(const kernels::Problem& problem, Device& device) {
  const MatmulShape shape = kernels::matmul_shape(problem);
  std::string reason;
  BlasSession* const session = device.blas(reason);
  if (session == nullptr) return reason;
  if (reason = why_no_scales(shape); !reason.empty()) return reason;
  if (!device.computes(name(shape.a))) {
    return fmt::format("{} does not compute {}", device.description().name, name(shape.a));
  }
  if (is_8_bit_float(shape.a)) {
    return fmt::format("{} takes no 8-bit floating type", session->api().gemm.name);
  }
  if (shape.batch > 1 && !session->api().gemm_batched) {
    return fmt::format("{} lacks {}", session->path(), session->api().gemm_batched.name);
  }
  // cuBLAS, "cublasGemmEx": 8-bit integer matrices must be aligned on 32 bits.
  const Gemm as_gemm = gemm(platform().dialect().blas, shape);
  if (bits_of(shape.a) == 8 && (as_gemm.first_stride % 4 != 0 || as_gemm.second_stride % 4 != 0)) {
    return "rows of i8 must be multiples of 4 elements";
  }
  return why_no_gemm(platform().dialect(), shape);
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  std::string reason;
  BlasSession* const session = device.blas(reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return std::make_unique<BlasWork>(*session, kernels::matmul_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {
    [](const Dialect& dialect) { return "library/" + dialect.blas_prefix; }, "library", "matmul",
    why_not, prepare};

}  // namespace assay::backends::cudalike::library_blas
