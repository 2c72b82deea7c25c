#include <fmt/format.h>

#include <algorithm>

#include "backends/opencl/executables.h"
#include "backends/opencl/timing.h"
#include "backends/sdk/failure.h"
#include "backends/shared/portable_runner.h"

namespace assay::backends::opencl {
namespace {

using kernels::PortableArgument;
using kernels::PortableLaunch;

/// A kernel with its arguments set, and its extents.
struct Prepared {
  Kernel kernel;
  std::size_t global[3], local[3];
};

template <class T>
void set(const Kernel& kernel, cl_uint index, const T& value) {
  check(cl().SetKernelArg(kernel.get(), index, sizeof value, &value),
        fmt::format("setting argument {} of a kernel", index));
}

void set_argument(const Kernel& kernel, cl_uint index, const PortableArgument& argument,
                  std::span<Buffer* const> buffers, const Buffer* scratch) {
  switch (argument.kind) {
    case PortableArgument::Kind::operand:
      return set(kernel, index, buffers[static_cast<std::size_t>(argument.integer)]->get());
    case PortableArgument::Kind::scratch:
      return set(kernel, index, scratch ? scratch->get() : buffers.front()->get());
    case PortableArgument::Kind::integer:
      return set(kernel, index, static_cast<cl_long>(argument.integer));
    case PortableArgument::Kind::real:
      return set(kernel, index, static_cast<cl_float>(argument.real));
  }
}

Prepared prepared(const Program& program, const PortableLaunch& launch,
                  std::span<Buffer* const> buffers, const Buffer* scratch) {
  Prepared out;
  cl_int code = CL_SUCCESS;
  out.kernel = Kernel(cl().CreateKernel(program.get(), launch.kernel.c_str(), &code));
  if (code != CL_SUCCESS) {
    throw sdk::Failure(ASSAY_INVALID,
                       fmt::format("kernel {}: {}", launch.kernel, error_name(code)));
  }
  for (cl_uint i = 0; i < launch.arguments.size(); ++i) {
    set_argument(out.kernel, i, launch.arguments[i], buffers, scratch);
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    out.local[axis] = static_cast<std::size_t>(launch.group_size[axis]);
    out.global[axis] = static_cast<std::size_t>(launch.groups[axis]) * out.local[axis];
  }
  return out;
}

class PortableExecutable final : public Executable {
 public:
  PortableExecutable(Device& device, const kernels::Problem& problem,
                     std::span<Buffer* const> buffers)
      : device_(device), buffers_(buffers.begin(), buffers.end()) {
    PortableRuntime runtime;
    runtime.target = device.target();
    runtime.device = device.name();
    runtime.driver = device.driver();
    runtime.tune = device.tune();
    runtime.compile = [&](const std::string& text) { return device.build(text); };
    runtime.time = [&](const PortableProgram& program, const std::vector<PortableLaunch>& launches,
                       std::int64_t scratch_bytes) {
      bind(*std::static_pointer_cast<Program>(program), launches, scratch_bytes);
      return launch_once(ASSAY_HOT).device_seconds;
    };
    PortableChoice choice =
        choose_portable(*kernels::find_portable(problem.operation().name), problem, runtime);
    program_ = std::static_pointer_cast<Program>(choice.program);
    bind(*program_, choice.launches, choice.scratch_bytes);
    choice.details["timing"] = "OpenCL events, begin of the first kernel to end of the last";
    details_ = sdk::Properties(choice.details);
  }

  void run(std::span<assay_launch> launches, assay_mode mode) override {
    for (assay_launch& launch : launches) launch = launch_once(mode);
  }

 private:
  void bind(const Program& program, const std::vector<PortableLaunch>& launches,
            std::int64_t scratch_bytes) {
    kernels_.clear();
    const auto needed = static_cast<std::uint64_t>(scratch_bytes);
    if (needed > 0 && (!scratch_ || scratch_->bytes() < needed)) {
      scratch_ = device_.allocate(needed);
    }
    for (const PortableLaunch& launch : launches) {
      kernels_.push_back(prepared(program, launch, buffers_, scratch_.get()));
    }
    events_ = std::vector<Event>(kernels_.size());
  }

  void submit() {
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      const Prepared& kernel = kernels_[i];
      events_[i] = Event();
      const cl_int code =
          cl().EnqueueNDRangeKernel(device_.queue(), kernel.kernel.get(), 3, nullptr, kernel.global,
                                    kernel.local, 0, nullptr, events_[i].out());
      if (code == CL_INVALID_WORK_GROUP_SIZE || code == CL_OUT_OF_RESOURCES) {
        throw sdk::Failure(ASSAY_INVALID,
                           "the device refuses to launch the kernel: " + error_name(code));
      }
      check(code, "launching a kernel");
    }
  }

  assay_launch launch_once(assay_mode mode) {
    return timed(
        device_, mode, [&] { submit(); },
        [&] {
          return std::pair(moment(events_.front().get(), CL_PROFILING_COMMAND_START),
                           moment(events_.back().get(), CL_PROFILING_COMMAND_END));
        });
  }

  Device& device_;
  std::vector<Buffer*> buffers_;
  std::shared_ptr<Program> program_;
  std::unique_ptr<Buffer> scratch_;
  std::vector<Prepared> kernels_;
  std::vector<Event> events_;
};

}  // namespace

std::unique_ptr<Executable> prepare_portable(Device& device, const kernels::Problem& problem,
                                             std::span<Buffer* const> buffers) {
  return std::make_unique<PortableExecutable>(device, problem, buffers);
}

}  // namespace assay::backends::opencl
