#include "kernels/collective.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

using testing::HasSubstr;

const Collective& collective_of(const Problem& problem) {
  return *problem.operation().collective;
}

/// All ranks with right outputs, computed from the whole operands.
struct Ranks {
  Workbench whole;
  std::int64_t ranks;

  explicit Ranks(const std::string& text)
      : whole(text), ranks(collective_of(whole.problem).ranks(whole.problem)) {
    whole.fill_with_reference();
  }

  std::vector<RankOperand> parts(std::int64_t rank) const {
    return collective_of(whole.problem).operands(whole.problem, rank);
  }
  std::span<std::byte> slice(std::int64_t rank, std::size_t operand) {
    const RankOperand part = parts(rank)[operand];
    return std::span(whole.buffers[operand])
        .subspan(static_cast<std::size_t>(bytes_of(part.operand.type, part.first)),
                 static_cast<std::size_t>(part.operand.bytes()));
  }
  Check check(std::int64_t rank, const CheckOptions& options = {}) {
    const std::vector<ConstBytes> buffers = {slice(rank, 0), slice(rank, 1)};
    return collective_of(whole.problem).check(whole.problem, rank, buffers, options);
  }
};

std::vector<std::string> problems() {
  return {"all_reduce ranks=5 n=1000 type=f32",
          "all_reduce ranks=3 n=77 type=i8",
          "all_reduce ranks=4 n=300 type=bf16 dist=uniform",
          "reduce_scatter ranks=4 n=333 type=f64",
          "all_gather ranks=3 n=100 type=f16",
          "all_to_all ranks=6 n=51 type=bf16 dist=uniform",
          "broadcast ranks=3 n=500 type=i32",
          "send_receive ranks=4 n=64 type=f32",
          "send_receive ranks=4 n=64 pattern=pair type=f32",
          "expert_dispatch ranks=4 tokens=6 hidden=32 experts=16",
          "expert_combine ranks=4 tokens=6 hidden=32 experts=16 routing=balanced"};
}

class EachCollective : public testing::TestWithParam<std::string> {};

TEST_P(EachCollective, SharesTheWholeOutAmongItsRanks) {
  Ranks all(GetParam());
  for (const std::size_t operand : {0u, 1u}) {
    std::int64_t next = 0;
    for (std::int64_t rank = 0; rank < all.ranks; ++rank) {
      const RankOperand part = all.parts(rank)[operand];
      EXPECT_EQ(part.first, next);
      next += part.operand.elements();
      if (operand == 1) continue;
      std::vector<std::byte> made(static_cast<std::size_t>(part.operand.bytes()));
      generate_parallel(all.whole.problem, 0, made, part.first);
      EXPECT_TRUE(std::ranges::equal(made, all.slice(rank, 0)));
    }
    EXPECT_EQ(next, all.whole.operands[operand].elements());
  }
  EXPECT_THROW(all.parts(all.ranks), std::out_of_range);
}

TEST_P(EachCollective, FindsTheReferenceRightOnEveryRankAndAsAWhole) {
  Ranks all(GetParam());
  EXPECT_EQ(all.whole.check().outcome, Outcome::right) << all.whole.check().where;
  for (std::int64_t rank = 0; rank < all.ranks; ++rank) {
    const Check check = all.check(rank);
    EXPECT_EQ(check.outcome, Outcome::right) << check.where;
    EXPECT_EQ(check.elements, all.parts(rank)[1].operand.elements());
  }
}

TEST_P(EachCollective, FindsOneElementOffByTheLeastStep) {
  Ranks all(GetParam());
  for (std::int64_t rank = 0; rank < all.ranks; ++rank) {
    const RankOperand part = all.parts(rank)[1];
    if (part.operand.elements() == 0 || all.whole.problem.choice("dist") != "integer") continue;
    const std::int64_t at = part.operand.elements() - 1;
    const auto output = all.slice(rank, 1);
    const auto one = static_cast<std::size_t>(bytes_of(part.operand.type, 1));
    const std::byte before = output[output.size() - one];
    output[output.size() - one] ^= std::byte{1};
    const Check check = all.check(rank);
    EXPECT_EQ(check.outcome, Outcome::wrong);
    EXPECT_THAT(check.where, HasSubstr(fmt::format("rank {}, element {}", rank, at)));
    EXPECT_EQ(all.whole.check().outcome, Outcome::wrong);
    output[output.size() - one] = before;
  }
}

TEST_P(EachCollective, FindsUnwrittenElements) {
  Ranks all(GetParam());
  const auto part = all.parts(1)[1];
  poison(part.operand.type,
         all.slice(1, 1).first(static_cast<std::size_t>(bytes_of(part.operand.type, 1))));
  EXPECT_THAT(all.check(1).where, HasSubstr("never written"));
}

TEST_P(EachCollective, FindsAnOutputThatIsThatOfAnotherSeed) {
  Ranks all(GetParam());
  Ranks stale(GetParam() + " seed=2");
  if (all.parts(1)[1].operand.bytes() != stale.parts(1)[1].operand.bytes()) return;
  const auto from = stale.slice(1, 1);
  std::copy(from.begin(), from.end(), all.slice(1, 1).begin());
  EXPECT_EQ(all.check(1).outcome, Outcome::wrong);
}

INSTANTIATE_TEST_SUITE_P(All, EachCollective, testing::ValuesIn(problems()));

/// Sums in f32 like those of a right implementation, without the terms that `leave_out` excludes.
void sum_without(Ranks& all, std::int64_t rank, std::int64_t left_out) {
  const auto output = all.slice(rank, 1);
  std::vector<float> sums(output.size() / sizeof(float), 0.0f);
  for (std::int64_t other = 0; other < all.ranks; ++other) {
    if (other == left_out) continue;
    const auto input = all.slice(other, 0);
    for (std::size_t i = 0; i < sums.size(); ++i) {
      float value;
      std::memcpy(&value, input.data() + i * sizeof value, sizeof value);
      sums[i] += value;
    }
  }
  std::memcpy(output.data(), sums.data(), output.size());
}

TEST(AllReduce, IsRightInAnyOrderAndWrongWithoutOneRanksContribution) {
  Ranks all("all_reduce ranks=7 n=4000 type=f32");
  sum_without(all, 2, -1);
  EXPECT_EQ(all.check(2).outcome, Outcome::right);
  for (const std::int64_t missing : {0, 2, 6}) {
    sum_without(all, 2, missing);
    EXPECT_EQ(all.check(2).outcome, Outcome::wrong);
  }
}

TEST(AllReduce, OfAnyNumbersAllowsRoundingInAnyOrderButNoRankMissing) {
  Ranks all("all_reduce ranks=7 n=4000 type=f32 dist=uniform");
  sum_without(all, 2, -1);
  EXPECT_EQ(all.check(2).outcome, Outcome::right);
  sum_without(all, 2, 3);
  EXPECT_EQ(all.check(2).outcome, Outcome::wrong);
}

TEST(Exchanges, AreWrongWhenTwoBlocksAreSwapped) {
  for (const std::string text :
       {"all_to_all ranks=4 n=64 type=f32", "all_gather ranks=4 n=64 type=f32",
        "expert_dispatch ranks=4 tokens=64 hidden=64 experts=32 routing=balanced"}) {
    Ranks all(text);
    const auto output = all.slice(3, 1);
    const std::size_t quarter = output.size() / 4;
    std::swap_ranges(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(quarter),
                     output.begin() + static_cast<std::ptrdiff_t>(quarter));
    EXPECT_EQ(all.check(3).outcome, Outcome::wrong) << text;
    EXPECT_EQ(all.check(2).outcome, Outcome::right) << text;
  }
}

TEST(Exchanges, NameTheRankThatAWrongElementCameFrom) {
  Ranks all("all_to_all ranks=4 n=64 type=f32");
  all.slice(3, 1)[(64 * 2 + 5) * 4] ^= std::byte{1};
  EXPECT_THAT(all.check(3).where, HasSubstr("rank 3, element 133 (element 197 of rank 2)"));
}

CheckOptions sampling() {
  CheckOptions options;
  options.full_flop = 0;
  return options;
}

TEST(SampledCheck, SaysHowMuchItComparedAndThatItSawTheRest) {
  Ranks all("all_gather ranks=3 n=1000000 type=f32");
  const Check check = all.check(1, sampling());
  EXPECT_EQ(check.outcome, Outcome::right);
  EXPECT_THAT(check.method, HasSubstr("blocks bit for bit, and all elements within range"));
  EXPECT_LT(check.elements, 1500000);
  EXPECT_GT(check.elements, 100000);
}

TEST(SampledCheck, FindsWrongFirstAndLastElementsAndWhatIsOutOfRangeOrUnwrittenAnywhere) {
  const std::string text = "all_reduce ranks=3 n=3000000 type=f32";
  for (const std::int64_t at : {std::int64_t{0}, std::int64_t{2999999}}) {
    Ranks all(text);
    all.slice(1, 1)[static_cast<std::size_t>(at) * 4 + 1] ^= std::byte{0x40};
    EXPECT_EQ(all.check(1, sampling()).outcome, Outcome::wrong) << at;
  }
  Ranks all(text);
  const float far = 4000;
  std::memcpy(all.slice(1, 1).data() + std::size_t{1234567} * 4, &far, sizeof far);
  EXPECT_THAT(all.check(1, sampling()).where, HasSubstr("element 1234567"));
  Ranks unwritten(text);
  poison(DataType::f32, unwritten.slice(1, 1).subspan(std::size_t{1234567} * 4, 4));
  EXPECT_THAT(unwritten.check(1, sampling()).where, HasSubstr("never written"));
}

TEST(SampledCheck, FindsSwappedBlocksOfAnExchange) {
  Ranks all("all_to_all ranks=8 n=20000 type=f32");
  const auto output = all.slice(3, 1);
  std::swap_ranges(output.begin(), output.begin() + 80000, output.begin() + 80000);
  EXPECT_EQ(all.check(3, sampling()).outcome, Outcome::wrong);
}

TEST(BusFactor, IsThatOfNcclTests) {
  const auto factor = [](const std::string& text) {
    const Problem problem = Problem::parse(text);
    return collective_of(problem).bus_factor(problem);
  };
  EXPECT_DOUBLE_EQ(factor("all_reduce ranks=8 n=4 type=f32"), 2.0 * 7 / 8);
  EXPECT_DOUBLE_EQ(factor("all_gather ranks=8 n=4 type=f32"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(factor("reduce_scatter ranks=8 n=4 type=f32"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(factor("all_to_all ranks=8 n=4 type=f32"), 7.0 / 8);
  EXPECT_DOUBLE_EQ(factor("broadcast ranks=8 n=4 type=f32"), 1);
  EXPECT_DOUBLE_EQ(factor("send_receive ranks=8 n=4 type=f32"), 1);
}

TEST(CollectiveWork, CountsTheBytesThatNcclTestsCounts) {
  const auto bytes = [](const std::string& text) {
    const Problem problem = Problem::parse(text);
    return problem.operation().work(problem).bytes;
  };
  EXPECT_EQ(bytes("all_reduce ranks=8 n=100 type=f32"), 400);
  EXPECT_EQ(bytes("broadcast ranks=8 n=100 type=bf16"), 200);
  EXPECT_EQ(bytes("send_receive ranks=8 n=100 type=f64"), 800);
  EXPECT_EQ(bytes("all_gather ranks=8 n=100 type=f32"), 3200);
  EXPECT_EQ(bytes("reduce_scatter ranks=8 n=100 type=f32"), 3200);
  EXPECT_EQ(bytes("all_to_all ranks=8 n=100 type=f32"), 3200);
  EXPECT_EQ(bytes("expert_dispatch ranks=8 tokens=128"), 128.0 * 8 * 7168);
  EXPECT_EQ(bytes("expert_combine ranks=8 tokens=128"), 128.0 * 8 * 7168 * 2);
}

TEST(Collectives, RefuseWhatCannotBeCheckedOrShared) {
  const auto refusal = [](const std::string& text) -> std::string {
    try {
      Problem::parse(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("all_reduce ranks=384 n=4 type=bf16"), HasSubstr("cannot hold exact sums"));
  EXPECT_EQ(refusal("all_reduce ranks=384 n=4 type=bf16 dist=uniform"), "accepted");
  EXPECT_EQ(refusal("all_reduce ranks=384 n=4 type=f32"), "accepted");
  EXPECT_THAT(refusal("all_reduce ranks=4 n=4 type=i8 dist=uniform"), HasSubstr("overflow"));
  EXPECT_THAT(refusal("send_receive ranks=3 n=4 pattern=pair type=f32"),
              HasSubstr("pairs need an even number"));
  EXPECT_THAT(refusal("expert_dispatch ranks=3 tokens=4 experts=256"), HasSubstr("field experts"));
  EXPECT_EQ(Problem::parse("expert_dispatch ranks=3 tokens=4").dimension("experts"), 264);
  EXPECT_EQ(Problem::parse("expert_dispatch ranks=384 tokens=4").dimension("experts"), 384);
  EXPECT_EQ(Problem::parse("expert_dispatch ranks=8 tokens=4").dimension("experts"), 256);
  EXPECT_THAT(refusal("expert_dispatch ranks=4 tokens=4 top_k=129"), HasSubstr("field top_k"));
  EXPECT_THAT(refusal("expert_dispatch ranks=4 tokens=99999999"), HasSubstr("field tokens"));
}

TEST(ExpertRouting, SendsEveryTokenToItsExpertsAndDiffersByProblem) {
  const auto received = [](const std::string& more) {
    const Problem problem = Problem::parse("expert_dispatch ranks=8 tokens=128" + more);
    return collective_of(problem).layout(problem).received;
  };
  const auto grouped = received("");
  EXPECT_EQ(std::accumulate(grouped.begin(), grouped.end(), std::int64_t{0}),
            std::int64_t{8} * 128 * 8 * 7168);
  EXPECT_NE(*std::ranges::max_element(grouped), *std::ranges::min_element(grouped));
  EXPECT_NE(grouped, received(" seed=2"));
  EXPECT_EQ(grouped, received(""));
  const auto balanced = received(" routing=balanced");
  EXPECT_EQ(*std::ranges::max_element(balanced), *std::ranges::min_element(balanced));
}

TEST(ExpertRouting, OpensHalfOfTheGroupsToAToken) {
  // With one token and one rank per group, the token goes to four ranks.
  for (int seed = 1; seed < 20; ++seed) {
    const Problem problem =
        Problem::parse(fmt::format("expert_dispatch ranks=8 tokens=1 seed={}", seed));
    const CollectiveLayout layout = collective_of(problem).layout(problem);
    for (std::size_t source = 0; source < 8; ++source) {
      const auto row = layout.counts.begin() + static_cast<std::ptrdiff_t>(source * 8);
      EXPECT_LE(std::count_if(row, row + 8, [](std::int64_t count) { return count > 0; }), 4);
      EXPECT_EQ(std::accumulate(row, row + 8, std::int64_t{0}), 8 * 7168);
    }
  }
}

TEST(ExpertCombine, GivesBackWhatDispatchSent) {
  const std::string rest = " ranks=4 tokens=6 hidden=32 experts=16 type=bf16";
  const Problem there = Problem::parse("expert_dispatch" + rest),
                back = Problem::parse("expert_combine" + rest + " routing=balanced");
  EXPECT_EQ(collective_of(there).layout(there).held, collective_of(back).layout(back).received);
}

}  // namespace
}  // namespace assay::kernels
