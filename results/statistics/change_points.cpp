#include "results/statistics/change_points.h"

#include <algorithm>
#include <cmath>

namespace assay::results::statistics {

namespace {

/// The position of a candidate is refined within this number of runs on either side.
constexpr std::size_t kRefine = 10;
/// Values are clamped to this number of deviations, which limits the influence of outliers.
constexpr double kClamp = 3;

/// A scale that is not affected by up to a tenth of outliers on either side and that, unlike the
/// median deviation, does not vanish if there are two levels.
double scale_of(std::span<const double> x) {
  return std::max(robust_deviation(x), (quantile(x, 0.9) - quantile(x, 0.1)) / 2.563);
}

std::vector<double> clamped_scores(std::span<const double> x) {
  const double middle = median(x), limit = kClamp * scale_of(x);
  std::vector<double> out(x.begin(), x.end());
  for (double& value : out) {
    value -= middle;
    if (limit > 0) value = std::clamp(value, -limit, limit);
  }
  return out;
}

struct Cut {
  std::size_t at = 0, before = 0, after = 0;
  double raw = 0;          ///< deviations if runs were independent
  double correlation = 0;  ///< upper limit of the correlation between successive runs in the test
};

class ChangeFinder {
 public:
  ChangeFinder(std::span<const double> series, const ChangeOptions& options)
      : series_(series), options_(options) {}

  Changes find() {
    for (const std::size_t at : divisive_candidates(series_, options_.divisive)) {
      cuts_.push_back({at});
    }
    for (std::size_t i = 0; i < cuts_.size(); ++i) judge(i);
    eliminate();
    if (refine()) eliminate();
    Changes out;
    out.autocorrelation = autocorrelation(series_, bounds());
    for (std::size_t i = 0; i < cuts_.size(); ++i) out.points.push_back(point(i, out));
    return out;
  }

 private:
  std::size_t begin_of(std::size_t cut) const { return cut == 0 ? 0 : cuts_[cut - 1].at; }
  std::size_t end_of(std::size_t cut) const {
    return cut + 1 == cuts_.size() ? series_.size() : cuts_[cut + 1].at;
  }

  Bounds bounds() const {
    Bounds out = {0};
    for (const Cut& cut : cuts_) out.push_back(cut.at);
    out.push_back(series_.size());
    return out;
  }

  void judge(std::size_t number) {
    Cut& cut = cuts_[number];
    cut.before = std::min(options_.reach, cut.at - begin_of(number));
    cut.after = std::min(options_.reach, end_of(number) - cut.at);
    cut.raw = 0;
    if (std::min(cut.before, cut.after) < options_.divisive.shortest) return;
    const auto scores =
        clamped_scores(series_.subspan(cut.at - cut.before, cut.before + cut.after));
    cut.raw = permutation_deviations(scores, cut.after);
    const std::size_t runs = cut.before + cut.after;
    cut.correlation =
        autocorrelation(series_.subspan(cut.at - cut.before, runs), {0, cut.before, runs}) +
        1.5 / std::sqrt(static_cast<double>(runs));
  }

  /// Uses the correlation of the whole history, or that of the runs around the cut if it is lower:
  /// a drift elsewhere must not hide a step here.
  static double deviations(const Cut& cut, double correlation) {
    if (cut.raw == 0) return 0;
    correlation = std::min(correlation, cut.correlation);
    return cut.raw / std::sqrt(variance_inflation(correlation, cut.before, cut.after));
  }

  void eliminate() {
    while (!cuts_.empty()) {
      const double correlation = autocorrelation(series_, bounds());
      const auto weakest =
          std::min_element(cuts_.begin(), cuts_.end(), [&](const Cut& a, const Cut& b) {
            return std::abs(deviations(a, correlation)) < std::abs(deviations(b, correlation));
          });
      if (two_sided(deviations(*weakest, correlation)) <= options_.probability) return;
      const auto place = static_cast<std::size_t>(weakest - cuts_.begin());
      cuts_.erase(weakest);
      if (place > 0) judge(place - 1);
      if (place < cuts_.size()) judge(place);
    }
  }

  /// The part of the sum of squares between the neighbours of the cut that a split at each run from
  /// `first` to `last` explains.
  std::vector<double> explained(std::size_t number, std::size_t first, std::size_t last) const {
    const Cut& cut = cuts_[number];
    const std::size_t begin = cut.at - cut.before, end = cut.at + cut.after;
    const auto scores = clamped_scores(series_.subspan(begin, end - begin));
    double sum = 0, left = 0;
    for (const double score : scores) sum += score;
    const auto n = static_cast<double>(scores.size());
    std::vector<double> out;
    for (std::size_t at = begin; at <= last; ++at) {
      const auto m = static_cast<double>(at - begin);
      if (at >= first) {
        const double difference = left / m - (sum - left) / (n - m);
        out.push_back(difference * difference * m * (n - m) / n);
      }
      left += scores[at - begin];
    }
    return out;
  }

  /// The range of runs to which a cut can be moved while its neighbours stay.
  std::pair<std::size_t, std::size_t> room(std::size_t number) const {
    const Cut& cut = cuts_[number];
    const std::size_t shortest = options_.divisive.shortest;
    return {std::max(cut.at - cut.before + shortest, cut.at > kRefine ? cut.at - kRefine : 0),
            std::min(cut.at + cut.after - shortest, cut.at + kRefine)};
  }

  bool refine() {
    bool moved = false;
    for (std::size_t i = 0; i < cuts_.size(); ++i) {
      const auto [first, last] = room(i);
      if (first > last) continue;
      const auto squares = explained(i, first, last);
      const auto best = std::max_element(squares.begin(), squares.end()) - squares.begin();
      const std::size_t at = first + static_cast<std::size_t>(best);
      moved |= at != cuts_[i].at;
      cuts_[i].at = at;
      judge(i);
      if (i > 0) judge(i - 1);
      if (i + 1 < cuts_.size()) judge(i + 1);
    }
    return moved;
  }

  ChangePoint point(std::size_t number, const Changes& changes) const {
    const Cut& cut = cuts_[number];
    ChangePoint out{cut.at, cut.at, cut.at, deviations(cut, changes.autocorrelation)};
    out.probability = two_sided(out.deviations);
    const auto [first, last] = room(number);
    if (first > cut.at || last < cut.at) return out;
    const auto squares = explained(number, first, last);
    const auto side = [&](std::size_t from, std::size_t to) {
      return clamped_scores(series_.subspan(from, to - from));
    };
    const double deviation = std::max(scale_of(side(cut.at - cut.before, cut.at)),
                                      scale_of(side(cut.at, cut.at + cut.after)));
    const double best = squares[cut.at - first];
    const double inflation = (1 + changes.autocorrelation) / (1 - changes.autocorrelation);
    const double allowed = 4 * deviation * deviation * inflation;
    while (out.earliest > first && best - squares[out.earliest - 1 - first] <= allowed) {
      --out.earliest;
    }
    while (out.latest < last && best - squares[out.latest + 1 - first] <= allowed) ++out.latest;
    return out;
  }

  std::span<const double> series_;
  const ChangeOptions& options_;
  std::vector<Cut> cuts_;
};

}  // namespace

Bounds Changes::bounds(std::size_t runs) const {
  Bounds out = {0};
  for (const ChangePoint& point : points) out.push_back(point.at);
  out.push_back(runs);
  return out;
}

Changes change_points(std::span<const double> series, const ChangeOptions& options) {
  return ChangeFinder(series, options).find();
}

}  // namespace assay::results::statistics
