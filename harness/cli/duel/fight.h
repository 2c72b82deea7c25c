// Measures the contests of a duel in turns until each is decided or the time is used up.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/cli/duel/contest.h"

namespace assay::cli::duel {

struct FightOptions {
  double seconds = 0;      ///< for all contests together
  std::size_t rounds = 0;  ///< most rounds of a contest
  std::uint64_t seed = 0;  ///< of all orders
  bool doubtful = false;   ///< doubtful rounds count too
};

struct Progressed {
  std::size_t contest = 0;  ///< index of the one that was measured
  bool counted = false;     ///< whether the round counts
};
using FightObserver = std::function<void(const Progressed&)>;

/// Rounds of all open contests in turns, in shuffled order. A round in which a measurement may be
/// off, or during which other work took the machine, does not count and is repeated; a contest is
/// given up after kMostDoubtful of them in a row, of which those in one window of the load count
/// once. Throws Interrupted if the user stops it; the contests then have what was measured.
void fight(std::vector<Contest>& contests, const FightOptions& options,
           const FightObserver& observer, const harness::worker::Interrupt& interrupt);

inline constexpr std::size_t kMostDoubtful = 8;

}  // namespace assay::cli::duel
