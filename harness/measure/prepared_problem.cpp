#include "harness/measure/prepared_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "harness/measure/clock.h"
#include "harness/measure/entropy.h"
#include "kernels/checking.h"
#include "results/record/device.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::Status;

/// Draws what is looked at only now that the outputs have been downloaded, so that no module can
/// know it.
kernels::Check judgement(const kernels::Problem& problem, const OpenDevice& device,
                         std::span<const kernels::ConstBytes> arrays) {
  kernels::CheckOptions options;
  options.seed = entropy();
  const kernels::Operation& operation = problem.operation();
  kernels::Check check =
      operation.collective == nullptr
          ? operation.check(problem, arrays, options)
          : operation.collective->check(problem, device.place()->rank, arrays, options);
  check.seed = options.seed;
  return check;
}

constexpr const char* kUnequalDownloads = "the output was downloaded twice, with different bits";
/// An output of at least so many bytes has other bits where inputs of the same kind were changed.
constexpr std::size_t kTellingBytes = 1024;

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

/// Runs once on poisoned outputs and checks the result.
void verify(const Task& task, const OpenDevice& device, const Prepared& prepared,
            Operands& operands, Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Poison only now: `prepare` with tuning may already have written right results.
  operands.poison();
  prepared.run(1, ASSAY_HOT);
  const std::string overrun = operands.download();
  out.output_hash = hash_text(operands.output_hash());
  out.check = judgement(task.problem, device, operands.arrays());
  if (!overrun.empty()) {
    out.check.outcome = Outcome::wrong;
    out.check.where = overrun;
  }
  if (out.check.outcome == Outcome::wrong) {
    out.status = Status::wrong;
    out.reason = fmt::format("wrong result ({}): {}", out.check.method, out.check.where);
    return;
  }
  // Poison again, so that the final check detects launches that write nothing.
  operands.poison();
}

}  // namespace

void PreparedProblem::prepare(Measurement& out, const PhaseObserver& begins) {
  begins("generate");
  operands_.make(task_.problem, out.phases);
  begins("upload");
  out.operands_hash = hash_text(operands_.upload(out.phases));
  begins("prepare");
  {
    const PhaseTimer timer(out.phases.prepare);
    prepared_ = std::make_unique<Prepared>(device_, task_.problem, task_.implementation,
                                           operands_.buffers());
    out.details = prepared_->details();
  }
  begins("verify");
  verify(task_, device_, *prepared_, operands_, out);
  verified_hash_ = out.output_hash;
  launches_ = 0;
  if (!device_.place()) spots_.emplace(operands_, task_.problem.operation());
}

std::vector<assay_launch> PreparedProblem::launch(std::uint32_t count, assay_mode mode) {
  launches_ += count;
  return prepared_->run(count, mode);
}

std::optional<Reading> PreparedProblem::read_sensors() {
  assay_sensors told;
  if (!device_.sensors(told)) return std::nullopt;
  const auto known = [](double figure) {
    return std::isnan(figure) ? std::nullopt : std::optional(figure);
  };
  Reading reading;
  reading.clock_hz = known(told.clock_hz);
  reading.memory_clock_hz = known(told.memory_clock_hz);
  reading.power_watts = known(told.power_watts);
  reading.energy_joules = known(told.energy_joules);
  reading.temperature_celsius = known(told.temperature_celsius);
  reading.throttle = text_or_empty(told.throttle);
  return reading;
}

std::string PreparedProblem::vendor() const {
  return device_.identity().vendor;
}

double PreparedProblem::sustained_clock_hz() const {
  return results::record::sustained_clock_hz(device_.identity());
}

void PreparedProblem::disturb(Inputs inputs, const Entropy& random) {
  if (inputs == Inputs::changed) {
    spots_->change_inputs(random);
  } else {
    spots_->restore_inputs();
  }
  spots_->poison_outputs(random);
}

Seen PreparedProblem::look_at_whole(bool again) {
  if (inputs_are_changed()) return look_at_changed(again);
  Seen seen;
  double begin = seconds_now();
  seen.wrong = operands_.download();
  seen.first_seconds = seen.again_seconds = seconds_now() - begin;
  const std::string hash = hash_text(operands_.output_hash());
  seen.as_verified = hash == verified_hash_;
  if (!again || !seen.wrong.empty()) return seen;
  begin = seconds_now();
  seen.wrong = operands_.download();
  seen.again_seconds = seconds_now() - begin;
  if (hash_text(operands_.output_hash()) != hash) seen.wrong = kUnequalDownloads;
  return seen;
}

/// The host keeps the verified outputs, to compare others with.
Seen PreparedProblem::look_at_changed(bool again) {
  std::vector<std::vector<std::byte>> outputs, repeated;
  for (const Operands::Part& part : operands_.parts()) {
    if (part.operand.role == kernels::Role::output) outputs.emplace_back(part.host.size());
  }
  const auto download = [this](std::vector<std::vector<std::byte>>& to) {
    const double begin = seconds_now();
    auto next = to.begin();
    for (const Operands::Part& part : operands_.parts()) {
      if (part.operand.role == kernels::Role::output) part.device.download(*next++);
    }
    return seconds_now() - begin;
  };
  if (again) repeated = outputs;
  Seen seen;
  seen.first_seconds = seen.again_seconds = download(outputs);
  if (again) seen.again_seconds = download(repeated);
  if (again && repeated != outputs) seen.wrong = kUnequalDownloads;
  std::size_t bytes = 0;
  auto next = outputs.begin();
  for (const Operands::Part& part : operands_.parts()) {
    if (part.operand.role != kernels::Role::output) continue;
    const std::vector<std::byte>& output = *next++;
    const bool same = std::memcmp(output.data(), part.host.data(), output.size()) == 0;
    seen.as_verified = seen.as_verified && same;
    bytes += output.size();
  }
  // Few elements may be the same although inputs differ.
  seen.as_verified = seen.as_verified && bytes >= kTellingBytes;
  changed_outputs_ = std::move(outputs);
  changes_ = spots_->changed_inputs();
  return seen;
}

kernels::Check PreparedProblem::judge(Inputs inputs) {
  if (inputs == Inputs::original) return judgement(task_.problem, device_, operands_.arrays());
  const ChangedHost changed(operands_, changes_);
  std::vector<kernels::ConstBytes> arrays;
  auto next = changed_outputs_.cbegin();
  for (const Operands::Part& part : operands_.parts()) {
    const bool output = part.operand.role == kernels::Role::output;
    arrays.push_back(output ? kernels::ConstBytes(*next++) : kernels::ConstBytes(part.host));
  }
  return judgement(task_.problem, device_, arrays);
}

/// The output must have the same bits as the verified one, or pass a check of its own.
void PreparedProblem::check(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Only available after the launches: on several ranks, how many of them began late.
  if (device_.place()) out.details = prepared_->details();
  const std::string overrun = operands_.download();
  if (overrun.empty() && hash_text(operands_.output_hash()) == verified_hash_) return;
  const kernels::Check check = judgement(task_.problem, device_, operands_.arrays());
  if (overrun.empty() && check.outcome != Outcome::wrong) {
    // The worst of all checks counts: an output that was exact once may be coarser afterwards.
    const std::uint64_t seed = check.seed;
    out.check = worst(out.check, check);
    out.check.seed = seed;
    const auto differ = [](const results::record::Note& note) {
      return note.kind == results::record::NoteKind::bits_differ;
    };
    if (std::ranges::any_of(out.notes, differ)) return;
    out.notes.push_back({results::record::NoteKind::bits_differ,
                         "output bits differ between launches, all within the error bound",
                         {}});
    return;
  }
  out.status = Status::wrong;
  out.reason = fmt::format("wrong result after {} launches: {}", launches_ + 1,
                           overrun.empty() ? check.where : overrun);
  out.check = check;
  out.check.outcome = Outcome::wrong;
}

}  // namespace assay::harness::measure
