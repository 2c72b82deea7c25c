#include "harness/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

#include "harness/quantities.h"
#include "harness/sampler.h"
#include "kernels/input.h"
#include "kernels/problem.h"

namespace assay::harness {
namespace {

using kernels::Bytes;
using kernels::ConstBytes;
using kernels::Role;
using results::Phases;
using results::Record;
using results::Status;

/// Poisoned bytes behind each output, to catch a kernel that writes past its end.
constexpr std::size_t kGuardBytes = 256;
constexpr std::byte kGuard{0xff};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Adds the time until it goes to one of the record's phases.
class PhaseTimer {
 public:
  explicit PhaseTimer(double& phase) : phase_(phase), begin_(seconds_now()) {}
  ~PhaseTimer() { phase_ += seconds_now() - begin_; }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  double& phase_;
  double begin_;
};

/// Collects readings between batches of launches.
class SensorLog {
 public:
  explicit SensorLog(const OpenDevice& device) : device_(device) {}

  void read() {
    const double now = seconds_now();
    if (absent_ || now - last_ < 0.05) return;
    last_ = now;
    assay_sensors reading;
    absent_ = !device_.sensors(reading);
    if (!absent_) readings_.push_back(reading);
    if (!absent_ && reading.throttle != nullptr && *reading.throttle != '\0') {
      throttle_ = reading.throttle;
    }
  }

  results::Sensors summary() const {
    results::Sensors out;
    const auto clocks = known(&assay_sensors::clock_hz);
    if (!clocks.empty()) {
      out.clock_hz_minimum = *std::min_element(clocks.begin(), clocks.end());
      out.clock_hz_median = results::median(clocks);
    }
    if (const auto powers = known(&assay_sensors::power_watts); !powers.empty()) {
      out.power_watts = results::median(powers);
    }
    if (const auto energies = known(&assay_sensors::energy_joules); energies.size() > 1) {
      out.energy_joules = energies.back() - energies.front();
    }
    if (const auto heats = known(&assay_sensors::temperature_celsius); !heats.empty()) {
      out.temperature_celsius_maximum = *std::max_element(heats.begin(), heats.end());
    }
    out.throttle = throttle_;
    return out;
  }

 private:
  std::vector<double> known(double assay_sensors::*figure) const {
    std::vector<double> values;
    for (const assay_sensors& reading : readings_) {
      if (!std::isnan(reading.*figure)) values.push_back(reading.*figure);
    }
    return values;
  }

  const OpenDevice& device_;
  std::vector<assay_sensors> readings_;
  std::string throttle_;
  double last_ = -1;
  bool absent_ = false;
};

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

/// Runs once on poisoned outputs and judges what came out. Returns whether it may be timed.
bool verify(const kernels::Problem& problem, const Prepared& prepared, Operands& operands,
            Record& record) {
  const PhaseTimer timer(record.phases.verify);
  // Only now: a prepare that tunes itself may have written right results already.
  operands.poison();
  prepared.run(1, ASSAY_HOT);
  const std::string overrun = operands.download();
  record.output_hash = hash_text(operands.output_hash());
  kernels::CheckOptions options;
  options.seed = record.settings.order_seed;
  record.check = problem.operation().check(problem, operands.arrays(), options);
  if (!overrun.empty()) {
    record.check.outcome = kernels::Outcome::wrong;
    record.check.where = overrun;
  }
  if (record.check.outcome != kernels::Outcome::wrong) {
    // So that a launch which leaves an earlier one's result in place is found out at the end.
    operands.poison();
    return true;
  }
  record.status = Status::wrong;
  record.reason = fmt::format("wrong result by {}: {}", record.check.method, record.check.where);
  return false;
}

void time_launches(const OpenDevice& device, const Prepared& prepared, const PhaseObserver& begins,
                   Record& record) {
  SensorLog sensors(device);
  const assay_mode mode = record.settings.mode == "hot" ? ASSAY_HOT : ASSAY_COLD;
  const Launcher launch = [&](std::uint32_t count) {
    auto launches = prepared.run(count, mode);
    sensors.read();
    return launches;
  };
  WarmUp warm;
  {
    begins("warm up");
    const PhaseTimer timer(record.phases.warm_up);
    warm = warm_up(record.settings, launch, seconds_now);
  }
  record.warm_up_launches = warm.launches;
  record.steady = warm.steady;
  begins("sample");
  const PhaseTimer timer(record.phases.sample);
  const double left = std::max(record.settings.budget_seconds - record.phases.warm_up,
                               record.settings.budget_seconds / 2);
  Sampled sampled = sample(record.settings, left, warm, launch, seconds_now);
  record.summary = sampled.summary;
  record.target_met = sampled.target_met;
  record.reason = sampled.missed.empty() ? "" : "target missed: " + sampled.missed;
  record.device_seconds = std::move(sampled.device_seconds);
  record.host_seconds = std::move(sampled.host_seconds);
  record.phases.launches = warm.launch_seconds;
  for (const double seconds : record.host_seconds) record.phases.launches += seconds;
  record.sensors = sensors.summary();
}

/// The last launch's output must have the bits of the verified one, or be right in its own right.
void verify_again(const kernels::Problem& problem, Operands& operands, Record& record) {
  const PhaseTimer timer(record.phases.verify);
  const std::string overrun = operands.download();
  if (overrun.empty() && hash_text(operands.output_hash()) == record.output_hash) return;
  kernels::CheckOptions options;
  options.seed = record.settings.order_seed + 1;
  const kernels::Check check = problem.operation().check(problem, operands.arrays(), options);
  if (!overrun.empty() || check.outcome == kernels::Outcome::wrong) {
    record.status = Status::wrong;
    record.reason = fmt::format("wrong result after {} launches: {}",
                                record.warm_up_launches + record.device_seconds.size() + 1,
                                overrun.empty() ? check.where : overrun);
    record.check = check;
    record.check.outcome = kernels::Outcome::wrong;
    return;
  }
  const std::string note = "output bits differ between launches, all within the bound";
  record.reason = record.reason.empty() ? note : record.reason + "; " + note;
}

Status status_of(assay_status status) {
  if (status == ASSAY_UNSUPPORTED) return Status::unsupported;
  return status == ASSAY_OUT_OF_MEMORY ? Status::out_of_memory : Status::error;
}

void measure_steps(const OpenDevice& device, Operands& operands, Record& record,
                   const PhaseObserver& begins) {
  const auto problem = kernels::Problem::parse(record.problem);
  begins("generate");
  operands.make(problem, record.phases);
  begins("upload");
  operands.upload(record.phases);
  begins("prepare");
  std::unique_ptr<Prepared> prepared;
  {
    const PhaseTimer timer(record.phases.prepare);
    prepared = std::make_unique<Prepared>(device, record.problem, record.implementation.name,
                                          operands.buffers());
    record.implementation.details = prepared->details();
  }
  begins("verify");
  if (!verify(problem, *prepared, operands, record)) return;
  time_launches(device, *prepared, begins, record);
  begins("verify");
  verify_again(problem, operands, record);
}

}  // namespace

void Operands::make(const kernels::Problem& problem, Phases& phases) {
  const PhaseTimer timer(phases.generate);
  if (problem_ == problem.text()) return;
  forget();
  for (kernels::Operand& operand : problem.operation().operands(problem)) {
    Array array;
    array.bytes = static_cast<std::size_t>(operand.bytes());
    array.host = std::make_unique_for_overwrite<std::byte[]>(array.bytes);
    const bool output = operand.role == Role::output;
    if (!output) {
      kernels::generate_parallel(problem, static_cast<int>(arrays_.size()),
                                 {array.host.get(), array.bytes});
    }
    array.device = std::make_unique<Buffer>(device_, array.bytes + (output ? kGuardBytes : 0));
    array.operand = std::move(operand);
    arrays_.push_back(std::move(array));
  }
  problem_ = problem.text();
}

void Operands::upload(Phases& phases) {
  const PhaseTimer timer(phases.upload);
  for (Array& array : arrays_) {
    if (array.operand.role == Role::input) array.device->upload({array.host.get(), array.bytes});
  }
}

void Operands::poison() {
  const std::vector<std::byte> guard(kGuardBytes, kGuard);
  for (Array& array : arrays_) {
    if (array.operand.role != Role::output) continue;
    const Bytes host(array.host.get(), array.bytes);
    kernels::poison(array.operand.type, host);
    array.device->upload(host);
    array.device->upload(guard, array.bytes);
  }
}

std::string Operands::download() {
  for (Array& array : arrays_) {
    if (array.operand.role != Role::output) continue;
    array.device->download({array.host.get(), array.bytes});
    std::vector<std::byte> guard(kGuardBytes);
    array.device->download(guard, array.bytes);
    if (std::any_of(guard.begin(), guard.end(), [](std::byte b) { return b != kGuard; })) {
      return fmt::format("written past the end of output {}", array.operand.name);
    }
  }
  return {};
}

std::vector<assay_buffer*> Operands::buffers() const {
  std::vector<assay_buffer*> out;
  for (const Array& array : arrays_) out.push_back(array.device->get());
  return out;
}

std::vector<ConstBytes> Operands::arrays() const {
  std::vector<ConstBytes> out;
  for (const Array& array : arrays_) out.emplace_back(array.host.get(), array.bytes);
  return out;
}

std::uint64_t Operands::output_hash() const {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const Array& array : arrays_) {
    if (array.operand.role != Role::output) continue;
    for (std::size_t i = 0; i < array.bytes; ++i) {
      hash = (hash ^ static_cast<std::uint64_t>(array.host[i])) * 0x100000001b3u;
    }
  }
  return hash;
}

void Operands::forget() {
  problem_.clear();
  arrays_.clear();
}

Record measure(const OpenDevice& device, Operands& operands, Record record,
               const PhaseObserver& begins, bool& device_lost) {
  const double begin = seconds_now();
  try {
    measure_steps(device, operands, record, begins);
  } catch (const DeviceFailure& failure) {
    record.status = status_of(failure.status());
    record.reason = failure.what();
  } catch (const std::bad_alloc&) {
    record.status = Status::out_of_memory;
    record.reason = "the host has no memory left for the operands";
  } catch (const std::exception& error) {
    record.status = Status::error;
    record.reason = error.what();
  }
  device_lost = device.lost();
  if (record.status == Status::out_of_memory || record.status == Status::error) operands.forget();
  record.phases.total = seconds_now() - begin;
  return record;
}

}  // namespace assay::harness
