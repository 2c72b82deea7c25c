#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels::grouped_matmul_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::UnorderedElementsAre;

GroupedMatmulShape shape_of(std::string_view text) {
  return grouped_matmul_shape(Problem::parse(text));
}

std::string error_of(std::string_view text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(GroupedMatmul, FillsInWhatTheTextLeavesOut) {
  EXPECT_EQ(Problem::parse("grouped_matmul tokens=9 n=3 k=4 groups=2 a=bf16").text(),
            "grouped_matmul tokens=9 n=3 k=4 groups=2 a=bf16 b=bf16 c=f32 layout=nn "
            "routing=balanced dist=uniform seed=1");
}

TEST(GroupedMatmul, DealsOutEveryRowWhateverTheRouting) {
  for (const char* routing : {"balanced", "zipf", "one"}) {
    for (const int tokens : {1, 7, 100, 4096}) {
      for (const int groups : {1, 2, 13, 256}) {
        const auto s =
            shape_of(fmt::format("grouped_matmul tokens={} n=1 k=1 groups={} a=f32 routing={}",
                                 tokens, groups, routing));
        ASSERT_EQ(s.sizes.size(), static_cast<std::size_t>(groups));
        EXPECT_EQ(std::accumulate(s.sizes.begin(), s.sizes.end(), std::int64_t{0}), tokens);
        EXPECT_GE(*std::min_element(s.sizes.begin(), s.sizes.end()), 0);
        EXPECT_EQ(s.begins.back() + s.sizes.back(), tokens);
      }
    }
  }
}

TEST(GroupedMatmul, BalancesToWithinOneRow) {
  const auto s = shape_of("grouped_matmul tokens=103 n=1 k=1 groups=10 a=f32");
  EXPECT_THAT(s.sizes, IsSubsetOf({10, 10, 10, 10, 10, 10, 10, 11, 11, 11}));
}

TEST(GroupedMatmul, FollowsZipfsLawInAnOrderDrawnFromTheProblem) {
  const char* const text = "grouped_matmul tokens=250 n=1 k=1 groups=4 a=f32 routing=zipf";
  // 1, 1/2, 1/3 and 1/4 of 250 / (25 / 12).
  EXPECT_THAT(shape_of(text).sizes, UnorderedElementsAre(120, 60, 39, 31));
  EXPECT_EQ(shape_of(text).sizes, shape_of(text).sizes);
  int moved = 0;
  for (int seed = 2; seed < 12; ++seed) {
    moved += shape_of(fmt::format("{} seed={}", text, seed)).sizes != shape_of(text).sizes;
  }
  EXPECT_GT(moved, 5);
}

TEST(GroupedMatmul, SendsAllToOneExpert) {
  const auto s = shape_of("grouped_matmul tokens=50 n=1 k=1 groups=8 a=f32 routing=one");
  EXPECT_EQ(s.groups_hit(), 1);
  EXPECT_EQ(*std::max_element(s.sizes.begin(), s.sizes.end()), 50);
}

TEST(GroupedMatmul, HandsTheSizesOverAsAnOperandWhateverTheDistribution) {
  for (const char* dist : {"uniform", "normal", "integer", "llm"}) {
    const Workbench bench(fmt::format(
        "grouped_matmul tokens=500 n=2 k=3 groups=40 a=bf16 routing=zipf dist={}", dist));
    EXPECT_EQ(bench.numbers<std::int64_t>(2), group_sizes(bench.problem));
    std::vector<std::byte> part(12 * 4);
    generate(bench.problem, 2, 17, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), bench.buffers[2].begin() + 17 * 4));
    std::vector<std::byte> whole(40 * 4);
    generate_parallel(bench.problem, 2, whole);
    EXPECT_EQ(whole, bench.buffers[2]);
  }
}

TEST(GroupedMatmul, CountsTheRowsAndTheExpertsThatAreHit) {
  const auto work_of = [](const char* routing) {
    const Problem problem = Problem::parse(
        fmt::format("grouped_matmul tokens=20 n=5 k=7 groups=4 a=bf16 routing={}", routing));
    return problem.operation().work(problem);
  };
  EXPECT_EQ(work_of("balanced").flop, 2.0 * 20 * 5 * 7);
  const double rows = 20 * 7 * 2 + 20 * 5 * 4 + 4 * 4;
  EXPECT_EQ(work_of("balanced").bytes, rows + 4 * 7 * 5 * 2);
  EXPECT_EQ(work_of("one").flop, 2.0 * 20 * 5 * 7);
  EXPECT_EQ(work_of("one").bytes, rows + 1 * 7 * 5 * 2);
}

TEST(GroupedMatmul, OfOneGroupIsAMatmul) {
  Workbench grouped("grouped_matmul tokens=30 n=20 k=50 groups=1 a=bf16 c=bf16 layout=nt");
  Workbench plain("matmul m=30 n=20 k=50 a=bf16 c=bf16 layout=nt");
  plain.buffers[0] = grouped.buffers[0];
  plain.buffers[1] = grouped.buffers[1];
  grouped.fill_with_reference();
  plain.fill_with_reference();
  EXPECT_EQ(grouped.output(), plain.output());
}

TEST(GroupedMatmul, RefusesWhatDoesNotFit) {
  EXPECT_THAT(error_of("grouped_matmul tokens=3000000000 n=1 k=1 groups=1 a=f32"),
              HasSubstr("field tokens"));
  EXPECT_THAT(error_of("grouped_matmul tokens=1 n=1 k=1 groups=70000 a=f32"),
              HasSubstr("field groups"));
  EXPECT_THAT(error_of("grouped_matmul tokens=1 n=1 k=1 groups=1 a=f32 layout=tn"),
              HasSubstr("field layout"));
  EXPECT_THAT(error_of("grouped_matmul tokens=1 n=1 k=1 groups=1 a=f32 b=bf16"),
              HasSubstr("field b"));
  EXPECT_THAT(error_of("grouped_matmul tokens=1 n=1 k=1000000 groups=1 a=i8"),
              HasSubstr("field k"));
  EXPECT_THAT(error_of("grouped_matmul tokens=1 n=99999999999 k=99999999999 groups=1 a=f32"),
              HasSubstr("fields groups, k, n"));
}

}  // namespace
}  // namespace assay::kernels::grouped_matmul_test
