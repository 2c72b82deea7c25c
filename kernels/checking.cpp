#include "kernels/checking.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <mutex>
#include <set>

#include "kernels/input.h"

namespace assay::kernels {

namespace {

constexpr double kSquareUnit = 0x1p20;
constexpr double kLargestSquare = 64;
constexpr std::int64_t kEnoughToJudgeMean = 32;
constexpr std::int64_t kSteadyMean = 256;

bool is_right_overflow(DataType type, double got, double expected, double slack) {
  const double top = largest(type);
  if (is_integer(type) || !(std::fabs(expected) + slack >= top)) return false;
  if (std::isnan(got)) return !has_infinity(type);
  return std::fabs(got) >= top && std::signbit(got) == std::signbit(expected);
}

bool same_value(double got, double expected) {
  return got == expected || (std::isnan(got) && std::isnan(expected));
}

void note_multiple(double multiple, const Finding& finding, Tally& tally) {
  const bool earlier = multiple == tally.worst && finding.index < tally.worst_at.index;
  if (multiple > tally.worst || earlier || tally.worst_at.index < 0) {
    tally.worst = multiple;
    tally.worst_at = finding;
  }
}

void note_wrong(const Finding& finding, Tally& tally) {
  ++tally.wrong;
  if (tally.first_wrong.index < 0 || finding.index < tally.first_wrong.index) {
    tally.first_wrong = finding;
  }
}

/// Elements that are looked at together before each is judged by itself.
constexpr std::size_t kTogether = 64;

/// Whether every error is at most this multiple of its bound; false where one is NaN.
bool all_within(std::span<const double> got, std::span<const double> expected,
                std::span<const double> bounds, double multiple) {
  std::size_t within = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    within += static_cast<std::size_t>(std::fabs(got[i] - expected[i]) <= multiple * bounds[i]);
  }
  return within == got.size();
}

std::string describe(const Finding& finding, DataType type, ConstBytes output,
                     const std::function<std::string(std::int64_t)>& place) {
  const bool unwritten = is_poisoned(type, output, finding.index);
  return fmt::format("{}: got {}, expected {:.9g}, bound {:.3g}", place(finding.index),
                     unwritten ? "the poison (never written)" : fmt::format("{:.9g}", finding.got),
                     finding.expected, finding.bound);
}

}  // namespace

double smallest_subnormal(DataType type) {
  return is_integer(type) ? 0 : smallest_normal(type) * 2 * unit_roundoff(type);
}

double rounding_bound(DataType type, double size) {
  return unit_roundoff(type) * size + smallest_subnormal(type);
}

void Tally::merge(const Tally& other) {
  compared += other.compared;
  suspicious += other.suspicious;
  judged_squares += other.judged_squares;
  squares += other.squares;
  if (other.worst_at.index >= 0) note_multiple(other.worst, other.worst_at, *this);
  if (other.wrong > 0) {
    const std::int64_t together = wrong + other.wrong;
    note_wrong(other.first_wrong, *this);
    wrong = together;
  }
}

void Tally::note_different(const Finding& finding) {
  note_multiple(kBeyondAnyBound, finding, *this);
  note_wrong(finding, *this);
}

double Tally::typical_ratio() const {
  if (judged_squares < kEnoughToJudgeMean) return 0;
  const double mean =
      std::sqrt(static_cast<double>(squares) / kSquareUnit / static_cast<double>(judged_squares));
  return judged_squares < kSteadyMean ? mean / 2 : mean;
}

void judge(DataType type, std::int64_t index, double got, double expected, const Bound& bound,
           Tally& tally) {
  ++tally.compared;
  const Finding finding{index, got, expected, bound.accept};
  if (same_value(got, expected) || is_right_overflow(type, got, expected, bound.accept)) {
    if (bound.typical > 0) ++tally.judged_squares;
    note_multiple(0, finding, tally);
    return;
  }
  const double error = std::fabs(got - expected);
  if (!std::isfinite(error)) {
    note_multiple(kBeyondAnyBound, finding, tally);
    note_wrong(finding, tally);
    return;
  }
  note_multiple(std::min(error / bound.accept, kBeyondAnyBound), finding, tally);
  if (bound.typical > 0) {
    const double ratio = error / bound.typical;
    ++tally.judged_squares;
    tally.squares +=
        static_cast<std::uint64_t>(std::min(ratio * ratio, kLargestSquare) * kSquareUnit);
  }
  if (error > std::max(bound.accept, std::min(bound.worst, kWrongBeyond * bound.accept))) {
    note_wrong(finding, tally);
  } else if (error > bound.accept) {
    ++tally.suspicious;
  }
}

void judge_all(DataType type, std::int64_t first, std::span<const double> got,
               std::span<const double> expected, std::span<const double> bounds, Tally& tally) {
  // Smaller than the worst so far, however the quotient is rounded.
  constexpr double kSurely = 1 - 0x1p-40;
  for (std::size_t from = 0; from < got.size(); from += kTogether) {
    const std::size_t count = std::min(kTogether, got.size() - from);
    const auto at = first + static_cast<std::int64_t>(from);
    const bool found_before = tally.worst_at.index >= 0 && tally.worst_at.index < at;
    if (found_before &&
        all_within(got.subspan(from, count), expected.subspan(from, count),
                   bounds.subspan(from, count), kSurely * std::min(tally.worst, 1.0))) {
      tally.compared += static_cast<std::int64_t>(count);
      continue;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const double bound = bounds[from + i];
      judge(type, at + static_cast<std::int64_t>(i), got[from + i], expected[from + i],
            {bound, bound}, tally);
    }
  }
}

void judge_exact(DataType type, std::int64_t index, double got, double exact, Tally& tally) {
  const double owed = decode(type, encode(type, exact));
  if (same_value(got, owed) || is_right_overflow(type, got, exact, 0)) {
    ++tally.compared;
    note_multiple(0, {index, got, owed, 0}, tally);
    return;
  }
  // Any difference is wrong. The multiple is in roundings; for integers, in halves.
  ++tally.compared;
  const double unit = is_integer(type) ? 0.5 : rounding_bound(type, std::fabs(owed));
  const double multiple = std::fabs(got - owed) / unit;
  const Finding finding{index, got, owed, 0};
  note_multiple(std::isfinite(multiple) ? multiple : kBeyondAnyBound, finding, tally);
  note_wrong(finding, tally);
}

void for_each_part(ElementRange range, std::int64_t length,
                   const std::function<void(ElementRange)>& visit) {
  const std::int64_t parts = (range.last - range.first + length - 1) / length;
  tbb::parallel_for(std::int64_t{0}, parts, [&](std::int64_t part) {
    const std::int64_t first = range.first + part * length;
    visit({first, std::min(range.last, first + length)});
  });
}

Tally tally_of(const std::vector<ElementRange>& ranges, std::int64_t length,
               const std::function<Tally(ElementRange)>& judge) {
  Tally total;
  std::mutex merging;
  for (const ElementRange& range : ranges) {
    for_each_part(range, length, [&](ElementRange part) {
      const Tally tally = judge(part);
      const std::lock_guard lock(merging);
      total.merge(tally);
    });
  }
  return total;
}

Check conclude(const Tally& tally, std::string method, DataType type, ConstBytes output,
               const std::function<std::string(std::int64_t)>& place) {
  Check check{.method = std::move(method), .worst = tally.worst, .elements = tally.compared};
  if (tally.wrong > 0) {
    check.outcome = Outcome::wrong;
    check.where =
        fmt::format("{}; {} of {} compared elements wrong",
                    describe(tally.first_wrong, type, output, place), tally.wrong, tally.compared);
  } else if (tally.suspicious > 0) {
    check.outcome = Outcome::suspicious;
    check.where = fmt::format("{}; {} of {} compared elements beyond the probabilistic bound",
                              describe(tally.worst_at, type, output, place), tally.suspicious,
                              tally.compared);
  }
  if (const double mean = tally.typical_ratio(); mean > 1) {
    worsen(check, mean > kWrongMean ? Outcome::wrong : Outcome::suspicious, mean,
           fmt::format("everywhere: root mean square of the errors is {:.2f} times what the types "
                       "explain; a narrower type was multiplied or accumulated",
                       mean));
  }
  return check;
}

void worsen(Check& check, Outcome outcome, double multiple, const std::string& where) {
  check.worst = std::max(check.worst, multiple);
  if (check.outcome >= outcome) return;
  check.outcome = outcome;
  check.where = where;
}

Check worst(const Check& one, const Check& other) {
  const auto gravity = [](const Check& check) {
    constexpr Outcome kOrder[] = {Outcome::right, Outcome::unchecked, Outcome::suspicious,
                                  Outcome::wrong};
    return std::find(std::begin(kOrder), std::end(kOrder), check.outcome) - std::begin(kOrder);
  };
  Check graver = gravity(other) > gravity(one) ? other : one;
  graver.worst = std::max(one.worst, other.worst);
  graver.elements = one.elements + other.elements;
  return graver;
}

std::uint64_t Draws::next() {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::int64_t Draws::next(std::int64_t below) {
  return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(below));
}

std::vector<std::int64_t> boundary_indices(std::int64_t extent) {
  std::set<std::int64_t> indices = {0, extent - 1};
  for (const std::int64_t block : {16, 32, 64, 128, 256}) {
    indices.insert({block - 1, block});
  }
  for (const std::int64_t block : {64, 128}) indices.insert((extent - 1) / block * block);
  std::vector<std::int64_t> inside;
  for (const std::int64_t i : indices) {
    if (i < extent) inside.push_back(i);
  }
  return inside;
}

void insert_one_of_each_run(std::int64_t total, std::int64_t runs, Draws& draws,
                            std::set<std::int64_t>& chosen) {
  runs = std::min(runs, total);
  if (runs <= 0) return;
  const std::int64_t length = total / runs, longer = total % runs;
  std::int64_t begin = 0;
  for (std::int64_t run = 0; run < runs; ++run) {
    const std::int64_t count = length + (run < longer ? 1 : 0);
    chosen.insert(begin + draws.next(count));
    begin += count;
  }
}

std::vector<std::int64_t> sample_indices(std::int64_t groups, std::int64_t extent, int random,
                                         std::uint64_t seed) {
  std::set<std::int64_t> chosen;
  for (const std::int64_t i : boundary_indices(extent)) {
    chosen.insert(i);
    chosen.insert((groups - 1) * extent + i);
  }
  const std::int64_t total = groups * extent;
  Draws draws{seed};
  insert_one_of_each_run(total, random, draws, chosen);
  return {chosen.begin(), chosen.end()};
}

}  // namespace assay::kernels
