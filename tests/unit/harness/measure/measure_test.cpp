#include "harness/measure/measure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"

namespace assay::harness::measure::measure_test {
namespace {

using results::record::Status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A target without a device or ranks: anything that can be launched can be measured.
class MadeUp : public Target {
 public:
  void prepare(Measurement& out, const PhaseObserver& begins) override {
    begins("prepare");
    if (wrong) {
      out.status = Status::wrong;
      out.reason = "wrong result";
    }
    out.operands_hash = "0123";
  }
  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override {
    if (fails_at_launch) throw Error("rank 1: no memory");
    modes.push_back(mode);
    return std::vector<assay_launch>(count, assay_launch{0.5, 1});
  }
  std::optional<Reading> read_sensors() override {
    Reading reading;
    reading.power_watts = 100;
    reading.clock_hz = 1e9;
    reading.temperature_celsius = 50;
    return reading;
  }
  std::string vendor() const override { return "Maker"; }
  std::string power_scope() const override { return scope; }
  double sustained_clock_hz() const override { return 1e9; }
  void check(Measurement& out) override {
    ++checks;
    out.notes.push_back({results::record::NoteKind::bits_differ, "bits differ", {}});
  }

  bool wrong = false, fails_at_launch = false;
  std::string scope;
  int checks = 0;
  std::vector<assay_mode> modes;
};

Task task() {
  Task out{kernels::Problem::parse("copy n=64 type=f32"), "native/x", {}};
  out.settings.mode = results::record::Mode::hot;
  out.settings.budget_seconds = 0.01;
  return out;
}

const PhaseObserver kSilent = [](const std::string&) {};

TEST(Measure, FillsSamplesSensorsAndNotesOfWhateverTarget) {
  MadeUp target;
  std::vector<std::string> phases;
  const Measurement out =
      measure(target, task(), [&](const std::string& phase) { phases.push_back(phase); });
  EXPECT_EQ(out.status, Status::ok);
  EXPECT_FALSE(out.target_met) << "a budget of 10 ms";
  EXPECT_EQ(out.summary.median, 0.5);
  EXPECT_EQ(out.device_seconds.size(), out.host_seconds.size());
  EXPECT_FALSE(out.sensors.power_watts.has_value()) << "too short for a mean";
  EXPECT_EQ(out.sensors.clock_hz_median, 1e9);
  EXPECT_EQ(out.throttling.pauses, 0U);
  EXPECT_EQ(out.operands_hash, "0123");
  ASSERT_EQ(out.notes.size(), 3U);
  EXPECT_EQ(out.notes[0].kind, results::record::NoteKind::target_missed);
  EXPECT_EQ(out.notes[1].kind, results::record::NoteKind::energy_missing);
  EXPECT_EQ(out.notes[2].kind, results::record::NoteKind::bits_differ);
  EXPECT_THAT(phases, ElementsAre("prepare", "warm up", "sample"));
  EXPECT_THAT(target.modes, testing::Each(ASSAY_HOT));
  EXPECT_EQ(target.checks, 1);
}

TEST(Measure, GivesTheCourseOfABurnAndWhyThereIsNoEnergy) {
  MadeUp target;
  Task burning = task();
  burning.settings.burn_seconds = 1e-3;
  const Measurement out = measure(target, burning, kSilent);
  ASSERT_FALSE(out.course.empty());
  EXPECT_EQ(out.course.front().power_watts, 100);
  EXPECT_FALSE(out.energy.joules_per_launch.has_value());
  EXPECT_EQ(std::count_if(out.notes.begin(), out.notes.end(),
                          [](const results::record::Note& note) {
                            return note.kind == results::record::NoteKind::energy_missing;
                          }),
            1);
}

TEST(Measure, GivesNoEnergyOfASensorThatReadsMoreThanTheDevice) {
  for (const double burn_seconds : {0.0, 1e-3}) {
    MadeUp target;
    target.scope = "the whole package of 2 dies";
    Task asked = task();
    asked.settings.burn_seconds = burn_seconds;
    const Measurement out = measure(target, asked, kSilent);
    EXPECT_THAT(out.notes, testing::Contains(testing::Field(
                               &results::record::Note::text,
                               testing::HasSubstr("the power of the whole package of 2 dies"))));
  }
}

TEST(Measure, LaunchesNothingThatIsWrong) {
  MadeUp target;
  target.wrong = true;
  const Measurement out = measure(target, task(), kSilent);
  EXPECT_EQ(out.status, Status::wrong);
  EXPECT_THAT(target.modes, IsEmpty());
  EXPECT_EQ(target.checks, 0);
}

TEST(Measure, MakesAFailureAStatus) {
  MadeUp target;
  target.fails_at_launch = true;
  const Measurement out = measure(target, task(), kSilent);
  EXPECT_EQ(out.status, Status::error);
  EXPECT_EQ(out.reason, "rank 1: no memory");
}

}  // namespace
}  // namespace assay::harness::measure::measure_test
