#include "harness/worker/answer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace assay::harness::worker {
namespace {

using results::record::DeviceIdentity;
using testing::HasSubstr;

DeviceIdentity device() {
  DeviceIdentity out;
  out.backend = "fake";
  out.name = "Fake 1";
  out.clock_hz = 1e9;
  return out;
}

/// A true figure of a model.
Measured right() {
  Measured out;
  measure::Measurement& told = out.measurement;
  told.summary = results::statistics::summary_of_model(1e-3);
  told.check = {kernels::Outcome::unchecked, "modelled: nothing ran", 0, "", 0};
  told.details = {{"bound", "memory"}};
  return out;
}

/// Why the answer is refused; empty if it is not.
std::string refusal(const Measured& answer) {
  try {
    require_bounded(Answer(answer));
    require_model(answer);
  } catch (const WrongAnswer& error) {
    return error.what();
  }
  return "";
}

TEST(AnswerCheck, AcceptsATrueFigureOfAModel) {
  EXPECT_EQ(refusal(right()), "");
}

TEST(AnswerCheck, AcceptsAnErrorOfTheResultOfAnySize) {
  for (const double worst : {1e308, std::numeric_limits<double>::quiet_NaN()}) {
    Measured wrong = right();
    wrong.measurement.status = results::record::Status::wrong;
    wrong.measurement.reason = "element 63";
    wrong.measurement.check = {kernels::Outcome::wrong, "exact", worst, "element 63", 64};
    EXPECT_EQ(refusal(wrong), "");
  }
}

TEST(AnswerCheck, AcceptsAFailureWithItsReason) {
  Measured failed;
  failed.measurement.status = results::record::Status::unsupported;
  failed.measurement.reason = "no peak is known";
  EXPECT_EQ(refusal(failed), "");
}

struct Lie {
  const char* names;  ///< what the refusal must name
  void (*tell)(Measured&);
};

class Lies : public testing::TestWithParam<Lie> {};

TEST_P(Lies, AreRefusedByTheNameOfTheKey) {
  Measured answer = right();
  GetParam().tell(answer);
  EXPECT_THAT(refusal(answer), HasSubstr(GetParam().names));
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

INSTANTIATE_TEST_SUITE_P(
    AnswerCheck, Lies,
    testing::Values(
        Lie{"summary.median", [](Measured& m) { m.measurement.summary.median = kNan; }},
        Lie{"summary.median", [](Measured& m) { m.measurement.summary.median = -1e-6; }},
        Lie{"summary.median", [](Measured& m) { m.measurement.summary.median = 1e300; }},
        Lie{"device_seconds", [](Measured& m) { m.measurement.device_seconds = {1e-6}; }},
        Lie{"device_seconds[0]", [](Measured& m) { m.measurement.device_seconds = {kNan}; }},
        Lie{"device_seconds",
            [](Measured& m) { m.measurement.device_seconds.resize(200000, 1e-6); }},
        Lie{"check.outcome",
            [](Measured& m) { m.measurement.check.outcome = kernels::Outcome::right; }},
        Lie{"phases.total", [](Measured& m) { m.measurement.phases.total = kNan; }},
        Lie{"reason", [](Measured& m) { m.measurement.status = results::record::Status::crashed; }},
        Lie{"details.algorithm",
            [](Measured& m) { m.measurement.details["algorithm"] = "\033[2J"; }},
        Lie{"details.algorithm",
            [](Measured& m) { m.measurement.details["algorithm"].assign(3000000, 'x'); }},
        Lie{"details", [](Measured& m) {
              for (int i = 0; i < 5000; ++i) m.measurement.details[std::to_string(i)] = "";
            }}));

TEST(AnswerCheck, RefusesFiguresThatNoSensorGives) {
  SensorReading reading{true, {}};
  EXPECT_NO_THROW(require_answers(reading));
  reading.reading.clock_hz = -1e300;
  EXPECT_THROW(require_answers(reading), WrongAnswer);
  reading.reading.clock_hz = 1e9;
  reading.reading.power_watts = -5;
  EXPECT_THROW(require_answers(reading), WrongAnswer);
}

TEST(AnswerCheck, RefusesLaunchesOfAnotherNumber) {
  const Launches two = {{1e-6, 1e-6}, {1e-6, 1e-6}};
  EXPECT_NO_THROW(require_answers(two, 2));
  EXPECT_THROW(require_answers(two, 3), WrongAnswer);
  EXPECT_THROW(require_answers(Launches{{0.0}, {1e-6}}, 1), WrongAnswer);
  EXPECT_THROW(require_answers(Launches{{1e-6}, {kNan}}, 1), WrongAnswer);
  EXPECT_THROW(require_answers(Launches{{1e-6, 1e-6}, {1e-6}}, 2), WrongAnswer);
}

TEST(AnswerCheck, RefusesDivisionsThatADeviceMayNotGive) {
  using results::record::Division;
  EXPECT_NO_THROW(require_answers(Offers{{{"native/x", Division::native, ""}}}, device()));
  EXPECT_THROW(require_answers(Offers{{{"x", Division::unknown, ""}}}, device()), WrongAnswer);
  EXPECT_THROW(require_answers(Offers{{{"x", Division::modelled, ""}}}, device()), WrongAnswer);
  EXPECT_THROW(require_answers(Offers{{{"", Division::native, ""}}}, device()), WrongAnswer);
  EXPECT_THROW(
      require_answers(Offers{{{"x", Division::native, ""}, {"x", Division::native, ""}}}, device()),
      WrongAnswer);
}

TEST(AnswerCheck, RefusesAModuleThatPassesForAnother) {
  const backends::ModuleFile file = {"fake", "/m/assay_backend_fake.so"};
  ModuleReport report;
  report.name = "fake";
  report.devices = {device()};
  EXPECT_NO_THROW(require_answers(report, file));
  report.devices[0].backend = "cpu";
  EXPECT_THROW(require_answers(report, file), WrongAnswer);
  report.devices[0] = device();
  report.devices[0].clock_hz = -1e300;
  EXPECT_THROW(require_answers(report, file), WrongAnswer);
  report.devices[0] = device();
  report.devices.push_back(device());
  EXPECT_THROW(require_answers(report, file), WrongAnswer);
  report.devices.pop_back();
  report.name = "cpu";
  EXPECT_THROW(require_answers(report, file), WrongAnswer);
}

TEST(AnswerCheck, RefusesAnotherDeviceThanTheListedOne) {
  DeviceIdentity other = device();
  EXPECT_NO_THROW(require_same(other, device()));
  other.name = "Fake 2";
  EXPECT_THROW(require_same(other, device()), WrongAnswer);
}

/// Bytes of a true answer changed, removed, repeated or exchanged for others that JSON gives a
/// meaning to.
std::string mutated(std::string line, std::mt19937& random) {
  constexpr std::string_view kBytes = "{}[]\",:0-9eE.+ntf\\u\x1b\xff\xc3 ";
  const auto any = [&](std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
  };
  for (std::size_t changes = 1 + any(4); changes > 0 && !line.empty(); --changes) {
    const std::size_t at = any(line.size());
    switch (any(4)) {
      case 0:
        line[at] = kBytes[any(kBytes.size())];
        break;
      case 1:
        line.erase(at, 1 + any(20));
        break;
      case 2:
        line.insert(at, line.substr(any(line.size()), 1 + any(20)));
        break;
      default:
        line.resize(at);
    }
  }
  return line;
}

TEST(AnswerCheck, GivesMutatedAnswersNoOtherErrorThanARefusal) {
  ModuleReport report;
  report.name = "fake";
  report.devices = {device()};
  const std::vector<Answer> all = {Measured(right()),
                                   Ready{device()},
                                   report,
                                   Launches{{1e-6}, {2e-6}},
                                   Offers{{{"native/x", results::record::Division::native, ""}}},
                                   SensorReading{true, {}},
                                   UniqueId{{std::byte{1}}},
                                   Failed{"why", "hint", false}};
  std::mt19937 random(20261129);
  int refused = 0;
  for (int i = 0; i < 8000; ++i) {
    const std::string line =
        mutated(line_of(all[static_cast<std::size_t>(i) % all.size()]), random);
    try {
      const Answer answer = answer_in(line);
      require_bounded(answer);
      if (const auto* one = std::get_if<Measured>(&answer)) {
        require_model(*one);
      } else if (const auto* other = std::get_if<ModuleReport>(&answer)) {
        require_answers(*other, backends::ModuleFile{"fake", "/m"});
      }
    } catch (const WrongAnswer&) {
      ++refused;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 6000);
}

}  // namespace
}  // namespace assay::harness::worker
