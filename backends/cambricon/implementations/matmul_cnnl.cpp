// Matmul by cnnlBatchMatMulEx, with the algorithm that CNNL's heuristic names first. TF32, which
// CNNL uses for f32 by default, is switched off; sums are f32. Transposition is an attribute. The
// documents do not say whether a 16-bit product can be written as f32, so a small product tests it.
// They do not document i8 into i32 either (CNNL's i8 has positions and scales), so it is not
// offered.
#include <fmt/format.h>

#include <optional>

#include "backends/cambricon/descriptors.h"
#include "backends/cambricon/device.h"
#include "backends/sdk/failure.h"
#include "backends/shared/narrow_product.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cambricon::matmul_cnnl {

extern const Implementation implementation;

namespace {

using kernels::DataType;
using kernels::MatmulShape;

using SetAttribute = Status(Descriptor, int attribute, const void* value, std::size_t bytes);
using Heuristic = Status(Handle, Descriptor matmul, Descriptor a, Descriptor b, Descriptor c,
                         void* preference, int asked, Descriptor* results, int* given);
using HeuristicResult = Status(Descriptor result, Descriptor algorithm, std::size_t* workspace);
using BatchMatMul = Status(Handle, Descriptor matmul, Descriptor algorithm, const void* alpha,
                           Descriptor a_desc, const void* a, Descriptor b_desc, const void* b,
                           const void* beta, Descriptor c_desc, void* c, void* workspace,
                           std::size_t);

std::vector<std::int64_t> stored(std::int64_t batch, std::int64_t rows, std::int64_t columns,
                                 bool transposed) {
  if (transposed) std::swap(rows, columns);
  return {batch, rows, columns};
}

class Matmul : public Launch {
 public:
  Matmul(std::shared_ptr<const Session> session, const MatmulShape& s, void* a, void* b, void* c)
      : session_(std::move(session)),
        data_{a, b, c},
        a_(cnnl_type(s.a), stored(s.batch, s.m, s.k, s.transpose_a)),
        b_(cnnl_type(s.b), stored(s.batch, s.k, s.n, s.transpose_b)),
        c_(cnnl_type(s.c), {s.batch, s.m, s.n}),
        matmul_({"cnnlCreateMatMulDescriptor", "cnnlMatMulDescCreate"},
                {"cnnlDestroyMatMulDescriptor", "cnnlMatMulDescDestroy"}),
        algorithm_({"cnnlCreateMatMulAlgo", "cnnlMatMulAlgoCreate"},
                   {"cnnlDestroyMatMulAlgo", "cnnlMatMulAlgoDestroy"}),
        result_({"cnnlCreateMatMulHeuristicResult"}, {"cnnlDestroyMatMulHeuristicResult"}),
        multiply_(function<BatchMatMul>("cnnlBatchMatMulEx")) {
    set(kComputeType, static_cast<std::int32_t>(Type::f32));
    set(kTransposeA, s.transpose_a ? 1 : 0);
    set(kTransposeB, s.transpose_b ? 1 : 0);
    set(kAllowTf32, 0);
    choose();
  }

  void enqueue() override {
    const float one = 1, none = 0;
    check_nn(
        multiply_(session_->handle(), matmul_.get(), algorithm_.get(), &one, a_.get(), data_[0],
                  b_.get(), data_[1], &none, c_.get(), data_[2],
                  workspace_ ? workspace_->data() : nullptr, workspace_ ? workspace_->bytes() : 0),
        "cnnlBatchMatMulEx");
  }
  sdk::Pairs details() const override {
    return {{"operator", "cnnlBatchMatMulEx"},
            {"algorithm", "the heuristic's first"},
            {"tf32", "not allowed"},
            {"workspace.bytes", std::to_string(workspace_ ? workspace_->bytes() : 0)}};
  }

 private:
  void set(int attribute, std::int32_t value) {
    check_nn(function<SetAttribute>("cnnlSetMatMulDescAttr")(matmul_.get(), attribute, &value,
                                                             sizeof value),
             "cnnlSetMatMulDescAttr");
  }

  void choose() {
    int given = 0;
    Descriptor result = result_.get();
    check_plan(function<Heuristic>("cnnlGetBatchMatMulExAlgoHeuristic")(
                   session_->handle(), matmul_.get(), a_.get(), b_.get(), c_.get(), nullptr, 1,
                   &result, &given),
               "cnnlGetBatchMatMulExAlgoHeuristic");
    if (given < 1) {
      throw sdk::Failure(ASSAY_UNSUPPORTED, "CNNL's heuristic names no algorithm for this");
    }
    std::size_t bytes = 0;
    check_nn(function<HeuristicResult>("cnnlGetBatchMatMulExHeuristicResult")(
                 result, algorithm_.get(), &bytes),
             "cnnlGetBatchMatMulExHeuristicResult");
    if (bytes > 0) workspace_.emplace(session_, bytes);
  }

  std::shared_ptr<const Session> session_;
  void* data_[3];
  Tensor a_, b_, c_;
  Owned matmul_, algorithm_, result_;
  BatchMatMul* multiply_;
  std::optional<Memory> workspace_;
};

/// "" or why c=f32 is not possible with operands of a 16-bit type.
std::string find_out_result(Device& device, DataType type) {
  const NarrowProduct product(type);
  const std::int64_t side = product.kSide;
  std::vector<std::byte> got(product.result_bytes());
  const auto& session = device.session();
  Memory a(session, product.a.size()), b(session, product.b.size()), c(session, got.size());
  a.upload(0, product.a.data(), product.a.size());
  b.upload(0, product.b.data(), product.b.size());
  try {
    Matmul matmul(session, {side, side, side, 1, type, type, DataType::f32, DataType::f32},
                  a.data(), b.data(), c.data());
    matmul.enqueue();
    session->wait();
  } catch (const sdk::Failure& failure) {
    if (failure.status() != ASSAY_UNSUPPORTED) throw;
    return failure.what();
  }
  c.download(0, got.data(), got.size());
  if (product.is_kept(got)) return "";
  return fmt::format(
      "this CNNL rounds the product to {} before it writes f32; c={} computes what it offers",
      kernels::name(type), kernels::name(type));
}

std::string why_not(const kernels::Problem& problem, Device& device) {
  const MatmulShape s = kernels::matmul_shape(problem);
  if (s.a == DataType::i8) return "CNNL documents no product of plain i8 into i32";
  if (s.a != s.b || (s.a != DataType::f32 && s.a != DataType::f16 && s.a != DataType::bf16)) {
    return fmt::format("cnnlBatchMatMulEx has no product of {} and {}", kernels::name(s.a),
                       kernels::name(s.b));
  }
  if (s.a == DataType::bf16 && !device.has_bf16()) return "this device has no bf16";
  for (const auto& extents : {stored(s.batch, s.m, s.k, false), stored(s.batch, s.k, s.n, false),
                              stored(s.batch, s.m, s.n, false)}) {
    if (std::string why = why_too_large(extents); !why.empty()) return why;
  }
  if (s.c == s.a) return "";
  return device.once(std::string(name(s.a)),
                     [&](Device& asked) { return find_out_result(asked, s.a); });
}

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Matmul>(device.session(), kernels::matmul_shape(problem),
                                  buffers[0]->data(), buffers[1]->data(), buffers[2]->data());
}

}  // namespace

const Implementation implementation = {"library/cnnl", "matmul", why_not, prepare};

}  // namespace assay::backends::cambricon::matmul_cnnl
