// Records that contradict themselves, their file or their problem do not come in as measurements.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "kernels/error.h"
#include "kernels/problem.h"
#include "kernels/sha256.h"
#include "results/exchange/csv_reader.h"
#include "results/exchange/format.h"
#include "results/store/store.h"

namespace assay::results::exchange::contradiction_test {
namespace {

using testing::HasSubstr;

record::RecordSet one_record(const std::function<void(record::Record&)>& change = {}) {
  record::RecordSet out;
  out.runs.push_back({.id = store::new_id(), .started = "2026-11-25T07:14:02.125Z"});
  record::Record record;
  record.id = store::new_id();
  record.run = out.runs[0].id;
  record.started = out.runs[0].started;
  record.problem = "copy n=64 type=f32 dist=uniform seed=1";
  record.operation = "copy";
  record.work = {0, 512, kernels::DataType::f32};
  record.device = {"cpu", 0, "A processor", "Vendor", "cpu"};
  record.implementation = {"native/stream", record::Division::native, {}};
  record.check.outcome = kernels::Outcome::right;
  record.device_seconds = record.host_seconds = {2e-6, 1e-6, 3e-6};
  record.summary = statistics::summarize(record.device_seconds);
  if (change) change(record);
  out.records.push_back(record);
  return out;
}

std::string exported(const std::string& format, const record::RecordSet& set) {
  std::ostringstream out;
  find_exporter(format, "").write(set, {"0.1.0", "2026-01-02"}, out);
  return out.str();
}

struct Imported {
  record::RecordSet set;
  std::vector<std::string> left_out;
};

Imported imported(const std::string& content) {
  Imported out;
  const ImportFile file = {"x.txt", content, sha256(content), "2026-01-02T03:04:05.000Z",
                           &out.left_out};
  out.set = import_file(recognise(file), file);
  return out;
}

/// The error where nothing is left to import.
std::string refusal(const std::string& content) {
  try {
    imported(content);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(Imports, LeaveOutRecordsThatContradictThemselves) {
  struct Case {
    std::function<void(record::Record&)> change;
    const char* why;
  };
  for (const Case& one : {
           Case{[](auto& r) { r.summary.median = 1e-12; }, "1e-12 s stated, 2e-06 s from"},
           Case{[](auto& r) { r.summary.count = 30; }, "30 samples stated, 3 present"},
           Case{[](auto& r) {
                  r.summary.interval = {3e-6, 4e-6};
                },
                "does not contain the median"},
           Case{[](auto& r) {
                  r.summary.interval = {3e-6, 1e-6};
                },
                "does not contain the median"},
           Case{[](auto& r) { r.summary.confidence = 7; }, "confidence 7"},
           Case{[](auto& r) { r.check.outcome = kernels::Outcome::wrong; }, "its check says wrong"},
           Case{[](auto& r) { r.work.bytes *= 10; }, "FLOP or bytes do not match the problem"},
           Case{[](auto& r) { r.work.flop = 1e12; }, "FLOP or bytes do not match the problem"},
           Case{[](auto& r) { r.operation = "fma"; }, "its operation is fma, the problem's copy"},
           Case{[](auto& r) {
                  r.device_seconds = r.host_seconds = {};
                  r.summary = statistics::summary_of_model(0);
                },
                "its time is not above zero"},
       }) {
    EXPECT_THAT(refusal(exported("json-lines", one_record(one.change))),
                testing::AllOf(HasSubstr("x.txt: record "), HasSubstr(one.why)));
  }
  // The other records of the file come in.
  record::RecordSet two = one_record([](record::Record& r) { r.summary.median *= 10; });
  two.records.push_back(one_record().records[0]);
  two.records[1].run = two.records[0].run;
  const Imported got = imported(exported("json-lines", two));
  ASSERT_EQ(got.set.records.size(), 1U);
  EXPECT_EQ(got.set.records[0].id, two.records[1].id);
  EXPECT_EQ(got.left_out.size(), 1U);
}

TEST(Imports, NameASecondRecordWithTheSameIdUnlessItIsTheSame) {
  record::RecordSet two = one_record();
  two.records.push_back(two.records[0]);
  EXPECT_TRUE(imported(exported("json-lines", two)).left_out.empty());
  two.records[1].reason = "other";
  const Imported got = imported(exported("json-lines", two));
  EXPECT_EQ(got.set.records.size(), 1U);
  ASSERT_EQ(got.left_out.size(), 1U);
  EXPECT_THAT(got.left_out[0], HasSubstr("has its id and other contents"));
}

/// An export with one field of the only row changed, or with another name of a column.
std::string csv_with(const std::string& column, const std::string& value, bool heading = false) {
  const std::string text = exported("csv", one_record());
  CsvReader reader("x.csv", text);
  std::vector<std::string> names = reader.record(), fields = reader.record();
  const auto found = std::find(names.begin(), names.end(), column);
  (heading ? *found : fields.at(static_cast<std::size_t>(found - names.begin()))) = value;
  std::string out;
  for (const auto* line : {&names, &fields}) {
    for (std::size_t i = 0; i < line->size(); ++i) {
      out += fmt::format("{}\"{}\"", i == 0 ? "" : ",", (*line)[i]);
    }
    out += "\r\n";
  }
  return out.replace(0, out.find(",\"origin"), "id,run,started");
}

TEST(Csv, WhoseRowContradictsItselfNamesTheColumn) {
  for (const auto& [column, value] : std::map<std::string, std::string>{{"median_seconds", ""},
                                                                        {"median_seconds ", "0"},
                                                                        {"flop", "1e20"},
                                                                        {"bytes", "1e30"},
                                                                        {"operation", "matmul"},
                                                                        {"effective_samples", "-3"},
                                                                        {"target_met", "perhaps"},
                                                                        {"trusted", "perhaps"}}) {
    const std::string name = column.substr(0, column.find(' '));
    EXPECT_THAT(refusal(csv_with(name, value)), HasSubstr("x.txt:2: " + name + ": ")) << value;
  }
  EXPECT_THAT(refusal(csv_with("lower_seconds", "9")), HasSubstr("does not contain the median"));
  EXPECT_THAT(refusal(csv_with("confidence", "7")), HasSubstr("confidence 7"));
  EXPECT_THAT(refusal(csv_with("check", "wrong")), HasSubstr("its check says wrong"));
  // A column in another unit is another column.
  EXPECT_THAT(refusal(csv_with("median_seconds", "median_ms", true)), HasSubstr("median_seconds"));
  EXPECT_THAT(refusal(csv_with("mode", "median_seconds", true)), HasSubstr("two columns"));
}

TEST(Csv, WhoseTruthsASpreadsheetHasWrittenKeepsThem) {
  const Imported doubtful = imported(csv_with("trusted", "FALSE"));
  ASSERT_EQ(doubtful.left_out.size(), 1U);
  EXPECT_THAT(doubtful.left_out[0], HasSubstr("its doubts are not kept"));
  EXPECT_TRUE(imported(csv_with("target_met", "TRUE")).set.records.at(0).target_met);
}

}  // namespace
}  // namespace assay::results::exchange::contradiction_test
