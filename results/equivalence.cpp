#include "results/equivalence.h"

#include <cmath>

namespace assay::results {

namespace {

constexpr double kConfidence = 0.90;  // two tests at 5%

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

EquivalenceTest equivalence(std::span<const double> a, std::span<const double> b, double margin,
                            std::uint64_t seed) {
  EquivalenceTest test;
  test.margin = margin;
  test.ratio = median(a) / median(b);
  test.interval = bootstrap_ratio(a, b, kConfidence, seed);
  const bool told = a.size() > 1 && b.size() > 1 && std::isfinite(test.ratio) && test.ratio > 0 &&
                    std::isfinite(test.interval.upper) && test.interval.lower > 0 && margin > 0;
  if (!told) return test;
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
