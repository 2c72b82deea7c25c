// The arithmetic ceiling: as many multiply-adds as the vector units take, from registers.
#include <fmt/format.h>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/fma.h"
#include "backends/cpu/parallel.h"
#include "kernels/fma/shape.h"

namespace assay::backends::cpu::native_fma {

extern const Implementation implementation;

namespace {

using kernels::FmaShape;

native::FmaKernel kernel_for(kernels::DataType type, const Features& features) {
  native::FmaKernel kernel = native::fma_portable(type);
  return kernel.run ? kernel : native::fma_x86(type, features);
}

class FmaExecutable final : public Executable {
 public:
  FmaExecutable(const FmaShape& shape, std::span<std::byte* const> buffers, Machine& machine)
      : shape_(shape),
        a_(buffers[0]),
        b_(buffers[1]),
        c_(buffers[2]),
        machine_(machine),
        kernel_(kernel_for(shape.type, machine.features())) {
    blocks_ = (shape.rows() + kernel_.rows_at_once - 1) / kernel_.rows_at_once;
  }

  void launch() override {
    const auto factor_bytes = kernels::bytes_of(shape_.type, 1) * shape_.w;
    const auto sum_bytes = kernels::bytes_of(shape_.acc, 1);
    for_each_piece(machine_, blocks_, [&](std::int64_t block, int) {
      const auto first = part_begin(shape_.rows(), blocks_, block, 1);
      const auto rows = part_begin(shape_.rows(), blocks_, block + 1, 1) - first;
      kernel_.run(a_, b_ + first * factor_bytes, c_ + first * FmaShape::kColumns * sum_bytes, rows,
                  shape_.steps);
    });
  }

  std::map<std::string, std::string> details() const override {
    const Features& features = machine_.features();
    const bool amx = (shape_.type == kernels::DataType::bf16 && features.amx_bf16) ||
                     (shape_.type == kernels::DataType::i8 && features.amx_int8);
    std::map<std::string, std::string> all = {
        {"instruction", kernel_.instruction},
        {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), blocks_))},
        {"blocking", fmt::format("{} rows x 64 sums at once", kernel_.rows_at_once)}};
    if (amx) all["not used"] = "AMX: this is the ceiling of the vector units";
    return all;
  }

 private:
  FmaShape shape_;
  const std::byte *a_, *b_;
  std::byte* c_;
  Machine& machine_;
  native::FmaKernel kernel_;
  std::int64_t blocks_;
};

std::string why_not(const kernels::Problem& problem, const Machine& machine) {
  const FmaShape shape = kernels::fma_shape(problem);
  if (kernel_for(shape.type, machine.features()).run) return {};
  return fmt::format("this CPU has no vector multiply-add of {} into {}", name(shape.type),
                     name(shape.acc));
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<FmaExecutable>(kernels::fma_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/fma", "native", "fma", why_not, prepare};

}  // namespace assay::backends::cpu::native_fma
