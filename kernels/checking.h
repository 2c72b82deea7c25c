// Judging outputs element by element: shared by the checks of all operations.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// Bounds on |got - expected| of one element.
struct Bound {
  double accept = 0;  ///< probabilistic bound: right up to here
  double worst = 0;   ///< worst-case bound: wrong beyond
  /// Upper bound on the root mean square error of a right output; 0: not judged.
  double typical = 0;
};

/// An element is wrong beyond this multiple of its probabilistic bound, even where the worst case
/// of rounding reaches further: every rounding would have to err to the same side. Right kernels
/// of all kinds stay below the bound itself.
inline constexpr double kWrongBeyond = 4;
/// The same for the root mean square of the errors, which hardly varies from one right output to
/// the next.
inline constexpr double kWrongMean = 2;

/// Two-sided bound on one rounding to `type` of values of this size, underflow included.
double rounding_bound(DataType type, double size);

/// Smallest positive subnormal; 0 for integers.
double smallest_subnormal(DataType type);

/// A non-finite error counts as this multiple of its bound, so that records stay finite.
inline constexpr double kBeyondAnyBound = std::numeric_limits<double>::max();

struct Finding {
  std::int64_t index = -1;
  double got = 0, expected = 0, bound = 0;
};

/// The comparison so far. Merging in any order gives the same bits.
struct Tally {
  std::int64_t compared = 0, wrong = 0, suspicious = 0;
  double worst = 0;     ///< largest error as a multiple of its accepted bound
  Finding worst_at;     ///< the first element of that error
  Finding first_wrong;  ///< lowest index
  std::int64_t judged_squares = 0;
  std::uint64_t squares = 0;  ///< of error / typical, in units of 2^-20, each at most 64

  void merge(const Tally& other);
  /// Counts an element as wrong without a bound, as where bits must be equal; `compared` stays.
  void note_different(const Finding& finding);
  /// Root mean square of error / typical. Few elements vary more: half of it with fewer than 256,
  /// and 0 with fewer than 32.
  double typical_ratio() const;
};

/// Judges one element of an array of `type`. A NaN or infinity is right where the expected value is
/// one too. Where the expected value overflows the type, infinity of its sign, the largest finite
/// value of its sign (saturation) and, in types without infinity, NaN are right.
void judge(DataType type, std::int64_t index, double got, double expected, const Bound& bound,
           Tally& tally);

/// The same for elements from `first` on, whose bounds are `accept` and `worst` alike; faster for
/// those that change nothing but the count. All arrays have one length.
void judge_all(DataType type, std::int64_t first, std::span<const double> got,
               std::span<const double> expected, std::span<const double> bounds, Tally& tally);

/// The same as judge() where the output must be `exact` correctly rounded, bit for bit; -0 equals
/// +0.
void judge_exact(DataType type, std::int64_t index, double got, double exact, Tally& tally);

/// Calls `visit` for parts of the range of at most `length` elements, on all threads of the current
/// oneTBB arena.
void for_each_part(ElementRange range, std::int64_t length,
                   const std::function<void(ElementRange)>& visit);

/// Judges parts of the ranges like this, and merges what `judge` says of each.
Tally tally_of(const std::vector<ElementRange>& ranges, std::int64_t length,
               const std::function<Tally(ElementRange)>& judge);

/// Makes the verdict. `place` turns an element's index into words: "row 17, column 300".
Check conclude(const Tally& tally, std::string method, DataType type, ConstBytes output,
               const std::function<std::string(std::int64_t)>& place);

/// Lowers the outcome of a check for a reason other than single elements.
void worsen(Check& check, Outcome outcome, double multiple, const std::string& where);

/// Two checks of the same output or of parts of one: the graver outcome with its place, the larger
/// multiple, and all compared elements. From the best outcome to the gravest: right, unchecked,
/// suspicious, wrong.
Check worst(const Check& one, const Check& other);

/// A stream of 64-bit random numbers, SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
struct Draws {
  std::uint64_t state;
  std::uint64_t next();
  /// In 0 … below - 1.
  std::int64_t next(std::int64_t below);
};

/// Indices where blocked algorithms go wrong: the first, the last, and both sides of multiples of
/// 16 to 256 at the start and of 64 and 128 at the end of 0 … extent - 1. Ascending.
std::vector<std::int64_t> boundary_indices(std::int64_t extent);

/// Cuts 0 … total - 1 into `runs` runs of equal length and adds a random index of each.
void insert_one_of_each_run(std::int64_t total, std::int64_t runs, Draws& draws,
                            std::set<std::int64_t>& chosen);

/// boundary_indices of the first and last of `groups`, and one of each of `random` runs of all
/// groups; index = group * extent + position. Ascending, distinct; all indices where there are no
/// more than that.
std::vector<std::int64_t> sample_indices(std::int64_t groups, std::int64_t extent, int random,
                                         std::uint64_t seed);

}  // namespace assay::kernels
