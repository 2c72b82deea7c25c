// Copies within the device's memory by the runtime's own MemcpyAsync.
#include "backends/cudalike/implementation.h"
#include "kernels/operation.h"

namespace assay::backends::cudalike::library_memcpy {

extern const Implementation implementation;

namespace {

class MemcpyWork final : public Work {
 public:
  MemcpyWork(std::uint64_t bytes, Buffer* to, Buffer* from, Stream stream)
      : bytes_(bytes), to_(to), from_(from), stream_(stream) {}

  void launch() override {
    copy_async(to_->data(), from_->data(), bytes_, Direction::on_device, stream_);
  }
  std::map<std::string, std::string> details() const override {
    return {{"library", platform().runtime_path()},
            {"routine", symbol_names(platform().dialect(), "cudaMemcpyAsync").front()}};
  }

 private:
  std::uint64_t bytes_;
  Buffer *to_, *from_;
  Stream stream_;
};

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  const auto operands = problem.operation().operands(problem);
  const bool output_first = operands[0].role == kernels::Role::output;
  Buffer* const to = buffers[output_first ? 0 : 1];
  Buffer* const from = buffers[output_first ? 1 : 0];
  return std::make_unique<MemcpyWork>(static_cast<std::uint64_t>(operands[0].bytes()), to, from,
                                      device.stream());
}

}  // namespace

const Implementation implementation = {
    [](const Dialect&) { return std::string("library/memcpy"); }, "library", "copy",
    [](const kernels::Problem&, Device&) { return std::string(); }, prepare};

}  // namespace assay::backends::cudalike::library_memcpy
