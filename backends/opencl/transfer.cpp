// Copies by the driver's own commands: within a device, and between it and the host's memory.
#include <cstring>

#include "backends/opencl/executables.h"
#include "backends/opencl/timing.h"
#include "kernels/transfer/shape.h"

namespace assay::backends::opencl {
namespace {

using Direction = kernels::TransferShape::Direction;

/// The host's end of a transfer. Page-locked memory is what a driver allocates for the host and
/// maps: OpenCL has no other word for it.
class HostEnd {
 public:
  HostEnd(Device& device, std::uint64_t bytes, bool pinned) : device_(device) {
    if (!pinned) {
      pageable_.resize(bytes);
      data_ = pageable_.data();
      return;
    }
    mapped_ = device.allocate_for_host(bytes);
    data_ = device.map(*mapped_);
  }
  HostEnd(const HostEnd&) = delete;
  HostEnd& operator=(const HostEnd&) = delete;
  ~HostEnd() {
    if (mapped_) device_.unmap(*mapped_, data_);
  }

  void* data() const { return data_; }

 private:
  Device& device_;
  std::vector<std::byte> pageable_;
  std::unique_ptr<Buffer> mapped_;
  void* data_ = nullptr;
};

class TransferExecutable final : public Executable {
 public:
  TransferExecutable(Device& device, const kernels::Problem& problem,
                     std::span<Buffer* const> buffers)
      : device_(device),
        direction_(transfer_shape(problem).direction),
        bytes_(static_cast<std::uint64_t>(transfer_shape(problem).bytes())),
        from_(*buffers[0]),
        to_(*buffers[1]) {
    details_ = sdk::Properties(std::map<std::string, std::string>{
        {"operator", direction_ == Direction::host_to_device   ? "clEnqueueWriteBuffer"
                     : direction_ == Direction::device_to_host ? "clEnqueueReadBuffer"
                                                               : "clEnqueueCopyBuffer"},
        {"timing", "OpenCL events, begin of the command to its end"}});
    if (direction_ == Direction::device_to_device) return;
    host_ = std::make_unique<HostEnd>(device_, bytes_, transfer_shape(problem).pinned);
    if (direction_ == Direction::host_to_device) {
      device_.download(from_, 0, host_->data(), bytes_);
    }
  }

  void run(std::span<assay_launch> launches, assay_mode mode) override {
    for (assay_launch& launch : launches) launch = launch_once(mode);
    if (direction_ != Direction::device_to_host) return;
    device_.upload(to_, 0, host_->data(), bytes_);
    // Bytes that the next launches do not write must not look right.
    std::memset(host_->data(), 0xff, bytes_);
  }

 private:
  void submit() {
    done_ = Event();
    cl_command_queue const queue = device_.queue();
    switch (direction_) {
      case Direction::host_to_device:
        return check(cl().EnqueueWriteBuffer(queue, to_.get(), CL_FALSE, 0, bytes_, host_->data(),
                                             0, nullptr, done_.out()),
                     "copying to the device");
      case Direction::device_to_host:
        return check(cl().EnqueueReadBuffer(queue, from_.get(), CL_FALSE, 0, bytes_, host_->data(),
                                            0, nullptr, done_.out()),
                     "copying to the host");
      case Direction::device_to_device:
        return check(cl().EnqueueCopyBuffer(queue, from_.get(), to_.get(), 0, 0, bytes_, 0, nullptr,
                                            done_.out()),
                     "copying within the device");
    }
  }

  assay_launch launch_once(assay_mode mode) {
    return timed(
        device_, mode, [&] { submit(); },
        [&] {
          return std::pair(moment(done_.get(), CL_PROFILING_COMMAND_START),
                           moment(done_.get(), CL_PROFILING_COMMAND_END));
        });
  }

  Device& device_;
  Direction direction_;
  std::uint64_t bytes_;
  Buffer &from_, &to_;
  std::unique_ptr<HostEnd> host_;
  Event done_;
};

}  // namespace

std::unique_ptr<Executable> prepare_transfer(Device& device, const kernels::Problem& problem,
                                             std::span<Buffer* const> buffers) {
  return std::make_unique<TransferExecutable>(device, problem, buffers);
}

}  // namespace assay::backends::opencl
