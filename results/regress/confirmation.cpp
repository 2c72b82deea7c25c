#include "results/regress/confirmation.h"

#include <algorithm>
#include <cmath>

#include "results/statistics/distributions.h"

namespace assay::results::regress {

namespace {

/// Medians of processes differ by at least this share, however equal a few of them look.
constexpr double kLeastDeviation = 1e-3;

double mean_log(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return sum / static_cast<double>(values.size());
}

/// Half of the 95% interval of the mean of the logarithms.
double half_width(std::span<const double> values, double mean) {
  double squares = 0;
  for (const double value : values) squares += std::pow(std::log(value) - mean, 2);
  const auto count = static_cast<double>(values.size());
  const double deviation = std::max(std::sqrt(squares / (count - 1)), kLeastDeviation);
  return statistics::student_quantile(count - 1, 0.975) * deviation / std::sqrt(count);
}

}  // namespace

std::string_view name(Confirmation confirmation) {
  switch (confirmation) {
    case Confirmation::none:
      return "not measured again";
    case Confirmation::confirmed:
      return "confirmed";
    case Confirmation::back:
      return "as before";
    case Confirmation::machine:
      return "the machine";
    case Confirmation::between:
      return "between the levels";
  }
  return "";
}

Confirmed judge_again(const HistoryFinding& finding, std::span<const double> values,
                      std::span<const Control> controls) {
  Confirmed out;
  out.processes = values.size();
  if (values.empty()) return out;
  const double mean = mean_log(values);
  out.value = std::exp(mean);
  if (values.size() < kFewestProcesses) return out;
  const double before = std::log(finding.before), after = std::log(finding.after);
  const double sign = after > before ? 1 : -1, size = std::abs(after - before);
  for (const Control& control : controls) {
    if (control.values.size() < kFewestProcesses) continue;
    ++out.controls;
    const double level = mean_log(control.values);
    const double moved = sign * (level - std::log(control.level));
    if (moved >= size / 2 && moved > half_width(control.values, level)) ++out.moved;
  }
  const double beyond = sign * (mean - (before + after) / 2), half = half_width(values, mean);
  if (beyond < -half) {
    out.outcome = Confirmation::back;
  } else if (beyond <= half) {
    out.outcome = Confirmation::between;
  } else {
    out.outcome = out.moved > 0 && 2 * out.moved >= out.controls ? Confirmation::machine
                                                                 : Confirmation::confirmed;
  }
  return out;
}

}  // namespace assay::results::regress
