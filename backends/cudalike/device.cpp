#include "backends/cudalike/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/cudalike/attention.h"
#include "backends/cudalike/blas.h"
#include "backends/cudalike/blas_lt.h"
#include "backends/cudalike/collectives.h"
#include "backends/cudalike/compiler.h"
#include "backends/sdk/host_time.h"

namespace assay::backends::cudalike {
namespace {

template <class Session>
Session* seek(Sought<Session>& sought, Device& device, std::string& reason) {
  if (!sought.done) {
    device.make_current();
    sought.session = Session::open(device, sought.reason);
    sought.done = true;
  }
  reason = sought.reason;
  return sought.session.get();
}

/// Readings take a call to the driver, of up to milliseconds: so much work must be queued at least,
/// and so many times what the fastest one took; and so many seconds lie between two.
constexpr double kLeastBusy = 2e-3, kBusyShare = 4, kBetweenReadings = 0.02;

/// The reasons of a text, which commas separate.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> all;
  constexpr std::string_view kBetween = ", ";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(kBetween), text.size());
    all.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + kBetween.size(), text.size()));
  }
  return all;
}

sdk::Properties all_details(const Work& work, const Timer& timer) {
  auto all = work.details();
  all.merge(timer.details());
  return sdk::Properties(all);
}

}  // namespace

Device::Device(std::uint32_t index, bool tune) : index_(static_cast<int>(index)), tune_(tune) {
  make_current();
  constexpr unsigned kNonBlocking = 1;
  platform().runtime().stream_create(&timing_.stream, kNonBlocking);
  description_ = describe_device(index);
  timing_.cache_bytes = description_.cache_bytes;
  const AttributeNumbers& numbers = platform().dialect().attributes;
  capability_ = static_cast<int>(platform().attribute(numbers.major, index_, 0) * 10 +
                                 platform().attribute(numbers.minor, index_, 0));
  staging_ = std::make_unique<Staging>(timing_.stream);
  timing_.while_busy = [this](double seconds) { read_while_busy(seconds); };
}

Device::~Device() {
  const RuntimeApi& api = platform().runtime();
  api.set_device.pointer(index_);
  api.stream_synchronize.pointer(stream());
  collectives_.session.reset();
  compiler_.session.reset();
  attention_.session.reset();
  blas_lt_.session.reset();
  blas_.session.reset();
  timing_.flush.reset();
  timing_.clean.reset();
  timing_.read_to.reset();
  staging_.reset();
  api.stream_destroy.pointer(stream());
}

void Device::make_current() const {
  platform().runtime().set_device(index_);
}

std::unique_ptr<Buffer> Device::allocate(std::uint64_t bytes) {
  make_current();
  return std::make_unique<Buffer>(bytes, stream());
}

void Device::upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  make_current();
  staging_->upload(to.data() + offset, from, bytes);
}

void Device::download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  make_current();
  staging_->download(to, from.data() + offset, bytes);
  if (offset + bytes != from.bytes()) return;
  std::array<unsigned char, Buffer::kGuardBytes> guard;
  staging_->download(guard.data(), from.data() + from.bytes(), guard.size());
  for (std::size_t i = 0; i < guard.size(); ++i) {
    if (guard[i] == Buffer::kGuardByte) continue;
    throw sdk::Failure(ASSAY_DEVICE_ERROR,
                       fmt::format("byte {} after the end of a buffer of {} bytes was overwritten",
                                   i, from.bytes()));
  }
}

bool Device::computes(std::string_view type) const {
  for (const auto& [name, from] : platform().dialect().types) {
    if (name == type) return capability_ == 0 || capability_ >= from;
  }
  return false;
}

Sensors* Device::opened_sensors() {
  if (!sensors_sought_) {
    sensors_sought_ = true;
    sdk::Pairs tried;
    sensors_ = open_sensors(description_.bus_id, tried);
  }
  return sensors_.get();
}

void Device::read_while_busy(double seconds) {
  // Only where they were asked for, and where the host is back before the queue is empty.
  if (!sensors_ || seconds < kLeastBusy) return;
  worked_unseen_ = seen_working_ && !busy_readings_;
  const double begin = sdk::steady_seconds();
  if (seconds < kBusyShare * reading_seconds_ || begin < next_reading_) return;
  sdk::Readings all = read_timed(*sensors_);
  next_reading_ = begin + kBetweenReadings;
  // Another process may have kept this one from reading until the queue was empty.
  if (sdk::steady_seconds() - begin > seconds) return;
  busy_readings_ = std::move(all);
  seen_working_ = true;
  worked_unseen_ = false;
}

sdk::Readings Device::read_timed(Sensors& sensors) {
  const double begin = sdk::steady_seconds();
  sdk::Readings all = sensors.read();
  // Of the fastest: one that another process delayed must not end all later ones.
  reading_seconds_ = std::min(reading_seconds_, sdk::steady_seconds() - begin);
  return all;
}

sdk::Readings Device::sensors() {
  Sensors* const opened = opened_sensors();
  if (opened == nullptr) return {};
  sdk::Readings all = read_timed(*opened);
  if (std::exchange(worked_unseen_, false)) {
    // These are of a device that rests: beside readings of its work they would pass for such.
    const sdk::Readings absent;
    all.clock_hz = absent.clock_hz;
    all.memory_clock_hz = absent.memory_clock_hz;
    all.power_watts = absent.power_watts;
  }
  if (!busy_readings_) return all;
  const double energy = all.energy_joules;
  const std::string since = all.throttle;
  all = *std::exchange(busy_readings_, std::nullopt);
  all.energy_joules = energy;
  // What cost time since the look.
  for (const std::string_view reason : split(since)) {
    if (all.throttle.find(reason) != std::string::npos) continue;
    all.throttle += (all.throttle.empty() ? "" : ", ") + std::string(reason);
  }
  return all;
}

std::uint64_t Device::memory_available() {
  make_current();
  std::size_t free = 0, total = 0;
  platform().runtime().memory_info(&free, &total);
  return free;
}

BlasSession* Device::blas(std::string& reason) {
  return seek(blas_, *this, reason);
}
BlasLtSession* Device::blas_lt(std::string& reason) {
  return seek(blas_lt_, *this, reason);
}
AttentionSession* Device::attention(std::string& reason) {
  return seek(attention_, *this, reason);
}
CompilerSession* Device::compiler(std::string& reason) {
  return seek(compiler_, *this, reason);
}

CollectivesSession* Device::collectives(std::string& reason) {
  CollectivesSession* const session = seek(collectives_, *this, reason);
  if (session == nullptr || session->joined()) return session;
  reason = "this device has not joined any others";
  return nullptr;
}

std::vector<std::byte> Device::unique_id() {
  std::string reason;
  CollectivesSession* const session = seek(collectives_, *this, reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  return session->unique_id();
}

void Device::join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank) {
  std::string reason;
  CollectivesSession* const session = seek(collectives_, *this, reason);
  if (session == nullptr) throw sdk::Failure(ASSAY_UNSUPPORTED, reason);
  make_current();
  session->join(id, static_cast<int>(ranks), static_cast<int>(rank));
}

void Device::leave() noexcept {
  platform().runtime().set_device.pointer(index_);
  if (collectives_.session) collectives_.session->leave();
}

int Device::rank() const {
  return collectives_.session ? collectives_.session->rank() : 0;
}

Executable::Executable(Device& device, std::unique_ptr<Work> work)
    : device_(device),
      work_(std::move(work)),
      timer_(device.timing(), *work_),
      details_(all_details(*work_, timer_)) {}

void Executable::run(std::span<assay_launch> launches, assay_mode mode) {
  device_.make_current();
  timer_.run(launches, mode);
}

}  // namespace assay::backends::cudalike
