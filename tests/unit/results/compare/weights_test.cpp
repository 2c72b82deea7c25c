#include "results/compare/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "kernels/error.h"

namespace assay::results::compare {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const std::string& text) {
  try {
    parse_weights("suite.toml", text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

constexpr const char* kSound = R"(
title = "serving"
[[weight]]
name = "prefill"
problem = "copy n=64"
weight = 3
[[weight]]
problem = "copy n=128"
weight = 1
)";

const std::string kSmall = "copy n=64 type=f32 dist=uniform seed=1";
const std::string kLarge = "copy n=128 type=f32 dist=uniform seed=1";

TEST(Weights, AreReadWithTheirNames) {
  const Weights weights = parse_weights("suite.toml", kSound);
  EXPECT_EQ(weights.title, "serving");
  ASSERT_EQ(weights.problems.size(), 2u);
  EXPECT_EQ(weights.problems[0].name, "prefill");
  EXPECT_EQ(weights.problems[0].weight, 3);
  EXPECT_EQ(weights.problems[1].name, "copy n=128");
  EXPECT_EQ(weights.problems[1].place, "suite.toml:7");
}

TEST(Weights, AreRefusedWithFileAndLineIfTheyAreWrong) {
  EXPECT_THAT(refusal("title = "), StartsWith("suite.toml:1: "));
  EXPECT_THAT(refusal("title = \"t\""), HasSubstr("there is no entry"));
  EXPECT_THAT(refusal("titel = \"t\""), HasSubstr("unknown key `titel`"));
  EXPECT_THAT(refusal("weight = 3"), HasSubstr("there is no entry"));
  const auto entry = [](const std::string& lines) { return refusal("[[weight]]\n" + lines); };
  EXPECT_EQ(entry("problem = \"copy\"\n"), "suite.toml:1: weight: missing");
  EXPECT_EQ(entry("weight = 1\n"), "suite.toml:1: problem: missing");
  for (const char* weight : {"0", "-1", "nan", "inf", "\"3\"", "true"}) {
    EXPECT_EQ(entry(std::string("problem = \"copy\"\nweight = ") + weight),
              "suite.toml:3: weight: must be a number above 0");
  }
  EXPECT_THAT(entry("weight = 1\nproblem = \"cpoy\""),
              StartsWith("suite.toml:3: problem: no oper"));
  EXPECT_THAT(entry("weight = 1\nproblem = \"copy z=1\""), HasSubstr("no field `z`"));
  EXPECT_THAT(entry("weight = 1\nproblem = 3"), HasSubstr("string in quotes"));
  EXPECT_THAT(entry("weight = 1\nproblem = \"copy\"\nwieght = 2"),
              StartsWith("suite.toml:4: unkn"));
  EXPECT_THAT(entry("weight = 1\nproblem = \"copy\"\n[[weight]]\nweight = 1\nproblem = \"copy\""),
              StartsWith("suite.toml:4: the name `copy` is also used at suite.toml:1"));
}

TEST(Score, IsTheWeightedGeometricMean) {
  const Weights weights = parse_weights("suite.toml", kSound);
  const auto score = score_of(weights, {{&kSmall, {4, {4, 4}}}, {&kLarge, {1, {1, 1}}}});
  ASSERT_TRUE(score && score->value);
  EXPECT_NEAR(score->value->value, std::exp2(2 * 3.0 / 4), 1e-12);
  EXPECT_EQ(score->difference, statistics::Difference::faster);
  EXPECT_EQ(missing_text(*score, weights), "");
}

TEST(Score, UsesTheMeanOfTheProblemsThatAPatternMatches) {
  const Weights weights =
      parse_weights("suite.toml", "[[weight]]\nproblem = \"copy type=f32\"\nweight = 2\n");
  const auto score = score_of(weights, {{&kSmall, {4, {4, 4}}}, {&kLarge, {1, {1, 1}}}});
  ASSERT_TRUE(score && score->value);
  EXPECT_NEAR(score->value->value, 2, 1e-12);
  EXPECT_EQ(score->terms[0].problems, 2u);
}

TEST(Score, IsNotComputedIfAProblemIsMissingUnlessThatIsAllowed) {
  Weights weights = parse_weights("suite.toml", kSound);
  const std::vector<ScoredProblem> problems = {{&kSmall, {4, {4, 4}}}};
  const auto strict = score_of(weights, problems);
  ASSERT_TRUE(strict);
  EXPECT_FALSE(strict->value);
  EXPECT_THAT(missing_text(*strict, weights), HasSubstr("1 of 2"));
  EXPECT_THAT(missing_text(*strict, weights), HasSubstr("no score is computed"));
  weights.allow_missing = true;
  const auto lenient = score_of(weights, problems);
  ASSERT_TRUE(lenient && lenient->value);
  EXPECT_NEAR(lenient->value->value, 4, 1e-12);
  EXPECT_THAT(missing_text(*lenient, weights), HasSubstr("computed without"));
}

TEST(Score, IsAbsentIfNothingMatches) {
  const std::string other = "triad n=64 type=f32 dist=uniform seed=1";
  EXPECT_FALSE(score_of(parse_weights("suite.toml", kSound), {{&other, {4, {4, 4}}}}));
}

TEST(Score, RefusesAProblemThatWouldCountTwice) {
  const Weights weights = parse_weights("suite.toml",
                                        "[[weight]]\nproblem = \"copy\"\nweight = "
                                        "1\n[[weight]]\nproblem = \"copy n=64\"\nweight = 1");
  try {
    score_of(weights, {{&kSmall, {4, {4, 4}}}});
    FAIL() << "counted twice";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), StartsWith("suite.toml:4: "));
    EXPECT_THAT(error.what(), HasSubstr("suite.toml:1"));
  }
}

}  // namespace
}  // namespace assay::results::compare
