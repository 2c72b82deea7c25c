#include "backends/cambricon/device.h"

#include <fmt/format.h>

#include "backends/parsed_problem.h"
#include "backends/sdk/failure.h"

namespace assay::backends::cambricon {
namespace {

/// More than twice the last-level cache of a published chip, for one that does not tell its own.
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
  check(session_->api().cnrtNotifierCreate(&notifier_), "cnrtNotifierCreate");
}

Mark::~Mark() {
  session_->enter_quietly();
  session_->api().cnrtNotifierDestroy(notifier_);
}

void Mark::place() {
  check(session_->api().cnrtPlaceNotifier(notifier_, session_->queue()), "cnrtPlaceNotifier");
}

void Mark::wait() {
  check(session_->api().cnrtWaitNotifier(notifier_), "cnrtWaitNotifier");
}

double Mark::seconds_since(const Mark& earlier) {
  float microseconds = 0;
  check(session_->api().cnrtNotifierDuration(earlier.notifier_, notifier_, &microseconds),
        "cnrtNotifierDuration");
  return microseconds * 1e-6;
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
    : session_(std::make_shared<const Session>(index)), index_(index) {}

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
  for (const Implementation* one : cambricon::implementations()) {
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
  throw sdk::Failure(ASSAY_UNSUPPORTED,
                     "CNDev's structs differ by version, and are not read: power, clock and "
                     "temperature are not told");
}

std::uint64_t Device::memory_available() {
  session_->enter();
  std::size_t free = 0, total = 0;
  check(session_->api().cnrtMemGetInfo(&free, &total), "cnrtMemGetInfo");
  return free;
}

bool Device::has_bf16() const {
  return attribute(index_, kHasBf16) != 0;
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
  check(session_->api().cnrtMemsetAsync(flushed_->data(), 1, flushed_->bytes(), session_->queue()),
        "cnrtMemsetAsync");
}

const std::string& Device::once_a_type(kernels::DataType type,
                                       std::string (*find_out)(Device&, kernels::DataType)) {
  const auto known = found_out_.find(type);
  if (known != found_out_.end()) return known->second;
  return found_out_[type] = find_out(*this, type);
}

std::int64_t attribute(std::uint32_t index, int which) {
  int value = 0;
  const Status status =
      runtime().api.cnrtDeviceGetAttribute(&value, which, static_cast<int>(index));
  return status == 0 && value > 0 ? value : 0;
}

std::uint64_t cache_bytes(std::uint32_t index) {
  return static_cast<std::uint64_t>(attribute(index, kL2Bytes));
}

}  // namespace assay::backends::cambricon
