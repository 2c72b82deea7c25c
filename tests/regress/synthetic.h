// Seeded histories with known changes: noise of several kinds, steps, drifts, outliers.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace assay::synthetic {

/// All of standard deviation 1: normal; Student's t of three degrees of freedom; AR(1) of
/// correlation 0.5 from night to night; two levels, an eighth of a deviation of normal noise on
/// each, drawn at random every night; the same, the lower one in one of eight nights; and two
/// levels that last for four nights on average. The others are used for quiet series only: AR(1) of
/// other correlations; normal noise around a wave of 1.5 deviations from its lowest to its highest
/// point and 120 to 365 nights long; and two levels that last for twenty nights on average.
enum class Noise {
  normal,
  heavy_tailed,
  autocorrelated,
  bimodal,
  rare_mode,
  sticky,
  ar_03,
  ar_08,
  ar_09,
  wave,
  long_modes
};
inline constexpr std::array kNoises = {Noise::normal,  Noise::heavy_tailed, Noise::autocorrelated,
                                       Noise::bimodal, Noise::rare_mode,    Noise::sticky};
inline constexpr std::array kQuietNoises = {
    Noise::normal, Noise::heavy_tailed, Noise::bimodal,        Noise::rare_mode,
    Noise::sticky, Noise::ar_03,        Noise::autocorrelated, Noise::ar_08,
    Noise::ar_09,  Noise::wave,         Noise::long_modes};

inline std::string_view name(Noise noise) {
  constexpr std::array<std::string_view, 11> kNames = {
      "normal",    "t3",        "AR(1) 0.5", "bimodal", "rare mode", "sticky modes",
      "AR(1) 0.3", "AR(1) 0.8", "AR(1) 0.9", "wave",    "long modes"};
  return kNames[static_cast<std::size_t>(noise)];
}

inline constexpr double kTwoPi = 6.283185307179586;

/// The same numbers on every machine: std::mt19937_64 is portable, the library's distributions are
/// not.
class Source {
 public:
  explicit Source(std::uint64_t seed) : engine_(seed) {}

  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(kTwoPi * uniform()); }
  double t3() {
    double squares = 0;
    for (int i = 0; i < 3; ++i) squares += std::pow(normal(), 2);
    return normal() / std::sqrt(squares / 3);
  }

 private:
  std::mt19937_64 engine_;
};

inline std::vector<double> noise(Noise kind, std::size_t nights, std::uint64_t seed) {
  Source source(seed * 6 + static_cast<std::uint64_t>(kind));
  std::vector<double> out;
  double state = source.normal();
  bool high = source.uniform() < 0.5;
  const auto two_levels = [&](double share_high) {
    // Of unit variance: levels apart by d have d² share (1 - share), and the rest is within them.
    const double within = 0.125, spread = std::sqrt(share_high * (1 - share_high));
    const double apart = std::sqrt(1 - within * within) / spread;
    return apart * ((high ? 1 : 0) - share_high) + within * source.normal();
  };
  const auto correlated = [&](double correlation) {
    out.push_back(state);
    state = correlation * state + std::sqrt(1 - correlation * correlation) * source.normal();
  };
  double length = 1, phase = 0;
  if (kind == Noise::wave) {
    length = 120 + 245 * source.uniform();
    phase = source.uniform();
  }
  for (std::size_t i = 0; i < nights; ++i) {
    switch (kind) {
      case Noise::normal:
        out.push_back(source.normal());
        break;
      case Noise::heavy_tailed:
        out.push_back(source.t3() / std::sqrt(3.0));
        break;
      case Noise::autocorrelated:
        correlated(0.5);
        break;
      case Noise::ar_03:
        correlated(0.3);
        break;
      case Noise::ar_08:
        correlated(0.8);
        break;
      case Noise::ar_09:
        correlated(0.9);
        break;
      case Noise::wave:
        out.push_back(source.normal() +
                      0.75 * std::sin(kTwoPi * (phase + static_cast<double>(i) / length)));
        break;
      case Noise::bimodal:
        high = source.uniform() < 0.5;
        out.push_back(two_levels(0.5));
        break;
      case Noise::rare_mode:
        high = source.uniform() < 0.125;
        out.push_back(two_levels(0.125));
        break;
      case Noise::sticky:
        if (source.uniform() < 0.25) high = !high;
        out.push_back(two_levels(0.5));
        break;
      case Noise::long_modes:
        if (source.uniform() < 0.05) high = !high;
        out.push_back(two_levels(0.5));
        break;
    }
  }
  return out;
}

struct Course {
  double seconds = 1e-3;  ///< the level at the beginning
  double deviation = 0.01;
  std::size_t step_at = 0;  ///< the first night with times longer by `step`
  double step = 0;
  std::size_t drift_from = 0, drift_to = 0;  ///< the nights between which times grow by `drift`
  double drift = 0;
  std::size_t grown_from = 0;  ///< the first night with a standard deviation `grown` times as large
  double grown = 1;
};

/// Times in seconds.
inline std::vector<double> history(Noise kind, std::size_t nights, std::uint64_t seed,
                                   const Course& course = {}) {
  std::vector<double> out = noise(kind, nights, seed);
  for (std::size_t i = 0; i < nights; ++i) {
    double deviation = course.deviation, level = 1;
    if (course.grown_from > 0 && i >= course.grown_from) deviation *= course.grown;
    if (course.step != 0 && i >= course.step_at) level *= 1 + course.step;
    if (course.drift != 0 && i > course.drift_from) {
      const auto length = static_cast<double>(course.drift_to - course.drift_from);
      level *=
          1 + course.drift * std::min(1.0, static_cast<double>(i - course.drift_from) / length);
    }
    out[i] = course.seconds * level * std::exp(deviation * out[i]);
  }
  return out;
}

}  // namespace assay::synthetic
