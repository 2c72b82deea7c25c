// Wrong kernels of all operations: lower precision than declared, small factors, terms left out,
// wrong tiles and elements. A fault that changes the output by more than right kernels differ from
// one another must be caught. Prints how many were, and why a fault that passed may pass.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <tuple>

#include "tests/unit/kernels/simulation.h"

namespace assay::kernels {
namespace {

using ::testing::HasSubstr;

/// A fault may pass where the output changes by no more than this multiple of the differences
/// between right kernels.
constexpr double kVisible = 2;

struct Row {
  int caught = 0, suspicious = 0, passed = 0, named = 0;
  std::vector<std::string> passes;
};

/// What became of the wrong kernels.
class Table {
 public:
  void add(const std::string& group, const std::string& fault, const Check& check, double effect) {
    Row& row = rows_[group];
    ++count_;
    row.named += check.where.find("agrees with") != std::string::npos;
    if (check.outcome == Outcome::wrong) {
      ++row.caught;
    } else if (check.outcome == Outcome::suspicious) {
      ++row.suspicious;
    } else {
      ++row.passed;
      row.passes.push_back(fmt::format(
          "{}: changes the output by {:.2f} of what right kernels differ by", fault, effect));
    }
    if (effect > kVisible) {
      EXPECT_NE(check.outcome, Outcome::right)
          << group << ": " << fault << ", effect " << effect << ", worst " << check.worst;
    }
  }

  void print(const char* title) const {
    std::printf("%-52s %7s %11s %7s %7s\n", title, "wrong", "suspicious", "passed", "named");
    for (const auto& [group, row] : rows_) {
      std::printf("%-52s %7d %11d %7d %7d\n", group.c_str(), row.caught, row.suspicious, row.passed,
                  row.named);
      for (const std::string& pass : row.passes) std::printf("    %s\n", pass.c_str());
    }
    std::printf("%d wrong kernels\n", count_);
  }

  int count() const { return count_; }
  int named() const {
    int all = 0;
    for (const auto& [group, row] : rows_) all += row.named;
    return all;
  }

 private:
  std::map<std::string, Row> rows_;
  int count_ = 0;
};

template <typename Kernel>
std::vector<double> output_of(Workbench& bench, const Kernel& kernel) {
  compute(bench, kernel);
  std::vector<double> values;
  for (std::int64_t i = 0; i < bench.output_size(); ++i) values.push_back(bench.get(i));
  return values;
}

double mean_square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

/// Two right outputs, by which the size of a fault is measured.
struct Yardstick {
  std::vector<double> right;
  double noise = 0;

  template <typename Kernel>
  Yardstick(Workbench& bench, const Kernel& one, const Kernel& other) {
    const std::vector<double> second = output_of(bench, other);
    right = output_of(bench, one);
    const double unit = 0.41 * unit_roundoff(bench.output_type());  // of values between two powers
    noise = std::sqrt(mean_square(right, second) +
                      unit * unit * mean_square(right, std::vector<double>(right.size())));
  }

  double effect(Workbench& bench) const {
    std::vector<double> values;
    for (std::int64_t i = 0; i < bench.output_size(); ++i) values.push_back(bench.get(i));
    return std::sqrt(mean_square(values, right)) / noise;
  }
};

struct Lower {
  const char* name;
  RoundInput round;
  bool three = false;
};

const Lower kTf32{"tf32", round_input<DataType::tf32>};
const Lower kTruncated{"truncated tf32", truncate_to_tf32};
const Lower kF16{"f16", round_input<DataType::f16>};
const Lower kBf16{"bf16", round_input<DataType::bf16>};
const Lower kThree{"three products of bf16", {}, true};
const Lower kF8{"f8e4m3", round_input<DataType::f8e4m3>};
const Lower kScaledF8{"scaled f8e4m3", scale_input<DataType::f8e4m3>};
const Lower kWideF8{"f8e5m2", round_input<DataType::f8e5m2>};
const Lower kI8{"i8", scale_input<DataType::i8>};
const Lower kF32{"f32", round_input<DataType::f32>};
const Lower kF4{"scaled f4e2m1", scale_input<DataType::f4e2m1>};

std::vector<Lower> below(std::string_view type) {
  if (type == "f64") return {kF32, kTf32};
  if (type == "f32") return {kTf32, kTruncated, kF16, kBf16, kThree, kScaledF8, kI8};
  if (type == "tf32") return {kBf16, kScaledF8};
  if (type == "bf16") return {kF8, kScaledF8, kWideF8, kI8};
  if (type == "f16") return {kBf16, kF8, kWideF8, kI8};
  return {kWideF8, kF4};
}

/// Judged completely and by samples.
Check judged(const Workbench& bench, bool probed) {
  return bench.check({.full_flop = probed ? 0 : 1e12});
}

void add_products(Table& table, const std::string& shape, const std::string& size,
                  const std::string& types, const std::string& dist) {
  Workbench bench(fmt::format("{} {} dist={} seed=11", shape, types, dist));
  const std::string type(name(bench.operands[0].type));
  const std::string group =
      fmt::format("{} {} {} {}", bench.problem.operation().name, types, size, dist);
  const Yardstick yard(bench, ProductKernel{.run = 64}, ProductKernel{.backward = true});
  bool probed = false;
  const auto judge_with = [&](const std::string& fault, const ProductKernel& kernel) {
    compute(bench, kernel);
    table.add(group, fault, judged(bench, probed = !probed), yard.effect(bench));
  };
  for (const Lower& lower : below(type)) {
    judge_with(lower.name, {.run = 64, .round = lower.round, .three_products = lower.three});
  }
  judge_with("output x 1.01", {.finish = [](double x) { return 1.01 * x; }});
  for (const bool probe_it : {false, true}) {
    compute(bench, ProductKernel{.run = 64});
    ASSERT_EQ(judged(bench, probe_it).outcome, Outcome::right)
        << bench.problem.text() << judged(bench, probe_it).where;
  }
}

TEST(Precision, OfProductsIsTold) {
  Table table;
  for (const std::string dist : {"uniform", "normal", "llm"}) {
    add_products(table, "matmul m=24 n=20 k=2048 layout=nt", "k=2048", "a=f32", dist);
    for (const int k : {32, 256}) {
      for (const std::string types : {"a=f32", "a=bf16 c=f32", "a=bf16 c=bf16", "a=f16 c=f16"}) {
        add_products(table, fmt::format("matmul m=24 n=20 k={} layout=nt", k),
                     fmt::format("k={}", k), types, dist);
      }
    }
    for (const std::string types : {"a=f64", "a=tf32", "a=f8e4m3"}) {
      add_products(table, "matmul m=24 n=20 k=256 layout=tn", "k=256", types, dist);
    }
    for (const std::string types : {"a=f32", "a=bf16 c=bf16"}) {
      add_products(table, "grouped_matmul tokens=60 n=24 k=200 groups=5 routing=zipf", "k=200",
                   types, dist);
    }
  }
  add_products(table, "matmul m=32 n=64 k=32768 layout=nt", "k=32768", "a=f32", "normal");
  table.print("products with narrower inputs");
  EXPECT_GE(table.count(), 120);
  EXPECT_GE(table.named(), table.count() / 2);
}

struct AttentionMistake {
  std::string name;
  AttentionKernel kernel;
};

std::vector<AttentionMistake> attention_mistakes(std::string_view type) {
  std::vector<AttentionMistake> all = {
      {"scale x 1.01", {.scale_factor = 1.01}},    {"scale x 1.1", {.scale_factor = 1.1}},
      {"output x 1.01", {.output_factor = 1.01}},  {"output x 1.03", {.output_factor = 1.03}},
      {"last key left out", {.keys_left_out = 1}}, {"exp 3% off", {.exp_error = 0.03f}},
  };
  for (const Lower& lower : below(type)) {
    if (lower.three) continue;
    all.push_back({fmt::format("{} Q, K and V", lower.name),
                   {.round = lower.round, .round_values = lower.round}});
    all.push_back({fmt::format("{} Q and K", lower.name), {.round = lower.round}});
  }
  if (type == "f32") {
    all.push_back({"wholly f16",
                   {.round = kF16.round, .round_values = kF16.round, .round_everything = true}});
    all.push_back({"wholly bf16",
                   {.round = kBf16.round, .round_values = kBf16.round, .round_everything = true}});
  }
  return all;
}

TEST(Precision, OfAttentionIsTold) {
  Table table;
  for (const std::string dist : {"uniform", "normal", "llm"}) {
    for (const std::string type : {"f32", "bf16", "f16"}) {
      for (const std::string shape : {"attention b=1 hq=2 hkv=1 sq=12 skv=70 d=64 mask=causal",
                                      "attention b=1 hq=2 hkv=2 sq=5 skv=256 d=128",
                                      "mla_decode b=1 hq=6 skv=200 latent=64 "
                                      "rope=16 qk=48",
                                      "attention b=1 hq=2 hkv=1 sq=12 skv=90 d=64 mask=causal "
                                      "window=50 sinks=learned",
                                      "paged_attention b=3 hq=4 hkv=2 skv=150 d=64 page=16 "
                                      "lengths=uneven"}) {
        if (type == "f16" && shape.find("mla") == std::string::npos) continue;
        Workbench bench(fmt::format("{} type={} dist={} seed=5", shape, type, dist));
        const Yardstick yard(bench, AttentionKernel{.round_weights = true},
                             AttentionKernel{.block = 32, .backward = true});
        ASSERT_EQ(bench.check().outcome, Outcome::right) << bench.check().where;
        const std::string keys(bench.problem.field_text("skv"));
        for (const AttentionMistake& mistake : attention_mistakes(type)) {
          AttentionKernel kernel = mistake.kernel;
          kernel.round_weights = true;
          compute(bench, kernel);
          table.add(
              fmt::format("{} {} skv={} {}", bench.problem.operation().name, type, keys, dist),
              mistake.name, bench.check(), yard.effect(bench));
        }
      }
    }
  }
  table.print("attention");
  EXPECT_GE(table.count(), 120);
  EXPECT_GE(table.named(), 60);
}

TEST(Precision, NamesTheInputsThatExplainTheErrors) {
  Workbench f32("matmul m=40 n=40 k=512 a=f32 dist=normal");
  compute(f32, ProductKernel{.round = truncate_to_tf32});
  EXPECT_THAT(f32.check().where, HasSubstr("agrees with truncated tf32 inputs"));
  compute(f32, ProductKernel{.three_products = true});
  EXPECT_THAT(f32.check().where, HasSubstr("agrees with three products of bf16"));
  compute(f32, ProductKernel{.finish = [](double x) { return 1.001 * x; }});
  EXPECT_EQ(f32.check().where.find("agrees"), std::string::npos) << f32.check().where;
  compute(f32, ProductKernel{.finish = [](double x) { return round_input<DataType::f16>(x, 0); }});
  EXPECT_THAT(f32.check().where, HasSubstr("holds values of f16 only"));
  Workbench bf16("attention b=1 hq=2 hkv=1 sq=20 skv=300 d=64 type=bf16 dist=normal");
  compute(bf16, AttentionKernel{.round = scale_input<DataType::i8>});
  EXPECT_THAT(bf16.check().where, HasSubstr("i8 Q and K"));
  compute(bf16, AttentionKernel{.round = round_input<DataType::f8e4m3>});
  EXPECT_THAT(bf16.check().where, HasSubstr("f8e4m3 Q and K"));
}

/// Rows of one tile are swapped in pairs.
void swap_rows(Workbench& bench, std::int64_t first, std::int64_t count, std::int64_t width) {
  for (std::int64_t row = first; row < first + count; row += 2) {
    for (std::int64_t c = row * width; c < (row + 1) * width; ++c) {
      const double kept = bench.get(c);
      bench.set(c, bench.get(c + width));
      bench.set(c + width, kept);
    }
  }
}

TEST(WrongTile, OfSixteenOrSixtyFourRowsIsFoundInAttention) {
  for (const char* shape : {"attention b=1 hq=3 hkv=1 sq=512 skv=512 d=16 type=bf16 dist=normal",
                            "attention b=2 hq=2 hkv=2 sq=384 skv=400 d=16 type=f32 dist=llm "
                            "mask=causal"}) {
    Workbench bench(shape);
    compute(bench, AttentionKernel{});
    const std::vector<std::byte> right = bench.output();
    const AttentionShape s = attention_shape(bench.problem);
    const double flop = bench.problem.operation().work(bench.problem).flop;
    Dice dice{std::mt19937_64(3)};
    for (int i = 0; i < 12; ++i) {
      const std::int64_t rows = i % 2 == 0 ? 16 : 64;
      const std::int64_t first =
          dice.between(0, s.b * s.hq - 1) * s.sq + dice.between(0, s.sq / rows - 1) * rows;
      bench.output() = right;
      swap_rows(bench, first, rows, s.dv);
      const Check check =
          bench.check({.seed = static_cast<std::uint64_t>(i), .full_flop = flop / 12});
      EXPECT_EQ(check.outcome, Outcome::wrong) << rows << " rows from " << first << check.method;
      EXPECT_THAT(check.method, HasSubstr("one of every 16"));
    }
  }
}

TEST(WrongTile, OfLowerPrecisionIsFoundInAProbedProduct) {
  Workbench bench("matmul m=256 n=800 k=128 a=f32 layout=nt dist=normal");
  compute(bench, ProductKernel{.round = round_input<DataType::tf32>});
  const std::vector<std::byte> narrow = bench.output();
  compute(bench, ProductKernel{});
  const std::vector<std::byte> right = bench.output();
  Dice dice{std::mt19937_64(3)};
  for (int i = 0; i < 6; ++i) {
    bench.output() = right;
    const std::int64_t row = 16 * dice.between(0, 15), column = 16 * dice.between(0, 49);
    for (std::int64_t r = row; r < row + 16; ++r) {
      const std::int64_t at = (r * 800 + column) * 4;
      std::copy_n(narrow.begin() + at, 64, bench.output().begin() + at);
    }
    const Check check = judged(bench, true);
    EXPECT_EQ(check.outcome, Outcome::wrong) << row << ' ' << column << check.where;
    EXPECT_THAT(check.where, HasSubstr("tf32"));
  }
}

TEST(WrongElement, IsFoundAnywhereAboveTheBoundOfItsRow) {
  for (const char* types : {"a=f32", "a=bf16 c=f32"}) {
    Workbench bench(fmt::format("matmul m=200 n=700 k=256 {} layout=nt dist=normal", types));
    compute(bench, ProductKernel{});
    Dice dice{std::mt19937_64(8)};
    for (int i = 0; i < 8; ++i) {
      const std::int64_t at = dice.between(0, 200 * 700 - 1);
      const double kept = bench.get(at);
      bench.set(at, kept + 0.02);  // a thousandth of a usual element
      const Check check = judged(bench, true);
      EXPECT_NE(check.outcome, Outcome::right) << types << at;
      EXPECT_THAT(check.where, HasSubstr(fmt::format("row {}, column {}:", at / 700, at % 700)));
      bench.set(at, kept);
    }
  }
}

}  // namespace
}  // namespace assay::kernels
