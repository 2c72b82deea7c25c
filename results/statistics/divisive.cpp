#include "results/statistics/divisive.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace assay::results::statistics {

namespace {

constexpr std::array<std::size_t, 2> kWindows = {32, 128};

/// A value and the sum of its distances to all values of its segment, which permutations do not
/// change.
struct Point {
  double value = 0, distances = 0;
};

struct Split {
  std::size_t at = 0;
  double statistic = -1;
};

/// Sum of |points[i] - value| over the first `count` points, four at a time.
double distances_to(const Point* points, std::size_t count, double value) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += std::abs(points[i + lane].value - value);
    }
  }
  for (; i < count; ++i) sums[0] += std::abs(points[i].value - value);
  return sums[0] + sums[1] + sums[2] + sums[3];
}

/// The split with the largest energy statistic. The sums within the left part are updated point by
/// point; those between the parts and within the right part follow from the total sums of the
/// points.
Split best_split(const std::vector<Point>& points, std::size_t shortest) {
  const std::size_t n = points.size();
  double total = 0;
  for (const Point& point : points) total += point.distances;
  total /= 2;
  Split best;
  double within_left = 0, of_left = 0;
  for (std::size_t left = 1; left + shortest <= n; ++left) {
    within_left += distances_to(points.data(), left - 1, points[left - 1].value);
    of_left += points[left - 1].distances;
    if (left < shortest) continue;
    const auto m = static_cast<double>(left), k = static_cast<double>(n - left);
    const double between = of_left - 2 * within_left;
    const double within_right = total - within_left - between;
    const double energy =
        2 * between / (m * k) - 2 * within_left / (m * (m - 1)) - 2 * within_right / (k * (k - 1));
    const double statistic = energy * m * k / (m + k);
    if (statistic > best.statistic) best = {left, statistic};
  }
  return best;
}

void shuffle(std::vector<Point>& points, std::mt19937_64& engine) {
  for (std::size_t i = points.size() - 1; i > 0; --i) {
    // Not std::shuffle, whose result differs between standard libraries.
    const auto other = static_cast<std::size_t>(((engine() >> 32) * (i + 1)) >> 32);
    std::swap(points[i], points[other]);
  }
}

class Divider {
 public:
  Divider(std::span<const double> series, const DivisiveOptions& options,
          std::vector<std::size_t>& found)
      : series_(series), options_(options), found_(found) {}

  void divide(std::size_t begin, std::size_t end) {
    if (end - begin < 2 * options_.shortest) return;
    std::vector<Point> points;
    points.reserve(end - begin);
    for (const double value : series_.subspan(begin, end - begin)) points.push_back({value, 0});
    for (Point& point : points) {
      point.distances = distances_to(points.data(), points.size(), point.value);
    }
    const Split split = best_split(points, options_.shortest);
    if (!(split.statistic > 0) || !is_significant(points, split.statistic, begin, end)) return;
    found_.push_back(begin + split.at);
    divide(begin, begin + split.at);
    divide(begin + split.at, end);
  }

 private:
  bool is_significant(std::vector<Point>& points, double statistic, std::size_t begin,
                      std::size_t end) const {
    std::mt19937_64 engine(options_.seed ^ (begin * 0x9e3779b97f4a7c15U + end));
    const int most = static_cast<int>(options_.level * (options_.permutations + 1)) - 1;
    int reached = 0;
    for (int i = 0; i < options_.permutations; ++i) {
      shuffle(points, engine);
      // A permutation that differs only by rounding counts as equal.
      if (best_split(points, options_.shortest).statistic >= statistic * (1 - 1e-12)) ++reached;
      if (reached > most) return false;
    }
    return true;
  }

  std::span<const double> series_;
  const DivisiveOptions& options_;
  std::vector<std::size_t>& found_;
};

}  // namespace

std::vector<std::size_t> divisive_candidates(std::span<const double> series,
                                             const DivisiveOptions& options) {
  std::vector<std::size_t> found;
  Divider divider(series, options, found);
  for (const std::size_t window : kWindows) {
    const std::size_t last = series.size() > window ? series.size() - window : 0;
    for (std::size_t begin = 0; begin < last; begin += window / 2) {
      divider.divide(begin, begin + window);
    }
    divider.divide(last, series.size());
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace assay::results::statistics
