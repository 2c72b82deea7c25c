// The rules and readings of the built-in catalogue, on figures made for these tests.
#include "results/claims/rules.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/claims/serving.h"

namespace assay::results::claims::rules_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kHead = R"(
[sources.made-up]
title = "Made up for a test"
date = "2026-01-01"
read = "2026-01-01"
[[set]]
id = "made-up"
title = "Made up"
)";

std::string system(const std::string& id, const std::string& kind, const std::string& more = {}) {
  return fmt::format("[[system]]\nid = \"{}\"\nname = \"{}\"\nvendor = \"V\"\nkind = \"{}\"\n{}\n",
                     id, id, kind, more);
}

std::string figure(const std::string& quantity, const std::string& value,
                   const std::string& of = "system") {
  return fmt::format(
      "[[{}.property]]\nquantity = \"{}\"\nvalue = \"{}\"\nstanding = \"specification\"\n"
      "source = \"made-up\"\n",
      of, quantity, value);
}

std::string claim(const std::string& quantity, const std::string& value,
                  const std::string& conditions) {
  return fmt::format(
      "[[claim]]\nid = \"made-up-rate\"\nstatement = \"A rate\"\nquote = \"a rate\"\nsets = "
      "[\"made-up\"]\n"
      "system = \"made-up-chip\"\nworkload = \"made-up-model\"\nquantity = \"{}\"\n"
      "value = \"{}\"\nconditions = {{ {} }}\nstanding = \"press\"\nsource = \"made-up\"\n",
      quantity, value, conditions);
}

/// The findings about this text and the built-in catalogue, by their relation.
std::map<std::string, Finding> findings(const std::string& text) {
  std::string name = (std::filesystem::temp_directory_path() / "assay-rules-XXXXXX").string();
  const int descriptor = mkstemp(name.data());
  EXPECT_GE(descriptor, 0);
  close(descriptor);
  std::ofstream(name) << kHead << text;
  std::map<std::string, Finding> out;
  for (Finding& found : audit(extended_catalogue({name}))) out[found.relation] = std::move(found);
  std::filesystem::remove(name);
  return out;
}

/// "holds", "contradiction" or "not applicable".
std::string outcome(const std::map<std::string, Finding>& all, const std::string& relation) {
  const auto found = all.find(relation);
  if (found == all.end()) return "not applicable";
  return found->second.holds ? "holds" : "contradiction";
}

std::string mixed_node(const std::string& capacity, const std::string& other_capacity) {
  return system("made-up-a", "chip") + figure("memory.capacity", "192 GB") +
         system("made-up-b", "chip") +
         (other_capacity.empty() ? "" : figure("memory.capacity", other_capacity)) +
         system("made-up-host", "cpu") +
         system("made-up-node", "node",
                "parts = { made-up-a = 4, made-up-b = 4, made-up-host = 2 }") +
         figure("memory.capacity", capacity) + figure("chips", "8");
}

TEST(RuleOverTheWhole, AddsUpPartsOfTwoKinds) {
  const std::string sum = "sum-of-parts/made-up-node/made-up-a+made-up-b/memory.capacity";
  const auto all = findings(mixed_node("1792 GB", "256 GB"));
  EXPECT_EQ(outcome(all, sum), "holds");
  EXPECT_EQ(all.at(sum).arithmetic, "4 × 192 GB + 4 × 256 GB = 1792 GB versus 1792 GB: agree");
  EXPECT_EQ(all.at(sum).statement,
            "4 × made-up-a and 4 × made-up-b make the memory.capacity of made-up-node");
  EXPECT_EQ(outcome(all, "count-of-chips/made-up-node/made-up-a+made-up-b"), "holds");
  for (const auto& [relation, found] : all) {
    if (relation.find("made-up") == std::string::npos) continue;
    EXPECT_TRUE(found.holds) << relation;
  }
  EXPECT_EQ(outcome(findings(mixed_node("2048 GB", "256 GB")), sum), "contradiction");
}

TEST(RuleOverTheWhole, DoesNotApplyIfTheFigureOfAPartIsUnknown) {
  const auto all = findings(mixed_node("768 GB", ""));
  for (const auto& [relation, found] : all) {
    EXPECT_FALSE(relation.starts_with("sum-of-parts/made-up-node")) << relation;
  }
}

TEST(RuleOverTheWhole, ComparesAnUpperLimitWithThePartsThatAreKnown) {
  const std::string parts =
      system("made-up-a", "chip") + figure("power", "700 W") + system("made-up-b", "chip") +
      system("made-up-node", "node", "parts = { made-up-a = 8, made-up-b = 1 }");
  const std::string relation = "power-of-parts/made-up-node/made-up-a";
  EXPECT_EQ(outcome(findings(parts + figure("power", "5.0 kW")), relation), "contradiction");
  EXPECT_EQ(outcome(findings(parts + figure("power", "10 kW")), relation), "holds");
}

const std::string kServing = system("made-up-chip", "chip") + figure("memory.capacity", "80 GB") +
                             figure("memory.bandwidth", "3.35 TB/s") +
                             "[[workload]]\nid = \"made-up-model\"\nname = \"Model\"\n" +
                             figure("parameters", "70e9", "workload") +
                             figure("parameters.active", "70e9", "workload");

std::string fit(const std::string& conditions) {
  return outcome(findings(kServing + claim("rate.token.decode", "20 token/s", conditions)),
                 "parameters-fit/made-up-rate");
}

TEST(ServingRules, FindThatTheWeightsDoNotFit) {
  EXPECT_EQ(fit("type = \"f16\""), "contradiction");
  EXPECT_EQ(fit("type = \"FP16\""), "contradiction");
  EXPECT_EQ(fit("type = \"fp8\""), "holds");
  EXPECT_EQ(fit("type = \"f16\", parallelism = \"TP2\""), "holds");
  EXPECT_EQ(fit("type = \"f16\", parallelism = \"several chips\""), "not applicable");
  EXPECT_EQ(fit("type = \"f16\", offload = \"half of the weights\""), "not applicable");
  EXPECT_EQ(fit("type = \"ternary\""), "not applicable");
  EXPECT_EQ(fit("note = \"of no known type\""), "not applicable");
}

TEST(ServingRules, UseTheStatedSizeOfTheWeights) {
  const std::string rate = claim("rate.token.decode", "20 token/s", "batch = \"8\"");
  const std::string relation = "weights-fit/made-up-rate";
  EXPECT_EQ(
      outcome(findings(kServing + figure("memory.weights", "140 GB", "workload") + rate), relation),
      "contradiction");
  EXPECT_EQ(
      outcome(findings(kServing + figure("memory.weights", "40 GB", "workload") + rate), relation),
      "holds");
}

TEST(ServingRules, CountTheContradictionAgainstTheClaim) {
  const auto against = [](const std::string& conditions) {
    return findings(kServing + claim("rate.token.decode", "20 token/s", conditions))
        .at("parameters-fit/made-up-rate")
        .against;
  };
  EXPECT_THAT(against("type = \"f16\", parallelism = \"1\""), ElementsAre("made-up-rate"));
  EXPECT_THAT(against("type = \"f16\", batch = \"1\""), ElementsAre("made-up-rate"));
  // It may serve together with others.
  EXPECT_THAT(against("type = \"f16\""), testing::IsEmpty());
}

std::string one_user(const std::string& rate, const std::string& conditions) {
  return outcome(findings(kServing + claim("rate.token.decode", rate, conditions)),
                 "one-user-reads-all-weights/made-up-rate");
}

TEST(ServingRules, FindThatOneUsersTokensNeedMoreThanTheMemoryDelivers) {
  EXPECT_EQ(one_user("300 token/s", "type = \"f16\", batch = \"1\""), "contradiction");
  EXPECT_EQ(one_user("23 token/s", "type = \"f16\", batch = \"1\""), "holds");
  EXPECT_EQ(one_user("300 token/s", "type = \"f16\", batch = \"64\""), "not applicable");
  EXPECT_EQ(one_user("300 token/s", "type = \"f16\""), "not applicable");
  EXPECT_EQ(
      one_user("60 token/s", "type = \"f16\", batch = \"1\", speculation = \"4 tokens drafted\""),
      "not applicable");
}

TEST(Serving, ReadsTheNumberOfChips) {
  EXPECT_EQ(chips_of_parallelism("EP32"), 32);
  EXPECT_EQ(chips_of_parallelism("TP8 PP2"), 16);
  EXPECT_EQ(chips_of_parallelism("6,000 chips"), 6000);
  EXPECT_EQ(chips_of_parallelism("8 × H100"), 8);
  EXPECT_EQ(chips_of_parallelism("8"), 8);
  for (const char* text :
       {"", "several chips", "4 nodes", "4 × 8 GPUs", "0 chips", "TP0", "99999999999 chips"}) {
    EXPECT_EQ(chips_of_parallelism(text), std::nullopt) << text;
  }
}

TEST(Serving, KnowsOtherNamesOfTypes) {
  EXPECT_EQ(type_name("FP16"), "f16");
  EXPECT_EQ(type_name("mxfp4"), "f4");
  EXPECT_EQ(type_name("INT8"), "i8");
  EXPECT_EQ(type_name("bf16"), "bf16");
  EXPECT_EQ(type_name("UNSET"), "unset");
}

std::string chip(const std::string& figures) {
  return system("made-up-chip", "chip") + figures;
}

TEST(PowerRule, FindsADrawAboveTheLimit) {
  const std::string relation = "draw-within-limit/made-up-chip/gemm/bf16";
  const std::string limit = figure("power", "400 W");
  EXPECT_EQ(outcome(findings(chip(limit + figure("power.during.bf16.gemm", "460 W"))), relation),
            "contradiction");
  EXPECT_EQ(outcome(findings(chip(limit + figure("power.during.bf16.gemm", "405 W"))), relation),
            "holds");
}

TEST(SparsityRules, FindASparsePeakUnderTheNameOfADenseOne) {
  const std::string relation = "dense-below-sparse/made-up-chip/f8";
  const std::string sparse = figure("peak.f8.sparse", "1300 TFLOP/s");
  EXPECT_EQ(outcome(findings(chip(sparse + figure("peak.f8", "1300 TFLOP/s"))), relation),
            "contradiction");
  EXPECT_EQ(outcome(findings(chip(sparse + figure("peak.f8", "650 TFLOP/s"))), relation), "holds");
}

TEST(SparsityRules, AllowFourTimesTheDensePeakAndNoMore) {
  const std::string relation = "sparse-at-most-four-times-dense/made-up-chip/bf16";
  const std::string dense = figure("peak.bf16", "667 TFLOP/s");
  EXPECT_EQ(outcome(findings(chip(dense + figure("peak.bf16.sparse", "2563 TFLOP/s"))), relation),
            "holds");
  EXPECT_EQ(outcome(findings(chip(dense + figure("peak.bf16.sparse", "3000 TFLOP/s"))), relation),
            "contradiction");
}

TEST(SparsityRules, FindTheOnePeakUnderTheNameOfTheOtherInAWhole) {
  const std::string part =
      chip(figure("peak.f8", "1.3 PFLOP/s") + figure("peak.f8.sparse", "2.6 PFLOP/s"));
  const std::string whole = system("made-up-rack", "rack", "parts = { made-up-chip = 64 }");
  EXPECT_EQ(outcome(findings(part + whole + figure("peak.f8.sparse", "83.2 PFLOP/s")),
                    "sparse-above-dense-parts/made-up-rack/made-up-chip/f8"),
            "contradiction");
  EXPECT_EQ(outcome(findings(part + whole + figure("peak.f8", "166.4 PFLOP/s")),
                    "dense-below-sparse-parts/made-up-rack/made-up-chip/f8"),
            "contradiction");
  const auto right = findings(part + whole + figure("peak.f8", "83.2 PFLOP/s") +
                              figure("peak.f8.sparse", "166.4 PFLOP/s"));
  for (const auto& [relation, found] : right) {
    if (relation.find("made-up") == std::string::npos) continue;
    EXPECT_TRUE(found.holds) << relation;
  }
}

TEST(PeakRules, ExplainARateAboveThePeakByPeakClockOrMeasurement) {
  const auto all = findings(
      chip(figure("peak.bf16", "989 TFLOP/s") + figure("achieved.flop.bf16.gemm", "1978 TFLOP/s")));
  const Finding& found = all.at("achieved-below-peak/made-up-chip/gemm/bf16");
  EXPECT_FALSE(found.holds);
  EXPECT_THAT(found.readings, ElementsAre(HasSubstr("the peak is wrong"), HasSubstr("clock"),
                                          HasSubstr("the measurement is wrong")));
}

TEST(PeakRules, HoldElementWiseWorkAgainstTheVectorUnits) {
  const std::string peaks =
      figure("peak.f64", "67 TFLOP/s") + figure("peak.f64.vector", "34 TFLOP/s");
  const auto all = findings(chip(peaks + figure("achieved.flop.f64.gemm", "60 TFLOP/s") +
                                 figure("achieved.flop.f64.fma", "40 TFLOP/s")));
  EXPECT_EQ(outcome(all, "achieved-below-peak/made-up-chip/gemm/f64"), "holds");
  EXPECT_EQ(outcome(all, "achieved-below-vector-peak/made-up-chip/gemm/f64"), "not applicable");
  EXPECT_EQ(outcome(all, "achieved-below-vector-peak/made-up-chip/fma/f64"), "contradiction");
}

TEST(PeakRules, KeepVectorAndMatrixUnitsApart) {
  const auto all = findings(
      chip(figure("peak.f64", "67 TFLOP/s") + figure("peak.f64.vector", "33.5 TFLOP/s") +
           figure("clock", "1980 MHz") + figure("units", "132") + figure("fma.f64", "128") +
           figure("fma.f64.vector", "64") + figure("achieved.flop.f64.fma", "30.0 TFLOP/s") +
           figure("utilisation.f64.fma", "89.6 %")));
  EXPECT_EQ(outcome(all, "peak-from-clock/made-up-chip/f64"), "holds");
  EXPECT_EQ(outcome(all, "vector-peak-from-clock/made-up-chip/f64"), "holds");
  EXPECT_EQ(outcome(all, "vector-peak-from-utilisation/made-up-chip/fma/f64"), "holds");
  EXPECT_EQ(outcome(all, "peak-from-utilisation/made-up-chip/fma/f64"), "not applicable");
}

/// The readings offered for a sum of eight parts of this kind.
std::vector<std::string> readings(const std::string& quantity, const std::string& part,
                                  const std::string& whole) {
  const auto all = findings(system("made-up-chip", "chip") + figure(quantity, part) +
                            system("made-up-node", "node", "parts = { made-up-chip = 8 }") +
                            figure(quantity, whole));
  const Finding& found = all.at("sum-of-parts/made-up-node/made-up-chip/" + quantity);
  EXPECT_FALSE(found.holds);
  return found.readings;
}

TEST(Readings, FitTheQuantity) {
  EXPECT_THAT(readings("peak.bf16", "100.0 TFLOP/s", "840 TFLOP/s"),
              Not(Contains(HasSubstr("different clocks"))));
  EXPECT_THAT(readings("memory.bandwidth", "1.000 TB/s", "8.96 TB/s"),
              Not(Contains(HasSubstr("on the wire"))));
  EXPECT_THAT(readings("memory.bandwidth", "1.000 TB/s", "16.00 TB/s"),
              Not(Contains(HasSubstr("link"))));
  EXPECT_THAT(readings("memory.capacity", "100.0 GB", "859.0 GB"), Contains(HasSubstr("GiB")));
  const auto chips = findings(system("made-up-chip", "chip") +
                              system("made-up-node", "node", "parts = { made-up-chip = 8 }") +
                              figure("chips", "16"));
  EXPECT_THAT(chips.at("count-of-chips/made-up-node/made-up-chip").readings,
              Not(Contains(HasSubstr("ends"))));
}

TEST(Readings, AreThreeAtMost) {
  EXPECT_THAT(readings("peak.bf16", "100.0 TFLOP/s", "1.600 PFLOP/s"), testing::SizeIs(3));
  for (const Finding& found : audit(built_in_catalogue())) {
    EXPECT_LE(found.readings.size(), 3U) << found.relation;
  }
}

TEST(Readings, OfAChipNameTheClock) {
  const auto all = findings(chip(figure("peak.bf16", "1000 TFLOP/s") + figure("clock", "1830 MHz") +
                                 figure("units", "528") + figure("fma.bf16", "512")));
  EXPECT_THAT(all.at("peak-from-clock/made-up-chip/bf16").readings,
              Contains(HasSubstr("different clocks")));
}

}  // namespace
}  // namespace assay::results::claims::rules_test
