// One comparison of a duel: a problem that both sides measure, or two commands.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/duel/sides.h"
#include "harness/worker/interrupt.h"
#include "results/duel/duel.h"
#include "results/record/record.h"

namespace assay::cli::duel {

/// What one measurement in a process of its own gave.
struct Shot {
  double seconds = 0;
  std::optional<double> clock_hz;
  std::string failure;  ///< why there is no figure; else empty
  bool wrong = false;   ///< it failed because its result is wrong
  std::string doubt;    ///< why the figure may be off; else empty
  std::string operands_hash;
};
using Runner = std::function<Shot()>;

/// What a side can measure.
struct Entry {
  std::string problem, device, implementation;
  results::record::Mode mode = results::record::Mode::cold;
  std::function<Runner()> prepare;
};

/// What is common to all measurements of a duel.
struct Session {
  MeasurementChoice choice;
  std::optional<double> timeout_seconds;
  std::string folder;  ///< for temporary stores
  const harness::worker::Interrupt* interrupt = nullptr;
};

struct Contest {
  std::string title;
  std::optional<Entry> a, b;   ///< absent for commands
  std::array<Runner, 4> arms;  ///< in the order of results::duel::Arm
  results::duel::Duel duel;
  std::vector<std::string> repeated;  ///< why rounds did not count, one text for each
  std::size_t doubtful_in_a_row = 0;
  double round_seconds = 0;  ///< of the last round
  std::string failure;       ///< why it cannot be decided: a measurement failed
  bool a_is_wrong = false;   ///< it failed because the result of A is wrong
  bool b_is_wrong = false;   ///< the same of B
  bool gave_up = false;      ///< because of doubts

  bool open() const { return failure.empty() && !gave_up && !duel.finished(); }
};

struct Pairing {
  std::vector<Contest> contests;
  std::vector<std::string> unpaired;  ///< what only one side offers: "B: copy n=8 …"
};

/// Pairs what both sides offer: equal problems with equal device, implementation and mode, as far
/// as no side sets these. Throws InputError if nothing pairs, or if several would.
Pairing contests_of(const SideChoice& a, const std::vector<Entry>& from_a, const SideChoice& b,
                    const std::vector<Entry>& from_b, const results::duel::DuelOptions& options);

}  // namespace assay::cli::duel
