#include "results/record/record.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "tests/schema/random_record.h"

namespace assay::results::record::record_test {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

/// The message and the hint of the InputError that reading `json` ends with.
std::string refusal(const std::string& json) {
  try {
    record_from_json(json);
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "read without complaint";
}

ordered_json any_record() {
  return ordered_json::parse(to_json(RandomRecords(5).next()));
}

TEST(RecordJson, ComesBackAsItWas) {
  RandomRecords records(7);
  for (int i = 0; i < 300; ++i) {
    const Record record = records.next();
    const std::string json = to_json(record);
    const Record back = record_from_json(json);
    ASSERT_EQ(to_json(back), json);
    ASSERT_EQ(back.device_seconds, record.device_seconds);
    ASSERT_EQ(back.work.flop, record.work.flop);
    ASSERT_EQ(back.settings.order_seed, record.settings.order_seed);
    ASSERT_EQ(back.device.properties, record.device.properties);
    ASSERT_EQ(back.sensors.power_watts, record.sensors.power_watts);
    ASSERT_EQ(back.status, record.status);
    ASSERT_EQ(back.check.outcome, record.check.outcome);
    ASSERT_EQ(back.work.type, record.work.type);
    ASSERT_EQ(back.reason, record.reason);
    ASSERT_EQ(back.phases.launches, record.phases.launches);
    ASSERT_EQ(back.course.size(), record.course.size());
    ASSERT_EQ(back.energy.rate_per_watt, record.energy.rate_per_watt);
  }
}

TEST(RecordJson, KeepsEveryBitOfADouble) {
  Record record;
  record.device_seconds = {0.1, 1.0 / 3, std::nextafter(1.0, 2.0), 5e-324, 1.7976931348623157e308};
  EXPECT_EQ(record_from_json(to_json(record)).device_seconds, record.device_seconds);
}

TEST(RecordJson, HoldsNullForWhatIsNotFiniteOrNotKnown) {
  Record record;
  record.check.worst = std::numeric_limits<double>::infinity();
  const ordered_json json = ordered_json::parse(to_json(record));
  EXPECT_TRUE(json["check"]["worst"].is_null());
  EXPECT_TRUE(json["sensors"]["power_watts"].is_null());
  const Record back = record_from_json(to_json(record));
  EXPECT_TRUE(std::isnan(back.check.worst));
  EXPECT_FALSE(back.sensors.power_watts.has_value());
}

TEST(RecordJson, SurvivesDriversThatDoNotSpeakUtf8) {
  Record record;
  record.device.name = "GPU \xff\xfe";
  EXPECT_THAT(record_from_json(to_json(record)).device.name, HasSubstr("GPU "));
}

TEST(RecordJson, NamesAMissingKey) {
  ordered_json json = any_record();
  json["device"].erase("memory_bytes");
  EXPECT_THAT(refusal(json.dump()), HasSubstr("device.memory_bytes is missing"));
}

TEST(RecordJson, NamesAKeyOfTheWrongType) {
  ordered_json json = any_record();
  json["summary"]["interval"]["lower"] = "early";
  EXPECT_THAT(refusal(json.dump()), HasSubstr("summary.interval.lower is not a number or null"));
  json = any_record();
  json["device_seconds"] = {1.0, "two"};
  EXPECT_THAT(refusal(json.dump()), HasSubstr("device_seconds[1] is not"));
  json = any_record();
  json["phases"] = 3;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("phases is not an object"));
}

TEST(RecordJson, NamesANumberThatDoesNotFit) {
  ordered_json json = any_record();
  json["device"]["index"] = 4294967296;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("device.index is not a whole number from 0 to"));
  json["device"]["index"] = -1;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("device.index"));
  json["device"]["index"] = 1.5;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("device.index"));
}

TEST(RecordJson, ListsTheNamesThatAreAllowed) {
  ordered_json json = any_record();
  json["status"] = "fine";
  EXPECT_THAT(refusal(json.dump()), HasSubstr("status is not one of ok, wrong, unsupported, out-of-"
                                              "memory, error, crashed, timeout"));
}

TEST(RecordJson, RefusesAKeyThatItDoesNotKnow) {
  ordered_json json = any_record();
  json["work"]["tokens"] = 1;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("work.tokens is not a key"));
  json = any_record();
  json["tokens"] = 1;
  EXPECT_THAT(refusal(json.dump()), HasSubstr("tokens is not a key"));
}

TEST(RecordJson, OfAnotherSchemaIsRefused) {
  ordered_json json = any_record();
  for (const int schema : {-1, 0, kRecordSchema + 1, 99}) {
    json["schema"] = schema;
    json["novelty"] = true;
    EXPECT_THAT(refusal(json.dump()),
                testing::AllOf(HasSubstr(fmt::format(
                                   "record has schema {}, which this assay cannot read", schema)),
                               HasSubstr("upgrade assay")));
  }
}

TEST(RecordJson, NamesTheSecondOfACourseThatIsDamaged) {
  Record record;
  record.course.resize(3);
  ordered_json json = ordered_json::parse(to_json(record));
  json["course"][2].erase("launches");
  EXPECT_THAT(refusal(json.dump()), HasSubstr("course[2].launches is missing"));
}

TEST(RecordJson, ThatIsCutOffIsRefused) {
  const std::string json = to_json(RandomRecords(5).next());
  EXPECT_THAT(refusal(json.substr(0, json.size() / 2)), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not an object"));
}

TEST(Rates, AreAtTheMedianAndZeroWithoutOne) {
  Record record;
  record.work = {6e9, 3e9};
  EXPECT_EQ(flop_rate(record), 0);
  record.summary.median = 0.5;
  EXPECT_EQ(flop_rate(record), 12e9);
  EXPECT_EQ(byte_rate(record), 6e9);
  EXPECT_EQ(intensity(record), 2);
  record.work.bytes = 0;
  EXPECT_EQ(intensity(record), 0);
}

TEST(Rates, OverALinkAreThoseOfTheCollective) {
  Record record;
  record.operation = "all_reduce";
  record.problem = "all_reduce ranks=8 n=250000000 type=f32";
  record.work = {0, 1e9};
  record.summary.median = 0.5;
  EXPECT_DOUBLE_EQ(byte_rate(record), 2e9);
  EXPECT_DOUBLE_EQ(bus_rate(record).value(), 2e9 * 2 * 7 / 8);
  record.problem = "all_reduce bytes=1000000000 count=250000000 type=float ranks=8";
  EXPECT_DOUBLE_EQ(bus_rate(record).value(), 2e9 * 2 * 7 / 8) << "a text of nccl-tests";
  record.problem = "all_reduce bytes=1000000000 count=250000000 type=float";
  EXPECT_FALSE(bus_rate(record)) << "the number of ranks is not known";
  record.operation = "copy";
  record.problem = "copy n=8 type=f32";
  EXPECT_FALSE(bus_rate(record));
}

}  // namespace
}  // namespace assay::results::record::record_test
