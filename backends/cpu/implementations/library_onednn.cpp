// Dense products by oneDNN.
#include "backends/cpu/implementation.h"
#include "backends/cpu/onednn.h"
#include "backends/cpu/openmp.h"
#include "kernels/operation.h"

namespace assay::backends::cpu::library_onednn {

extern const Implementation implementation;

namespace {

class OneDnnExecutable final : public Executable {
 public:
  OneDnnExecutable(const kernels::MatmulShape& shape, bool weights,
                   std::span<std::byte* const> buffers, Machine& machine)
      : machine_(machine),
        stream_(onednn_engine()),
        product_(shape, weights, buffers[0], buffers[1], buffers[2]) {}

  void launch() override {
    use_openmp_threads(machine_);
    product_.submit(stream_);
    stream_.wait();
  }

  std::map<std::string, std::string> details() const override {
    auto all = onednn_details(machine_);
    all["algorithm"] = product_.algorithm();
    all["math mode"] = product_.math_mode();
    all["packing"] = onednn_packing(product_.packed_bytes());
    return all;
  }

 private:
  Machine& machine_;
  dnnl::stream stream_;
  OneDnnProduct product_;
};

std::string why_not(const kernels::Problem& problem, const Machine& machine) {
  return onednn_why_not(kernels::matmul_shape(problem), machine);
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  const bool weights = problem.operation().operands(problem)[1].weights;
  start_openmp_threads(machine);
  return std::make_unique<OneDnnExecutable>(kernels::matmul_shape(problem), weights, buffers,
                                            machine);
}

}  // namespace

const Implementation implementation = {"library/onednn", "library", "matmul", why_not, prepare};

}  // namespace assay::backends::cpu::library_onednn
