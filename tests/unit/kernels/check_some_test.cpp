// Judging some elements of an output alone.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

constexpr const char* kProblems[] = {
    "copy n=1000 type=f32",
    "triad n=5000 type=bf16",
    "triad n=5000 type=f64 dist=integer",
    "read n=2000003 type=bf16",
    "fma n=640 steps=16 type=f32",
    "fma n=640 steps=16 type=i8",
    "launch n=300",
    "matmul m=40 n=33 k=70 a=bf16",
    "matmul m=40 n=33 k=70 a=i8 batch=3",
    "matmul m=40 n=33 k=70 a=f32 layout=tt dist=integer",
    "grouped_matmul tokens=64 n=32 k=48 groups=4 a=bf16 c=bf16 routing=zipf",
    "attention b=2 hq=4 hkv=2 sq=20 skv=36 d=64 type=f16 mask=causal",
    ("attention b=2 hq=4 hkv=2 sq=20 skv=36 d=64 type=f32 mask=causal window=9 softcap=5 "
     "sinks=learned"),
    "mla_decode b=2 hq=4 skv=50 type=bf16",
    "paged_attention b=3 hq=4 hkv=2 sq=5 skv=50 d=32 type=bf16 lengths=uneven",
};

class CheckSome : public testing::TestWithParam<const char*> {};

TEST_P(CheckSome, JudgesTheseElementsAndReadsNoOthers) {
  Workbench bench(GetParam());
  bench.fill_with_reference();
  const std::vector<std::byte> right = bench.output();
  const std::int64_t size = bench.output_size();
  poison(bench.output_type(), bench.output());
  CheckOptions options;
  // Across rows, at the end, and one element.
  for (const ElementRange range :
       {ElementRange{size / 2 - 5, size / 2 + 70}, {size - 7, size}, {3, 4}, {0, size}}) {
    SCOPED_TRACE(testing::Message() << range.first << " to " << range.last);
    options.only = {range};
    const int bits = bits_of(bench.output_type());
    std::vector<std::byte>& output = bench.output();
    poison(bench.output_type(), output);
    std::copy(right.begin() + range.first * bits / 8, right.begin() + range.last * bits / 8,
              output.begin() + range.first * bits / 8);
    const Check found = bench.check(options);
    EXPECT_EQ(found.outcome, Outcome::right) << found.where;
    EXPECT_EQ(found.elements, range.last - range.first);
    for (const std::int64_t at : {range.first, range.last - 1}) {
      const double value = bench.get(at);
      bench.set(at, value == 0 ? 64 : -2 * value);
      EXPECT_EQ(bench.check(options).outcome, Outcome::wrong) << at;
      bench.set(at, value);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, CheckSome, testing::ValuesIn(kProblems), [](const auto& test) {
  std::string name(test.param);
  for (char& letter : name) {
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) {
      letter = '_';
    }
  }
  return name;
});

/// Links and collectives change no inputs while they are measured.
TEST(CheckSome, KnowsEveryOtherOperation) {
  for (const Operation* operation : operations()) {
    if (operation->collective != nullptr || operation->roof == Roof::link) continue;
    EXPECT_TRUE(std::ranges::any_of(kProblems, [&](std::string_view problem) {
      return problem.starts_with(std::string(operation->name) + " ");
    })) << operation->name;
  }
}

}  // namespace
}  // namespace assay::kernels
