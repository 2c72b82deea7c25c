// The judgement of a duel: two sides measured in alternation until a difference of the size that
// was asked for is shown or excluded.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "results/statistics/ratio.h"
#include "results/statistics/sequential.h"

namespace assay::results::duel {

/// Each side has two arms, which are prepared alike and separately, so that a side can be compared
/// with itself.
enum class Arm { a, b, a_again, b_again };
/// "A", "B", "A′", "B′".
std::string_view name(Arm arm);
bool is_a(Arm arm);

/// One measurement in a process of its own.
struct Timing {
  Arm arm = Arm::a;
  double seconds = 0;              ///< the median time of a launch, or the time of a command
  std::optional<double> clock_hz;  ///< of the device; absent where it tells none
};

/// Four measurements in the order in which they were made: two pairs of an A and a B.
using Round = std::array<Timing, 4>;
using Order = std::array<Arm, 4>;

/// The order of a round. Fair coins decide, independently of each other, in each pair whether A or
/// B comes first, and for each side which of its arms belongs to the first pair.
Order random_order(std::mt19937_64& engine);

struct DuelOptions {
  double effect = 0.02;    ///< the smallest difference in speed that matters, relative
  double error = 0.005;    ///< probability of any wrong statement in the duel
  bool in_cycles = false;  ///< both sides are one device: a difference must hold in cycles too
};

enum class Outcome {
  slower,     ///< B is slower than A
  faster,     ///< B is faster than A
  smaller,    ///< whatever the difference is, it is smaller than the effect
  clocks,     ///< there is a difference in time and none in cycles
  control,    ///< a side differs from itself
  unlike,     ///< the rounds do not agree on one ratio
  undecided,  ///< more rounds are needed
};
std::string_view name(Outcome outcome);

struct Judgement {
  Outcome outcome = Outcome::undecided;
  std::size_t rounds = 0;
  /// Speed of B / speed of A = time of A / time of B. An interval is infinite at both ends (0 and
  /// infinity) while there are too few rounds.
  statistics::Ratio speed;
  /// The same of each side against itself.
  statistics::Ratio control;
  /// The same in cycles (time × clock), of the pairs in which both clocks are known; only with
  /// DuelOptions::in_cycles.
  std::optional<statistics::Ratio> cycles;
  std::size_t more_rounds = 0;  ///< about how many a decision still needs; 0 if there is one
};

/// Whether the outcome is a statement about the difference.
bool decided(Outcome outcome);

/// Takes rounds and judges them after each.
class Duel {
 public:
  explicit Duel(const DuelOptions& options);

  /// All times are above zero.
  void add(const Round& round);
  Judgement judgement() const;
  /// Whether further rounds are of no use: the outcome is known, and so is the difference to half
  /// of the effect, or half as many rounds again did not achieve this.
  bool finished() const;

  const std::vector<Round>& rounds() const { return rounds_; }
  const DuelOptions& options() const { return options_; }

 private:
  Outcome outcome() const;
  Outcome outcome_in_cycles(Outcome in_time) const;
  std::size_t more_rounds() const;
  std::size_t more_rounds(const statistics::SequentialInterval& pairs) const;

  DuelOptions options_;
  double effect_;  ///< as a difference of logarithms
  std::vector<Round> rounds_;
  statistics::SequentialInterval speed_, control_, cycles_;
  std::size_t shown_after_ = 0;  ///< rounds after which a difference was first shown
};

}  // namespace assay::results::duel
