// Memory copy on all threads.
#include "backends/cpu/implementation.h"
#include "backends/cpu/native/stream.h"
#include "backends/cpu/native/stream_executable.h"

namespace assay::backends::cpu::native_copy {

extern const Implementation implementation;

namespace {

class CopyExecutable final : public Executable {
 public:
  CopyExecutable(const kernels::StreamShape& shape, std::span<std::byte* const> buffers,
                 Machine& machine)
      : b_(buffers[0]),
        a_(buffers[1]),
        pieces_(kernels::as_bytes(shape), 2, machine),
        kernels_(native::stream_kernels(shape.type)) {}

  void launch() override {
    pieces_.run([&](std::int64_t first, std::int64_t count, bool past_cache) {
      kernels_.copy(b_ + first, a_ + first, count, past_cache);
    });
  }

  std::map<std::string, std::string> details() const override {
    return pieces_.details(kernels_.target);
  }

 private:
  const std::byte* b_;
  std::byte* a_;
  native::StreamPieces pieces_;
  native::StreamKernels kernels_;
};

std::string why_not(const kernels::Problem&, const Machine&) {
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<CopyExecutable>(kernels::stream_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/stream", "native", "copy", why_not, prepare};

}  // namespace assay::backends::cpu::native_copy
