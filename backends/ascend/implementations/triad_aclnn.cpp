// Triad, a = b + 3 c, by aclnnAdd: out = self + alpha other. Signature and types from
// hicann/ops-math math/add/docs/aclnnAdd&aclnnInplaceAdd.md.
#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/copy/shape.h"

namespace assay::backends::ascend::triad_aclnn {

extern const Implementation implementation;

namespace {

using AddPlan = Status(const aclTensor* self, const aclTensor* other, const aclScalar* alpha,
                       aclTensor* out, std::uint64_t* workspace, aclOpExecutor**);

std::string why_not(const kernels::Problem&, Device&) {
  return why_no_operator("aclnnAdd");
}

Scalar three(kernels::DataType type) {
  double wide = 3;
  float narrow = 3;
  const bool is_wide = type == kernels::DataType::f64;
  void* const value = is_wide ? static_cast<void*>(&wide) : &narrow;
  return Scalar(runtime().acl.aclCreateScalar(value, is_wide ? Type::f64 : Type::f32));
}

class Triad : public Launch {
 public:
  Triad(Device& device, const kernels::StreamShape& shape, std::span<Memory* const> buffers)
      : b_(dense_tensor(acl_type(shape.type), {shape.n}, buffers[0]->data())),
        c_(dense_tensor(acl_type(shape.type), {shape.n}, buffers[1]->data())),
        a_(dense_tensor(acl_type(shape.type), {shape.n}, buffers[2]->data())),
        alpha_(three(shape.type)),
        call_(device.session(), "aclnnAdd",
              [this, plan = runtime().operator_function<AddPlan>("aclnnAddGetWorkspaceSize")](
                  std::uint64_t* workspace, aclOpExecutor** executor) {
                return plan(b_.get(), c_.get(), alpha_.get(), a_.get(), workspace, executor);
              }) {}

  void enqueue() override { call_.enqueue(); }
  sdk::Pairs details() const override { return call_.details(); }

 private:
  Tensor b_, c_, a_;
  Scalar alpha_;
  OperatorCall call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Triad>(device, kernels::stream_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn", "triad", why_not, prepare};

}  // namespace assay::backends::ascend::triad_aclnn
