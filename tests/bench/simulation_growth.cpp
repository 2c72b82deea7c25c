// Prints how the simulator's time and memory grow with ranks, and draws it:
//   simulation_growth MOST_RANKS [FILE.svg]
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/network/simulation.h"

namespace {

using namespace assay;

struct Point {
  int ranks;
  results::network::Simulated result;
};

struct Curve {
  results::network::Collective collective;
  const char *algorithm, *colour;
  std::vector<Point> points;
};

/// Both axes logarithmic: ranks from 16, seconds from a hundredth.
std::string drawn(const std::vector<Curve>& curves, int most) {
  constexpr double kWidth = 640, kHeight = 360, kLeft = 60, kBottom = 320;
  const auto x = [&](double ranks) {
    return kLeft + (kWidth - kLeft - 20) * std::log(ranks / 16) / std::log(most / 16.0);
  };
  const auto y = [&](double seconds) {
    return kBottom - 75 * (std::log10(std::max(seconds, 0.01)) + 2);
  };
  std::string out = fmt::format(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' font-family='sans-serif' "
      "font-size='12'><rect width='{0}' height='{1}' fill='white'/>\n",
      kWidth, kHeight);
  for (const double seconds : {0.01, 0.1, 1.0, 10.0}) {
    out += fmt::format(
        "<line x1='{}' x2='{}' y1='{:.1f}' y2='{:.1f}' stroke='#ddd'/><text x='8' "
        "y='{:.1f}'>{} s</text>\n",
        kLeft, kWidth - 20, y(seconds), y(seconds), y(seconds) + 4, seconds);
  }
  for (int ranks = 16; ranks <= most; ranks *= 4) {
    out +=
        fmt::format("<text x='{:.1f}' y='345' text-anchor='middle'>{}</text>\n", x(ranks), ranks);
  }
  double label = 30;
  for (const Curve& curve : curves) {
    std::string path;
    for (const Point& one : curve.points) {
      path += fmt::format("{}{:.1f} {:.1f} ", path.empty() ? "M" : "L", x(one.ranks),
                          y(one.result.wall_seconds));
    }
    out += fmt::format(
        "<path d='{}' fill='none' stroke='{}' stroke-width='2'/><text x='80' "
        "y='{}' fill='{}'>{}, {}</text>\n",
        path, curve.colour, label, curve.colour, name(curve.collective), curve.algorithm);
    label += 18;
  }
  return out + "</svg>\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: simulation_growth MOST_RANKS [FILE.svg]\n");
    return 2;
  }
  if (!results::network::can_simulate()) {
    fmt::print("there is no simulator\n");
    return 0;
  }
  const int most = std::atoi(argv[1]);
  const results::network::Network base =
      results::network::network_of(results::claims::built_in_catalogue(), "cloudmatrix384");
  std::vector<Curve> curves = {
      {results::network::Collective::all_reduce, "ring", "#1b6ca8", {}},
      {results::network::Collective::all_to_all, "pairwise", "#c7352b", {}}};
  fmt::print("{:<12} {:<9} {:>6} {:>22} {:>12} {:>9} {:>9} {:>10}\n", "collective", "algorithm",
             "ranks", "rounds simulated", "flows", "took", "memory", "formula");
  for (Curve& curve : curves) {
    for (int ranks = 16; ranks <= most; ranks *= 2) {
      const results::network::Network network = scaled(base, ranks);
      const results::network::Group group{ranks, 1};
      const results::network::Simulated one =
          simulated(network, curve.collective, group, 1 << 30, curve.algorithm);
      const double formula =
          closed_form_by(network, curve.collective, group, 1 << 30, curve.algorithm).seconds;
      fmt::print("{:<12} {:<9} {:>6} {:>10} of {:>8} {:>12} {:>7.2f} s {:>5.0f} MB {:>+9.2f}%\n",
                 name(curve.collective), curve.algorithm, ranks, one.rounds_simulated, one.rounds,
                 one.flows, one.wall_seconds, one.peak_bytes / 1e6,
                 100 * (one.seconds / formula - 1));
      std::fflush(stdout);
      curve.points.push_back({ranks, one});
    }
  }
  if (argc > 2) std::ofstream(argv[2]) << drawn(curves, most);
}
