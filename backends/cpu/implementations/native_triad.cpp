// STREAM's triad on all threads: the memory ceiling of this CPU.
#include <fmt/format.h>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/stream.h"
#include "backends/cpu/native/stream_executable.h"

namespace assay::backends::cpu::native_triad {

extern const Implementation implementation;

namespace {

class TriadExecutable final : public Executable {
 public:
  TriadExecutable(const kernels::StreamShape& shape, std::span<std::byte* const> buffers,
                  Machine& machine)
      : width_(kernels::bytes_of(shape.type, 1)),
        b_(buffers[0]),
        c_(buffers[1]),
        a_(buffers[2]),
        pieces_(shape, 3, machine),
        kernels_(native::stream_kernels(shape.type)) {}

  void launch() override {
    pieces_.run([&](std::int64_t first, std::int64_t count, bool past_cache) {
      const std::int64_t at = first * width_;
      kernels_.triad(b_ + at, c_ + at, a_ + at, count, past_cache);
    });
  }

  std::map<std::string, std::string> details() const override {
    return pieces_.details(kernels_.target);
  }

 private:
  std::int64_t width_;
  const std::byte *b_, *c_;
  std::byte* a_;
  native::StreamPieces pieces_;
  native::StreamKernels kernels_;
};

std::string why_not(const kernels::Problem& problem, const Machine&) {
  const kernels::DataType type = kernels::stream_shape(problem).type;
  if (native::stream_kernels(type).triad) return {};
  return fmt::format("computes f32, f64, bf16 and f16 on this CPU, not {}", name(type));
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<TriadExecutable>(kernels::stream_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/stream", "native", "triad", why_not, prepare};

}  // namespace assay::backends::cpu::native_triad
