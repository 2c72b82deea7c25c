// Prints how many series without a change give an alarm in a year, if each is looked at every night
// and judged alone.
//   quiet_curve [series] [first seed] [kind] [deviation] [threads]
// A look costs milliseconds and a year has 360 of them. So every third night is screened by the
// same tests with a probability that is a thousand times as large; only near a night where the
// screen finds something is every night looked at in full. `quiet_curve SERIES SEED KIND DEVIATION
// THREADS full` looks at all nights, to check that.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "results/regress/findings.h"
#include "tests/regress/synthetic.h"

namespace assay {
namespace {

using results::regress::FindingOptions;
using results::statistics::ChangePoint;

constexpr std::size_t kNights = 365, kEvery = 3;

struct Outcome {
  std::size_t alarms = 0;  ///< with another first night than the one before
  std::size_t first_night = 0;
};

bool may_alarm(std::span<const double> logs, double probability) {
  results::statistics::ChangeOptions options;
  options.probability = probability;
  return std::ranges::any_of(change_points(logs, options).points, [](const ChangePoint& point) {
    return point.proven && point.deviations > 0;
  });
}

/// Whether the nights until this one give an alarm; the first night of the new level.
std::optional<std::size_t> alarm(std::span<const double> values, std::span<const double> logs) {
  if (!may_alarm(logs, FindingOptions().changes.probability)) return std::nullopt;
  for (const auto& finding : judge_history(values, FindingOptions()).findings) {
    if (finding.alarms()) return finding.first;
  }
  return std::nullopt;
}

Outcome year(const std::vector<double>& history, bool full) {
  std::vector<double> logs;
  for (const double value : history) logs.push_back(std::log(value));
  std::vector<bool> close(kNights + 1, full);
  for (std::size_t night = 7; night <= kNights && !full; night += kEvery) {
    if (!may_alarm(std::span(logs).first(night), 1e-4)) continue;
    const std::size_t from = night > kEvery ? night - kEvery + 1 : 1;
    for (std::size_t n = from; n < std::min(kNights + 1, night + kEvery); ++n) close[n] = true;
  }
  Outcome out;
  std::size_t last = 0;
  for (std::size_t night = 7; night <= kNights; ++night) {
    if (!close[night]) continue;
    const auto first = alarm(std::span(history).first(night), std::span(logs).first(night));
    if (!first) continue;
    if (out.alarms == 0) out.first_night = night;
    if (out.alarms == 0 || *first > last + 5) ++out.alarms;
    last = std::max(last, *first);
  }
  return out;
}

/// The upper 95% limit of the expected number, if `seen` were seen (Garwood 1936), by bisection.
double upper_limit(std::size_t seen) {
  double low = static_cast<double>(seen), high = low + 10 + 4 * std::sqrt(low + 1);
  for (int i = 0; i < 60; ++i) {
    const double mean = (low + high) / 2;
    double term = std::exp(-mean), below = term;
    for (std::size_t k = 1; k <= seen; ++k) below += term *= mean / static_cast<double>(k);
    (below > 0.05 ? low : high) = mean;
  }
  return high;
}

void print_row(synthetic::Noise kind, std::size_t series, std::uint64_t seed, double deviation,
               std::size_t threads, bool full) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<Outcome> outcomes(series);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < series; i = next++) {
      synthetic::Course course;
      course.deviation = deviation;
      outcomes[i] = year(synthetic::history(kind, kNights, seed + i, course), full);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  std::size_t alarmed = 0, alarms = 0;
  std::string seeds;
  for (std::size_t i = 0; i < series; ++i) {
    if (outcomes[i].alarms == 0) continue;
    if (alarmed < 12) seeds += fmt::format(" {}@{}", seed + i, outcomes[i].first_night);
    ++alarmed;
    alarms += outcomes[i].alarms;
  }
  const double thousand = 1000 / static_cast<double>(series);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{:<14} {:>5.1f}% {:>6} {:>8} {:>7} {:>9.2f} {:>11.2f} {:>7.0f} s {}\n", name(kind),
             100 * deviation, series, alarmed, alarms, static_cast<double>(alarmed) * thousand,
             upper_limit(alarmed) * thousand, took.count(), seeds);
  std::fflush(stdout);
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const auto number = [&](int place, double otherwise) {
    return argc > place ? std::strtod(argv[place], nullptr) : otherwise;
  };
  const std::string kind = argc > 3 ? argv[3] : "all";
  fmt::print("{:<14} {:>6} {:>6} {:>8} {:>7} {:>9} {:>11} {:>9} {}\n", "noise", "size", "series",
             "alarmed", "alarms", "of 1000", "at most 95%", "time", "seed@night");
  for (const assay::synthetic::Noise noise : assay::synthetic::kQuietNoises) {
    if (kind != "all" && kind != name(noise)) continue;
    assay::print_row(noise, static_cast<std::size_t>(number(1, 20)),
                     static_cast<std::uint64_t>(number(2, 100000)), number(4, 0.01),
                     static_cast<std::size_t>(number(5, 1)), argc > 6);
  }
}
