#include "results/duel/words.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace assay::results::duel {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

Judgement judged(Outcome outcome, statistics::Ratio speed) {
  Judgement out;
  out.outcome = outcome;
  out.rounds = 12;
  out.speed = speed;
  out.control = {1.001, {0.996, 1.006}};
  out.more_rounds = 23;
  return out;
}

TEST(DuelWords, NameBAndTheDirection) {
  EXPECT_EQ(sentence(judged(Outcome::slower, {0.979, {0.974, 0.984}}), {}),
            "B is 2.1% slower [1.6%, 2.6%]");
  EXPECT_EQ(sentence(judged(Outcome::faster, {2, {1.9, 2.1}}), {}), "B is 100% faster [90%, 110%]");
  EXPECT_EQ(control_text({1.001, {0.996, 1.006}}), "0.10% [-0.40%, 0.60%]");
}

TEST(DuelWords, TellASmallDifferenceFromNone) {
  EXPECT_EQ(sentence(judged(Outcome::smaller, {0.997, {0.99, 1.004}}), {}),
            "no difference of 2% or more: B is 0.30% slower [-0.40%, 1.0%]");
  EXPECT_EQ(sentence(judged(Outcome::smaller, {0.99, {0.985, 0.995}}), {}),
            "B is 1.0% slower [0.50%, 1.5%], which is less than 2%");
}

TEST(DuelWords, SayWhatIsMissing) {
  EXPECT_EQ(sentence(judged(Outcome::undecided, {0.99, {0, kInfinite}}), {}),
            "not decided: B is 1.0% slower; about 23 more rounds would be needed");
  EXPECT_EQ(sentence({}, {}), "not decided: no round was completed");
  Judgement clocks = judged(Outcome::clocks, {0.95, {0.94, 0.96}});
  clocks.cycles = statistics::Ratio{1.001, {0.991, 1.011}};
  EXPECT_EQ(sentence(clocks, {}),
            "ambiguous: clocks: B is 5.0% slower [4.0%, 6.0%] by time, but 0.10% faster [-0.90%, "
            "1.1%] in clock cycles");
  EXPECT_EQ(sentence(judged(Outcome::control, {0.95, {0.94, 0.96}}), {}),
            "not decided: the sides differ from themselves by 0.10% [-0.40%, 0.60%]; B is 5.0% "
            "slower [4.0%, 6.0%]");
}

TEST(DuelWords, WriteUnknownLimitsAsNull) {
  const auto json = to_json(judged(Outcome::undecided, {0.99, {0, kInfinite}}));
  EXPECT_TRUE(json["speed"]["lower"].is_null());
  EXPECT_TRUE(json["speed"]["upper"].is_null());
  EXPECT_EQ(json["control"]["upper"], 1.006);
  EXPECT_TRUE(json["speed_in_cycles"].is_null());
}

}  // namespace
}  // namespace assay::results::duel
