// The shares of the built-in catalogue must not refute a chip that is known to be true: no
// published measurement may refute a claimed peak of the same chip and type.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/claims/decision.h"
#include "results/claims/evidence.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/quantity_pattern.h"

namespace assay::results::claims::shares_test {
namespace {

const Catalogue& catalogue() {
  static const Catalogue built_in = built_in_catalogue();
  return built_in;
}

/// "flop.bf16" for "peak.bf16.cube" and for "achieved.flop.bf16.mamf", "byte" for
/// "memory.bandwidth" and "achieved.byte.flagperf"; empty for other quantities.
std::string rate_of(const std::string& quantity) {
  const std::vector<std::string> words = words_of(quantity);
  if (quantity == "memory.bandwidth") return "byte";
  if (words.size() >= 2 && words[0] == "peak") return "flop." + words[1];
  if (words.size() >= 2 && words[0] == "achieved" && words[1] == "byte") return "byte";
  if (words.size() >= 3 && words[0] == "achieved" && words[1] == "flop") return "flop." + words[2];
  return {};
}

std::set<std::string> operations_of(const Claim& claim) {
  std::set<std::string> operations;
  if (claim.test) {
    for (const auto& [name, pattern] : claim.test->problems) {
      operations.insert(ProblemPattern(pattern).operation());
    }
  }
  return operations;
}

struct Published {
  std::string name;
  double value = 0;  ///< in base units
};

/// What is published to be measured of the claim's chip and type. If a share is known, only results
/// of the operation that the share is about count: attention does not tell what a matmul reaches.
std::vector<Published> published_for(const Claim& claim) {
  std::vector<Published> out;
  const Share* known = find_share(catalogue(), claim);
  const std::string rate = rate_of(claim.quantity);
  if (rate.empty()) return out;
  for (const Claim& other : catalogue().claims) {
    if (other.system != claim.system || !other.value || !other.quantity.starts_with("achieved.") ||
        rate_of(other.quantity) != rate) {
      continue;
    }
    if (known != nullptr &&
        !operations_of(other).contains(ProblemPattern(known->problem).operation())) {
      continue;
    }
    out.push_back({other.id, other.value->value});
  }
  for (const auto& [quantity, figures] : find_system(catalogue(), claim.system).properties) {
    if (!quantity.starts_with("achieved.") || rate_of(quantity) != rate || known != nullptr)
      continue;
    for (const Property& figure : figures) out.push_back({quantity, figure.value});
  }
  for (const Share& share : catalogue().shares) {
    if (share.system == claim.system && rate_of(share.quantity) == rate) {
      out.push_back({share.id, share.best.value});
    }
  }
  return out;
}

/// A measurement without doubts by the vendor's own routine, known to 1%.
Measured measured(double value) {
  Measured out;
  out.value = value;
  out.interval = {value * 0.99, value * 1.01};
  out.samples = 100;
  out.vendor_routine = true;
  out.work = out.intensity = 1e18;
  return out;
}

TEST(Shares, AreOfPeaksThatTheirChipsHave) {
  EXPECT_GE(catalogue().shares.size(), 30u);
  for (const Share& share : catalogue().shares) {
    const Property* peak = find_system(catalogue(), share.system).figure(share.quantity);
    ASSERT_NE(peak, nullptr) << share.id;
    EXPECT_EQ(share.best.dimension, peak->dimension) << share.id;
    EXPECT_LT(share.range.lower, share.range.upper) << share.id;
    // The digits of both figures and of the share allow a little.
    EXPECT_GE(share.best.range.upper / peak->range.lower, share.range.lower - 0.005) << share.id;
    EXPECT_LE(share.best.range.lower / peak->range.upper, share.range.upper + 0.005) << share.id;
    EXPECT_FALSE(share.implementation.empty() || share.note.empty()) << share.id;
  }
}

TEST(Shares, AreFoundOnceForAChipQuantityAndOperation) {
  std::set<std::string> ids;
  for (const Share& share : catalogue().shares)
    EXPECT_TRUE(ids.insert(share.id).second) << share.id;
}

TEST(Shares, DoNotRefuteAClaimedPeakByAPublishedMeasurement) {
  int pairs = 0, with_share = 0;
  std::set<std::string> claims;
  for (const Claim& claim : catalogue().claims) {
    if (!is_peak(claim)) continue;
    const Requirement required = requirement(catalogue(), claim);
    for (const Published& one : published_for(claim)) {
      ++pairs;
      with_share += required.known != nullptr;
      claims.insert(claim.id);
      for (const double off : {0.99, 1.0, 1.01}) {
        EXPECT_NE(decide(required, measured(one.value * off)), VerdictKind::refuted)
            << claim.id << " by " << off << " of " << one.name;
      }
    }
  }
  // The loop must not have passed by the figures that it is about.
  EXPECT_GE(pairs, 40);
  EXPECT_GE(with_share, 40);
  // Claims about one peak that differ: the disputed ones hold as well.
  for (const char* id : {"ascend910c-bf16-peak", "ascend910c-bf16-peak-press", "gaudi3-bf16-peak",
                         "gaudi3-bf16-peak-earlier"}) {
    EXPECT_TRUE(claims.contains(id)) << id;
  }
}

TEST(Shares, RefuteFarBelowThemOnlyByTheVendorsRoutine) {
  int known = 0;
  for (const Claim& claim : catalogue().claims) {
    if (!is_peak(claim)) continue;
    const Requirement required = requirement(catalogue(), claim);
    const bool has_share = required.known != nullptr;
    Measured low = measured(0.9 * (has_share ? required.refuted_below : required.accepted.lower));
    known += has_share;
    EXPECT_EQ(decide(required, low), has_share ? VerdictKind::refuted : VerdictKind::not_reached)
        << claim.id;
    low.work = 0.5 * required.least_work;
    EXPECT_EQ(decide(required, low), VerdictKind::not_reached) << claim.id << ", a small problem";
    low = measured(low.value);
    low.vendor_routine = false;
    EXPECT_EQ(decide(required, low), VerdictKind::not_reached) << claim.id;
  }
  EXPECT_GE(known, 25);
}

// Between the lowest and the best share a larger or smaller peak would fit as well.
TEST(Shares, SupportAPeakOnlyNearTheBestPublishedRate) {
  for (const Share& share : catalogue().shares) {
    for (const Claim& claim : catalogue().claims) {
      if (find_share(catalogue(), claim) != &share) continue;
      Claim inflated = claim;
      for (double* value : {&inflated.value->value, &inflated.value->written,
                            &inflated.value->range.lower, &inflated.value->range.upper}) {
        *value *= 1.25;
      }
      const Property* peak = find_system(catalogue(), share.system).figure(share.quantity);
      if (std::abs(claim.value->value / peak->value - 1) > 0.01) continue;
      const Requirement required = requirement(catalogue(), inflated);
      EXPECT_NE(decide(required, measured(share.best.value)), VerdictKind::supported) << claim.id;
    }
  }
}

// Peaks with sparsity are twice the dense ones. Who claims them as dense is found out.
TEST(Shares, DoNotSupportTwiceThePeak) {
  for (const Share& share : catalogue().shares) {
    const Property* peak = find_system(catalogue(), share.system).figure(share.quantity);
    ASSERT_NE(peak, nullptr) << share.id;
    EXPECT_LT(share.best.value, 2 * peak->value * share.range.lower) << share.id;
  }
}

}  // namespace
}  // namespace assay::results::claims::shares_test
