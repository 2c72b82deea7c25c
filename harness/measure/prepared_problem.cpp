#include "harness/measure/prepared_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/measure/clock.h"
#include "harness/measure/entropy.h"
#include "kernels/bulk.h"
#include "kernels/checking.h"
#include "kernels/operation.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::Status;

/// A brief judgement computes fewer elements again: work left out everywhere is found by few.
constexpr double kBriefFlop = 1e8;
constexpr int kBriefProbes = 4;

constexpr const char* kUnequalDownloads = "the output was downloaded twice, with different bits";
/// An output of at least so many bytes has other bits where inputs of the same kind were changed.
constexpr std::size_t kTellingBytes = 1024;

/// Calls whose parts of outputs are kept, and those that are judged however long that takes.
constexpr std::size_t kMostKeptParts = 64;
constexpr std::uint32_t kLeastJudgedParts = 2;

std::string hash_text(std::uint64_t hash) {
  return fmt::format("{:016x}", hash);
}

}  // namespace

void PreparedProblem::prepare(Measurement& out, const PhaseObserver& begins) {
  // The device's buffers and the memory of another problem go before that of this one comes.
  if (operands_.problem() != task_.problem) access_.release();
  begins("generate");
  access_.carry_out([&] { operands_.make(task_.problem, place_, out.phases); });
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
    const auto stated = out.details.find("accumulator");
    accumulator_ =
        stated == out.details.end() ? std::nullopt : kernels::narrow_accumulator(stated->second);
  }
  begins("verify");
  verify(out);
  verified_hash_ = out.output_hash;
  launches_ = 0;
  kept_parts_.clear();
  parts_seen_ = 0;
  spots_.emplace(access_, operands_, task_.problem.operation());
}

kernels::Check PreparedProblem::judgement(std::span<const kernels::ConstBytes> arrays,
                                          bool brief) const {
  kernels::CheckOptions options;
  if (brief) {
    options.full_flop = kBriefFlop;
    options.probes = kBriefProbes;
  }
  return judgement(arrays, options);
}

kernels::Check PreparedProblem::judgement(std::span<const kernels::ConstBytes> arrays,
                                          kernels::CheckOptions options) const {
  options.seed = entropy();
  const kernels::Operation& operation = task_.problem.operation();
  kernels::Check check;
  access_.carry_out([&] {
    check = operation.collective == nullptr
                ? kernels::check_accumulated(task_.problem, arrays, options, accumulator_)
                : operation.collective->check(task_.problem, place_->rank, arrays, options);
  });
  check.seed = options.seed;
  return check;
}

void PreparedProblem::poison() {
  operands_.poison();
  access_.upload(operands_.whole_outputs());
}

void PreparedProblem::take_outputs() {
  operands_.take_outputs();
  taken_hash_ = hash_text(operands_.output_hash());
}

bool PreparedProblem::outputs_are_as_verified() {
  if (taken_hash_ == verified_hash_ && operands_.outputs_are_as_taken()) return true;
  take_outputs();
  return taken_hash_ == verified_hash_;
}

/// Runs once on poisoned outputs and checks the result.
void PreparedProblem::verify(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Poison only now: `prepare` with tuning may already have written right results.
  poison();
  access_.launch(1, ASSAY_HOT);
  access_.download(operands_.whole_outputs());
  const std::string overrun = operands_.overrun();
  take_outputs();
  out.output_hash = taken_hash_;
  out.check = judgement(operands_.arrays());
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
  account_.add(mode, made.launches.size(), told_by(made.launches), made.call_seconds);
  return std::move(made.launches);
}

double PreparedProblem::disturb(Inputs inputs, const Entropy& random) {
  if (inputs == Inputs::original) {
    spots_->restore_inputs();
  } else {
    spots_->change_inputs(random, inputs == Inputs::replaced);
  }
  spots_->poison_outputs(random);
  return spots_->take_beyond_transfer();
}

double PreparedProblem::overwrite_outputs() {
  operands_.poison();
  const std::vector<OperandPart> outputs = operands_.whole_outputs();
  const double begin = seconds_now();
  access_.upload(outputs);
  return beyond_transfer(seconds_now() - begin, outputs);
}

std::function<kernels::Check()> PreparedProblem::judge_of_parts() {
  if (spots_->seen().empty()) return nullptr;
  return [this, parts = KeptParts{spots_->changed_inputs(), spots_->seen()}] {
    return judgement(parts);
  };
}

double PreparedProblem::timed_download() {
  operands_.poison();
  const double begin = seconds_now();
  access_.download(operands_.whole_outputs());
  return seconds_now() - begin;
}

Seen PreparedProblem::look_at_whole(bool again) {
  if (inputs_are_changed()) return look_at_changed(again);
  Seen seen;
  seen.first_seconds = seen.again_seconds = timed_download();
  seen.wrong = operands_.overrun();
  seen.as_verified = outputs_are_as_verified();
  if (!again || !seen.wrong.empty()) return seen;
  seen.again_seconds = timed_download();
  seen.wrong = operands_.overrun();
  if (!operands_.outputs_are_as_taken()) seen.wrong = kUnequalDownloads;
  return seen;
}

std::uint64_t PreparedProblem::whole_bytes() const {
  std::uint64_t sum = 0;
  for (const OperandPart& part : operands_.whole_outputs()) sum += part.bytes;
  return sum;
}

/// The host keeps the verified outputs, to compare others with.
Seen PreparedProblem::look_at_changed(bool again) {
  std::vector<OperandPart> parts = operands_.whole_outputs();
  for (OperandPart& part : parts) part.bytes -= kGuardBytes;
  changed_outputs_.clear();
  Seen seen;
  seen.first_seconds = seen.again_seconds = timed_download();
  std::vector<kernels::ConstBytes> outputs;
  for (const OperandPart& part : parts) {
    const kernels::Bytes copy = operands_.room(part.operand).take(part.bytes);
    kernels::copy_bytes(operands_.shared(part), copy);
    outputs.emplace_back(copy);
  }
  if (again) {
    seen.again_seconds = timed_download();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!kernels::same_bytes(outputs[i], operands_.shared(parts[i]))) {
        seen.wrong = kUnequalDownloads;
      }
    }
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool same = kernels::same_bytes(outputs[i], operands_.host(parts[i].operand));
    seen.as_verified = seen.as_verified && same;
    bytes += outputs[i].size();
  }
  // Few elements may be the same although inputs differ.
  seen.as_verified = seen.as_verified && bytes >= kTellingBytes;
  changed_outputs_ = std::move(outputs);
  changes_ = spots_->changed_inputs();
  return seen;
}

kernels::Check PreparedProblem::judge(Inputs inputs, bool brief) {
  if (inputs == Inputs::original) return judgement(operands_.arrays(), brief);
  const ChangedInputs changed(operands_, changes_);
  std::vector<kernels::ConstBytes> arrays;
  auto next = changed_outputs_.cbegin();
  const auto& placed = operands_.layout().operands;
  for (std::uint32_t i = 0; i < placed.size(); ++i) {
    arrays.push_back(placed[i].is_output() ? *next++ : changed.bytes(i));
  }
  return judgement(arrays, brief);
}

Seen PreparedProblem::look_at_parts() {
  Seen seen = spots_->look();
  if (inputs_are_changed() && seen.wrong.empty() && !spots_->seen().empty()) keep_parts();
  return seen;
}

void PreparedProblem::keep_parts() {
  KeptParts parts{spots_->changed_inputs(), spots_->seen()};
  ++parts_seen_;
  if (kept_parts_.size() < kMostKeptParts) {
    kept_parts_.push_back(std::move(parts));
  } else if (const std::uint64_t place = entropy() % parts_seen_; place < kMostKeptParts) {
    kept_parts_[place] = std::move(parts);
  }
}

kernels::Check PreparedProblem::judgement(const KeptParts& kept) {
  const ChangedInputs inputs(operands_, kept.changes);
  kernels::Check found;
  for (const Patch& output : kept.outputs) {
    const ChangedHost outputs(operands_, {output});
    const auto& placed = operands_.layout().operands;
    std::vector<kernels::ConstBytes> arrays;
    for (std::uint32_t i = 0; i < placed.size(); ++i) arrays.push_back(inputs.bytes(i));
    const int bits = kernels::bits_of(placed[output.operand].operand.type);
    const auto element = [&](std::size_t byte) {
      return static_cast<std::int64_t>(byte) * 8 / bits;
    };
    kernels::CheckOptions options;
    options.only = {{element(output.offset), element(output.offset + output.bytes.size())}};
    found = worst(found, judgement(arrays, std::move(options)));
  }
  return found;
}

kernels::Check PreparedProblem::judge_parts(double seconds, std::uint32_t& judged) {
  const double end = seconds_now() + seconds;
  kernels::Check found;
  for (judged = 0; !kept_parts_.empty() && found.outcome != Outcome::wrong; ++judged) {
    if (judged >= kLeastJudgedParts && seconds_now() > end) break;
    std::swap(kept_parts_[entropy() % kept_parts_.size()], kept_parts_.back());
    const KeptParts parts = std::move(kept_parts_.back());
    kept_parts_.pop_back();
    found = worst(found, judgement(parts));
  }
  kept_parts_.clear();
  return found;
}

/// The output must have the same bits as the verified one, or pass a check of its own.
void PreparedProblem::check(Measurement& out) {
  const PhaseTimer timer(out.phases.verify);
  // Only available after the launches: on several ranks, how many of them began late.
  if (place_) out.details = access_.details();
  access_.download(operands_.whole_outputs());
  const std::string overrun = operands_.overrun();
  if (outputs_are_as_verified() && overrun.empty()) return;
  const kernels::Check check = judgement(operands_.arrays());
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
