#include "results/record/ceilings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace assay::results::record {
namespace {

using kernels::DataType;

constexpr std::uint64_t kCache = 32 << 20;

/// A verified record of one second a launch, so that its rates are its work.
Record record_of(const std::string& operation, double flop, double bytes,
                 DataType type = DataType::f32) {
  Record record;
  record.id = operation;
  record.operation = operation;
  record.device = {.backend = "cpu", .name = "EPYC", .cache_bytes = kCache};
  record.work = {flop, bytes, type};
  record.summary.median = 1;
  return record;
}

/// 200 GFLOP/s in f32, 400 in bf16, 30 GB/s.
std::vector<Record> roofs() {
  return {record_of("fma", 200e9, 1e6), record_of("fma", 400e9, 1e6, DataType::bf16),
          record_of("triad", 5e9, 30e9), record_of("copy", 0, 28e9)};
}

bool any(const Record&) {
  return true;
}

std::optional<Attainable> held(const Record& record, const std::vector<Record>& records = roofs()) {
  return attainable(record, measured_ceilings(records, record, any));
}

TEST(Ceilings, AreTheBestVerifiedFmaATypeAndTheBestTrafficBeyondTheCache) {
  auto records = roofs();
  records.push_back(record_of("fma", 210e9, 1e6));
  records.push_back(record_of("fma", 190e9, 1e6));
  const Ceilings ceilings = measured_ceilings(records, records.front(), any);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).rate, 210e9);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::bf16).rate, 400e9);
  EXPECT_EQ(ceilings.memory->rate, 30e9);
  EXPECT_EQ(ceilings.memory->operation, "triad");
}

TEST(Ceilings, AreNeverModelledWhateverElseTheRecordSays) {
  auto records = roofs();
  records.push_back(record_of("fma", 900e9, 1e6));
  records.back().device.modelled = true;
  records.push_back(record_of("triad", 0, 900e9));
  records.back().origin = Origin::modelled;
  const Ceilings ceilings = measured_ceilings(records, records.front(), any);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).rate, 200e9);
  EXPECT_EQ(ceilings.memory->rate, 30e9);
  // Nor has a modelled record any of its own, or stands under a measured one.
  for (const Record& record : {records[4], records[5]}) {
    EXPECT_FALSE(ranks(record));
    EXPECT_TRUE(measured_ceilings(records, record, any).arithmetic.empty());
    EXPECT_FALSE(measured_ceilings(records, record, any).memory);
    EXPECT_FALSE(attainable(record, ceilings));
  }
}

TEST(Ceilings, LeaveOutWhatIsWrongCachedOrOfAnotherDevice) {
  auto records = roofs();
  for (int i = 0; i < 5; ++i) records.push_back(record_of("fma", 900e9, 1e6));
  records[4].status = Status::wrong;
  records[5].check.outcome = kernels::Outcome::suspicious;
  records[6].device.index = 1;
  records[7].origin = Origin::modelled;
  records[8].summary.median = 0;
  Record cached = record_of("triad", 0, 3.9 * kCache);
  cached.summary.median = 1e-6;
  records.push_back(cached);
  const Ceilings ceilings = measured_ceilings(records, records.front(), any);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).rate, 200e9);
  EXPECT_EQ(ceilings.memory->rate, 30e9);
}

/// A library's product with 150 FLOP/B that takes a second.
Record product_of(const std::string& id, double flop, DataType type = DataType::f32) {
  Record record = record_of("matmul", flop, flop / 150, type);
  record.id = id;
  record.implementation.division = Division::library;
  return record;
}

Ceilings raised(const std::vector<Record>& records) {
  Ceilings ceilings = measured_ceilings(records, records.front(), any);
  raise_by_products(ceilings, records, records.front(),
                    [](const Record& record) { return record.id != "doubtful"; });
  return ceilings;
}

TEST(Ceilings, AreRaisedByALibrarysProductThatIsFasterThanFma) {
  auto records = roofs();
  records.push_back(product_of("fast", 260e9));
  records.push_back(product_of("slow", 390e9, DataType::bf16));
  const Ceilings ceilings = raised(records);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).rate, 260e9);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).operation, "matmul");
  EXPECT_EQ(ceilings.arithmetic.at(DataType::bf16).operation, "fma") << "it was faster";
  const auto share = attainable(records[4], ceilings);
  EXPECT_TRUE(share->is_roof);
  EXPECT_EQ(share->fraction, 1);
  EXPECT_LT(attainable(records[0], ceilings)->fraction, 0.77) << "fma is no ceiling then";
}

TEST(Ceilings, AreNotRaisedByWhatShowsNothingOfTheArithmetic) {
  auto records = roofs();
  for (int i = 0; i < 5; ++i) records.push_back(product_of("other", 900e9));
  records[4].implementation.division = Division::portable;
  records[5].operation = "attention";
  records[6].work.bytes = 10e9;
  records[7].check.outcome = kernels::Outcome::wrong;
  records[8].device.index = 1;
  records.push_back(product_of("doubtful", 900e9));
  EXPECT_EQ(raised(records).arithmetic.at(DataType::f32).rate, 200e9);
}

TEST(Ceilings, OfATypeThatFmaLacksAreThoseOfALongProduct) {
  auto records = roofs();
  records.push_back(product_of("fp8", 900e9, DataType::f8e4m3));
  EXPECT_EQ(raised(records).arithmetic.at(DataType::f8e4m3).rate, 900e9);
  records.back().summary.median = 1e-4;
  EXPECT_FALSE(raised(records).arithmetic.contains(DataType::f8e4m3)) << "submission may limit it";
  EXPECT_TRUE(raised({product_of("alone", 900e9)}).arithmetic.empty())
      << "a product alone is no ceiling of itself";
}

TEST(Attainable, IsThePeakWhereIntensityIsHigh) {
  const auto roof = held(record_of("matmul", 150e9, 1e9));
  ASSERT_TRUE(roof);
  EXPECT_EQ(roof->bound, Bound::arithmetic);
  EXPECT_EQ(roof->rate, 200e9);
  EXPECT_DOUBLE_EQ(roof->fraction, 0.75);
}

TEST(Attainable, IsBandwidthWhereIntensityIsLow) {
  const auto roof = held(record_of("matmul", 12e9, 24e9));
  ASSERT_TRUE(roof);
  EXPECT_EQ(roof->bound, Bound::memory);
  EXPECT_EQ(roof->rate, 30e9);
  EXPECT_DOUBLE_EQ(roof->fraction, 0.8);
  EXPECT_FALSE(roof->cached);
}

TEST(Attainable, OfHotOperandsThatFitIntoTheCacheIsThePeak) {
  Record record = record_of("matmul", 10e6, 20e6);
  record.summary.median = 1e-4;
  EXPECT_EQ(held(record)->bound, Bound::memory) << "cold operands come from memory";
  record.settings.mode = results::record::Mode::hot;
  const auto roof = held(record);
  EXPECT_EQ(roof->bound, Bound::arithmetic);
  EXPECT_DOUBLE_EQ(roof->fraction, 0.5);
  EXPECT_TRUE(roof->cached);
}

TEST(Attainable, IsNotClippedWhereACacheBeatsMemory) {
  Record record = record_of("copy", 0, 2 * kCache);
  record.settings.mode = results::record::Mode::hot;
  record.summary.median = record.work.bytes / 60e9;
  const auto roof = held(record);
  ASSERT_TRUE(roof);
  EXPECT_DOUBLE_EQ(roof->fraction, 2);
  EXPECT_TRUE(roof->cached);
}

TEST(Attainable, IsUnknownWithoutAPeakOfTheTypeUnlessMemoryBoundsAnyway) {
  EXPECT_FALSE(held(record_of("matmul", 150e9, 1e9, DataType::i8)));
  EXPECT_FALSE(held(record_of("matmul", 150e9, 1e9), {record_of("triad", 5e9, 30e9)}));
  EXPECT_EQ(held(record_of("triad", 5e9, 15e9, DataType::f64))->fraction, 0.5);
  EXPECT_FALSE(held(record_of("copy", 0, 15e9), {}));
}

TEST(Attainable, IsThePeakAloneWhereNoBandwidthIsKnown) {
  EXPECT_EQ(held(record_of("matmul", 50e9, 50e9), {record_of("fma", 200e9, 1e6)})->fraction, 0.25);
}

TEST(Attainable, OfATriadIsMemoryEvenInTheCache) {
  Record record = record_of("triad", 2e6, 12e6);
  record.settings.mode = Mode::hot;
  record.summary.median = record.work.bytes / 60e9;
  const auto roof = held(record);
  ASSERT_TRUE(roof);
  EXPECT_EQ(roof->bound, Bound::memory);
  EXPECT_DOUBLE_EQ(roof->fraction, 2);
  EXPECT_TRUE(roof->cached);
}

TEST(Attainable, IsNotForWhatALinkOrNothingLimits) {
  for (const char* operation : {"transfer", "launch"}) {
    EXPECT_FALSE(held(record_of(operation, 0, 15e9))) << operation;
  }
  int collectives = 0;
  for (const kernels::Operation* operation : kernels::operations()) {
    if (operation->collective == nullptr) continue;
    ++collectives;
    EXPECT_FALSE(held(record_of(std::string(operation->name), 0, 15e9))) << operation->name;
  }
  EXPECT_GE(collectives, 8);
}

TEST(Figure, IsTheOperationsOrFollowsFromTheWorkWhereItIsNotKnown) {
  EXPECT_EQ(figure_of(record_of("triad", 2e9, 12e9)), kernels::Figure::bytes);
  EXPECT_EQ(figure_of(record_of("matmul", 2e9, 12e9)), kernels::Figure::operations);
  EXPECT_EQ(figure_of(record_of("launch", 0, 8)), kernels::Figure::time);
  EXPECT_EQ(figure_of(record_of("BM_sort", 2e9, 1)), kernels::Figure::operations);
  EXPECT_EQ(figure_of(record_of("BM_sort", 0, 1)), kernels::Figure::bytes);
  EXPECT_EQ(counted_work("triad", {2e9, 12e9}), 12e9);
  EXPECT_EQ(counted_work("matmul", {2e9, 12e9}), 2e9);
  EXPECT_FALSE(measured_roof(record_of("BM_sort", 0, 1)));
}

/// One with an interval of ±`half_width` at 95%.
Record with_interval(Record record, double half_width) {
  record.summary.count = 100;
  record.summary.effective_count = 100;
  record.summary.interval = {1 - half_width, 1 + half_width};
  return record;
}

TEST(Ceilings, AreByTrustedRecordsWhereThereAreAny) {
  auto records = roofs();
  records.push_back(record_of("fma", 900e9, 1e6));
  records.back().id = "doubtful";
  records.push_back(record_of("fma", 210e9, 1e6));
  records.back().id = "good";
  const auto trusted = [](const Record& record) { return record.id != "doubtful"; };
  const Ceilings ceilings = measured_ceilings(records, records.front(), trusted);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).rate, 210e9);
  EXPECT_EQ(ceilings.arithmetic.at(DataType::f32).record, "good");
  const auto none = [](const Record&) { return false; };
  EXPECT_EQ(measured_ceilings(records, records.front(), none).arithmetic.at(DataType::f32).rate,
            900e9)
      << "without a trusted one";
}

TEST(Attainable, CombinesTheIntervalsOfTheRecordAndOfTheRoof) {
  const Record record = with_interval(record_of("matmul", 100e9, 1e9), 0.03);
  const std::vector<Record> records = {with_interval(record_of("fma", 200e9, 1e6), 0.04)};
  const auto roof = held(record, records);
  ASSERT_TRUE(roof);
  EXPECT_DOUBLE_EQ(roof->fraction, 0.5);
  // Relative half-widths add as the root of the sum of squares, but for the rounding outwards of
  // ranks.
  EXPECT_NEAR(roof->half_width(), 0.05, 0.006);
  EXPECT_LT(roof->interval.lower, 0.5);
  EXPECT_GT(roof->interval.upper, 0.5);
  EXPECT_TRUE(std::isnan(held(record_of("matmul", 100e9, 1e9), records)->half_width()))
      << "a single time has no interval";
}

TEST(Attainable, IsExactlyOneForTheRecordThatMeasuredTheRoof) {
  const auto roof = held(roofs()[0]);
  EXPECT_TRUE(roof->is_roof);
  EXPECT_EQ(roof->fraction, 1);
  EXPECT_EQ(roof->half_width(), 0);
}

TEST(Rates, AreNotGivenToALaunchWhichHasOnlyATime) {
  const Record launch = record_of("launch", 0, 8);
  EXPECT_EQ(byte_rate(launch), 0);
  EXPECT_EQ(quoted_rate(launch), 0);
  EXPECT_EQ(quoted_rate(record_of("triad", 2e9, 12e9)), 12e9);
  EXPECT_EQ(quoted_rate(record_of("matmul", 2e9, 12e9)), 2e9);
}

TEST(Attainable, IsNotForWrongResults) {
  Record record = record_of("matmul", 150e9, 1e9);
  record.status = Status::wrong;
  EXPECT_FALSE(held(record));
}

}  // namespace
}  // namespace assay::results::record
