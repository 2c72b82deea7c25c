#include "results/duel/duel.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace assay::results::duel {

namespace {

using statistics::Ratio;
using statistics::SequentialInterval;

Ratio ratio_of(const SequentialInterval& logarithms) {
  const statistics::Interval& interval = logarithms.interval();
  return {std::exp(logarithms.centre()), {std::exp(interval.lower), std::exp(interval.upper)}};
}

double cycles_of(const Timing& timing) {
  return timing.seconds * timing.clock_hz.value_or(0);
}
double seconds_of(const Timing& timing) {
  return timing.seconds;
}

/// ln(speed of B / speed of A) in one pair.
double log_speed(const Timing& one, const Timing& other, double (*amount)(const Timing&)) {
  const double speed = std::log(amount(one)) - std::log(amount(other));
  return is_a(one.arm) ? speed : -speed;
}

const Timing& find(const Round& round, Arm arm) {
  return *std::ranges::find(round, arm, &Timing::arm);
}

double against_itself(const Round& round, Arm arm, Arm again) {
  return std::log(find(round, arm).seconds) - std::log(find(round, again).seconds);
}

}  // namespace

std::string_view name(Arm arm) {
  constexpr std::array<std::string_view, 4> kNames = {"A", "B", "A′", "B′"};
  return kNames[static_cast<std::size_t>(arm)];
}

bool is_a(Arm arm) {
  return arm == Arm::a || arm == Arm::a_again;
}

std::string_view name(Outcome outcome) {
  constexpr std::array<std::string_view, 7> kNames = {"slower",
                                                      "faster",
                                                      "no difference as large as the effect",
                                                      "ambiguous: clocks",
                                                      "control failed",
                                                      "ambiguous",
                                                      "not decided"};
  return kNames[static_cast<std::size_t>(outcome)];
}

bool decided(Outcome outcome) {
  return outcome == Outcome::slower || outcome == Outcome::faster || outcome == Outcome::smaller;
}

Order random_order(std::mt19937_64& engine) {
  const std::uint64_t coins = engine();
  const auto coin = [coins](int number) { return ((coins >> (8 * number)) & 1) != 0; };
  Arm a = Arm::a, a_later = Arm::a_again, b = Arm::b, b_later = Arm::b_again;
  if (coin(0)) std::swap(a, a_later);
  if (coin(1)) std::swap(b, b_later);
  Order order = {a, b, a_later, b_later};
  if (coin(2)) std::swap(order[0], order[1]);
  if (coin(3)) std::swap(order[2], order[3]);
  return order;
}

Duel::Duel(const DuelOptions& options)
    : options_(options),
      effect_(std::log1p(options.effect)),
      speed_(effect_, options.error),
      control_(effect_, options.error),
      cycles_(effect_, options.error) {}

void Duel::add(const Round& round) {
  rounds_.push_back(round);
  control_.add(against_itself(round, Arm::a, Arm::a_again));
  control_.add(against_itself(round, Arm::b, Arm::b_again));
  for (const std::size_t pair : {0u, 2u}) {
    speed_.add(log_speed(round[pair], round[pair + 1], seconds_of));
    if (options_.in_cycles && cycles_of(round[pair]) > 0 && cycles_of(round[pair + 1]) > 0) {
      cycles_.add(log_speed(round[pair], round[pair + 1], cycles_of));
    }
  }
  if (shown_after_ == 0 && speed_.excludes(0)) shown_after_ = rounds_.size();
}

Outcome Duel::outcome() const {
  if (speed_.contradictory() || control_.contradictory()) return Outcome::unlike;
  if (control_.excludes(0)) return Outcome::control;
  const statistics::Interval& interval = speed_.interval();
  if (interval.lower > -effect_ && interval.upper < effect_) return Outcome::smaller;
  if (!speed_.excludes(0)) return Outcome::undecided;
  return outcome_in_cycles(interval.lower > 0 ? Outcome::faster : Outcome::slower);
}

Outcome Duel::outcome_in_cycles(Outcome in_time) const {
  if (cycles_.count() == 0) return in_time;
  if (cycles_.contradictory()) return Outcome::unlike;
  const statistics::Interval& interval = cycles_.interval();
  const bool faster = interval.lower > 0, slower = interval.upper < 0;
  if (in_time == Outcome::faster ? faster : slower) return in_time;
  const bool small = interval.lower > -effect_ && interval.upper < effect_;
  return faster || slower || small ? Outcome::clocks : Outcome::undecided;
}

std::size_t Duel::more_rounds() const {
  const bool told_in_time = speed_.excludes(0);
  return more_rounds(told_in_time && cycles_.count() > 0 ? cycles_ : speed_);
}

std::size_t Duel::more_rounds(const SequentialInterval& pairs) const {
  const double have = static_cast<double>(pairs.count()) / 2;
  // The fewest signs that can refute anything.
  const double least = std::ceil(std::log2(2 / options_.error) / 2 + 1);
  const statistics::Interval& interval = pairs.interval();
  const double centre = pairs.centre();
  const double reach = std::max(interval.upper - centre, centre - interval.lower);
  if (!std::isfinite(reach)) return static_cast<std::size_t>(std::max(1.0, least - have));
  // A decision excludes 0 or the effect, whichever is farther from the centre.
  const double distance = std::max(std::abs(centre), effect_ - std::abs(centre));
  const double needed = have * std::pow(reach / distance, 2);
  return static_cast<std::size_t>(std::max(1.0, std::ceil(needed - have)));
}

Judgement Duel::judgement() const {
  Judgement out;
  out.outcome = outcome();
  out.rounds = rounds_.size();
  out.speed = ratio_of(speed_);
  out.control = ratio_of(control_);
  if (cycles_.count() > 0) out.cycles = ratio_of(cycles_);
  if (out.outcome == Outcome::undecided) out.more_rounds = more_rounds();
  return out;
}

bool Duel::finished() const {
  const Outcome now = outcome();
  if (now == Outcome::undecided) return false;
  if (now != Outcome::slower && now != Outcome::faster) return true;
  const statistics::Interval& interval = speed_.interval();
  return interval.upper - interval.lower <= effect_ || 2 * rounds_.size() >= 3 * shown_after_ + 1;
}

}  // namespace assay::results::duel
