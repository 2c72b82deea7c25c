// Transfers between host and device, which on a CPU are the same memory: a copy by all threads
// between two separately allocated arrays.
#include <cstring>

#include "backends/cpu/implementation.h"
#include "backends/cpu/memory.h"
#include "backends/cpu/native/stream.h"
#include "backends/cpu/native/stream_executable.h"
#include "kernels/transfer/shape.h"

namespace assay::backends::cpu::native_transfer {

extern const Implementation implementation;

namespace {

using kernels::TransferShape;
using Direction = TransferShape::Direction;

class TransferExecutable final : public Executable {
 public:
  TransferExecutable(const TransferShape& shape, std::span<std::byte* const> buffers,
                     Machine& machine)
      : shape_(shape),
        from_(buffers[0]),
        to_(buffers[1]),
        output_(buffers[1]),
        pieces_(kernels::as_bytes({shape.n, shape.type}), 2, machine),
        kernels_(native::stream_kernels(shape.type)) {
    const auto bytes = static_cast<std::size_t>(shape.bytes());
    if (shape.direction == Direction::host_to_device) {
      host_ = Memory(bytes);
      std::memcpy(host_.data(), from_, bytes);
      from_ = host_.data();
    } else if (shape.direction == Direction::device_to_host) {
      host_ = Memory(bytes);
      std::memset(host_.data(), 0xff, bytes);  // so that every page is there
      to_ = host_.data();
    }
  }

  void launch() override {
    pieces_.run([&](std::int64_t first, std::int64_t count, bool past_cache) {
      kernels_.copy(from_ + first, to_ + first, count, past_cache);
    });
  }

  void bring_back() override {
    if (shape_.direction != Direction::device_to_host) return;
    const auto bytes = static_cast<std::size_t>(shape_.bytes());
    std::memcpy(output_, to_, bytes);
    // Bytes that the next launches do not write must not look right.
    std::memset(to_, 0xff, bytes);
  }

  std::map<std::string, std::string> details() const override {
    auto all = pieces_.details(kernels_.target);
    all["memory"] = shape_.direction == Direction::device_to_device
                        ? "within the machine's own memory"
                        : "host and device share the machine's own memory: two separately "
                          "allocated arrays, pinned or not";
    return all;
  }

 private:
  TransferShape shape_;
  const std::byte* from_;
  std::byte* to_;
  std::byte* output_;
  Memory host_;
  native::StreamPieces pieces_;
  native::StreamKernels kernels_;
};

std::string why_not(const kernels::Problem&, const Machine&) {
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<TransferExecutable>(kernels::transfer_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/stream", "native", "transfer", why_not, prepare};

}  // namespace assay::backends::cpu::native_transfer
