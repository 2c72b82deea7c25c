// The result of a duel as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/cli/duel/contest.h"
#include "harness/cli/duel/fight.h"

namespace assay::cli::duel {

struct DuelReport {
  std::string a, b;  ///< the sides as typed
  const std::vector<Contest>* contests = nullptr;
  std::vector<std::string> unpaired;  ///< what only one side offers
  results::duel::DuelOptions options;
  FightOptions fight;
  double seconds = 0;    ///< wall time
  bool stopped = false;  ///< by the user
};

/// The outcome in words: a judgement, or why there is none.
std::string outcome_text(const Contest& contest);
/// "12 rounds; control, each side against itself: 0.10% [-0.40%, 0.60%]".
std::string rounds_text(const Contest& contest);

std::string duel_text(const DuelReport& report);
nlohmann::ordered_json to_json(const DuelReport& report);

/// 0: no B was told to be slower, or by less than the effect, 1: a B is slower or its result is
/// wrong, 3: not all could be judged. For git bisect 3 and a wrong result become kSkipCommit.
int exit_code(const DuelReport& report, bool for_bisect);

}  // namespace assay::cli::duel
