#include "harness/plan/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "kernels/error.h"
#include "kernels/operation.h"

namespace assay::harness::plan {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHead = "name = \"mine\"\ndescription = \"d\"\n";

/// The error for a suite: message and hint in one text.
std::string error_of(const std::string& text) {
  try {
    parse_suite(text, "mine.toml");
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "no error";
}

TEST(ParseSuite, MultipliesAxes) {
  const Suite suite = parse_suite(std::string(kHead) + R"([[problem]]
operation = "copy"
n = [1024, 2048]
type = ["f32", "bf16", "i8"]
)",
                                  "mine.toml");
  EXPECT_EQ(suite.problems.size(), 6u);
  std::vector<std::string> texts;
  for (const SuiteProblem& problem : suite.problems) texts.push_back(problem.problem.text());
  EXPECT_THAT(texts, Contains(HasSubstr("n=2048 type=bf16")));
}

TEST(ParseSuite, GivesAProblemTheDefaultsUnlessItSaysOtherwise) {
  const Suite suite = parse_suite(std::string(kHead) + R"([defaults]
mode = "hot"
target = "2%"
budget = "500ms"
[[problem]]
operation = "copy"
label = "first"
n = 1024
type = "f32"
[[problem]]
operation = "copy"
mode = "cold"
budget = 3
implementations = ["native/stream"]
n = 2048
type = "f32"
)",
                                  "mine.toml");
  ASSERT_EQ(suite.problems.size(), 2u);
  EXPECT_EQ(suite.problems[0].label, "first");
  EXPECT_EQ(suite.problems[0].measurement.mode, results::record::Mode::hot);
  EXPECT_DOUBLE_EQ(*suite.problems[0].measurement.target, 0.02);
  EXPECT_DOUBLE_EQ(*suite.problems[0].measurement.budget_seconds, 0.5);
  EXPECT_EQ(suite.problems[1].measurement.mode, results::record::Mode::cold);
  EXPECT_DOUBLE_EQ(*suite.problems[1].measurement.budget_seconds, 3);
  EXPECT_THAT(suite.problems[1].measurement.implementations, ElementsAre("native/stream"));
}

TEST(ParseSuite, KeepsAProblemOnceWhereAxesRepeatIt) {
  const Suite suite = parse_suite(
      std::string(kHead) + "[[problem]]\noperation = \"copy\"\nn = [64, 64]\ntype = \"f32\"\n",
      "mine.toml");
  EXPECT_EQ(suite.problems.size(), 1u);
}

TEST(ParseSuite, NamesFileLineAndNearestWordForATypoInAKey) {
  EXPECT_THAT(error_of(std::string(kHead) + "descripton = \"x\"\n"),
              AllOf(HasSubstr("mine.toml:3"), HasSubstr("`descripton`"),
                    HasSubstr("did you mean `description`?")));
  EXPECT_THAT(error_of(std::string(kHead) + "[defaults]\nbudgte = \"1s\"\n"),
              AllOf(HasSubstr("mine.toml:4"), HasSubstr("did you mean `budget`?")));
  EXPECT_THAT(error_of(std::string(kHead) +
                       "[[problem]]\noperation = \"matmul\"\nm = 8\nlayuot = \"nn\"\n"),
              AllOf(HasSubstr("mine.toml:6"), HasSubstr("did you mean `layout`?")));
}

TEST(ParseSuite, NamesFileLineAndNearestWordForATypoInAnOperation) {
  EXPECT_THAT(error_of(std::string(kHead) + "[[problem]]\noperation = \"matmull\"\n"),
              AllOf(HasSubstr("mine.toml:4"), HasSubstr("did you mean `matmul`?")));
}

TEST(ParseSuite, NamesTheLineOfAFieldWithAWrongValue) {
  const std::string head = std::string(kHead) + "[[problem]]\noperation = \"copy\"\n";
  EXPECT_THAT(error_of(head + "n = 0\ntype = \"f32\"\n"),
              AllOf(HasSubstr("mine.toml:5"), HasSubstr("field n")));
  EXPECT_THAT(error_of(head + "n = 64\ntype = \"f33\"\n"),
              AllOf(HasSubstr("mine.toml:6"), HasSubstr("field type")));
  EXPECT_THAT(error_of(head + "type = \"f32\"\n"),
              AllOf(HasSubstr("mine.toml:3"), HasSubstr("field n")));
  EXPECT_THAT(error_of(head + "n = 1.5\ntype = \"f32\"\n"),
              AllOf(HasSubstr("mine.toml:5"), HasSubstr("whole number")));
}

TEST(ParseSuite, RefusesWrongModesTargetsBudgetsAndDivisions) {
  const auto with = [](const std::string& line) {
    return error_of(std::string(kHead) + "[defaults]\n" + line + "\n");
  };
  EXPECT_THAT(with("mode = \"warm\""), AllOf(HasSubstr("mine.toml:4"), HasSubstr("cold")));
  EXPECT_THAT(with("target = \"2\""), HasSubstr("mine.toml:4: target"));
  EXPECT_THAT(with("budget = \"fast\""), HasSubstr("mine.toml:4: budget"));
  EXPECT_THAT(with("divisions = [\"libary\"]"), HasSubstr("did you mean `library`?"));
}

TEST(ParseSuite, RefusesASuiteWithoutProblemsOrName) {
  EXPECT_THAT(error_of(kHead), HasSubstr("no problems"));
  EXPECT_THAT(error_of("[[problem]]\noperation = \"copy\"\nn = 64\ntype = \"f32\"\n"),
              HasSubstr("name"));
  EXPECT_THAT(
      error_of(std::string(kHead) + "[[problem]]\noperation = \"copy\"\nn = []\ntype = \"f32\"\n"),
      HasSubstr("empty axis"));
}

TEST(ParseSuite, NamesTheLineOfBrokenToml) {
  EXPECT_THAT(error_of("name = \"mine\"\n[[problem\n"), HasSubstr("mine.toml:2"));
}

TEST(LoadSuite, NamesTheNearestSuite) {
  try {
    load_suite("quik");
    FAIL() << "took a suite that does not exist";
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("`quick`"));
  }
}

TEST(LoadSuite, SaysThatAFileCannotBeRead) {
  EXPECT_THROW(load_suite("./no-such-suite.toml"), InputError);
}

TEST(BuiltInSuites, AllParseAndBringTheirCeilings) {
  std::set<std::string> names;
  for (const EmbeddedFile& file : suite_files()) {
    const Suite suite = parse_suite(file.text, std::string(file.name));
    names.insert(suite.name);
    EXPECT_EQ(std::string(file.name), suite.name + ".toml");
    std::set<std::string_view> operations;
    bool together = true;
    for (const SuiteProblem& problem : suite.problems) {
      operations.insert(problem.problem.operation().name);
      together = together && problem.problem.operation().collective != nullptr;
    }
    // A single device cannot measure a ceiling of a network.
    if (together) continue;
    EXPECT_THAT(operations, AllOf(Contains("fma"), Contains("triad"))) << suite.name;
  }
  EXPECT_THAT(names, ElementsAre("cloudmatrix384", "collectives", "formats", "llm", "nightly",
                                 "quick", "served", "standard"));
}

TEST(BuiltInSuites, QuickHasEveryOperationOfOneDevice) {
  std::set<std::string_view> operations;
  for (const SuiteProblem& problem : load_suite("quick").problems) {
    operations.insert(problem.problem.operation().name);
  }
  for (const kernels::Operation* operation : kernels::operations()) {
    if (operation->collective != nullptr) continue;
    EXPECT_THAT(operations, Contains(operation->name));
  }
}

TEST(BuiltInSuites, CollectivesHasEveryOperationOfSeveralForAsManyAsThereAre) {
  for (const std::uint32_t ranks : {1u, 3u, 8u, 320u, 384u, 768u}) {
    std::set<std::string_view> operations;
    for (const SuiteProblem& problem : load_suite("collectives", ranks).problems) {
      operations.insert(problem.problem.operation().name);
      EXPECT_EQ(problem.problem.dimension("ranks"), ranks);
    }
    for (const kernels::Operation* operation : kernels::operations()) {
      EXPECT_EQ(operations.contains(operation->name), operation->collective != nullptr);
    }
  }
}

TEST(ParseSuite, TakesAllRanksForACollectivesAlone) {
  const std::string head = "name = \"s\"\n[[problem]]\n";
  const std::string some = head + "operation = \"broadcast\"\nranks = 4\nn = 8\ntype = \"f32\"\n";
  EXPECT_EQ(parse_suite(some, "s.toml", 16).problems.at(0).problem.dimension("ranks"), 4);
  const std::string wrong = head + "operation = \"copy\"\nn = \"all\"\ntype = \"f32\"\n";
  EXPECT_THROW(parse_suite(wrong, "s.toml", 16), InputError);
}

TEST(BuiltInSuites, LlmHasTheLayersOfLlama3AndDeepSeek) {
  std::vector<std::string> texts;
  for (const SuiteProblem& problem : load_suite("llm").problems) {
    texts.push_back(problem.problem.text());
  }
  EXPECT_THAT(texts, Contains(HasSubstr("m=1 n=6144 k=4096"))) << "Llama-3 8B QKV";
  EXPECT_THAT(texts, Contains(HasSubstr("n=57344 k=8192"))) << "Llama-3 70B gate and up";
  EXPECT_THAT(texts, Contains(HasSubstr("n=24576 k=1536"))) << "DeepSeek-V3 query up";
  EXPECT_THAT(texts, Contains(HasSubstr("hq=128 hkv=128 sq=4096 skv=4096 d=192 dv=128")));
}

}  // namespace
}  // namespace assay::harness::plan
