#include "kernels/problem.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/error.h"
#include "kernels/operation.h"

namespace assay::kernels {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct Refusal {
  std::string what = "accepted", hint;
};

Refusal refusal_of(std::string_view text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return {error.what(), error.hint()};
  }
  return {};
}

TEST(Problem, IsTheSameInWhateverOrderItsFieldsCome) {
  const Problem a = Problem::parse("matmul m=2 n=3 k=4 a=bf16 seed=7 layout=nt");
  const Problem b = Problem::parse("  matmul layout=nt\tk=4 a=bf16 n=3 seed=7 m=2\n");
  EXPECT_EQ(a, b);
  EXPECT_EQ(a.hash(), b.hash());
  EXPECT_FALSE(a == Problem::parse("matmul m=2 n=3 k=4 a=bf16 seed=8 layout=nt"));
  EXPECT_EQ(
      a, Problem::make(
             "matmul",
             {{"m", "2"}, {"n", "3"}, {"k", "4"}, {"a", "bf16"}, {"seed", "7"}, {"layout", "nt"}}));
}

TEST(Problem, GivesItsFieldsByName) {
  const Problem p = Problem::parse("matmul m=2 n=3 k=4 a=bf16 seed=18446744073709551615");
  EXPECT_EQ(p.dimension("n"), 3);
  EXPECT_EQ(p.type("c"), DataType::f32);
  EXPECT_EQ(p.choice("layout"), "nn");
  EXPECT_EQ(p.seed(), 18446744073709551615u);
  EXPECT_EQ(p.field_text("batch"), "1");
  EXPECT_THROW(p.dimension("rows"), std::logic_error);
}

TEST(Problem, HashesItsTextByFnv1a) {
  const Problem p = Problem::parse("copy n=8 type=f32");
  ASSERT_EQ(p.text(), "copy n=8 type=f32 dist=uniform seed=1");
  // The hash of that text, computed separately.
  EXPECT_EQ(p.hash(), 0xabaf5cfb6f750b6fu);
}

TEST(Problem, RefusesWhatIsMalformedAndNamesTheField) {
  const std::string good = "matmul m=2 n=3 k=4 a=f32";
  const auto what = [&](const std::string& more) { return refusal_of(good + " " + more).what; };
  EXPECT_THAT(refusal_of("").what, HasSubstr("no operation"));
  EXPECT_THAT(refusal_of("matmull m=2").what, HasSubstr("unknown operation `matmull`"));
  EXPECT_THAT(refusal_of("matmull m=2").hint, HasSubstr("`matmul`"));
  EXPECT_THAT(refusal_of("xyzzy m=2").hint, AllOf(HasSubstr("attention"), HasSubstr("triad")));
  EXPECT_THAT(what("batchs=2"), HasSubstr("field batchs: matmul has no such field"));
  EXPECT_THAT(refusal_of(good + " batchs=2").hint, HasSubstr("`batch`"));
  EXPECT_THAT(refusal_of(good + " zzzzzz=2").hint, HasSubstr("layout"));
  EXPECT_THAT(what("m=2"), HasSubstr("field m: given twice"));
  EXPECT_THAT(what("batch"), HasSubstr("`batch` is not of the form field=value"));
  EXPECT_THAT(what("=2"), HasSubstr("`=2` is not of the form"));
  EXPECT_THAT(refusal_of("matmul m=2 n=3 a=f32").what, HasSubstr("field k: matmul needs it"));
}

TEST(Problem, NamesAllMissingFieldsAtOnce) {
  const Refusal refused = refusal_of("matmul m=2");
  EXPECT_EQ(refused.what, "fields n, k, a: matmul needs them");
  EXPECT_THAT(refused.hint, AllOf(HasSubstr("n=…: columns of B and C"), HasSubstr("k=…: "),
                                  HasSubstr("a=…: type of A, one of f64, f32")));
  EXPECT_EQ(refusal_of("all_reduce").what, "fields ranks, n, type: all_reduce needs them");
}

TEST(Problem, NamesAllUnknownFieldsAtOnce) {
  const Refusal near = refusal_of("matmul m=2 n=3 k=4 a=f32 batchs=2 layuot=nn");
  EXPECT_EQ(near.what, "fields batchs, layuot: matmul has no such fields");
  EXPECT_EQ(near.hint, "did you mean `batch`, `layout`?");
  EXPECT_THAT(refusal_of("matmul m=2 n=3 k=4 a=f32 batchs=2 zzzzzz=1").hint,
              HasSubstr("the fields of matmul are m, n, k"));
}

TEST(Problem, RefusesValuesOutOfRange) {
  for (const char* bad :
       {"0", "-1", "", "1.5", "1e3", "0x10", "9223372036854775808", "+4", "4k", "nan"}) {
    const auto refused = refusal_of(fmt::format("copy n={} type=f32", bad));
    EXPECT_THAT(refused.what, HasSubstr("field n")) << bad;
    EXPECT_FALSE(refused.hint.empty()) << bad;
  }
  EXPECT_THAT(refusal_of("copy n=4 type=f32 seed=-1").what, HasSubstr("field seed"));
  EXPECT_THAT(refusal_of("copy n=4 type=f32 seed=18446744073709551616").what,
              HasSubstr("field seed"));
  EXPECT_THAT(refusal_of("copy n=4 type=fp32").what, HasSubstr("field type: `fp32`"));
  EXPECT_THAT(refusal_of("copy n=4 type=fp32").hint, HasSubstr("`f32`"));
  EXPECT_THAT(refusal_of("copy n=4 type=f32 dist=gauss").hint, HasSubstr("normal"));
  EXPECT_THAT(refusal_of("copy n=9223372036854775807 type=f64").what, HasSubstr("2^62"));
}

/// A random valid value of the field, more often small than large.
std::string random_value(const Field& field, std::mt19937_64& random) {
  if (field.kind == FieldKind::dimension) {
    return std::to_string(1 + (random() % 4096 >> random() % 12));
  }
  if (field.kind == FieldKind::limit) {
    return random() % 2 == 0 ? "none" : std::to_string(1 + random() % 64);
  }
  if (field.kind == FieldKind::seed) return std::to_string(random() >> random() % 64);
  return std::string(field.choices[random() % field.choices.size()]);
}

class EachOperation : public testing::TestWithParam<const Operation*> {};

TEST_P(EachOperation, PrintsWhatParsesBackToTheSameProblem) {
  const Operation& operation = *GetParam();
  std::mt19937_64 random(2);
  int valid = 0;
  for (int i = 0; i < 20000 && valid < 500; ++i) {
    std::vector<std::string> parts;
    for (const Field& field : operation.fields) {
      if (!field.required() && random() % 2 == 0) continue;
      parts.push_back(fmt::format("{}={}", field.name, random_value(field, random)));
    }
    std::shuffle(parts.begin(), parts.end(), random);
    const std::string text = fmt::format("{} {}", operation.name, fmt::join(parts, " "));
    try {
      const Problem once = Problem::parse(text);
      const Problem twice = Problem::parse(once.text());
      ASSERT_EQ(twice.text(), once.text()) << text;
      for (const Field& field : operation.fields) {
        ASSERT_EQ(twice.field_text(field.name), once.field_text(field.name)) << text;
      }
      ++valid;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("field")) << text;
    }
  }
  EXPECT_GE(valid, 100) << "too few of the random texts are valid problems";
}

TEST_P(EachOperation, NamesAnyFieldWhoseValueIsRubbish) {
  const Operation& operation = *GetParam();
  for (const Field& broken : operation.fields) {
    std::string text(operation.name);
    for (const Field& field : operation.fields) {
      if (&field == &broken)
        text += fmt::format(" {}=?", field.name);
      else if (field.kind == FieldKind::dimension)
        text += fmt::format(" {}=64", field.name);
      else if (!field.choices.empty() && field.required())
        text += fmt::format(" {}={}", field.name, field.choices[1]);
    }
    EXPECT_THAT(refusal_of(text).what, HasSubstr(fmt::format("field {}: `?`", broken.name)));
  }
}

TEST_P(EachOperation, SaysWhatItIsAndCountsItsWork) {
  const Operation& operation = *GetParam();
  EXPECT_EQ(find_operation(operation.name), &operation);
  EXPECT_FALSE(operation.summary.empty());
  EXPECT_FALSE(operation.formula.empty());
  EXPECT_FALSE(operation.counting.empty());
  for (const Field& field : operation.fields) {
    EXPECT_FALSE(field.meaning.empty()) << field.name;
    EXPECT_FALSE(field.preset && field.preset->text.empty()) << field.name;
  }
}

/// A small problem of the operation, with every default.
Problem some_problem(const Operation& operation) {
  std::map<std::string, std::string> fields;
  for (const Field& field : operation.fields) {
    if (!field.required()) continue;
    fields[std::string(field.name)] =
        field.kind == FieldKind::dimension ? "64" : std::string(field.choices.front());
  }
  return Problem::make(operation.name, fields);
}

TEST_P(EachOperation, DescribesItsOperandsInTheirOrder) {
  const Operation& operation = *GetParam();
  const auto operands = operation.operands(some_problem(operation));
  std::size_t i = 0;
  for (const OperandText& text : operation.operand_texts) {
    EXPECT_FALSE(text.meaning.empty());
    // An operand that belongs to a field which is not at its default.
    if (text.meaning.starts_with("only with ")) continue;
    ASSERT_LT(i, operands.size());
    EXPECT_EQ(operands[i].name, text.name);
    EXPECT_EQ(operands[i].role, text.role);
    ++i;
  }
  EXPECT_EQ(i, operands.size());
}

TEST_P(EachOperation, NamesItsDefaultsAsTheyAreUnlessTheyAreComputed) {
  const Operation& operation = *GetParam();
  const Problem problem = some_problem(operation);
  for (const Field& field : operation.fields) {
    if (!field.preset || field.preset->compute != nullptr) continue;
    EXPECT_EQ(problem.field_text(field.name), field.preset->text) << field.name;
  }
}

/// The problem with a field doubled. Defaults that are computed are computed anew.
Problem with_doubled(const Problem& problem, std::string_view name) {
  std::map<std::string, std::string> fields;
  for (const Field& field : problem.operation().fields) {
    if (field.preset && field.preset->compute != nullptr) continue;
    fields[std::string(field.name)] = problem.field_text(field.name);
  }
  fields[std::string(name)] = std::to_string(2 * problem.dimension(name));
  return Problem::make(problem.operation().name, fields);
}

bool grows_with(const Problem& problem, std::string_view name) {
  const Operation& operation = problem.operation();
  return operation.work(with_doubled(problem, name)).flop > operation.work(problem).flop;
}

bool is_tiled(const Operation& operation, std::string_view name) {
  return std::ranges::any_of(operation.fields,
                             [&](const Field& field) { return field.name == name && field.tiled; });
}

TEST_P(EachOperation, SaysWhichDimensionsAreTiled) {
  const Operation& operation = *GetParam();
  const Problem problem = some_problem(operation);
  std::size_t tiled = 0;
  for (const Field& field : operation.fields) {
    if (!field.tiled) continue;
    ++tiled;
    EXPECT_EQ(field.kind, FieldKind::dimension) << field.name;
    EXPECT_TRUE(grows_with(problem, field.name)) << field.name;
  }
  // What counts operations and measures no roof is a product.
  if (operation.figure != Figure::operations || operation.measures) {
    EXPECT_EQ(tiled, 0u);
    return;
  }
  EXPECT_GE(tiled, 2u);
  for (const Operation* other : operations()) {
    for (const Field& field : operation.fields) {
      if (field.kind != FieldKind::dimension || other->figure != Figure::operations) continue;
      if (other->measures || !is_tiled(*other, field.name)) continue;
      EXPECT_EQ(field.tiled, grows_with(problem, field.name))
          << field.name << " is tiled in " << other->name;
    }
  }
}

TEST_P(EachOperation, IsQuotedInWhatItCounts) {
  const Operation& operation = *GetParam();
  const Work work = operation.work(some_problem(operation));
  if (operation.figure == Figure::operations) {
    EXPECT_GT(work.flop, 0);
  } else {
    EXPECT_GT(work.bytes, 0);
  }
  if (operation.collective != nullptr) {
    EXPECT_EQ(operation.figure, Figure::bytes);
    EXPECT_EQ(operation.roof, Roof::link);
  }
  EXPECT_EQ(operation.roof, operation.measures.value_or(operation.roof));
}

TEST(Operations, SayWhichOfThemMeasureARoof) {
  EXPECT_EQ(find_operation("fma")->measures, Roof::arithmetic);
  EXPECT_EQ(find_operation("copy")->measures, Roof::memory);
  EXPECT_EQ(find_operation("triad")->measures, Roof::memory);
  EXPECT_EQ(find_operation("triad")->figure, Figure::bytes);
  EXPECT_EQ(find_operation("launch")->figure, Figure::time);
  EXPECT_EQ(find_operation("transfer")->roof, Roof::link);
  EXPECT_FALSE(find_operation("matmul")->measures.has_value());
  EXPECT_EQ(name(Figure::bytes), "bytes");
  EXPECT_EQ(name(Roof::none), "none");
  EXPECT_EQ(name(Role::output), "output");
}

INSTANTIATE_TEST_SUITE_P(All, EachOperation,
                         testing::ValuesIn(operations().begin(), operations().end()),
                         [](const auto& one) { return std::string(one.param->name); });

TEST(Operations, AreListedInAlphabeticalOrder) {
  EXPECT_TRUE(std::is_sorted(operations().begin(), operations().end(),
                             [](const auto* a, const auto* b) { return a->name < b->name; }));
  EXPECT_EQ(find_operation("matmu"), nullptr);
}

TEST(Operand, CountsItsElementsAndBytes) {
  const Operand operand{"a", Role::input, DataType::bf16, {3, 5, 7}};
  EXPECT_EQ(operand.elements(), 105);
  EXPECT_EQ(operand.bytes(), 210);
}

}  // namespace
}  // namespace assay::kernels
