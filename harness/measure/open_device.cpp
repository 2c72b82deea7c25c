#include "harness/measure/open_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/measure/clock.h"
#include "harness/measure/foreign_text.h"
namespace assay::harness::measure {
namespace {

/// Maximum size of a unique id: HCCL's has 4108 bytes, NCCL's 128.
constexpr std::size_t kLargestId = 65536;

std::string_view words(assay_status status) {
  switch (status) {
    case ASSAY_OK:
      return "done";
    case ASSAY_UNSUPPORTED:
      return "not supported";
    case ASSAY_OUT_OF_MEMORY:
      return "out of memory";
    case ASSAY_INVALID:
      return "invalid call";
    case ASSAY_DEVICE_ERROR:
      return "device error";
    case ASSAY_NO_DEVICE:
      return "no such device";
  }
  return "unknown status";
}

results::record::Status record_status(assay_status status) {
  using results::record::Status;
  if (status == ASSAY_UNSUPPORTED) return Status::unsupported;
  return status == ASSAY_OUT_OF_MEMORY ? Status::out_of_memory : Status::error;
}

/// Throws if a time is not positive or longer than any launch: statistics of such times would be
/// worthless without showing it.
void require_time(double seconds, const char* clock, std::size_t launch) {
  if (seconds > 0 && seconds <= kLongestLaunch) return;
  throw Error(fmt::format("launching: the module gives {:.6g} s as the {} time of launch {}",
                          seconds, clock, launch));
}

/// Throws for the division of imported results.
void require_own(results::record::Division division, const std::string& implementation) {
  if (division != results::record::Division::unknown) return;
  throw Error(fmt::format("implementation {}: a module may not give the division \"{}\"",
                          implementation, name(division)));
}

}  // namespace

OpenDevice::OpenDevice(const backends::Module& module, std::uint32_t index,
                       const OpenSettings& settings)
    : module_(*module), joins_(module.joins()) {
  // Some modules know their devices only after probing.
  assay_probe probe = {};
  probe.struct_size = sizeof probe;
  check(module_.probe(&probe), "looking for devices");
  assay_device_info info = {};
  info.struct_size = sizeof info;
  check(module_.device_info(index, &info),
        fmt::format("asking for the description of device {}", index));
  identity_ = measure::identity(module_, index, info);
  assay_open_options options = {};
  options.struct_size = sizeof options;
  options.threads = settings.threads;
  options.tune = settings.tune ? 1 : 0;
  check(module_.open(index, &options, &device_), fmt::format("opening device {}", index));
}

OpenDevice::~OpenDevice() {
  if (device_ == nullptr || lost_) return;
  if (place_) module_.leave(device_);
  module_.close(device_);
}

void OpenDevice::check(assay_status status, const std::string& doing) const {
  if (status == ASSAY_OK) return;
  lost_ = lost_ || status == ASSAY_DEVICE_ERROR;
  const std::string own = module_.last_error ? foreign_text(module_.last_error()) : std::string();
  throw DeviceFailure(record_status(status),
                      fmt::format("{}: {}", doing, own.empty() ? std::string(words(status)) : own));
}

void OpenDevice::require_joins() const {
  if (!joins_)
    throw DeviceFailure(results::record::Status::unsupported,
                        "its module does not support collectives");
}

std::vector<std::byte> OpenDevice::unique_id() const {
  require_joins();
  std::vector<std::byte> id(kLargestId);
  std::size_t bytes = 0;
  check(module_.unique_id(device_, id.data(), id.size(), &bytes), "asking for a unique id");
  id.resize(std::min(bytes, id.size()));
  return id;
}

void OpenDevice::join(const std::vector<std::byte>& id, const Place& place) {
  require_joins();
  leave();
  check(module_.join(device_, id.data(), id.size(), place.ranks, place.rank),
        fmt::format("joining {} ranks as rank {}", place.ranks, place.rank));
  place_ = place;
}

void OpenDevice::leave() {
  if (!place_) return;
  place_.reset();
  if (!lost_) module_.leave(device_);
}

std::vector<Offer> OpenDevice::implementations(const kernels::Problem& problem) const {
  const std::string doing = "asking for implementations";
  std::size_t count = 0;
  check(module_.implementations(device_, problem.text().c_str(), nullptr, 0, &count), doing);
  std::vector<assay_implementation> list(count);
  for (assay_implementation& entry : list) entry.struct_size = sizeof entry;
  check(module_.implementations(device_, problem.text().c_str(), list.data(), list.size(), &count),
        doing);
  std::vector<Offer> offers;
  for (std::size_t i = 0; i < std::min(count, list.size()); ++i) {
    const std::string name = foreign_line(list[i].name);
    const auto division = results::record::require_named<results::record::Division>(
        foreign_line(list[i].division), "implementation " + name);
    require_own(division, name);
    offers.push_back({name, division, foreign_text(list[i].reason)});
  }
  return offers;
}

bool OpenDevice::sensors(assay_sensors& out) const {
  if (module_.sensors == nullptr) return false;
  out = ASSAY_SENSORS_ABSENT;
  return module_.sensors(device_, &out) == ASSAY_OK;
}

Buffer::Buffer(const OpenDevice& device, std::uint64_t bytes) : device_(device) {
  device_.check(device_.module().allocate(device_.get(), bytes, &buffer_),
                fmt::format("allocating {} bytes", bytes));
}

Buffer::~Buffer() {
  if (!device_.lost()) device_.module().free(device_.get(), buffer_);
}

void Buffer::upload(kernels::ConstBytes from, std::uint64_t offset) {
  device_.check(device_.module().upload(device_.get(), buffer_, offset, from.data(), from.size()),
                fmt::format("uploading {} bytes", from.size()));
}

void Buffer::download(kernels::Bytes to, std::uint64_t offset) const {
  device_.check(device_.module().download(device_.get(), buffer_, offset, to.data(), to.size()),
                fmt::format("downloading {} bytes", to.size()));
}

Prepared::Prepared(const OpenDevice& device, const kernels::Problem& problem,
                   const std::string& implementation, const std::vector<assay_buffer*>& buffers)
    : device_(device) {
  device_.check(
      device_.module().prepare(device_.get(), problem.text().c_str(), implementation.c_str(),
                               buffers.data(), buffers.size(), &executable_),
      fmt::format("preparing {}", implementation));
}

Prepared::~Prepared() {
  if (!device_.lost()) device_.module().release(executable_);
}

Launched Prepared::run(std::uint32_t count, assay_mode mode) const {
  Launched out;
  out.launches.resize(count);
  const double begin = seconds_now();
  const assay_status status = device_.module().run(executable_, count, mode, out.launches.data());
  out.call_seconds = seconds_now() - begin;
  device_.check(status, "launching");
  for (std::size_t i = 0; i < out.launches.size(); ++i) {
    require_time(out.launches[i].device_seconds, "device", i);
    require_time(out.launches[i].host_seconds, "host", i);
  }
  return out;
}

results::record::Properties Prepared::details() const {
  const assay_property* list = nullptr;
  std::size_t count = 0;
  device_.check(device_.module().describe(executable_, &list, &count), "describing");
  return properties(list, count);
}

}  // namespace assay::harness::measure
