// Slow and exact: each operation's own FP64 reference, for devices and people to compare with.
#include "backends/cpu/implementation.h"
#include "kernels/operation.h"

namespace assay::backends::cpu::reference {

extern const Implementation implementation;

namespace {

class ReferenceExecutable final : public Executable {
 public:
  ReferenceExecutable(const kernels::Problem& problem, std::span<std::byte* const> buffers,
                      Machine& machine)
      : problem_(problem), machine_(machine) {
    const auto operands = problem.operation().operands(problem);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      const kernels::Bytes all(buffers[i], static_cast<std::size_t>(operands[i].bytes()));
      buffers_.emplace_back(all);
      if (operands[i].role == kernels::Role::output) outputs_.push_back(all);
    }
  }

  void launch() override {
    machine_.arena().execute(
        [this] { problem_.operation().reference(problem_, buffers_, outputs_); });
  }

  std::map<std::string, std::string> details() const override {
    return {{"arithmetic", "f64, rounded once to the output's type"},
            {"threads", std::to_string(machine_.threads())},
            {"packing", "none"}};
  }

 private:
  kernels::Problem problem_;
  Machine& machine_;
  std::vector<kernels::ConstBytes> buffers_;
  std::vector<kernels::Bytes> outputs_;
};

std::string why_not(const kernels::Problem& problem, const Machine&) {
  return problem.operation().collective == nullptr
             ? ""
             : "the CPU is a single device and cannot join others";
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<ReferenceExecutable>(problem, buffers, machine);
}

}  // namespace

const Implementation implementation = {"reference/fp64", "reference", "", why_not, prepare};

}  // namespace assay::backends::cpu::reference
