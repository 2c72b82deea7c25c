#include "backends/cudalike/blas_lt.h"

#include <fmt/format.h>

#include <cstring>

#include "backends/cudalike/blas.h"

namespace assay::backends::cudalike {
namespace {

constexpr int kAsked = 32;

/// What follows the algorithm in a heuristic result: size_t workspace, int status, float waves,
/// int reserved[4]; the same in cuBLASLt's and hipBLASLt's headers.
struct ResultTail {
  std::uint64_t workspace;
  std::int32_t status;
  float waves;
  std::int32_t reserved[4];
};

}  // namespace

std::unique_ptr<BlasLtSession> BlasLtSession::open(Device&, std::string& reason) {
  const Dialect& dialect = platform().dialect();
  if (dialect.libraries.blas_lt.empty()) {
    reason = fmt::format("no Lt interface of {} is known", dialect.vendor);
    return nullptr;
  }
  std::unique_ptr<BlasLtSession> session(new BlasLtSession);
  reason = session->open_library(dialect.libraries.blas_lt, "blas_lt",
                                 statuses_of(dialect.blas, nullptr),
                                 [&] { session->api_.create(&session->handle_); });
  return reason.empty() ? std::move(session) : nullptr;
}

std::string BlasLtSession::version() const {
  return api_.version ? std::to_string(api_.version.status()) : "";
}

std::shared_ptr<const LtPlan> BlasLtSession::plan(const kernels::MatmulShape& s,
                                                  Accumulation accumulation) {
  const std::string key =
      fmt::format("{} {} {} {} {} {} {} {} {} {}", s.m, s.n, s.k, s.batch, name(s.a), name(s.b),
                  name(s.c), s.transpose_a, s.transpose_b, accumulation == Accumulation::fast);
  return plans_.get(key, [&] { return std::make_shared<const LtPlan>(*this, s, accumulation); });
}

LtProduct::LtProduct(BlasLtSession& session, const kernels::MatmulShape& shape,
                     Accumulation accumulation)
    : session_(session),
      numbers_(platform().dialect().blas_lt),
      gemm_(gemm(platform().dialect().blas, shape)),
      narrow_result_(bits_of(shape.c) < 32) {
  describe(shape, accumulation);
}

void LtProduct::layout(Descriptor& to, int type, std::int64_t rows, std::int64_t columns,
                       std::int64_t stride, std::int64_t elements, std::int64_t batch) {
  const BlasLtApi& api = session_.api();
  api.layout_create(to.out(api.layout_destroy.pointer), type, static_cast<std::uint64_t>(rows),
                    static_cast<std::uint64_t>(columns), stride);
  if (batch == 1) return;
  const auto count = static_cast<std::int32_t>(batch);
  api.layout_set(to.get(), numbers_.layout_batch, &count, sizeof count);
  api.layout_set(to.get(), numbers_.layout_offset, &elements, sizeof elements);
}

void LtProduct::describe(const kernels::MatmulShape& shape, Accumulation accumulation) {
  const BlasLtApi& api = session_.api();
  const BlasNumbers& blas = platform().dialect().blas;
  const GemmTypes& types = gemm_.types;
  api.desc_create(product_.out(api.desc_destroy.pointer), types.compute, types.scale);
  const std::int32_t first = gemm_.first_operation, second = gemm_.second_operation;
  api.desc_set(product_.get(), numbers_.transpose_a, &first, sizeof first);
  api.desc_set(product_.get(), numbers_.transpose_b, &second, sizeof second);
  const bool eight_bit = is_8_bit_float(shape.a);
  if (eight_bit && numbers_.fast_accumulation >= 0) {
    const std::int8_t fast = accumulation == Accumulation::fast ? 1 : 0;
    api.desc_set(product_.get(), numbers_.fast_accumulation, &fast, sizeof fast);
  }
  // Stored columns of a column-major matrix are our rows.
  const auto& s = shape;
  layout(first_, types.b, s.transpose_b ? s.k : s.n, s.transpose_b ? s.n : s.k, gemm_.first_stride,
         s.k * s.n, s.batch);
  layout(second_, types.a, s.transpose_a ? s.m : s.k, s.transpose_a ? s.k : s.m,
         gemm_.second_stride, s.m * s.k, s.batch);
  layout(result_, types.c, s.n, s.m, gemm_.result_stride, s.m * s.n, s.batch);
  // cuBLASLt, cublasLtMatmul(): with an 8-bit floating D, C is bf16 or f16. Beta is 0.
  const bool narrow = is_8_bit_float(s.c);
  layout(source_, narrow ? blas.bf16 : types.c, s.n, s.m, gemm_.result_stride, s.m * s.n, s.batch);
}

std::vector<Candidate> LtProduct::candidates(std::uint64_t workspace_limit) const {
  const BlasLtApi& api = session_.api();
  Descriptor preference;
  api.preference_create(preference.out(api.preference_destroy.pointer));
  api.preference_set(preference.get(), numbers_.workspace, &workspace_limit,
                     sizeof workspace_limit);
  if (numbers_.reduction_schemes >= 0) {
    // Partial sums may be added in the compute type (2); in the result's place (1) only where that
    // is no narrower; never in the output's type (4).
    const std::uint32_t schemes = narrow_result_ ? 2 : 3;
    api.preference_set(preference.get(), numbers_.reduction_schemes, &schemes, sizeof schemes);
  }
  const std::size_t size = numbers_.algorithm_bytes + sizeof(ResultTail);
  std::vector<std::uint64_t> results((kAsked * size + 7) / 8);
  int returned = 0;
  const int status = api.heuristic.status(session_.handle(), product_.get(), first_.get(),
                                          second_.get(), source_.get(), result_.get(),
                                          preference.get(), kAsked, results.data(), &returned);
  std::vector<Candidate> found;
  if (status != 0) return found;
  const auto* const bytes = reinterpret_cast<const std::byte*>(results.data());
  for (int i = 0; i < returned; ++i) {
    const std::byte* const one = bytes + static_cast<std::size_t>(i) * size;
    ResultTail tail;
    std::memcpy(&tail, one + numbers_.algorithm_bytes, sizeof tail);
    if (tail.status != 0 || tail.workspace > workspace_limit) continue;
    found.push_back({{one, one + numbers_.algorithm_bytes}, tail.workspace});
  }
  return found;
}

void LtProduct::launch(const std::byte* a, const std::byte* b, std::byte* c,
                       const Candidate& candidate, std::byte* workspace, Stream stream) const {
  const BlasNumbers& blas = platform().dialect().blas;
  session_.api().matmul(session_.handle(), product_.get(), scalars_.one(blas, gemm_.types.compute),
                        b, first_.get(), a, second_.get(), scalars_.zero(blas, gemm_.types.compute),
                        c, source_.get(), c, result_.get(), candidate.algorithm.data(), workspace,
                        candidate.workspace, stream);
}

}  // namespace assay::backends::cudalike
