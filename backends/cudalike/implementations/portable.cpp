// Portable kernels, compiled by the vendor's run-time compiler for the device at hand.
#include "kernels/portable.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/cudalike/compiler.h"
#include "backends/cudalike/implementation.h"
#include "backends/shared/portable_runner.h"
#include "kernels/operation.h"

namespace assay::backends::cudalike::portable {

extern const Implementation implementation;

namespace {

using kernels::PortableArgument;
using kernels::PortableLaunch;

kernels::PortableTarget target_of(const Device& device) {
  const Dialect& dialect = platform().dialect();
  const AttributeNumbers& numbers = dialect.attributes;
  const auto attribute = [&](int number, std::int64_t fallback) {
    const std::int64_t value = platform().attribute(number, device.index(), fallback);
    return value > 0 ? value : fallback;
  };
  kernels::PortableTarget target;
  target.prelude = dialect.prelude;
  target.local_memory_bytes = attribute(numbers.local_memory, 32 << 10);
  if (platform().driver().function_attribute) {
    target.local_memory_bytes =
        std::max(target.local_memory_bytes, attribute(numbers.local_memory_opt_in, 0));
  }
  target.group_size_limit = attribute(numbers.threads_per_group, 256);
  target.subgroup_size = attribute(numbers.subgroup, 1);
  target.compute_units = device.description().compute_units;
  target.f16 = device.computes("f16");
  target.f64 = device.computes("f64");
  for (const TileMultiply& one : dialect.tile_multiplies) {
    if (one.subgroup != target.subgroup_size || one.capability > device.capability()) continue;
    target.tile_multiply = one.name;
    break;
  }
  return target;
}

/// An image in the device with what the compiler said of it.
struct Program {
  explicit Program(const Compiled& compiled)
      : module(compiled.image), log(compiled.log), options(compiled.options) {}
  Module module;
  std::string log, options;
};

/// One kernel with its arguments where the launch reads them.
class KernelLaunch {
 public:
  KernelLaunch(const Program& program, const PortableLaunch& launch,
               std::span<Buffer* const> buffers, const Buffer* scratch)
      : launch_(launch), function_(program.module.function(launch.kernel, launch.local_bytes)) {
    values_.reserve(launch.arguments.size());
    for (const PortableArgument& argument : launch.arguments) {
      values_.push_back(value(argument, buffers, scratch));
    }
    for (Value& one : values_) pointers_.push_back(&one);
  }

  void operator()(Stream stream) {
    const auto unsigned_of = [](std::int64_t extent) { return static_cast<unsigned>(extent); };
    const auto &grid = launch_.groups, &group = launch_.group_size;
    platform().driver().launch(function_, unsigned_of(grid[0]), unsigned_of(grid[1]),
                               unsigned_of(grid[2]), unsigned_of(group[0]), unsigned_of(group[1]),
                               unsigned_of(group[2]), unsigned_of(launch_.local_bytes), stream,
                               pointers_.data(), nullptr);
  }

 private:
  union Value {
    void* pointer;
    std::int64_t integer;
    float real;
  };

  static Value value(const PortableArgument& argument, std::span<Buffer* const> buffers,
                     const Buffer* scratch) {
    Value made{};
    switch (argument.kind) {
      case PortableArgument::Kind::operand:
        made.pointer = buffers[static_cast<std::size_t>(argument.integer)]->data();
        break;
      case PortableArgument::Kind::scratch:
        made.pointer = scratch == nullptr ? nullptr : scratch->data();
        break;
      case PortableArgument::Kind::integer:
        made.integer = argument.integer;
        break;
      case PortableArgument::Kind::real:
        made.real = static_cast<float>(argument.real);
        break;
    }
    return made;
  }

  PortableLaunch launch_;
  void* function_;
  std::vector<Value> values_;
  std::vector<void*> pointers_;
};

class PortableWork final : public Work {
 public:
  PortableWork(const kernels::Problem& problem, std::span<Buffer* const> buffers, Device& device,
               CompilerSession& compiler)
      : device_(device),
        buffers_(buffers.begin(), buffers.end()),
        joinable_(problem.operation().name != "launch") {
    PortableRuntime runtime;
    runtime.target = target_of(device);
    runtime.device = device.description().name;
    runtime.driver =
        fmt::format("{}, compiler {}", device.description().driver, compiler.compiler().version());
    runtime.tune = device.tune();
    runtime.compile = [&](const std::string& text) -> PortableProgram {
      return std::make_shared<Program>(compiler.compile(text));
    };
    runtime.time = [&](const PortableProgram& program, const std::vector<PortableLaunch>& launches,
                       std::int64_t scratch_bytes) {
      bind(*std::static_pointer_cast<Program>(program), launches, scratch_bytes);
      return quick_seconds(device_.timing(), *this, 1);
    };
    const PortableChoice choice =
        choose_portable(*kernels::find_portable(problem.operation().name), problem, runtime);
    program_ = std::static_pointer_cast<Program>(choice.program);
    bind(*program_, choice.launches, choice.scratch_bytes);
    details_ = choice.details;
    details_["compiler"] = compiler.compiler().path();
    details_["compiler.version"] = compiler.compiler().version();
    details_["compiler.options"] = program_->options;
    if (!program_->log.empty()) details_["compiler.log"] = program_->log;
  }

  void launch() override {
    for (KernelLaunch& one : launches_) one(device_.stream());
  }
  bool joinable() const override { return joinable_; }
  std::map<std::string, std::string> details() const override { return details_; }

 private:
  void bind(const Program& program, const std::vector<PortableLaunch>& launches,
            std::int64_t scratch_bytes) {
    launches_.clear();
    const auto needed = static_cast<std::uint64_t>(scratch_bytes);
    if (needed > 0 && (!scratch_ || scratch_->bytes() < needed)) {
      scratch_ = device_.allocate(needed);
    }
    launches_.reserve(launches.size());
    for (const PortableLaunch& launch : launches) {
      launches_.emplace_back(program, launch, buffers_, scratch_.get());
    }
  }

  Device& device_;
  std::vector<Buffer*> buffers_;
  bool joinable_;
  std::shared_ptr<Program> program_;
  std::unique_ptr<Buffer> scratch_;
  std::vector<KernelLaunch> launches_;
  std::map<std::string, std::string> details_;
};

std::string why_not(const kernels::Problem& problem, Device& device) {
  const kernels::PortableKernel* const kernel = kernels::find_portable(problem.operation().name);
  if (kernel == nullptr) {
    return fmt::format("there is no portable kernel of {}", problem.operation().name);
  }
  std::string reason;
  if (device.compiler(reason) == nullptr) return reason;
  return kernel->why_not(problem, target_of(device));
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  std::string reason;
  CompilerSession* const compiler = device.compiler(reason);
  if (compiler == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return std::make_unique<PortableWork>(problem, buffers, device, *compiler);
}

}  // namespace

const Implementation implementation = {[](const Dialect&) { return std::string(kPortableName); },
                                       "portable", "", why_not, prepare};

}  // namespace assay::backends::cudalike::portable
