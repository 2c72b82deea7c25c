#include "harness/measure/hot_account.h"

#include <gtest/gtest.h>

namespace assay::harness::measure::hot_account_test {
namespace {

/// Launches of one length, of which the module tells `told_share`, on a clock that they advance.
class MadeUp : public Target {
 public:
  explicit MadeUp(double seconds) : seconds_(seconds) {}

  void prepare(Measurement&, const PhaseObserver&) override {}
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode) override {
    const double each = launches == 0 ? first_seconds.value_or(seconds_) : seconds_;
    launches += count;
    const double wall = each * count, around = around_each * count;
    now += wall + around;
    sums_.calls += 1;
    sums_.launches += count;
    sums_.wall += wall + around;
    sums_.host += told_share * wall;
    sums_.device += told_share * wall;
    return std::vector<assay_launch>(count, assay_launch{told_share * each, told_share * each});
  }
  void begin_account() override { sums_ = {}; }
  results::record::ClockSums account(assay_mode) const override { return sums_; }
  std::optional<Reading> read_sensors() override { return std::nullopt; }
  std::string vendor() const override { return ""; }
  double sustained_clock_hz() const override { return 0; }
  void check(Measurement&) override {}

  double now = 0, told_share = 1, around_each = 0;
  std::optional<double> first_seconds;
  std::uint64_t launches = 0;

 private:
  double seconds_;
  results::record::ClockSums sums_;
};

results::record::ClockSums account_of(MadeUp& target, double sampled_seconds) {
  return hot_account(target, sampled_seconds, [&] { return target.now; });
}

TEST(HotAccount, MakesALongLaunchOnceWhereItTakesAsLongAsTheSamples) {
  MadeUp target(0.2);
  EXPECT_EQ(account_of(target, 0.2).wall, 0.2);
  EXPECT_EQ(target.launches, 1U);
}

TEST(HotAccount, MakesALongLaunchAgainWhereTheSamplesWereShorter) {
  MadeUp target(0.1);
  account_of(target, 0.05);
  EXPECT_EQ(target.launches, 3U);
}

TEST(HotAccount, FindsThatOnlyTheFirstLongLaunchWasSlow) {
  MadeUp target(0.1);
  target.first_seconds = 0.15;
  EXPECT_EQ(account_of(target, 0.1).wall, 0.1);
}

TEST(HotAccount, MakesLaunchesAgainWhoseTimeIsNotAccountedFor) {
  MadeUp target(0.02);
  target.told_share = 0.5;
  account_of(target, 0.02);
  EXPECT_GT(target.launches, 20U) << "another batch might be undisturbed";
}

TEST(HotAccount, DoesNotTakeTheWayAroundTinyLaunchesForOtherWork) {
  MadeUp target(1e-6);
  target.around_each = 0.7e-6;
  account_of(target, 1e-6);
  EXPECT_LT(target.now, 0.02);
}

TEST(HotAccount, TakesTheShortestOfSeveralBatchesOfShortLaunches) {
  MadeUp target(1e-4);
  target.first_seconds = 1e-3;
  const results::record::ClockSums sums = account_of(target, 1e-4);
  EXPECT_NEAR(sums.wall / static_cast<double>(sums.launches), 1e-4, 1e-12);
  EXPECT_GE(target.launches, 100U);
}

}  // namespace
}  // namespace assay::harness::measure::hot_account_test
