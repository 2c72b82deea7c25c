#include "results/store/points.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "results/record/json_library.h"
#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

std::string text_of(const Point& point) {
  std::string text = fmt::format(
      "{} {} {} {} {}: {} [{}, {}]", text_of(*point.series), point.record, point.run, point.started,
      point.environment, point.time.value, point.time.interval.lower, point.time.interval.upper);
  if (point.energy) {
    text += fmt::format(", {} J [{}, {}]", point.energy->value, point.energy->interval.lower,
                        point.energy->interval.upper);
  }
  return text + ": " + trust::to_json(point.doubts).dump();
}

class PointsTest : public StoreTest {
 protected:
  static std::vector<std::string> points(const Store& store, const Filter& filter = {}) {
    std::vector<std::string> out;
    store.points(filter, [&](const Point& point) { out.push_back(text_of(point)); });
    std::ranges::sort(out);
    return out;
  }
  /// What points() must be, by the whole records.
  static std::vector<std::string> of_records(const Store& store, const Filter& filter = {}) {
    std::vector<std::string> out;
    for (const record::Record& record : store.records(filter)) {
      const auto point = point_of(record, trust::trust_of(record));
      if (point) out.push_back(text_of(*point));
    }
    std::ranges::sort(out);
    return out;
  }
  /// Records of all kinds, and some that a history may use.
  std::vector<record::Record> some(const record::Run& run, int count) {
    std::vector<record::Record> out;
    for (int i = 0; i < count; ++i) {
      out.push_back(record_of(run));
      if (i % 2 == 0) out.back() = good(out.back(), i % 4 == 0 ? "copy n=1" : "triad n=1");
    }
    return out;
  }
};

ASSAY_FOR_EACH_PLACE(PointsTest);

TEST_P(PointsTest, AreWhatTheWholeRecordsGive) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store), other = begun(store);
  store.put(some(run, 40));
  store.put(some(other, 10));
  ASSERT_GE(of_records(store).size(), 25U);
  EXPECT_EQ(points(store), of_records(store));
  for (const Filter& filter :
       {Filter{.run = other.id}, Filter{.problem = "COPY n="}, Filter{.device = "cpu:0 one"},
        Filter{.implementation = "library/one"}, Filter{.run = run.id, .problem = "triad"},
        Filter{.problem = "%"}, Filter{.division = record::Division::native}}) {
    EXPECT_EQ(points(store, filter), of_records(store, filter));
  }
}

TEST_P(PointsTest, AreReadFromTheRecordsWhereAnOlderVersionWroteThem) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  store.put(some(run, 12));
  ASSERT_EQ(execute("DROP TABLE point; DROP TABLE point_series"), "");
  EXPECT_EQ(points(Store::open(address_, Access::read)), of_records(store));
  // The next writer makes the tables again, for what it writes.
  Store::open(address_, Access::write).put(some(run, 12));
  const Store reader = Store::open(address_, Access::read);
  EXPECT_EQ(points(reader), of_records(reader));
  EXPECT_EQ(points(reader, {.problem = "copy"}), of_records(reader, {.problem = "copy"}));
}

TEST_P(PointsTest, OfOtherRulesAreJudgedAnew) {
  Store store = Store::open(address_, Access::write);
  store.put(some(begun(store), 12));
  ASSERT_EQ(execute("UPDATE point SET rules = 0, started = ''"), "");
  EXPECT_EQ(points(store), of_records(store));
}

TEST_P(PointsTest, AreNotChangedByARecordThatComesAgain) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  record::RecordSet set;
  set.runs = {run};
  set.records = some(run, 6);
  for (record::Record& one : set.records) one.environment = "";
  store.add(set);
  const auto before = points(store);
  for (record::Record& one : set.records) one.summary.median *= 2;
  store.add(set);
  EXPECT_EQ(points(store), before);
}

}  // namespace
}  // namespace assay::results::store
