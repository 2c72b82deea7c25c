#include "results/equivalence.h"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "results/compare/ratio.h"

namespace assay::results {

namespace {

/// The 95% interval of a ratio as one of kEquivalenceConfidence: on the logarithms its distances
/// shrink as a normal distribution's quantiles do.
Interval narrowed(const Ratio& ratio) {
  const boost::math::normal standard;
  const double shrink = quantile(standard, (1 + kEquivalenceConfidence) / 2) /
                        quantile(standard, (1 + kComparisonConfidence) / 2);
  return {ratio.value * std::pow(ratio.interval.lower / ratio.value, shrink),
          ratio.value * std::pow(ratio.interval.upper / ratio.value, shrink)};
}

}  // namespace

std::string_view name(Agreement agreement) {
  switch (agreement) {
    case Agreement::equivalent:
      return "equivalent";
    case Agreement::different:
      return "different";
    case Agreement::undecided:
      return "undecided";
  }
  return "";
}

EquivalenceTest equivalence(std::span<const double> a, std::span<const double> b, double margin) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  EquivalenceTest test;
  test.margin = margin;
  const Summary above = summarize(a), below = summarize(b);
  test.ratio = above.median / below.median;
  test.interval = {kUnknown, kUnknown};
  if (!has_interval(above) || !has_interval(below)) return test;
  test.interval = narrowed(ratio_of_medians(above, below));
  const double largest = 1 + margin, smallest = 1 / largest;
  const auto [lower, upper] = test.interval;
  if (lower > smallest && upper < largest) {
    test.agreement = Agreement::equivalent;
  } else if (lower > largest || upper < smallest) {
    test.agreement = Agreement::different;
  }
  return test;
}

}  // namespace assay::results
