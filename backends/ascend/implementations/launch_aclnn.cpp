// The smallest operator: a = 0, 1, 2 … + b, one aclnnAdd of i32 with a broadcast second operand
// (types and broadcasting from hicann/ops-math math/add/docs).
#include <numeric>
#include <vector>

#include "backends/ascend/device.h"
#include "backends/ascend/operator_call.h"
#include "backends/ascend/tensor.h"
#include "kernels/launch/shape.h"

namespace assay::backends::ascend::launch_aclnn {

extern const Implementation implementation;

namespace {

using AddPlan = Status(const aclTensor* self, const aclTensor* other, const aclScalar* alpha,
                       aclTensor* out, std::uint64_t* workspace, aclOpExecutor**);

std::string why_not(const kernels::Problem&, Device&) {
  return why_no_operator("aclnnAdd");
}

class Ping : public Launch {
 public:
  Ping(Device& device, std::int64_t n, std::span<Memory* const> buffers)
      : index_data_(device.session(), static_cast<std::uint64_t>(n) * sizeof(std::int32_t)),
        index_(dense_tensor(Type::i32, {n}, index_data_.data())),
        b_(dense_tensor(Type::i32, {1}, buffers[0]->data())),
        a_(dense_tensor(Type::i32, {n}, buffers[1]->data())) {
    std::vector<std::int32_t> counted(static_cast<std::size_t>(n));
    std::iota(counted.begin(), counted.end(), 0);
    index_data_.upload(0, counted.data(), index_data_.bytes());
    float one = 1;
    alpha_.reset(runtime().acl.aclCreateScalar(&one, Type::f32));
    call_.emplace(device.session(), "aclnnAdd",
                  [this, plan = runtime().operator_function<AddPlan>("aclnnAddGetWorkspaceSize")](
                      std::uint64_t* workspace, aclOpExecutor** executor) {
                    return plan(index_.get(), b_.get(), alpha_.get(), a_.get(), workspace,
                                executor);
                  });
  }

  void enqueue() override { call_->enqueue(); }
  sdk::Pairs details() const override { return call_->details(); }

 private:
  Memory index_data_;
  Tensor index_, b_, a_;
  Scalar alpha_;
  std::optional<OperatorCall> call_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Ping>(device, kernels::launch_shape(problem).n, buffers);
}

}  // namespace

const Implementation implementation = {"library/aclnn", "launch", why_not, prepare};

}  // namespace assay::backends::ascend::launch_aclnn
