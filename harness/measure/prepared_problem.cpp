#include "harness/measure/prepared_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <utility>

#include "harness/measure/clock.h"
#include "kernels/checking.h"
#include "kernels/operation.h"

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

void add_call(results::record::ClockSums& sums, const Launched& made) {
  double host = 0;
  for (const assay_launch& launch : made.launches) {
    sums.device += launch.device_seconds;
    host += launch.host_seconds;
  }
  ++sums.calls;
  sums.launches += made.launches.size();
  sums.host += host;
  sums.wall += made.call_seconds;
  sums.largest_excess = std::max(sums.largest_excess, host - made.call_seconds);
}

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

}  // namespace

void PreparedProblem::prepare(Measurement& out, const PhaseObserver& begins) {
  begins("generate");
  operands_.make(task_.problem, place_, out.phases);
  begins("upload");
  {
    const PhaseTimer timer(out.phases.upload);
    access_.allocate(operands_);
    const std::uint64_t hash = access_.upload_inputs();
    if (hash != operands_.input_hash()) {
      throw Error("the inputs: the device returned different bits from those sent");
    }
    out.operands_hash = hash_text(hash);
  }
  begins("prepare");
  {
    const PhaseTimer timer(out.phases.prepare);
    access_.prepare(task_);
    out.details = access_.details();
  }
  begins("verify");
  verify(out);
  verified_hash_ = out.output_hash;
  launches_ = 0;
}

kernels::Check PreparedProblem::judge() const {
  kernels::CheckOptions options;
  options.seed = entropy();
  const kernels::Operation& operation = task_.problem.operation();
  kernels::Check check =
      operation.collective == nullptr
          ? operation.check(task_.problem, operands_.arrays(), options)
          : operation.collective->check(task_.problem, place_->rank, operands_.arrays(), options);
  check.seed = options.seed;
  return check;
}

void PreparedProblem::poison() {
  operands_.poison();
  access_.upload(operands_.whole_outputs());
}

std::string PreparedProblem::download() {
  access_.download(operands_.whole_outputs());
  return operands_.take_outputs();
}

/// Runs once on poisoned outputs and checks the result.
void PreparedProblem::verify(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Poison only now: `prepare` with tuning may already have written right results.
  poison();
  access_.launch(1, ASSAY_HOT);
  const std::string overrun = download();
  out.output_hash = hash_text(operands_.output_hash());
  out.check = judge();
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
  poison();
}

std::vector<assay_launch> PreparedProblem::launch(std::uint32_t count, assay_mode mode) {
  launches_ += count;
  Launched made = access_.launch(count, mode);
  add_call(accounts_[mode == ASSAY_COLD ? 1 : 0], made);
  return std::move(made.launches);
}

/// The output must have the same bits as the verified one, or pass a check of its own.
void PreparedProblem::check(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Only available after the launches: on several ranks, how many of them began late.
  if (place_) out.details = access_.details();
  const std::string overrun = download();
  if (overrun.empty() && hash_text(operands_.output_hash()) == verified_hash_) return;
  const kernels::Check check = judge();
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
