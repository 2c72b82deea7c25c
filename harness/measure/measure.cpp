#include "harness/measure/measure.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <optional>
#include <thread>

#include "harness/measure/burn.h"
#include "harness/measure/modelled.h"
#include "harness/measure/sampler.h"
#include "harness/measure/sensor_log.h"
#include "harness/measure/throttle.h"
#include "kernels/hash.h"
#include "kernels/input.h"
#include "kernels/problem.h"
#include "results/record/burn.h"

namespace assay::harness::measure {
namespace {

using kernels::Bytes;
using kernels::ConstBytes;
using kernels::Role;
using results::record::Phases;
using results::record::Record;
using results::record::Status;

/// Poisoned bytes behind each output, to catch a kernel that writes past its end.
constexpr std::size_t kGuardBytes = 256;
constexpr std::byte kGuard{0xff};
/// Bytes of an input read back at a time: whole parts of its hash.
constexpr std::size_t kReadBack = 256 * kernels::ArrayHasher::kPart;

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

/// The device's sensors, nothing where it has none.
std::optional<Reading> look(const OpenDevice& device) {
  assay_sensors told;
  if (!device.sensors(told)) return std::nullopt;
  const auto known = [](double figure) {
    return std::isnan(figure) ? std::nullopt : std::optional(figure);
  };
  Reading reading;
  reading.clock_hz = known(told.clock_hz);
  reading.power_watts = known(told.power_watts);
  reading.energy_joules = known(told.energy_joules);
  reading.temperature_celsius = known(told.temperature_celsius);
  reading.throttle = text_or_empty(told.throttle);
  return reading;
}

/// What this device needs of the operands: all of them, or the parts of its rank.
std::vector<kernels::RankOperand> parts_of(const kernels::Problem& problem,
                                           const OpenDevice& device) {
  const kernels::Operation& operation = problem.operation();
  std::vector<kernels::RankOperand> whole;
  if (operation.collective == nullptr) {
    for (kernels::Operand& operand : operation.operands(problem)) whole.push_back({operand, 0});
    return whole;
  }
  if (!device.place() || device.place()->ranks != operation.collective->ranks(problem)) {
    throw Error(fmt::format("{} needs {} ranks, and this device works {}", operation.name,
                            operation.collective->ranks(problem),
                            device.place() ? fmt::format("in {}", device.place()->ranks) : "alone"),
                "start assay under mpirun or srun with as many");
  }
  return operation.collective->operands(problem, device.place()->rank);
}

kernels::Check judge(const kernels::Problem& problem, const OpenDevice& device,
                     const Operands& operands, const kernels::CheckOptions& options) {
  const kernels::Operation& operation = problem.operation();
  if (operation.collective == nullptr) return operation.check(problem, operands.arrays(), options);
  return operation.collective->check(problem, device.place()->rank, operands.arrays(), options);
}

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

/// Runs once on poisoned outputs and judges what came out. Returns whether it may be timed.
bool verify(const kernels::Problem& problem, const OpenDevice& device, const Prepared& prepared,
            Operands& operands, results::record::Record& record) {
  const PhaseTimer timer(record.phases.verify);
  // Only now: a prepare that tunes itself may have written right results already.
  operands.poison();
  prepared.run(1, ASSAY_HOT);
  const std::string overrun = operands.download();
  record.output_hash = hash_text(operands.output_hash());
  kernels::CheckOptions options;
  options.seed = record.settings.order_seed;
  record.check = judge(problem, device, operands, options);
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

/// Repeats the problem back to back, whatever the mode: a device is to be kept busy.
void burn_problem(const OpenDevice& device, const Prepared& prepared, double seconds_per_launch,
                  results::record::Record& record) {
  const PhaseTimer timer(record.phases.burn);
  Burnt burnt = burn(
      record.settings.burn_seconds, seconds_per_launch,
      [&](std::uint32_t count) { return prepared.run(count, ASSAY_HOT); },
      [&] { return look(device); }, seconds_now);
  record.course = std::move(burnt.course);
  record.energy = energy_of(burnt.readings, burnt.window,
                            results::record::counted_work(record.operation, record.work));
  record.phases.launches += burnt.window.launch_seconds;
  const auto trend = results::record::burn_trend(record);
  if (trend && trend->faded) {
    record.notes.push_back(
        {results::record::NoteKind::boost_faded,
         fmt::format("boost faded: {:.1f}% from the first to the second half of the burn",
                     trend->change * 100),
         {{"rate_change", trend->change}, {"burn_seconds", record.settings.burn_seconds}}});
  }
}

/// The clock that launches are held against; 0 where there is none. A CPU's highest is that of a
/// single core, which all of them together never reach.
double clock_to_hold(const results::record::DeviceIdentity& device) {
  return device.kind == "cpu" ? 0 : device.clock_hz;
}

/// Warm-up and samples, with the sensors alongside and launches at a low clock made again.
WarmUp time_launches(const OpenDevice& device, const Prepared& prepared,
                     const PhaseObserver& begins, results::record::Record& record) {
  SensorLog sensors([&] { return look(device); }, seconds_now);
  ThrottleGuard guard(
      clock_to_hold(record.device),
      [&]() -> std::optional<double> {
        return sensors.read() ? sensors.readings().back().clock_hz : std::nullopt;
      },
      [](double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); });
  const assay_mode mode = launch_mode(record.settings.mode);
  const Launcher launch = [&](std::uint32_t count) {
    return guard.run(count, [&](std::uint32_t some) { return prepared.run(some, mode); });
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
  const double begin = seconds_now();
  const std::size_t first_reading = sensors.readings().size();
  const PhaseTimer timer(record.phases.sample);
  const double left = std::max(record.settings.budget_seconds - record.phases.warm_up,
                               record.settings.budget_seconds / 2);
  Sampled sampled = sample(record.settings, left, warm, launch, seconds_now);
  record.summary = sampled.summary;
  record.target_met = sampled.target_met;
  if (sampled.missed) record.notes.push_back(*std::move(sampled.missed));
  record.device_seconds = std::move(sampled.device_seconds);
  record.host_seconds = std::move(sampled.host_seconds);
  double inside = 0;
  for (const double seconds : record.host_seconds) inside += seconds;
  record.phases.launches = warm.launch_seconds + inside;
  record.sensors = sensors.summary();
  record.throttling = guard.outcome();
  if (auto note = throttling_note(record.throttling)) record.notes.push_back(*std::move(note));
  record.energy =
      energy_of(std::span(sensors.readings()).subspan(first_reading),
                {static_cast<double>(record.host_seconds.size()), seconds_now() - begin, inside},
                results::record::counted_work(record.operation, record.work));
  return warm;
}

results::record::Status status_of(assay_status status) {
  if (status == ASSAY_UNSUPPORTED) return Status::unsupported;
  return status == ASSAY_OUT_OF_MEMORY ? Status::out_of_memory : Status::error;
}

void measure_steps(const OpenDevice& device, Operands& operands, results::record::Record& record,
                   const PhaseObserver& begins) {
  if (device.modelled()) return take_from_model(device, record);
  const Held held(device, operands, record, begins);
  if (!held.right()) return;
  const WarmUp warm = time_launches(device, held.prepared(), begins, record);
  if (record.settings.burn_seconds > 0) {
    begins("burn");
    burn_problem(device, held.prepared(), warm.seconds_per_launch, record);
  }
  begins("verify");
  held.verify_again(record);
}

}  // namespace

Operands::Array Operands::make_array(const kernels::Problem& problem,
                                     const kernels::RankOperand& part) const {
  Array array;
  array.operand = part.operand;
  array.first = part.first;
  array.bytes = static_cast<std::size_t>(part.operand.bytes());
  array.host = std::make_unique_for_overwrite<std::byte[]>(array.bytes);
  const bool output = part.operand.role == Role::output;
  if (!output) {
    const Bytes all(array.host.get(), array.bytes);
    kernels::generate_parallel(problem, static_cast<int>(arrays_.size()), all, array.first);
    array.hash = kernels::array_hash(all);
  }
  const std::size_t room = std::max<std::size_t>(1, array.bytes);
  array.device = std::make_unique<Buffer>(device_, output ? array.bytes + kGuardBytes : room);
  return array;
}

void Operands::make(const kernels::Problem& problem, results::record::Phases& phases) {
  const PhaseTimer timer(phases.generate);
  const auto parts = parts_of(problem, device_);
  if (problem_ == problem.text() && place_ == device_.place()) return;
  forget();
  for (const kernels::RankOperand& part : parts) arrays_.push_back(make_array(problem, part));
  problem_ = problem.text();
  place_ = device_.place();
}

std::uint64_t Operands::upload(results::record::Phases& phases) {
  const PhaseTimer timer(phases.upload);
  std::vector<std::uint64_t> hashes;
  std::vector<std::byte> part;
  for (Array& array : arrays_) {
    if (array.operand.role != Role::input) continue;
    array.device->upload({array.host.get(), array.bytes});
    kernels::ArrayHasher hasher;
    for (std::size_t at = 0; at < array.bytes; at += kReadBack) {
      part.resize(std::min(kReadBack, array.bytes - at));
      array.device->download(part, at);
      hasher.add(part);
    }
    hashes.push_back(hasher.finish());
    if (hashes.back() != array.hash) {
      throw Error(fmt::format("operand {}: the device gives back other bits than were sent",
                              array.operand.name));
    }
  }
  return kernels::combined_hash(hashes);
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
  std::vector<std::uint64_t> hashes;
  for (const Array& array : arrays_) {
    if (array.operand.role == Role::output) {
      hashes.push_back(kernels::array_hash({array.host.get(), array.bytes}));
    }
  }
  return kernels::combined_hash(hashes);
}

void Operands::forget() {
  problem_.clear();
  arrays_.clear();
}

Held::Held(const OpenDevice& device, Operands& operands, results::record::Record& record,
           const PhaseObserver& begins)
    : problem_(kernels::Problem::parse(record.problem)), device_(device), operands_(operands) {
  begins("generate");
  operands.make(problem_, record.phases);
  begins("upload");
  record.operands_hash = hash_text(operands.upload(record.phases));
  begins("prepare");
  {
    const PhaseTimer timer(record.phases.prepare);
    prepared_ = std::make_unique<Prepared>(device, record.problem, record.implementation.name,
                                           operands.buffers());
    record.implementation.details = prepared_->details();
  }
  begins("verify");
  right_ = verify(problem_, device, *prepared_, operands, record);
}

/// The last launch's output must have the bits of the verified one, or be right in its own right.
void Held::verify_again(results::record::Record& record) const {
  const PhaseTimer timer(record.phases.verify);
  // Of several ranks, what the launches alone can tell: how many of them began late.
  if (device_.place()) record.implementation.details = prepared_->details();
  const std::string overrun = operands_.download();
  if (overrun.empty() && hash_text(operands_.output_hash()) == record.output_hash) return;
  kernels::CheckOptions options;
  options.seed = record.settings.order_seed + 1;
  const kernels::Check check = judge(problem_, device_, operands_, options);
  if (!overrun.empty() || check.outcome == kernels::Outcome::wrong) {
    record.status = Status::wrong;
    record.reason = fmt::format("wrong result after {} launches: {}",
                                record.warm_up_launches + record.device_seconds.size() + 1,
                                overrun.empty() ? check.where : overrun);
    record.check = check;
    record.check.outcome = kernels::Outcome::wrong;
    return;
  }
  record.notes.push_back({results::record::NoteKind::bits_differ,
                          "output bits differ between launches, all within the bound",
                          {}});
}

void note_failures(const OpenDevice& device, Operands& operands, results::record::Record& record,
                   bool& device_lost, const std::function<void()>& steps) {
  const double begin = seconds_now();
  try {
    steps();
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
  record.phases.total += seconds_now() - begin;
}

results::record::Record measure(const OpenDevice& device, Operands& operands,
                                results::record::Record record, const PhaseObserver& begins,
                                bool& device_lost) {
  note_failures(device, operands, record, device_lost,
                [&] { measure_steps(device, operands, record, begins); });
  return record;
}

}  // namespace assay::harness::measure
