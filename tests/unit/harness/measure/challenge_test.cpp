#include "harness/measure/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

#include "harness/measure/account.h"
#include "kernels/checking.h"
#include "results/statistics/statistics.h"

namespace assay::harness::measure {
namespace {

using kernels::Outcome;
using results::record::Status;
using testing::HasSubstr;

/// A device whose state is what its outputs hold, with a clock that launches and downloads advance.
class MadeUp : public Target, private Challengeable {
 public:
  enum class Output { poison, original, changed, other, coarse };
  /// One launch: which of the call, and of how many.
  struct Launch {
    std::uint32_t index, count;
    bool after_change;
    bool after_replacement;
  };

  void prepare(Measurement&, const PhaseObserver&) override {}
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override {
    counts.push_back(count);
    const double begin = now;
    now += untimed(count);
    std::vector<assay_launch> out;
    for (std::uint32_t i = 0; i < count; ++i) {
      const double seconds = work({i, count, fresh_, fresh_ && large_});
      fresh_ = false;
      ++launched;
      now += seconds;
      out.push_back({seconds, seconds});
    }
    if (has_clock) account_.add(mode, count, told_by(out), now - begin);
    return out;
  }
  void begin_account() override { account_.begin(); }
  results::record::ClockSums account(assay_mode mode) const override { return account_.of(mode); }
  std::optional<Reading> read_sensors() override { return std::nullopt; }
  std::string vendor() const override { return ""; }
  double sustained_clock_hz() const override { return 0; }
  void check(Measurement&) override {}
  Challengeable* challengeable() override { return alone ? this : nullptr; }

  /// Computes rightly, and gives the time of a launch.
  double right() {
    output = inputs == Inputs::original ? Output::original : Output::changed;
    return 1e-3;
  }

  std::function<double(const Launch&)> work = [this](const Launch&) { return right(); };
  Output output = Output::original;
  Inputs inputs = Inputs::original;
  std::function<double(std::uint32_t count)> untimed = [](std::uint32_t) { return 0.0; };
  bool alone = true, changes = true, has_clock = true;
  double now = 0, download_seconds = 1e-6, upload_seconds = 0;  // beyond a transfer
  double put_off = 0;  ///< seconds of work that the next download does
  std::uint64_t launched = 0;
  std::vector<std::uint32_t> counts;
  int judged = 0, judged_briefly = 0, judged_singles = 0, overwritten = 0;
  int disturbed[3] = {};       ///< by Inputs
  kernels::Check parts_check;  ///< what is found in parts of outputs
  double parts_seconds = -1;   ///< that they may be judged for

 private:
  bool inputs_may_change() const override { return changes; }
  double disturb(Inputs wanted, const Entropy&) override {
    inputs = wanted;
    replaced_ = replaced_ || wanted == Inputs::replaced;
    large_ = wanted == Inputs::replaced;
    output = Output::poison;
    fresh_ = true;
    ++disturbed[static_cast<std::size_t>(wanted)];
    now += upload_seconds;
    return upload_seconds;
  }
  double overwrite_outputs() override {
    ++overwritten;
    return upload_seconds;
  }
  std::function<kernels::Check()> judge_of_parts() override {
    return [this, seen = output] {
      ++judged_singles;
      kernels::Check check;
      if (seen != Output::changed) check = {.outcome = Outcome::wrong, .where = "row 5"};
      return check;
    };
  }
  Seen look_at_parts() override {
    Seen seen;
    seen.again_seconds = download_seconds;
    seen.first_seconds = download_seconds + put_off;
    now += seen.first_seconds + seen.again_seconds;
    put_off = 0;
    if (output == Output::poison) seen.wrong = "output c: the poison (never written)";
    seen.as_verified = output == Output::original;
    return seen;
  }
  Seen look_at_whole(bool) override {
    Seen seen = look_at_parts();
    (inputs == Inputs::original ? seen_ : seen_changed_) = output;
    return seen;
  }
  kernels::Check judge(Inputs of, bool brief) override {
    ++judged;
    judged_briefly += brief ? 1 : 0;
    kernels::Check check;
    check.outcome = Outcome::right;
    check.seed = 7;
    const bool original = of == Inputs::original;
    const Output seen = original ? seen_ : seen_changed_;
    const bool fits = seen == (original ? Output::original : Output::changed);
    if (!fits) check.outcome = seen == Output::coarse ? Outcome::suspicious : Outcome::wrong;
    return check;
  }

  kernels::Check judge_parts(double seconds, std::uint32_t& parts) override {
    parts_seconds = seconds;
    parts = replaced_ ? 2 : 0;
    return parts_check;
  }

  Account account_;
  bool fresh_ = true, large_ = false, replaced_ = false;
  Output seen_ = Output::original, seen_changed_ = Output::changed;
};

/// The same draws in every run: SplitMix64.
Entropy draws(std::uint64_t seed) {
  return [source = kernels::Draws{seed}]() mutable { return source.next(); };
}

struct Found {
  Measurement out;
  double median = 0;
};

/// A measurement of `calls` calls of ten launches.
Found measured(MadeUp& device, int calls = 100, std::uint64_t seed = 1) {
  Challenges challenges(device, draws(seed), [&] { return device.now; });
  std::vector<double> times;
  for (int i = 0; i < calls; ++i) {
    for (const assay_launch& one : challenges.launch(10, ASSAY_HOT)) {
      times.push_back(one.device_seconds);
    }
  }
  Found found;
  found.out.check.outcome = Outcome::right;  // of the first launch
  challenges.finish(ASSAY_HOT, 0, 1, found.out);
  found.median = results::statistics::median(times);
  return found;
}

TEST(Challenges, FindNothingWrongWithARightDevice) {
  MadeUp device;
  const Found found = measured(device);
  EXPECT_EQ(found.out.status, Status::ok);
  EXPECT_EQ(found.out.check.outcome, Outcome::right);
  const results::record::Challenges& challenges = found.out.challenges;
  EXPECT_GT(challenges.calls, 80U);
  EXPECT_GT(challenges.changed_calls, 35U);
  EXPECT_LT(challenges.changed_calls, challenges.calls);
  EXPECT_GT(challenges.whole_looks, 3U);
  EXPECT_GE(challenges.judged, 1U);
  EXPECT_EQ(challenges.first_seconds, 1e-3);
  EXPECT_EQ(challenges.first_changed_seconds, 1e-3);
  EXPECT_EQ(challenges.last_seconds, 1e-3);
  EXPECT_NEAR(*challenges.put_off_seconds, 0, 1e-12);
  EXPECT_EQ(device.inputs, Inputs::original) << "for the final check";
  EXPECT_EQ(device.output, MadeUp::Output::original);
}

TEST(Challenges, NeedNoFurtherLaunchAfterOneWithTheFirstInputs) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    MadeUp device;
    Challenges challenges(device, draws(seed), [&] { return device.now; });
    challenges.launch(1, ASSAY_HOT);
    challenges.make_up(ASSAY_HOT);
    EXPECT_EQ(device.inputs, Inputs::original);
    EXPECT_EQ(device.output, MadeUp::Output::poison) << "the next launch must write it";
    device.launch(1, ASSAY_HOT);
    const std::uint64_t launched = device.launched;
    Measurement out;
    challenges.finish(ASSAY_HOT, 0, 1, out);
    EXPECT_EQ(device.launched, launched);
    EXPECT_GE(out.challenges.changed_calls, 1U);
    EXPECT_GE(out.challenges.judged, 1U);
  }
}

TEST(Challenges, LookAtTheWholeOutputOfEachOfFewLongLaunches) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) { return 500 * device.right(); };
  const Found found = measured(device, 2);
  EXPECT_GE(found.out.challenges.whole_looks + 1, found.out.challenges.calls)
      << "the final check looks at the last one";
}

TEST(Challenges, VaryTheLengthsOfCallsAndLaunchAsOftenAsAsked) {
  MadeUp device;
  Challenges challenges(device, draws(3), [&] { return device.now; });
  for (int i = 0; i < 100; ++i) EXPECT_EQ(challenges.launch(10, ASSAY_HOT).size(), 10U);
  const std::set<std::uint32_t> lengths(device.counts.begin(), device.counts.end());
  EXPECT_GE(lengths.size(), 8U);
  EXPECT_GT(std::ranges::count(device.counts, 1U), 30);
  EXPECT_EQ(device.launched, 1000U);
}

TEST(Challenges, LeaveTargetsAloneWhoseOperandsCannotBeChanged) {
  MadeUp device;
  device.alone = false;
  const Found found = measured(device, 5);
  EXPECT_EQ(found.out.challenges.calls, 0U);
  EXPECT_FALSE(found.out.challenges.first_seconds.has_value());
  EXPECT_THAT(device.counts, testing::Each(10U));
}

TEST(Challenges, MakeUpForInputsThatWereNotChanged) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    MadeUp device;
    const Found found = measured(device, 1, seed);
    EXPECT_GE(found.out.challenges.changed_calls, 1U);
    EXPECT_EQ(found.out.challenges.judged, 1U);
  }
}

TEST(Challenges, ChangeNoInputsThatMustNotBeChanged) {
  MadeUp device;
  device.changes = false;
  const Found found = measured(device);
  EXPECT_EQ(found.out.challenges.changed_calls, 0U);
  EXPECT_EQ(found.out.status, Status::ok);
  EXPECT_GE(found.out.challenges.whole_looks, 2U);
}

TEST(Challenges, TakeASmallShareOfTheTime) {
  MadeUp device;
  device.download_seconds = 5e-3;
  const Found found = measured(device, 1000);
  EXPECT_GE(found.out.challenges.calls, 20U);
  EXPECT_LT(device.now, 1.15 * 10.0) << "ten seconds of launches";
  EXPECT_EQ(found.out.status, Status::ok);
}

/// A launch that does nothing, a fiftieth of the time.
constexpr double kIdle = 2e-5;

TEST(Challenges, JudgeOutputsOfChangedInputsAlwaysAndBrieflyWhereThatIsDear) {
  for (const double seconds : {0.5, 10.0}) {
    MadeUp device;
    Challenges challenges(device, draws(3), [&] { return device.now; });
    for (int i = 0; i < 10; ++i) challenges.launch(10, ASSAY_HOT);
    Measurement out;
    challenges.finish(ASSAY_HOT, seconds, 1, out);
    EXPECT_EQ(device.judged, 1);
    EXPECT_EQ(device.judged_briefly, seconds > 1 ? 1 : 0);
  }
}

TEST(Challenges, LeaveSomeCallsUndisturbedForComparison) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch& launch) {
    return launch.after_change ? device.right() : kIdle;
  };
  const Found found = measured(device, 400);
  EXPECT_EQ(found.out.challenges.first_undisturbed_seconds, kIdle);
  EXPECT_EQ(found.out.challenges.first_seconds, 1e-3);
}

TEST(Challenges, FindLaunchesThatWriteNothing) {
  const std::function<bool(const MadeUp&, const MadeUp::Launch&)> works[] = {
      [](const MadeUp& device, const MadeUp::Launch&) { return device.launched % 3 == 0; },
      [](const MadeUp& device, const MadeUp::Launch&) { return device.launched % 100 == 0; },
      [](const MadeUp& device, const MadeUp::Launch&) { return device.launched < 3; },
      [](const MadeUp&, const MadeUp::Launch& launch) { return launch.count == 1; },
      [](const MadeUp&, const MadeUp::Launch& launch) { return launch.count > 1; }};
  for (const auto& working : works) {
    MadeUp device;
    device.work = [&](const MadeUp::Launch& launch) {
      return working(device, launch) ? device.right() : kIdle;
    };
    const Found found = measured(device);
    EXPECT_EQ(found.out.status, Status::wrong);
    EXPECT_THAT(found.out.reason, HasSubstr("never written"));
    EXPECT_EQ(found.out.check.outcome, Outcome::wrong);
  }
}

TEST(Challenges, TimeTheLaunchesAtBothEndsOfCalls) {
  MadeUp first, last;
  first.work = [&](const MadeUp::Launch& launch) {
    return launch.index == 0 ? first.right() : kIdle;
  };
  last.work = [&](const MadeUp::Launch& launch) {
    return launch.index + 1 == launch.count ? last.right() : kIdle;
  };
  const Found by_first = measured(first), by_last = measured(last);
  EXPECT_EQ(by_first.median, kIdle);
  EXPECT_EQ(by_first.out.challenges.first_seconds, 1e-3);
  EXPECT_EQ(by_first.out.challenges.first_changed_seconds, 1e-3);
  EXPECT_EQ(by_last.median, kIdle);
  EXPECT_EQ(by_last.out.challenges.last_seconds, 1e-3);
}

TEST(Challenges, TimeDownloadsThatDoTheWork) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) {
    device.right();
    device.put_off = 1e-3;
    return kIdle;
  };
  EXPECT_NEAR(*measured(device).out.challenges.put_off_seconds, 1e-3, 1e-9);
}

TEST(Challenges, RepeatDownloadsThatOtherWorkMayHaveDelayed) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    MadeUp device;
    device.work = [&](const MadeUp::Launch&) {
      device.download_seconds = device.launched < 20 ? 2e-2 : 1e-6;
      return device.right();
    };
    const Found found = measured(device, 2, seed);
    EXPECT_LE(found.out.challenges.whole_seconds.value_or(0), 1e-3) << seed;
  }
}

TEST(Challenges, TimeTheFirstLaunchesAfterAnInputWasReplaced) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch& launch) {
    return device.right() * (launch.after_replacement ? 1 : 0.02);
  };
  const Found found = measured(device);
  EXPECT_EQ(found.median, kIdle);
  EXPECT_EQ(found.out.challenges.first_changed_seconds, kIdle);
  EXPECT_EQ(found.out.challenges.first_replaced_seconds, 1e-3);
  EXPECT_GE(found.out.challenges.replaced_calls, 5U);
}

TEST(Challenges, ReplaceAnInputBeforeTwoCallsHoweverFewThereAre) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    MadeUp device;
    const Found found = measured(device, 1, seed);
    EXPECT_GE(found.out.challenges.replaced_calls, 2U);
    EXPECT_EQ(found.out.challenges.first_replaced_seconds, 1e-3);
  }
}

TEST(Challenges, TakeTheQuickestCallsOfOneLaunch) {
  MadeUp device;
  int calls = 0;
  // Other work delays every second call.
  device.untimed = [&](std::uint32_t) { return calls++ % 2 == 0 ? 5e-3 : 1e-4; };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  const results::record::ClockSums sums = challenges.single_calls(1e-3);
  EXPECT_GE(sums.calls, 3U);
  EXPECT_EQ(sums.launches, sums.calls);
  EXPECT_NEAR(sums.wall / static_cast<double>(sums.calls), 1.1e-3, 1e-9);
  EXPECT_NEAR(sums.device / static_cast<double>(sums.calls), 1e-3, 1e-9);
  EXPECT_EQ(std::set<std::uint32_t>(device.counts.begin(), device.counts.end()),
            std::set<std::uint32_t>{1});
  EXPECT_NE(device.output, MadeUp::Output::poison);
}

TEST(Challenges, TakeMoreCallsOfOneLaunchWhereAllAreDelayed) {
  MadeUp device;
  int calls = 0;
  device.untimed = [&](std::uint32_t) { return calls++ < 60 ? 3e-3 : 0.0; };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  const results::record::ClockSums sums = challenges.single_calls(1e-3);
  EXPECT_EQ(sums.calls, 6U);
  EXPECT_LE(sums.wall, 6 * 2.06e-3) << "a launch, and one that leads";
  // A module that always takes so long is not waited for for ever.
  device.untimed = [](std::uint32_t) { return 3e-3; };
  const std::uint64_t before = device.launched;
  EXPECT_NEAR(challenges.single_calls(1e-3).wall, 24e-3, 1e-6);
  EXPECT_LE(device.launched - before, 200U);
}

TEST(Challenges, CountWorkPutOffIntoCallsOfOneLaunch) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) {
    device.right();
    device.put_off = 180e-6;
    return 7e-6;
  };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  const results::record::ClockSums sums = challenges.single_calls(7e-6);
  EXPECT_NEAR(sums.wall / static_cast<double>(sums.calls), 187e-6, 1e-9);
}

TEST(Challenges, TakeFewCallsOfOneLaunchWhereEachIsLong) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) { return 9 * device.right(); };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  challenges.single_calls(9e-3);
  EXPECT_EQ(device.launched, 12U);
  device.work = [&](const MadeUp::Launch&) { return 20 * device.right(); };
  EXPECT_EQ(challenges.single_calls(0.02).calls, 1U) << "the quicker one of two";
  EXPECT_EQ(device.launched, 14U);
}

TEST(Challenges, ReplaceAnInputBeforeEachCallOfOneLaunch) {
  MadeUp device;
  Challenges challenges(device, draws(1), [&] { return device.now; });
  challenges.single_calls(1e-3);
  EXPECT_EQ(device.disturbed[static_cast<std::size_t>(Inputs::replaced)], 24)
      << "results of other inputs may have been kept";
  EXPECT_EQ(device.overwritten, 0);
  EXPECT_EQ(device.judged_singles, 2);
  MadeUp fixed;
  fixed.changes = false;
  Challenges others(fixed, draws(1), [&] { return fixed.now; });
  others.single_calls(1e-3);
  EXPECT_EQ(fixed.overwritten, 24) << "or all of an output that never changes";
  EXPECT_EQ(fixed.disturbed[static_cast<std::size_t>(Inputs::original)], 24);
}

TEST(Challenges, FindWorkOfLongLaunchesThatOnlyAReplacedInputNeeds) {
  MadeUp device;
  bool known = true;
  device.untimed = [&](std::uint32_t) {
    known = device.inputs == Inputs::original;
    return known ? 0 : 0.4;
  };
  device.work = [&](const MadeUp::Launch&) { return 20 * device.right(); };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  const results::record::ClockSums sums = challenges.single_calls(0.02);
  EXPECT_NEAR(sums.wall / static_cast<double>(sums.calls), 0.42, 1e-9);
  EXPECT_LE(device.launched, 3U);
}

TEST(Challenges, TimeTheWholeWayOfALaunch) {
  MadeUp device;
  device.upload_seconds = 5e-3;
  device.download_seconds = 3e-3;
  Challenges challenges(device, draws(1), [&] { return device.now; });
  const results::record::ClockSums sums = challenges.single_calls(1e-3);
  EXPECT_NEAR(sums.wall / static_cast<double>(sums.calls), 1e-3, 1e-9) << "the call alone";
  Measurement out;
  challenges.finish(ASSAY_HOT, 0, 1, out);
  EXPECT_NEAR(out.challenges.way_seconds.value(), 9e-3 - 0.25e-3, 1e-9);
}

TEST(Challenges, JudgeTheOutputsOfCallsOfOneLaunch) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) {
    device.output = MadeUp::Output::other;
    return kIdle;
  };
  Challenges challenges(device, draws(1), [&] { return device.now; });
  challenges.single_calls(kIdle);
  Measurement out;
  challenges.finish(ASSAY_HOT, 0, 1, out);
  EXPECT_EQ(out.status, Status::wrong);
  EXPECT_THAT(out.reason, HasSubstr("of a call of one launch with changed inputs: row 5"));
}

TEST(Challenges, TakeNoCallsOfOneLaunchWithoutAClock) {
  MadeUp device;
  device.has_clock = false;
  Challenges challenges(device, draws(1), [&] { return device.now; });
  EXPECT_EQ(challenges.single_calls(1e-3).launches, 0U);
  EXPECT_EQ(device.launched, 1U);
}

TEST(Challenges, FindACallOfOneLaunchThatWritesNothing) {
  MadeUp device;
  Challenges challenges(device, draws(1), [&] { return device.now; });
  device.work = [](const MadeUp::Launch&) { return 1e-3; };
  challenges.single_calls(1e-3);
  Measurement out;
  challenges.finish(ASSAY_HOT, 0, 1, out);
  EXPECT_EQ(out.status, Status::wrong);
  EXPECT_THAT(out.reason, HasSubstr("never written"));
}

TEST(Challenges, FindPartsThatAreWrongWithOtherInputs) {
  MadeUp device;
  device.parts_check = {.outcome = Outcome::wrong, .where = "row 3"};
  const Found found = measured(device);
  EXPECT_EQ(found.out.status, Status::wrong);
  EXPECT_THAT(found.out.reason, HasSubstr("of a call with changed inputs: row 3"));
  EXPECT_EQ(found.out.challenges.judged_parts, 2U);
  EXPECT_NEAR(device.parts_seconds, 0.02, 0.01) << "a small share of a second of launches";
  MadeUp coarse;
  coarse.parts_check.outcome = Outcome::suspicious;
  EXPECT_EQ(measured(coarse).out.check.outcome, Outcome::suspicious);
}

TEST(Challenges, FindTheResultsOfEarlierInputs) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) {
    device.output = MadeUp::Output::original;
    return kIdle;
  };
  const Found found = measured(device);
  EXPECT_EQ(found.out.status, Status::wrong);
  EXPECT_THAT(found.out.reason, HasSubstr("before the change"));
  EXPECT_THAT(found.out.reason, HasSubstr("changed inputs"));
}

TEST(Challenges, FindOneWrongLaunchInTwenty) {
  MadeUp device;
  std::mt19937 race(5);
  device.work = [&](const MadeUp::Launch&) {
    const double seconds = device.right();
    if (race() % 20 == 0) device.output = MadeUp::Output::other;
    return seconds;
  };
  const Found found = measured(device);
  EXPECT_EQ(found.out.status, Status::wrong);
  EXPECT_THAT(found.out.reason, HasSubstr("the first inputs"));
}

TEST(Challenges, KeepTheWorstOfAllChecks) {
  MadeUp device;
  device.work = [&](const MadeUp::Launch&) {
    device.right();
    device.output = MadeUp::Output::coarse;
    return 1e-3;
  };
  const Found found = measured(device);
  EXPECT_EQ(found.out.status, Status::ok);
  EXPECT_EQ(found.out.check.outcome, Outcome::suspicious);
  EXPECT_EQ(found.out.check.seed, 7U);
}

}  // namespace
}  // namespace assay::harness::measure
