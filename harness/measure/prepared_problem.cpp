#include "harness/measure/prepared_problem.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

#include "harness/measure/clock.h"
#include "kernels/checking.h"
#include "results/record/device.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::Status;

/// 64 bits of the system's entropy. Drawn only when the outputs have been downloaded, so that no
/// module can know which elements will be looked at.
std::uint64_t entropy() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

kernels::Check judge(const kernels::Problem& problem, const OpenDevice& device,
                     const Operands& operands) {
  kernels::CheckOptions options;
  options.seed = entropy();
  const kernels::Operation& operation = problem.operation();
  kernels::Check check =
      operation.collective == nullptr
          ? operation.check(problem, operands.arrays(), options)
          : operation.collective->check(problem, device.place()->rank, operands.arrays(), options);
  check.seed = options.seed;
  return check;
}

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

/// Runs once on poisoned outputs and checks the result.
void verify(const Task& task, const OpenDevice& device, Prepared& prepared, Operands& operands,
            Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Poison only now: `prepare` with tuning may already have written right results.
  operands.poison();
  prepared.run(1, ASSAY_HOT);
  const std::string overrun = operands.download();
  out.output_hash = hash_text(operands.output_hash());
  out.check = judge(task.problem, device, operands);
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

/// The output must have the same bits as the verified one, or pass a check of its own.
void PreparedProblem::check(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Only available after the launches: on several ranks, how many of them began late.
  if (device_.place()) out.details = prepared_->details();
  const std::string overrun = operands_.download();
  if (overrun.empty() && hash_text(operands_.output_hash()) == verified_hash_) return;
  const kernels::Check check = judge(task_.problem, device_, operands_);
  if (overrun.empty() && check.outcome != Outcome::wrong) {
    // The worst of all checks counts: an output that was exact once may be coarser afterwards.
    const std::uint64_t seed = check.seed;
    out.check = worst(out.check, check);
    out.check.seed = seed;
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
