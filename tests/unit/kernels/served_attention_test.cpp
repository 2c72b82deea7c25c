#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "kernels/attention/rules.h"
#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kCausal = "attention b=1 hq=2 hkv=1 sq=5 skv=9 d=8 type=f32 mask=causal";

std::string refusal(const std::string& text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

Work work_for(const std::string& text) {
  const Problem problem = Problem::parse(text);
  return problem.operation().work(problem);
}

TEST(ServedAttentionFields, StayOutOfTheTextWhereTheyAreNone) {
  EXPECT_EQ(Problem::parse(std::string(kCausal) + " window=none softcap=none sinks=none").text(),
            std::string(kCausal) + " dist=uniform seed=1");
  EXPECT_EQ(Problem::parse(std::string(kCausal) + " sinks=learned softcap=50 window=4").text(),
            std::string(kCausal) + " window=4 softcap=50 sinks=learned dist=uniform seed=1");
}

TEST(ServedAttentionFields, AreRefusedByName) {
  const std::string causal = kCausal;
  EXPECT_THAT(refusal(causal + " window=10"), HasSubstr("field window: 10 is wider than skv=9"));
  EXPECT_EQ(refusal(causal + " window=9"), "accepted");
  EXPECT_THAT(refusal(causal + " window=0"), HasSubstr("field window"));
  EXPECT_THAT(refusal("attention b=1 hq=2 hkv=1 sq=5 skv=9 d=8 type=f32 window=4"),
              HasSubstr("field window"));
  EXPECT_THAT(refusal(causal + " softcap=0"), HasSubstr("field softcap"));
  EXPECT_THAT(refusal(causal + " softcap=1025"), HasSubstr("field softcap"));
  EXPECT_THAT(refusal(causal + " sinks=all"), HasSubstr("field sinks"));
}

TEST(ServedAttentionWork, FollowsTheWindow) {
  // Queries see 5, 6, 7, 8 and 9 keys, of which the window leaves at most 6.
  EXPECT_EQ(work_for(std::string(kCausal) + " window=6").flop, 2.0 * 2 * (5 + 6 + 6 + 6 + 6) * 16);
  EXPECT_EQ(work_for(std::string(kCausal) + " window=9").flop, work_for(kCausal).flop);
  EXPECT_EQ(work_for(std::string(kCausal) + " window=3").flop, 2.0 * 2 * 5 * 3 * 16);
  // With a window of 3 the first query sees keys 2, 3 and 4: two keys and values are never read.
  EXPECT_EQ(work_for(std::string(kCausal) + " window=3").bytes,
            work_for(kCausal).bytes - 2 * 2 * 8 * 4);
  EXPECT_EQ(work_for(std::string(kCausal) + " sinks=learned").bytes,
            work_for(kCausal).bytes + 2 * 4);
}

TEST(ServedAttentionInputs, SpreadScoresOverTheCap) {
  for (const char* dist : {"uniform", "normal", "llm"}) {
    for (const int cap : {5, 50, 1000}) {
      Workbench bench(fmt::format(
          "attention b=1 hq=1 hkv=1 sq=64 skv=64 d=128 type=f16 softcap={} dist={}", cap, dist));
      const auto q = bench.numbers<double>(0), k = bench.numbers<double>(1);
      double squares = 0;
      for (std::size_t i = 0; i < 64; ++i) {
        for (std::size_t j = 0; j < 64; ++j) {
          double score = 0;
          for (std::size_t c = 0; c < 128; ++c) score += q[i * 128 + c] * k[j * 128 + c];
          squares += score * score / 128 / 64 / 64;
        }
      }
      EXPECT_GT(std::sqrt(squares), cap / 20.0) << dist << cap;
      EXPECT_LT(std::sqrt(squares), cap / 4.0 + 2) << dist << cap;
    }
  }
}

TEST(ServedAttentionInputs, HaveSinksThatTakeAShareOfTheWeight) {
  Workbench with("attention b=1 hq=32 hkv=1 sq=1 skv=1000 d=64 type=f32 sinks=learned");
  EXPECT_EQ(with.operands[3].name, "sinks");
  for (const double sink : with.numbers<double>(3)) {
    // exp(sink) against about 1000 keys with a weight of about 1.
    EXPECT_GT(sink, std::log(1000.0 / 4));
    EXPECT_LT(sink, std::log(1000.0 * 4));
  }
}

TEST(ServedAttentionReference, WeighsByHand) {
  Workbench bench(
      "attention b=1 hq=1 hkv=1 sq=2 skv=3 d=4 dv=1 type=f32 mask=causal window=2 softcap=2 "
      "sinks=learned");
  const auto fill = [&](std::size_t operand, std::initializer_list<double> values) {
    std::int64_t i = 0;
    for (const double value : values) {
      store(DataType::f32, bench.buffers[operand].data(), i++, value);
    }
  };
  fill(0, {1, 0, 0, 0, 2, 0, 0, 0});
  fill(1, {4, 0, 0, 0, 3, 0, 0, 0, -1, 0, 0, 0});
  fill(2, {10, 20, 40});
  fill(3, {0.5});
  bench.fill_with_reference();
  const auto weight = [](double score) { return std::exp(2 * std::tanh(score / 2)); };
  const double sink = std::exp(0.5);
  const double first = (10 * weight(2) + 20 * weight(1.5)) / (weight(2) + weight(1.5) + sink);
  // The second query does not see key 0.
  const double second = (20 * weight(3) + 40 * weight(-1)) / (weight(3) + weight(-1) + sink);
  EXPECT_FLOAT_EQ(static_cast<float>(bench.get(0)), static_cast<float>(first));
  EXPECT_FLOAT_EQ(static_cast<float>(bench.get(1)), static_cast<float>(second));
}

TEST(ServedAttentionShape, IsPlainOnlyWithoutAnythingMore) {
  const auto why = [](const std::string& more) {
    return why_not_plain(attention_shape(Problem::parse(kCausal + more)));
  };
  EXPECT_EQ(why(""), "");
  for (const char* more : {" window=3", " softcap=50", " sinks=learned"}) EXPECT_NE(why(more), "");
  EXPECT_NE(why_not_plain(paged_attention_shape(
                Problem::parse("paged_attention b=1 hq=1 hkv=1 skv=64 d=64 type=f32"))),
            "");
}

constexpr const char* kPaged =
    "paged_attention b=6 hq=4 hkv=2 sq=3 skv=100 d=8 page=16 lengths=uneven type=bf16";

TEST(PagedAttention, DealsEveryPageOutOnce) {
  for (const char* more : {" seed=1", " seed=2", " pages=60", " lengths=even"}) {
    std::string text = kPaged;
    if (std::string(more) == " lengths=even") text.erase(text.find(" lengths=uneven"), 15);
    const Problem problem = Problem::parse(text + more);
    const AttentionPages pages = attention_pages(problem);
    ASSERT_EQ(pages.table.size(), 6U * 7);
    std::set<std::int64_t> used;
    for (std::size_t sequence = 0; sequence < 6; ++sequence) {
      EXPECT_GE(pages.lengths[sequence], 3);
      for (std::int64_t i = 0; i < 7; ++i) {
        const std::int64_t page = pages.table[sequence * 7 + static_cast<std::size_t>(i)];
        if (i * 16 >= pages.lengths[sequence]) {
          EXPECT_EQ(page, 0);
          continue;
        }
        EXPECT_TRUE(used.insert(page).second) << page;
        EXPECT_LT(page, pages.pool);
        EXPECT_GE(page, 0);
      }
    }
    EXPECT_EQ(*std::max_element(pages.lengths.begin(), pages.lengths.end()), 100);
    EXPECT_FALSE(std::is_sorted(pages.table.begin(), pages.table.begin() + 7));
  }
}

TEST(PagedAttention, GivesTheTableAndTheLengthsAsOperandsThatNoTestMayChange) {
  Workbench bench(kPaged);
  ASSERT_EQ(bench.operands.size(), 6U);
  EXPECT_THAT(bench.operands[1].extents, ElementsAre(42, 2, 16, 8));
  const AttentionPages pages = attention_pages(bench.problem);
  EXPECT_EQ(bench.numbers<std::int64_t>(3), pages.table);
  EXPECT_EQ(bench.numbers<std::int64_t>(4), pages.lengths);
  EXPECT_NE(bench.operands[3].fill, nullptr);
  EXPECT_NE(bench.operands[4].fill, nullptr);
  // A part of it, as devices with little memory upload it.
  std::vector<std::byte> some(5 * 4);
  generate(bench.problem, 3, 9, some);
  EXPECT_EQ(load(DataType::i32, some.data(), 2), static_cast<double>(pages.table[11]));
}

TEST(PagedAttention, CountsWhatIsReadOfUnevenSequences) {
  const Problem problem = Problem::parse(std::string(kPaged) + " window=20");
  double pairs = 0, keys = 0, entries = 0;
  for (const std::int64_t length : attention_pages(problem).lengths) {
    std::set<std::int64_t> read, pages;
    for (std::int64_t query = length - 3; query < length; ++query) {
      for (std::int64_t j = std::max<std::int64_t>(0, query - 19); j <= query; ++j) {
        ++pairs;
        read.insert(j);
        pages.insert(j / 16);
      }
    }
    keys += static_cast<double>(read.size());
    entries += static_cast<double>(pages.size());
  }
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 4 * 4 * pairs * 8);
  EXPECT_EQ(work.bytes, 2 * keys * 2 * 8 * 2 + 2 * 6 * 4 * 3 * 8 * 2 + 4 * (entries + 6));
}

TEST(PagedAttention, IsTheSameAsDenseAttentionOverTheGatheredKeys) {
  Workbench paged(
      "paged_attention b=2 hq=4 hkv=2 sq=3 skv=64 d=8 page=16 type=f32 window=40 softcap=9 "
      "sinks=learned");
  Workbench dense(
      "attention b=2 hq=4 hkv=2 sq=3 skv=64 d=8 type=f32 mask=causal window=40 softcap=9 "
      "sinks=learned");
  const AttentionPages pages = attention_pages(paged.problem);
  dense.buffers[0] = paged.buffers[0];
  dense.buffers[3] = paged.buffers[5];
  for (std::size_t operand : {1U, 2U}) {
    for (std::int64_t row = 0; row < 2 * 2 * 64; ++row) {
      const std::int64_t sequence = row / 128, head = row / 64 % 2, key = row % 64;
      const std::int64_t page = pages.table[static_cast<std::size_t>(sequence * 4 + key / 16)];
      const auto from = paged.buffers[operand].begin() + ((page * 2 + head) * 16 + key % 16) * 32;
      std::copy(from, from + 32, dense.buffers[operand].begin() + row * 32);
    }
  }
  paged.fill_with_reference();
  dense.fill_with_reference();
  EXPECT_EQ(paged.output(), dense.output());
}

TEST(PagedAttention, IsRefusedByField) {
  const std::string base = "paged_attention b=6 hq=4 hkv=2 skv=100 d=8 type=bf16";
  EXPECT_THAT(refusal(base + " pages=41"),
              HasSubstr("field pages: the table of pages would point outside of a pool of 41"));
  EXPECT_EQ(refusal(base + " pages=42"), "accepted");
  EXPECT_THAT(refusal(base + " window=101"), HasSubstr("field window: 101 is wider than skv=100"));
  EXPECT_THAT(refusal(base + " sq=101"), HasSubstr("field skv"));
  EXPECT_THAT(refusal(base + " page=0"), HasSubstr("field page"));
  EXPECT_THAT(refusal(base + " lengths=odd"), HasSubstr("field lengths"));
  EXPECT_THAT(refusal(base + " dist=integer"), HasSubstr("field dist"));
  EXPECT_THAT(refusal("paged_attention b=70000 hq=4 hkv=2 skv=100 d=8 type=bf16"),
              HasSubstr("field b"));
  EXPECT_THAT(refusal("paged_attention b=4 hq=4 hkv=3 skv=100 d=8 type=bf16"),
              HasSubstr("field hkv"));
  EXPECT_THAT(refusal("paged_attention b=4000 hq=4 hkv=2 skv=1000000 page=1 d=8 type=bf16"),
              HasSubstr("field pages"));
  EXPECT_THAT(refusal("paged_attention b=4 hq=4 hkv=2 skv=9223372036854775807 d=8 type=bf16"),
              HasSubstr("field skv"));
}

}  // namespace
}  // namespace assay::kernels
