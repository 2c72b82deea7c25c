// A confidence interval that holds at every look, for differences of which only the sign is random.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

/// The centre of differences that arrive one by one, with an interval that holds it at all times
/// together with a probability of at least 1 - error: one may look after each difference and stop
/// at will. Each difference must be symmetric about the centre, given all earlier ones. Where two
/// measurements take their places by a fair coin, the coin alone makes it so: neither the
/// distribution, nor correlation, drift or other work on the machine matter.
///
/// For a centre c, ∏ (1 + β tanh λ(dᵢ - c)) is then a martingale of mean 1 for every λ and every
/// bet β up to 1, and so is its mean over several of them. By Ville's inequality it ever reaches 2
/// / error with a probability of at most error / 2. The lower limit is the largest c that is thus
/// refuted; the upper limit likewise with -λ. With β = 1 the factor is 2 / (1 + exp(-2λ(dᵢ - c))).
/// (Ramdas, Ruf, Larsson & Koolen, Admissible
/// anytime-valid sequential inference must rely on nonnegative martingales, 2020, section 5: the
/// symmetric case; the bound of de la Peña, Annals of Probability 27, 1999, follows from it. Mixing
/// over λ: Robbins, Annals of Mathematical Statistics 41, 1970.)
class SequentialInterval {
 public:
  /// `scale`: the size of a difference that matters; the interval is narrowest for noise of about
  /// this size, and usable from a sixteenth of it to a hundred times as much. `error` in (0, 1).
  SequentialInterval(double scale, double error);

  void add(double difference);

  std::size_t count() const { return differences_.size(); }
  /// The c at which Σ tanh((dᵢ - c) / scale) is 0: near the mean for small noise, near the median
  /// for large noise and outliers. 0 without differences.
  double centre() const;
  /// Infinite on both sides until 2^count reaches 2 / error. Never widens.
  const Interval& interval() const { return interval_; }
  bool excludes(double centre) const;
  /// Whether no centre is left: the differences are not symmetric about any single one.
  bool contradictory() const { return interval_.lower > interval_.upper; }

 private:
  double refuted_below(double sign, double so_far) const;
  double evidence(double centre, double sign) const;

  double scale_, threshold_;
  std::vector<double> differences_;
  std::size_t next_look_ = 1;
  Interval interval_;
};

}  // namespace assay::results::statistics
