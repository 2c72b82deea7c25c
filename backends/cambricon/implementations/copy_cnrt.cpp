// Copy by the runtime's own device-to-device copy.
#include "backends/cambricon/device.h"
#include "kernels/operation.h"

namespace assay::backends::cambricon {

extern const Implementation copy_cnrt_implementation;

namespace {

std::string why_not(const kernels::Problem&, Device&) {
  return "";
}

class Copy : public Launch {
 public:
  Copy(std::shared_ptr<const Session> session, Memory& from, Memory& to, std::uint64_t bytes)
      : session_(std::move(session)), from_(from), to_(to), bytes_(bytes) {}

  void enqueue() override {
    check(session_->api().cnrtMemcpyAsync(to_.data(), from_.data(), bytes_, session_->queue(),
                                          CopyKind::device_to_device),
          "cnrtMemcpyAsync");
  }
  sdk::Pairs details() const override { return {{"operator", "cnrtMemcpyAsync"}}; }

 private:
  std::shared_ptr<const Session> session_;
  Memory &from_, &to_;
  std::uint64_t bytes_;
};

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  const auto bytes = problem.operation().operands(problem)[0].bytes();
  return std::make_unique<Copy>(device.session(), *buffers[0], *buffers[1],
                                static_cast<std::uint64_t>(bytes));
}

}  // namespace

const Implementation copy_cnrt_implementation = {"library/cnrt", "copy", why_not, prepare};

}  // namespace assay::backends::cambricon
