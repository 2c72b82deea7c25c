#include "results/record/contradiction.h"

#include <fmt/format.h>

#include <cmath>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::results::record {

namespace {

constexpr double kDigits = 1e-9;  ///< relative; the rounding of other libraries

std::string unlike_interval(const statistics::Summary& told) {
  if (std::isnan(told.interval.lower) && std::isnan(told.interval.upper)) return "";
  if (!(told.confidence >= 0 && told.confidence <= 1)) {  // 0 of a single sample
    return fmt::format("confidence {} is not between 0 and 1", told.confidence);
  }
  const double rounding = kDigits * told.median;
  if (told.interval.lower <= told.median + rounding &&
      told.median <= told.interval.upper + rounding) {
    return "";
  }
  return fmt::format("the interval {:.6g} s to {:.6g} s does not contain the median {:.6g} s",
                     told.interval.lower, told.interval.upper, told.median);
}

}  // namespace

std::string figures_unlike_samples(const Record& record) {
  const statistics::Summary& told = record.summary;
  const statistics::Summary again =
      statistics::summarize(record.device_seconds, record.settings.confidence);
  const auto differs = [](double a, double b) { return !(std::abs(a - b) <= kDigits * b); };
  if (told.count != again.count) {
    return fmt::format("{} samples stated, {} present", told.count, again.count);
  }
  if (differs(told.median, again.median)) {
    return fmt::format("median {:.6g} s stated, {:.6g} s from the samples", told.median,
                       again.median);
  }
  const bool others = differs(told.mean, again.mean) || differs(told.minimum, again.minimum) ||
                      differs(told.maximum, again.maximum);
  return others ? "mean or extremes differ from those of the samples" : "";
}

std::string work_unlike_problem(const Record& record) {
  constexpr double kRounding = 1e-6;  // of tables with six digits
  const auto differs = [](double a, double b) { return !(std::abs(a - b) <= kRounding * b); };
  try {
    const auto problem = kernels::Problem::parse(record.problem);
    const kernels::Work work = problem.operation().work(problem);
    if (record.operation != problem.operation().name) {
      return fmt::format("its operation is {}, the problem's {}", record.operation,
                         problem.operation().name);
    }
    const bool same = !differs(record.work.flop, work.flop) &&
                      !differs(record.work.bytes, work.bytes) && record.work.type == work.type;
    return same ? "" : "FLOP or bytes do not match the problem";
  } catch (const InputError&) {
    return "";
  }
}

std::string interval_unlike_samples(const Record& record) {
  const statistics::Summary& told = record.summary;
  const statistics::Summary again =
      statistics::summarize(record.device_seconds, record.settings.confidence, told.tick);
  const auto differs = [&](double a, double b) {
    return !(std::abs(a - b) <= kDigits * again.median);
  };
  if (differs(told.interval.lower, again.interval.lower) ||
      differs(told.interval.upper, again.interval.upper)) {
    return fmt::format(
        "interval {:.6g} s to {:.6g} s stated, {:.6g} s to {:.6g} s from the samples",
        told.interval.lower, told.interval.upper, again.interval.lower, again.interval.upper);
  }
  const bool same =
      std::abs(told.confidence - again.confidence) <= kDigits &&
      std::abs(told.effective_count - again.effective_count) <= kDigits * again.effective_count;
  return same ? "" : "confidence or effective samples differ from those of the samples";
}

std::string contradiction(const Record& record) {
  if (record.status != Status::ok) return "";
  if (record.check.outcome == kernels::Outcome::wrong) {
    return "its status is ok, and its check says wrong";
  }
  if (!(record.summary.median > 0) || !std::isfinite(record.summary.median)) {
    return "its status is ok, and its time is not above zero";
  }
  if (std::string why = work_unlike_problem(record); !why.empty()) return why;
  if (!record.device_seconds.empty()) {
    if (std::string why = figures_unlike_samples(record); !why.empty()) return why;
  }
  return unlike_interval(record.summary);
}

}  // namespace assay::results::record
