#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "kernels/error.h"
#include "kernels/read/shape.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

constexpr std::int64_t kSegment = ReadShape::kSegment;

/// Writes the sum of each segment as `sum_of` computes it from the segment's values.
void compute(Workbench& bench, const std::function<double(std::span<const double>)>& sum_of) {
  const ReadShape s = read_shape(bench.problem);
  std::vector<double> values(static_cast<std::size_t>(s.n));
  decode_array(s.type, bench.buffers[0].data(), 0, values);
  for (std::int64_t i = 0; i < s.sums(); ++i) {
    const auto first = static_cast<std::size_t>(i * kSegment);
    const std::size_t count = std::min(static_cast<std::size_t>(kSegment), values.size() - first);
    bench.set(i, sum_of(std::span(values).subspan(first, count)));
  }
}

/// One after the other in f32: the order with the largest errors that a kernel may have.
double one_by_one(std::span<const double> values) {
  float sum = 0;
  for (const double value : values) sum += static_cast<float>(value);
  return static_cast<double>(sum);
}

TEST(Read, ReadsOneArrayAndWritesASumForEach8192Elements) {
  const Problem problem = Problem::parse("read n=20000 type=bf16");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 20000);
  EXPECT_EQ(work.bytes, 20000 * 2 + 3 * 4);
  EXPECT_EQ(problem.operation().measures, Roof::memory);
  EXPECT_THROW(Problem::parse("read n=1000 type=i8"), InputError);
}

TEST(ReadReference, AddsEachSegmentAndTheRestAlone) {
  Workbench bench("read n=8195 type=f32");
  for (std::int64_t i = 0; i < 8195; ++i) store(DataType::f32, bench.buffers[0].data(), i, 0.5);
  bench.fill_with_reference();
  EXPECT_EQ(bench.get(0), 4096);
  EXPECT_EQ(bench.get(1), 1.5);
}

TEST(ReadCheck, TakesSumsInAnyOrder) {
  for (const char* dist : {"uniform", "normal", "llm", "integer"}) {
    for (const char* type : {"f32", "bf16", "f16"}) {
      Workbench bench(fmt::format("read n=50001 type={} dist={}", type, dist));
      compute(bench, one_by_one);
      EXPECT_EQ(bench.check().outcome, Outcome::right) << type << " " << dist;
      compute(bench, [](std::span<const double> values) {
        std::vector<double> reversed(values.rbegin(), values.rend());
        return one_by_one(reversed);
      });
      EXPECT_EQ(bench.check().outcome, Outcome::right) << type << " " << dist;
    }
  }
}

TEST(ReadCheck, FindsElementsThatAreLeftOutAndSumsOfAnotherSegment) {
  for (const char* type : {"f32", "bf16", "f16"}) {
    Workbench bench(fmt::format("read n=50001 type={}", type));
    const auto without = [](std::size_t from, std::size_t count) {
      return [=](std::span<const double> values) {
        std::vector<double> kept(values.begin(), values.end());
        const std::size_t begin = std::min(from, kept.size());
        std::fill_n(kept.begin() + static_cast<std::ptrdiff_t>(begin),
                    std::min(count, kept.size() - begin), 0.0);
        return one_by_one(kept);
      };
    };
    // A vector of a CPU or of a GPU, the last elements, half of a segment.
    for (const auto& [from, count] :
         {std::pair<std::size_t, std::size_t>{16, 16}, {4, 4}, {8188, 4}, {4096, 4096}}) {
      compute(bench, without(from, count));
      EXPECT_EQ(bench.check().outcome, Outcome::wrong) << type << " " << from;
    }
    compute(bench, one_by_one);
    const double kept = bench.get(2);
    bench.set(2, bench.get(3));
    const Check check = bench.check();
    EXPECT_EQ(check.outcome, Outcome::wrong);
    EXPECT_THAT(check.where, testing::HasSubstr("sum 2:"));
    bench.set(2, kept);
    EXPECT_EQ(bench.check().outcome, Outcome::right);
  }
}

TEST(ReadCheck, FindsSumsInTheElementsOwnType) {
  Workbench bench("read n=50001 type=bf16 dist=normal");
  compute(bench, [](std::span<const double> values) {
    double sum = 0;
    for (const double value : values) {
      std::array<std::byte, 2> stored;
      store(DataType::bf16, stored.data(), 0, sum + value);
      sum = load(DataType::bf16, stored.data(), 0);
    }
    return sum;
  });
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

TEST(ReadCheck, OfWholeNumbersIsExact) {
  Workbench bench("read n=50001 type=f32 dist=integer");
  compute(bench, one_by_one);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  bench.set(6, bench.get(6) + 1);
  EXPECT_EQ(bench.check().outcome, Outcome::wrong);
}

}  // namespace
}  // namespace assay::kernels
