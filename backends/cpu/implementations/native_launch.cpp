// An almost empty parallel region: what it takes to start all threads and to wait for them.
#include "backends/cpu/implementation.h"
#include "backends/cpu/parallel.h"
#include "kernels/launch/shape.h"

namespace assay::backends::cpu::native_launch {

extern const Implementation implementation;

namespace {

class LaunchExecutable final : public Executable {
 public:
  LaunchExecutable(std::int64_t n, std::span<std::byte* const> buffers, Machine& machine)
      : n_(n),
        b_(reinterpret_cast<const std::int32_t*>(buffers[0])),
        a_(reinterpret_cast<std::int32_t*>(buffers[1])),
        machine_(machine) {}

  void launch() override {
    const auto threads = static_cast<std::int64_t>(machine_.threads());
    on_all_threads(machine_, [&](int slot) {
      const std::int64_t end = part_begin(n_, threads, slot + 1, kGrain);
      std::int64_t i = part_begin(n_, threads, slot, kGrain);
      for (; i < end; ++i) a_[i] = *b_ + static_cast<std::int32_t>(i);
    });
  }

  std::map<std::string, std::string> details() const override {
    return {
        {"threads", std::to_string(machine_.threads())},
        {"algorithm",
         "one parallel region of oneTBB with a part for each thread, begun and waited for; parts "
         "that no other thread takes in time are the caller's own"}};
  }

 private:
  static constexpr std::int64_t kGrain = 16;  ///< a cache line of outputs

  std::int64_t n_;
  const std::int32_t* b_;
  std::int32_t* a_;
  Machine& machine_;
};

std::string why_not(const kernels::Problem&, const Machine&) {
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<LaunchExecutable>(kernels::launch_shape(problem).n, buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/region", "native", "launch", why_not, prepare};

}  // namespace assay::backends::cpu::native_launch
