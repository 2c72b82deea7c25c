#include "backends/ascend/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/parsed_problem.h"
#include "backends/sdk/failure.h"
#include "kernels/operation.h"

namespace assay::backends::ascend {
namespace {

/// Twice the largest L2 of a published chip (192 MB), for one that does not tell its own.
constexpr std::uint64_t kFlushUnknown = std::uint64_t{384} << 20;

const Implementation& find(const kernels::Problem& problem, std::string_view name) {
  for (const Implementation* one : implementations()) {
    if (one->name == name && one->operation == problem.operation().name) return *one;
  }
  throw sdk::Failure(ASSAY_INVALID, fmt::format("there is no implementation {} of {} here", name,
                                                problem.operation().name));
}

}  // namespace

Mark::Mark(std::shared_ptr<const Session> session) : session_(std::move(session)) {
  check(session_->acl().aclrtCreateEvent(&event_), "aclrtCreateEvent");
}

Mark::~Mark() {
  session_->enter_quietly();
  session_->acl().aclrtDestroyEvent(event_);
}

void Mark::place() {
  check(session_->acl().aclrtRecordEvent(event_, session_->stream()), "aclrtRecordEvent");
}

void Mark::wait() {
  check(session_->acl().aclrtSynchronizeEvent(event_), "aclrtSynchronizeEvent");
}

double Mark::seconds_since(const Mark& earlier) {
  float milliseconds = 0;
  check(session_->acl().aclrtEventElapsedTime(&milliseconds, earlier.event_, event_),
        "aclrtEventElapsedTime");
  return milliseconds * 1e-3;
}

Executable::Executable(Device& device, std::unique_ptr<Launch> launch)
    : device_(device), launch_(std::move(launch)), details_(launch_->details()) {}

void Executable::run(std::span<assay_launch> launches, assay_mode mode) {
  device_.session()->enter();
  device_.timer().run(
      launches, mode, [this] { launch_->enqueue(); }, [this] { device_.flush(); });
  // An error of the last launch may show only here.
  device_.session()->wait();
  launch_->bring_back();
}

Device::Device(std::uint32_t index)
    : session_(std::make_shared<const Session>(index)),
      index_(index),
      seat_(seat_of(runtime().dcmi, index)) {}

std::unique_ptr<Memory> Device::allocate(std::uint64_t bytes) {
  session_->enter();
  return std::make_unique<Memory>(session_, bytes);
}

void Device::upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  session_->enter();
  to.upload(offset, from, bytes);
}

void Device::download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  session_->enter();
  from.download(offset, to, bytes);
}

std::vector<sdk::Offer> Device::implementations(std::string_view text) {
  session_->enter();
  const auto problem = parsed(text);
  std::vector<sdk::Offer> offers;
  for (const Implementation* one : ascend::implementations()) {
    if (one->operation != problem.operation().name) continue;
    offers.push_back(
        {std::string(one->name), std::string(one->division()), one->why_not(problem, *this)});
  }
  return offers;
}

std::unique_ptr<Executable> Device::prepare(std::string_view text, std::string_view name,
                                            std::span<Memory* const> buffers) {
  session_->enter();
  const auto problem = parsed(text);
  const Implementation& implementation = find(problem, name);
  require_buffers(problem, buffers);
  return std::make_unique<Executable>(*this, implementation.prepare(problem, buffers, *this));
}

sdk::Readings Device::sensors() {
  return seat_ ? read_sensors(runtime().dcmi, *seat_) : sdk::Readings();
}

std::uint64_t Device::memory_available() {
  session_->enter();
  const MemoryOfDevice memory = memory_of_current_device(session_->acl());
  if (memory.total == 0) throw sdk::Failure(ASSAY_UNSUPPORTED, "aclrtGetMemInfo tells nothing");
  return memory.free;
}

sdk::QueueTimer<Mark>& Device::timer() {
  if (timer_ == nullptr) {
    timer_ = std::make_unique<sdk::QueueTimer<Mark>>(
        [this] { return std::make_unique<Mark>(session_); });
  }
  return *timer_;
}

void Device::flush() {
  if (flushed_ == nullptr) {
    const std::uint64_t cache = cache_bytes(index_);
    flushed_ = std::make_unique<Memory>(session_, cache > 0 ? 2 * cache : kFlushUnknown);
  }
  check(session_->acl().aclrtMemsetAsync(flushed_->data(), flushed_->bytes(), 1, flushed_->bytes(),
                                         session_->stream()),
        "aclrtMemsetAsync");
}

const std::string& Device::once_a_type(kernels::DataType type,
                                       std::string (*find_out)(Device&, kernels::DataType)) {
  const auto known = found_out_.find(type);
  if (known != found_out_.end()) return known->second;
  return found_out_[type] = find_out(*this, type);
}

std::uint64_t cache_bytes(std::uint32_t index) {
  const Acl& acl = runtime().acl;
  std::int64_t value = 0;
  if (acl.aclrtGetDeviceInfo != nullptr &&
      acl.aclrtGetDeviceInfo(index, kAttributeL2, &value) == 0 && value > 0) {
    return static_cast<std::uint64_t>(value);
  }
  if (acl.aclGetDeviceCapability != nullptr &&
      acl.aclGetDeviceCapability(index, kCapabilityL2, &value) == 0 && value > 0) {
    return static_cast<std::uint64_t>(value);
  }
  return 0;
}

}  // namespace assay::backends::ascend
