// What the built-in catalogue says of the claims about CloudMatrix 384 where nothing was measured.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "results/claims/catalogue.h"
#include "results/claims/contest.h"
#include "results/claims/verdict.h"

namespace assay::results::claims::waic_2025_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const Catalogue& catalogue() {
  static const Catalogue all = built_in_catalogue();
  return all;
}

const std::map<std::string, Verdict>& verdicts() {
  static const std::map<std::string, Verdict> all = [] {
    std::map<std::string, Verdict> out;
    Judge judge(catalogue(), {});
    for (const Verdict& verdict : judge.verdicts("waic-2025")) out[verdict.claim] = verdict;
    return out;
  }();
  return all;
}

TEST(Waic2025, DisputesWhatPublishedFiguresContradict) {
  for (const char* id : {"cloudmatrix384-bf16-peak", "ascend910c-bf16-peak-press",
                         "cloudmatrix384-power-per-flop-headline", "cloudmatrix384-transceivers",
                         "cloudmatrix-decode-cube-utilisation", "cloudmatrix384-remote-memory"}) {
    EXPECT_EQ(verdicts().at(id).kind, VerdictKind::disputed) << id;
  }
}

TEST(Waic2025, DoesNotDisputeWhatIsRight) {
  for (const char* id :
       {"ascend910c-memory-bandwidth", "amla-rate", "amla-utilisation", "ascend910c-bf16-peak",
        "cloudmatrix384-latency-launch", "h100-sxm-bf16-peak", "mi300x-bf16-peak"}) {
    EXPECT_NE(verdicts().at(id).kind, VerdictKind::disputed)
        << id << ": " << verdicts().at(id).reason;
  }
  EXPECT_EQ(verdicts().at("waic-chips").kind, VerdictKind::corroborated);
}

TEST(Waic2025, CountsNothingThatNobodySaid) {
  for (const char* id :
       {"waic-ahead-bf16-system", "waic-ahead-bf16-chip", "waic-ahead-bf16-watt",
        "waic-ahead-hbm-capacity", "waic-ahead-hbm-bandwidth", "waic-ahead-hbm-bandwidth-watt",
        "cloudmatrix384-network-from-chips", "cloudmatrix-infer-prefill-efficiency-bf16"}) {
    EXPECT_FALSE(find_claim(catalogue(), id).derived.empty()) << id;
    EXPECT_FALSE(verdicts().contains(id)) << id;
  }
}

TEST(Waic2025, BeginsWithTheStatementsOfTheOpEd) {
  EXPECT_THAT(catalogue().sets.at("waic-2025").first,
              ElementsAre("waic-chips", "waic-benchmarks", "waic-overtaking"));
  EXPECT_THAT(verdicts().at("waic-benchmarks").evidence,
              Contains(testing::Field(&Evidence::text, HasSubstr("MLPerf Inference v5.1"))));
}

TEST(Waic2025, ComparesEachFigureOfTheSystemsOnce) {
  EvidenceIndex evidence(catalogue(), {});
  const auto findings = audit(catalogue());
  const ContestTable table =
      contest_table(catalogue(), catalogue().contests.at(0), evidence, findings);
  std::map<std::string, std::string> outcomes;
  std::map<std::string, int> quantities;
  std::map<std::string, const ContestRow*> rows;
  for (const ContestRow& row : table.rows) {
    outcomes[row.metric->id] = row.rival().outcome;
    rows[row.metric->id] = &row;
    if (row.metric->measured.empty()) ++quantities[row.metric->quantity];
  }
  EXPECT_TRUE(std::ranges::all_of(quantities, [](const auto& one) { return one.second == 1; }));
  for (const char* ahead : {"bf16-peak-system", "i8-peak-system", "memory-capacity-system",
                            "memory-bandwidth-system", "scale-up-system", "scale-out-system"}) {
    EXPECT_EQ(outcomes.at(ahead), "ahead") << ahead;
  }
  for (const char* behind : {"f8-peak-system", "f4-peak-system", "power-system", "racks-system",
                             "price-system", "decode-2k-chip"}) {
    EXPECT_EQ(outcomes.at(behind), "behind") << behind;
  }
  // The estimates of the press differ, and the 300 PFLOP/s are disputed by their parts.
  const Cell& power = rows.at("power-system")->cells[0];
  EXPECT_LT(power.ends.lower, 0.95 * power.ends.upper);
  EXPECT_GE(power.sources.size(), 3u);
  EXPECT_THAT(rows.at("bf16-peak-system")->cells[0].disputed,
              Contains(HasSubstr("288.8 PFLOP/s versus 300 PFLOP/s")));
  EXPECT_THAT(rows.at("decode-2k-chip")->cells[0].conditions, Contains(HasSubstr("TPOT 47.4 ms")));
  EXPECT_THAT(rows.at("decode-2k-chip")->cells[1].conditions,
              Contains(HasSubstr("TPOT not stated")));
  ASSERT_NE(table.today, nullptr);
  EXPECT_EQ(table.today->id, "gb300-nvl72");
  EXPECT_THAT(table.sentence, HasSubstr("Against GB300 NVL72, the rival of today"));
}

}  // namespace
}  // namespace assay::results::claims::waic_2025_test
