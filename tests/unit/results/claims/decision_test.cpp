// Simulates how often verdicts are wrong: a claim whose true value is at the limit may be
// supported, or refuted, in at most 2.5% of campaigns.
#include "results/claims/decision.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <span>
#include <vector>

#include "results/claims/units.h"
#include "results/statistics/statistics.h"

namespace assay::results::claims {
namespace {

constexpr double kAny = std::numeric_limits<double>::infinity();

using Noise = std::function<double(std::mt19937_64&)>;

struct Rates {
  double supported = 0, refuted = 0;
};

/// Campaigns of `samples` launch times whose true median is exactly the claimed one.
Rates campaigns(int number, std::size_t samples, const Noise& noise, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  int supported = 0, refuted = 0;
  std::vector<double> seconds(samples);
  for (int campaign = 0; campaign < number; ++campaign) {
    for (double& second : seconds) second = noise(random);
    const statistics::Summary summary = statistics::summarize(seconds);
    const statistics::Interval rate{1 / summary.interval.upper, 1 / summary.interval.lower};
    const VerdictKind kind = decide(rate, {1, kAny});
    supported += kind == VerdictKind::supported;
    refuted += kind == VerdictKind::refuted;
  }
  return {supported / double(number), refuted / double(number)};
}

void expect_rarely_wrong(const Noise& noise) {
  for (const std::size_t samples : {10u, 20u, 50u, 200u}) {
    constexpr int number = 10000;
    const Rates rates = campaigns(number, samples, noise, 7 + samples);
    const double limit = 0.025 + 3 * std::sqrt(0.025 * 0.975 / number);
    EXPECT_LE(rates.supported, limit) << samples << " samples";
    EXPECT_LE(rates.refuted, limit) << samples << " samples";
    // It must also decide in some cases.
    EXPECT_GT(rates.supported + rates.refuted, 0.001) << samples << " samples";
    testing::Test::RecordProperty(fmt::format("supported_{}", samples),
                                  fmt::format("{}", rates.supported));
    testing::Test::RecordProperty(fmt::format("refuted_{}", samples),
                                  fmt::format("{}", rates.refuted));
  }
}

TEST(FalseVerdicts, AreRareInNormalNoise) {
  expect_rarely_wrong(
      [](std::mt19937_64& random) { return 1 + 0.02 * std::normal_distribution<>()(random); });
}

TEST(FalseVerdicts, AreRareInSkewedNoise) {
  expect_rarely_wrong([](std::mt19937_64& random) {
    return std::exp(0.1 * std::normal_distribution<>()(random));  // median 1
  });
}

TEST(FalseVerdicts, AreRareInHeavyTails) {
  expect_rarely_wrong([](std::mt19937_64& random) {
    return std::exp(0.01 * std::student_t_distribution<>(2)(random));
  });
}

TEST(FalseVerdicts, AreRareWithRareSlowLaunches) {
  // A tenth of the launches is slow by half; the median of the whole is 1.
  const double shift = 0.13971;  // the normal quantile of 0.5 / 0.9
  expect_rarely_wrong([shift](std::mt19937_64& random) {
    const bool slow = std::uniform_real_distribution<>()(random) < 0.1;
    const double fast = 1 + 0.01 * (std::normal_distribution<>()(random) - shift);
    return slow ? 1.5 : fast;
  });
}

/// How a launch's time changes over the measurement, from 0 to 1, relative to its end.
using Course = std::function<double(double)>;

record::Record record_of(std::size_t samples, const Course& course, const Noise& noise,
                         std::mt19937_64& random) {
  record::Record record;
  record.problem = "fma n=1024 steps=1000 type=f32 acc=f32 dist=integer seed=1";
  record.operation = "fma";
  record.device.name = "Box";
  record.implementation = {"library/maker", record::Division::library, {}};
  record.settings.mode = record::Mode::hot;
  record.work = {1, 1, kernels::DataType::f32};
  for (std::size_t launch = 0; launch < samples; ++launch) {
    const double at = static_cast<double>(launch) / static_cast<double>(samples - 1);
    record.device_seconds.push_back(course(at) * noise(random));
  }
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = true;
  record.target_met = record.summary.half_width() <= record.settings.target;
  return record;
}

/// The same for whole records, whose times end at exactly the claimed one: what must not be trusted
/// decides nothing, and the interval allows for a drift that is too small to be noticed.
void expect_rarely_wrong_by_records(const Course& course, const Noise& noise) {
  constexpr int kNumber = 400;
  Catalogue catalogue;
  System& box = catalogue.systems["box"];
  box.id = "box";
  box.match = {{"name", "Box"}};
  const results::claims::Test test{{{"x", "fma type=f32"}}, "rate.flop(x)", {}};
  Requirement required;
  required.accepted = {1, kAny};
  for (const std::size_t samples : {20u, 50u, 200u}) {
    std::mt19937_64 random(samples);
    int supported = 0, refuted = 0;
    for (int campaign = 0; campaign < kNumber; ++campaign) {
      const record::Record record = record_of(samples, course, noise, random);
      EvidenceIndex evidence(catalogue, std::span(&record, 1));
      const VerdictKind kind = decide(required, evidence.measured(test, box).at(0));
      supported += kind == VerdictKind::supported;
      refuted += kind == VerdictKind::refuted;
    }
    const double limit = 0.025 + 3 * std::sqrt(0.025 * 0.975 / kNumber);
    EXPECT_LE(supported / double(kNumber), limit) << samples << " samples";
    EXPECT_LE(refuted / double(kNumber), limit) << samples << " samples";
  }
}

double one_percent(std::mt19937_64& random) {
  return 1 + 0.01 * std::normal_distribution<>()(random);
}

TEST(FalseVerdicts, AreRareWhileTimesStillFall) {
  for (const double size : {0.01, 0.02, 0.05, 0.2}) {
    SCOPED_TRACE(size);
    expect_rarely_wrong_by_records([=](double at) { return 1 + size * std::exp(-4 * at); },
                                   one_percent);
  }
}

TEST(FalseVerdicts, AreRareWhileABoostFades) {
  for (const double size : {0.01, 0.02, 0.05, 0.2}) {
    SCOPED_TRACE(size);
    expect_rarely_wrong_by_records([=](double at) { return 1 - size * std::exp(-4 * at); },
                                   one_percent);
  }
}

TEST(FalseVerdicts, AreRareOnARamp) {
  for (const double size : {-0.2, -0.05, -0.02, -0.01, 0.01, 0.02, 0.05, 0.2}) {
    SCOPED_TRACE(size);
    expect_rarely_wrong_by_records([=](double at) { return 1 + size * (1 - at); }, one_percent);
  }
}

TEST(FalseVerdicts, AreRareBetweenTwoModes) {
  // Half of the launches take 5% less and half 5% more; the median lies between the two.
  expect_rarely_wrong_by_records(
      [](double) { return 1; },
      [](std::mt19937_64& random) {
        const double mode = std::uniform_real_distribution<>()(random) < 0.5 ? 0.95 : 1.05;
        return mode * (1 + 0.002 * std::normal_distribution<>()(random));
      });
}

TEST(FalseVerdicts, AreRareWithASecondLook) {
  // As `assay run --for-claim` does it: what the first measurement leaves open is measured once
  // more with as many samples as would probably decide, if these are not more than 20 times as
  // many.
  constexpr int kNumber = 1000;
  Catalogue catalogue;
  System& box = catalogue.systems["box"];
  box.id = "box";
  box.match = {{"name", "Box"}};
  const results::claims::Test test{{{"x", "fma type=f32"}}, "rate.flop(x)", {}};
  Claim claim;
  claim.value.emplace();
  claim.value->value = claim.value->written = 1;
  claim.value->unit = "FLOP/s";
  Requirement required;
  required.accepted = {1, kAny};
  std::mt19937_64 random(5);
  int supported = 0, refuted = 0, second_looks = 0;
  for (int campaign = 0; campaign < kNumber; ++campaign) {
    const auto look = [&](std::size_t samples) {
      const record::Record record = record_of(
          samples, [](double) { return 1; }, one_percent, random);
      EvidenceIndex evidence(catalogue, std::span(&record, 1));
      return evidence.measured(test, box).at(0);
    };
    const Measured first = look(40);
    VerdictKind kind = decide(required, first);
    const auto more = decision(claim, required, first).additional_samples;
    if (kind == VerdictKind::inconclusive && more && *more <= 20 * 40) {
      ++second_looks;
      kind = decide(required, look(static_cast<std::size_t>(40 + *more)));
    }
    supported += kind == VerdictKind::supported;
    refuted += kind == VerdictKind::refuted;
  }
  EXPECT_GT(second_looks, kNumber / 20);
  const double limit = 0.025 + 3 * std::sqrt(0.025 * 0.975 / kNumber);
  EXPECT_LE(supported / double(kNumber), limit);
  EXPECT_LE(refuted / double(kNumber), limit);
}

TEST(FalseVerdicts, DoNotComeFromGivingUp) {
  // A rate that is 5% below the limit is refuted by nearly every steady record.
  Catalogue catalogue;
  System& box = catalogue.systems["box"];
  box.id = "box";
  box.match = {{"name", "Box"}};
  const results::claims::Test test{{{"x", "fma type=f32"}}, "rate.flop(x)", {}};
  Requirement required;
  required.accepted = {1.05, kAny};
  std::mt19937_64 random(3);
  int refuted = 0;
  for (int campaign = 0; campaign < 200; ++campaign) {
    const record::Record record = record_of(
        50, [](double) { return 1; }, one_percent, random);
    EvidenceIndex evidence(catalogue, std::span(&record, 1));
    refuted += decide(required, evidence.measured(test, box).at(0)) == VerdictKind::refuted;
  }
  EXPECT_GE(refuted, 190);
}

// On either side of the limit the same rule decides, and decides rightly.
TEST(Verdicts, DecideAClaimThatIsFarFromItsLimit) {
  std::mt19937_64 random(11);
  for (const double truth : {0.9, 1.1}) {
    int right = 0;
    for (int campaign = 0; campaign < 1000; ++campaign) {
      std::vector<double> seconds(50);
      for (double& second : seconds) {
        second = (1 + 0.02 * std::normal_distribution<>()(random)) / truth;
      }
      const statistics::Summary summary = statistics::summarize(seconds);
      const VerdictKind kind =
          decide({1 / summary.interval.upper, 1 / summary.interval.lower}, {1, kAny});
      right += kind == (truth > 1 ? VerdictKind::supported : VerdictKind::refuted);
    }
    EXPECT_EQ(right, 1000) << truth;
  }
}

TEST(Verdicts, CoverAllSidesOfTheGuardBand) {
  const double claimed = 100, tolerance = 0.05;  // met from 95 on
  const auto kind = [&](double lower, double upper) {
    return decide({lower, upper}, accepted_values(claimed, tolerance, Comparison::at_least));
  };
  EXPECT_EQ(kind(95, 97), VerdictKind::supported);  // the lower end on the limit meets it
  EXPECT_EQ(kind(94.999, 97), VerdictKind::inconclusive);
  EXPECT_EQ(kind(90, 95), VerdictKind::inconclusive);  // the upper end on the limit may meet it
  EXPECT_EQ(kind(90, 94.999), VerdictKind::refuted);
  EXPECT_EQ(kind(200, 300), VerdictKind::supported);
  EXPECT_EQ(kind(0, 1), VerdictKind::refuted);
}

/// A claim of `written` TFLOP/s with a tolerance of 10%, so that the limit is 0.9 of it.
Claim claim_of(double written) {
  Claim claim;
  Property value;
  value.written = written;
  value.value = written * 1e12;
  value.range = {value.value, value.value};
  value.unit = "TFLOP/s";
  value.dimension = parse_unit(value.unit).dimension;
  claim.value = value;
  claim.tolerance = 0.1;
  return claim;
}

Requirement required(const Claim& claim) {
  return requirement(Catalogue{}, claim);
}

Measured measured(double value, double lower, double upper, std::size_t samples) {
  Measured out;
  out.value = value * 1e12;
  out.interval = {lower * 1e12, upper * 1e12};
  out.samples = samples;
  out.confidence = 0.9;
  return out;
}

TEST(Decision, GivesTheLimitInTheClaimsUnitWithoutAMeasurement) {
  const Decision numbers = decision(claim_of(10), required(claim_of(10)));
  EXPECT_NEAR(numbers.limit.value(), 9, 1e-12);
  EXPECT_EQ(numbers.tolerance, 0.1);
  EXPECT_FALSE(numbers.guard_band || numbers.confidence || numbers.guard_band_needed ||
               numbers.additional_samples);
}

TEST(Decision, TakesTheSideOfTheIntervalThatFacesTheLimit) {
  EXPECT_NEAR(
      decision(claim_of(10), required(claim_of(10)), measured(11, 10.5, 13, 20)).guard_band.value(),
      0.5, 1e-9);
  EXPECT_NEAR(
      decision(claim_of(10), required(claim_of(10)), measured(7, 4, 7.25, 20)).guard_band.value(),
      0.25, 1e-9);
}

TEST(Decision, GivesNoSamplesToAddWhereTheMeasurementDecides) {
  const Decision numbers =
      decision(claim_of(10), required(claim_of(10)), measured(11, 10.5, 13, 20));
  EXPECT_EQ(numbers.confidence, 0.9);
  EXPECT_FALSE(numbers.guard_band_needed);
  EXPECT_FALSE(numbers.additional_samples);
}

TEST(Decision, GivesTheNumberOfSamplesWithWhichTheIntervalReachesTheLimit) {
  // 1 below the value, the limit; 3 below, the end of the interval: nine times the 20 samples, and
  // twice as many again, since the median moves: (2.8 / 1.96)^2 = 2.04.
  const Decision above = decision(claim_of(10), required(claim_of(10)), measured(10, 7, 10.5, 20));
  EXPECT_NEAR(above.guard_band_needed.value(), 1, 1e-9);
  EXPECT_NEAR(static_cast<double>(above.additional_samples.value()), 2.0408 * 9 * 20 - 20, 1);
  // The other way round: 2 to the limit, 4 to the end: four times.
  const Decision below = decision(claim_of(10), required(claim_of(10)), measured(7, 6, 11, 50));
  EXPECT_NEAR(below.guard_band_needed.value(), 2, 1e-9);
  EXPECT_NEAR(static_cast<double>(below.additional_samples.value()), 2.0408 * 4 * 50 - 50, 1);
}

TEST(Decision, NeverPromisesADecisionByAFewSamplesMore) {
  // The end of the interval is only just beyond the limit.
  const Decision numbers =
      decision(claim_of(10), required(claim_of(10)), measured(10, 8.999, 10.5, 40));
  EXPECT_GE(numbers.additional_samples.value(), 40);
  Measured repeated = measured(10, 7, 10.5, 20);
  repeated.fixed_by = "the steps of the clock limit it";
  EXPECT_FALSE(decision(claim_of(10), required(claim_of(10)), repeated).additional_samples);
}

TEST(Decision, WaitsForTheEndThatTheIntervalReachesBeyond) {
  Requirement both = required(claim_of(10));
  both.accepted = {3.88e12, 4.74e12};
  // The upper limit is nearer to the value, but the interval ends before it.
  const Decision numbers = decision(claim_of(10), both, measured(4.4, 2.1, 4.5, 40));
  EXPECT_NEAR(numbers.limit.value(), 3.88, 1e-9);
  EXPECT_GT(numbers.additional_samples.value(), 40 * 18);
}

TEST(Decision, GivesNoNumberOfSamplesWhereTheValueLiesOnTheLimitOrAlmost) {
  EXPECT_FALSE(decision(claim_of(10), required(claim_of(10)), measured(9.0000001, 7, 10.5, 20))
                   .additional_samples);
  Claim exact = claim_of(8);
  exact.tolerance = 0;
  const Decision on_limit = decision(exact, required(exact), measured(8, 7, 10.5, 20));
  EXPECT_EQ(on_limit.guard_band_needed, 0);
  EXPECT_FALSE(on_limit.additional_samples);
}

TEST(Decision, PrintsWhatIsNotKnownAsNull) {
  const Claim claim = claim_of(10);
  const auto json = to_json(claim, decision(claim, required(claim), measured(10, 7, 10.5, 20)));
  EXPECT_EQ(json["unit"], "TFLOP/s");
  EXPECT_NEAR(json["limit"].get<double>(), 9, 1e-9);
  EXPECT_NEAR(json["guard_band"].get<double>(), 3, 1e-9);
  EXPECT_NEAR(json["additional_samples_per_problem"].get<double>(), 347, 1);
  EXPECT_TRUE(to_json(claim, decision(claim, required(claim)))["guard_band"].is_null());
}

}  // namespace
}  // namespace assay::results::claims
