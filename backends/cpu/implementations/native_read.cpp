// Sums of segments on all threads: how fast this CPU reads memory.
#include <fmt/format.h>

#include <algorithm>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/read.h"
#include "backends/cpu/parallel.h"
#include "kernels/read/shape.h"

namespace assay::backends::cpu::native_read {

extern const Implementation implementation;

namespace {

constexpr std::int64_t kPieceBytes = 4 << 20;

class ReadExecutable final : public Executable {
 public:
  ReadExecutable(const kernels::ReadShape& shape, std::span<std::byte* const> buffers,
                 Machine& machine)
      : machine_(machine),
        shape_(shape),
        from_(buffers[0]),
        to_(buffers[1]),
        kernels_(native::read_kernels(shape.type)) {
    const std::int64_t wanted = kernels::bytes_of(shape.type, shape.n) / kPieceBytes;
    pieces_ = std::min(std::max<std::int64_t>(wanted, machine.threads()), shape.sums());
  }

  void launch() override {
    for_each_piece(machine_, pieces_, [&](std::int64_t piece, int) {
      const std::int64_t end = part_begin(shape_.sums(), pieces_, piece + 1, 1);
      for (std::int64_t i = part_begin(shape_.sums(), pieces_, piece, 1); i < end; ++i) {
        const std::int64_t first = i * kernels::ReadShape::kSegment;
        const std::int64_t count = std::min(kernels::ReadShape::kSegment, shape_.n - first);
        kernels_.sum(from_ + kernels::bytes_of(shape_.type, first), count,
                     to_ + kernels::bytes_of(shape_.acc, i));
      }
    });
  }

  std::map<std::string, std::string> details() const override {
    return {{"instruction", kernels_.target},
            {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), pieces_))}};
  }

 private:
  Machine& machine_;
  kernels::ReadShape shape_;
  const std::byte* from_;
  std::byte* to_;
  native::ReadKernels kernels_;
  std::int64_t pieces_ = 1;
};

std::string why_not(const kernels::Problem& problem, const Machine&) {
  const kernels::DataType type = kernels::read_shape(problem).type;
  if (native::read_kernels(type).sum) return {};
  return fmt::format("computes f32, f64, bf16 and f16 on this CPU, not {}", name(type));
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<ReadExecutable>(kernels::read_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/stream", "native", "read", why_not, prepare};

}  // namespace assay::backends::cpu::native_read
