// Prints how often the detector raises false alarms, how often and how soon it finds changes, and
// how long it takes: a table over seeded histories with known changes.
//   operating_curve [series] [nights] [every] [part]
// Histories without changes are analysed on every `every`th night, like in a nightly job. A part is
// one of the tables: timing, steps, several, doublings, lengths, slow or quiet.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <set>
#include <span>
#include <string>

#include "results/regress/findings.h"
#include "tests/regress/synthetic.h"

namespace assay {
namespace {

using results::regress::FindingKind;
using results::regress::FindingOptions;
using results::regress::HistoryFinding;

/// A night's verdict over series together.
std::vector<std::vector<HistoryFinding>> looked_at(
    const std::vector<std::vector<double>>& histories, std::size_t nights) {
  std::vector<std::vector<HistoryFinding>> all;
  for (const auto& history : histories) {
    all.push_back(
        results::regress::judge_history(std::span(history).first(nights), FindingOptions())
            .findings);
  }
  results::regress::control_false_findings(all, std::vector(histories.size(), nights), 0.01);
  return all;
}

bool alarms(const std::vector<HistoryFinding>& findings) {
  for (const HistoryFinding& finding : findings) {
    if (finding.alarms()) return true;
  }
  return false;
}

void quiet(std::size_t series, std::size_t nights, std::size_t every) {
  fmt::print(
      "Quiet series of {} nights, 1% noise, judged together every {} night(s) from the "
      "6th on:\n",
      nights, every);
  fmt::print("{:<14} {:>22} {:>22}\n", "noise", "with an alarm of 1000", "changes told of 1000");
  for (const synthetic::Noise kind : synthetic::kNoises) {
    std::vector<std::vector<double>> histories;
    for (std::size_t i = 0; i < series; ++i) {
      histories.push_back(synthetic::history(kind, nights, 1000 + i));
    }
    std::set<std::size_t> alarmed, told;
    for (std::size_t night = 6; night <= nights; night += every) {
      const auto found = looked_at(histories, night);
      for (std::size_t i = 0; i < series; ++i) {
        if (alarms(found[i])) alarmed.insert(i);
        if (!found[i].empty()) told.insert(i);
      }
    }
    const double thousand = 1000 / static_cast<double>(series);
    fmt::print("{:<14} {:>22.2f} {:>22.2f}\n", name(kind),
               static_cast<double>(alarmed.size()) * thousand,
               static_cast<double>(told.size()) * thousand);
  }
}

void steps(std::size_t series) {
  constexpr std::size_t kBefore = 120;
  fmt::print(
      "\nSteps after {} nights, 1% noise: share found within so many nights, and how far "
      "off\n",
      kBefore);
  fmt::print("{:<14} {:>5} {:>7} {:>7} {:>7} {:>7} {:>9} {:>9}\n", "noise", "step", "5", "10", "15",
             "30", "off 0", "off <=2");
  for (const synthetic::Noise kind : synthetic::kNoises) {
    for (const double step : {0.01, 0.02, 0.03, 0.05}) {
      std::array<std::size_t, 4> within{};
      std::size_t found = 0, exact = 0, close = 0;
      for (std::size_t i = 0; i < series; ++i) {
        synthetic::Course course;
        course.step_at = kBefore;
        course.step = step;
        const auto history = synthetic::history(kind, kBefore + 30, 5000 + i, course);
        constexpr std::array<std::size_t, 4> kWithin = {5, 10, 15, 30};
        for (std::size_t w = 0; w < kWithin.size(); ++w) {
          const auto findings =
              results::regress::judge_history(std::span(history).first(kBefore + kWithin[w]),
                                              FindingOptions())
                  .findings;
          bool hit = false;
          for (const HistoryFinding& finding : findings) {
            if (!finding.worse() || finding.kind == FindingKind::noise) continue;
            const auto off =
                finding.first > kBefore ? finding.first - kBefore : kBefore - finding.first;
            hit |= off <= 10;
            if (w + 1 == kWithin.size() && off <= 10) {
              ++found;
              exact += off == 0 ? 1 : 0;
              close += off <= 2 ? 1 : 0;
            }
          }
          within[w] += hit ? 1 : 0;
        }
      }
      const auto share = [&](std::size_t of) {
        return 100 * static_cast<double>(of) / static_cast<double>(series);
      };
      const double all = static_cast<double>(std::max<std::size_t>(1, found));
      fmt::print("{:<14} {:>4.0f}% {:>6.1f}% {:>6.1f}% {:>6.1f}% {:>6.1f}% {:>8.1f}% {:>8.1f}%\n",
                 name(kind), 100 * step, share(within[0]), share(within[1]), share(within[2]),
                 share(within[3]), 100 * static_cast<double>(exact) / all,
                 100 * static_cast<double>(close) / all);
    }
  }
}

/// Steps of 5% up and down in one history, 25 to 65 nights apart.
void several(std::size_t series) {
  fmt::print(
      "\nSteps of 5% up and down, 25 to 65 nights apart in 365 nights, 1% noise: share found\n");
  for (const synthetic::Noise kind : synthetic::kNoises) {
    std::size_t steps = 0, hits = 0;
    for (std::size_t i = 0; i < series; ++i) {
      auto history = synthetic::history(kind, 365, 40000 + i);
      synthetic::Source source(i);
      std::vector<std::size_t> places;
      for (std::size_t at = 40; at < 340;
           at += 25 + static_cast<std::size_t>(40 * source.uniform())) {
        const double factor = places.size() % 2 == 0 ? 1.05 : 1 / 1.05;
        for (std::size_t night = at; night < history.size(); ++night) history[night] *= factor;
        places.push_back(at);
      }
      const auto findings = results::regress::judge_history(history, FindingOptions()).findings;
      for (const std::size_t at : places) {
        ++steps;
        for (const HistoryFinding& finding : findings) {
          if (finding.kind == FindingKind::noise || finding.first + 5 < at ||
              finding.first > at + 5) {
            continue;
          }
          ++hits;
          break;
        }
      }
    }
    fmt::print("{:<14} {:>6.1f}% of {}\n", name(kind),
               100 * static_cast<double>(hits) / static_cast<double>(steps), steps);
  }
}

void doublings(std::size_t series) {
  fmt::print("\nDoublings after so many nights: share told by the second slow night\n");
  fmt::print("{:<14} {:>7} {:>7} {:>7} {:>7}\n", "noise", 5, 10, 15, 30);
  for (const synthetic::Noise kind : synthetic::kNoises) {
    fmt::print("{:<14}", name(kind));
    for (const std::size_t before : {5, 10, 15, 30}) {
      std::size_t told = 0;
      for (std::size_t i = 0; i < series; ++i) {
        synthetic::Course course;
        course.step_at = before;
        course.step = 1;
        const auto history = synthetic::history(kind, before + 2, 60000 + i, course);
        const auto findings = results::regress::judge_history(history, FindingOptions()).findings;
        told += std::ranges::any_of(findings, [&](const HistoryFinding& finding) {
          return finding.worse() && finding.first == before;
        });
      }
      fmt::print(" {:>6.1f}%", 100 * static_cast<double>(told) / static_cast<double>(series));
    }
    fmt::print("\n");
  }
}

/// How soon a change is told, by the length of the history before it.
void lengths(std::size_t series) {
  constexpr std::size_t kAfter = 30;
  constexpr std::array<std::size_t, 5> kBefore = {5, 10, 15, 30, 60};
  fmt::print(
      "\nBy nights before a change, 1% noise: its night on which half / nine of ten series have "
      "told it, and the share that has by its {}th\n{:<14} {:>5}",
      kAfter, "noise", "step");
  for (const std::size_t before : kBefore) fmt::print(" {:>14}", before);
  fmt::print("\n");
  for (const synthetic::Noise kind : {synthetic::Noise::normal, synthetic::Noise::autocorrelated}) {
    for (const double step : {1.0, 0.1, 0.05, 0.02}) {
      fmt::print("{:<14} {:>4.0f}%", name(kind), 100 * step);
      for (const std::size_t before : kBefore) {
        std::vector<std::size_t> told(series, kAfter + 1);
        for (std::size_t i = 0; i < series; ++i) {
          synthetic::Course course;
          course.step_at = before;
          course.step = step;
          const auto history = synthetic::history(kind, before + kAfter, 80000 + i, course);
          for (std::size_t after = 1; after <= kAfter; ++after) {
            const auto findings = results::regress::judge_history(
                                      std::span(history).first(before + after), FindingOptions())
                                      .findings;
            if (!alarms(findings)) continue;
            told[i] = after;
            break;
          }
        }
        std::ranges::sort(told);
        const auto text = [&](std::size_t place) {
          const std::size_t night = told[std::min(place, series - 1)];
          return night > kAfter ? std::string("-") : std::to_string(night);
        };
        const auto by_then = std::ranges::upper_bound(told, kAfter) - told.begin();
        const double share = 100 * static_cast<double>(by_then) / static_cast<double>(series);
        fmt::print(" {:>14}",
                   fmt::format("{} / {}, {:.0f}%", text(series / 2), text(series * 9 / 10), share));
      }
      fmt::print("\n");
    }
  }
}

void slow(std::size_t series) {
  fmt::print("\nOver 365 nights, 1% normal noise, share of series told:\n");
  const auto share = [&](const synthetic::Course& course, FindingKind kind, double* steps_too) {
    std::size_t found = 0, others = 0;
    for (std::size_t i = 0; i < series; ++i) {
      const auto history = synthetic::history(synthetic::Noise::normal, 365, 9000 + i, course);
      bool hit = false, other = false;
      for (const auto& finding :
           results::regress::judge_history(history, FindingOptions()).findings) {
        (finding.kind == kind ? hit : other) = true;
      }
      found += hit ? 1 : 0;
      others += other ? 1 : 0;
    }
    *steps_too = 100 * static_cast<double>(others) / static_cast<double>(series);
    return 100 * static_cast<double>(found) / static_cast<double>(series);
  };
  for (const double drift : {0.03, 0.05, 0.1}) {
    synthetic::Course course;
    course.drift_from = 100;
    course.drift_to = 300;
    course.drift = drift;
    double others = 0;
    const double hit = share(course, FindingKind::drift, &others);
    fmt::print("  drift of {:.0f}% in 200 nights: {:.1f}% as drift, {:.1f}% with another finding\n",
               100 * drift, hit, others);
  }
  for (const double grown : {1.5, 2.0, 3.0}) {
    synthetic::Course course;
    course.grown_from = 200;
    course.grown = grown;
    double others = 0;
    const double hit = share(course, FindingKind::noise, &others);
    fmt::print("  noise {:.1f} times as great: {:.1f}% as noise, {:.1f}% with another finding\n",
               grown, hit, others);
  }
  for (const double step : {0.02, 0.05}) {
    synthetic::Course course;
    course.step_at = 200;
    course.step = step;
    double others = 0;
    const double hit = share(course, FindingKind::step, &others);
    fmt::print("  step of {:.0f}%: {:.1f}% as step, {:.1f}% with another finding\n", 100 * step,
               hit, others);
  }
}

void timing(std::size_t series) {
  std::vector<std::vector<double>> histories;
  for (std::size_t i = 0; i < series; ++i) {
    histories.push_back(synthetic::history(synthetic::kNoises[i % 4], 365, i));
  }
  const auto begin = std::chrono::steady_clock::now();
  looked_at(histories, 365);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("\n{} series of 365 nights in {:.2f} s on one core\n", series, took.count());
}

}  // namespace
}  // namespace assay

int main(int argc, char** argv) {
  const auto number = [&](int place, std::size_t otherwise) -> std::size_t {
    return argc > place ? std::strtoul(argv[place], nullptr, 10) : otherwise;
  };
  const std::size_t series = number(1, 200);
  const std::string part = argc > 4 ? argv[4] : "";
  const auto wanted = [&](const char* one) { return part.empty() || part == one; };
  if (wanted("timing")) assay::timing(series);
  if (wanted("steps")) assay::steps(series);
  if (wanted("several")) assay::several(series);
  if (wanted("doublings")) assay::doublings(series);
  if (wanted("lengths")) assay::lengths(series);
  if (wanted("slow")) assay::slow(series);
  if (wanted("quiet")) assay::quiet(series, number(2, 365), number(3, 7));
}
