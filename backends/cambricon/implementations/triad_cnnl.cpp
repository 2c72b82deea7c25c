// Triad, a = b + 3 c, by cnnlOpTensor: C = op(alpha1 A, alpha2 B) + beta C, with its factors and
// sums in f32 (signature as in Cambricon's PyTorch and PaddlePaddle ports).
#include <optional>

#include "backends/cambricon/descriptors.h"
#include "backends/cambricon/device.h"
#include "kernels/copy/shape.h"

namespace assay::backends::cambricon::triad_cnnl {

extern const Implementation implementation;

namespace {

using SetOperation = Status(Descriptor, int operation, Type, int nan);
using WorkspaceSize = Status(Handle, Descriptor a, Descriptor b, Descriptor c, std::size_t*);
using OpTensor = Status(Handle, Descriptor, const void* alpha1, Descriptor a_desc, const void* a,
                        const void* alpha2, Descriptor b_desc, const void* b, void* workspace,
                        std::size_t, const void* beta, Descriptor c_desc, void* c);

std::string why_not(const kernels::Problem& problem, Device&) {
  const kernels::StreamShape shape = kernels::stream_shape(problem);
  if (shape.type == kernels::DataType::f64) return "cnnlOpTensor has no f64 on an MLU";
  return why_too_large({shape.n});
}

class Triad : public Launch {
 public:
  Triad(Device& device, const kernels::StreamShape& shape, std::span<Memory* const> buffers)
      : session_(device.session()),
        buffers_(buffers.begin(), buffers.end()),
        array_(cnnl_type(shape.type), {shape.n}),
        operation_({"cnnlCreateOpTensorDescriptor"}, {"cnnlDestroyOpTensorDescriptor"}),
        add_(function<OpTensor>("cnnlOpTensor")) {
    check_nn(function<SetOperation>("cnnlSetOpTensorDescriptor")(operation_.get(), kAdd, Type::f32,
                                                                 kNotPropagateNan),
             "cnnlSetOpTensorDescriptor");
    std::size_t bytes = 0;
    check_plan(function<WorkspaceSize>("cnnlGetOpTensorWorkspaceSize")(
                   session_->handle(), array_.get(), array_.get(), array_.get(), &bytes),
               "cnnlGetOpTensorWorkspaceSize");
    if (bytes > 0) workspace_.emplace(session_, bytes);
  }

  void enqueue() override {
    const float one = 1, three = 3, none = 0;
    check_nn(
        add_(session_->handle(), operation_.get(), &one, array_.get(), buffers_[0]->data(), &three,
             array_.get(), buffers_[1]->data(), workspace_ ? workspace_->data() : nullptr,
             workspace_ ? workspace_->bytes() : 0, &none, array_.get(), buffers_[2]->data()),
        "cnnlOpTensor");
  }
  sdk::Pairs details() const override {
    return {{"operator", "cnnlOpTensor"},
            {"workspace.bytes", std::to_string(workspace_ ? workspace_->bytes() : 0)}};
  }

 private:
  std::shared_ptr<const Session> session_;
  std::vector<Memory*> buffers_;
  Tensor array_;
  Owned operation_;
  OpTensor* add_;
  std::optional<Memory> workspace_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Triad>(device, kernels::stream_shape(problem), buffers);
}

}  // namespace

const Implementation implementation = {"library/cnnl", "triad", why_not, prepare};

}  // namespace assay::backends::cambricon::triad_cnnl
