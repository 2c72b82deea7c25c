#include "results/compare/conclusion.h"

#include <fmt/format.h>

#include <algorithm>

#include "results/compare/words.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"

namespace assay::results::compare {

namespace {

using statistics::Difference;
using statistics::Ratio;

std::string times_text(const Ratio& ratio) {
  return ratio.has_interval()
             ? fmt::format("{}× {}", page::ratio_text(ratio.value), interval_text(ratio.interval))
             : fmt::format("{}×", page::ratio_text(ratio.value));
}

/// "0.93× as fast [0.86, 1.01]".
std::string speed_words(const Ratio& speed) {
  return fmt::format("{}× as fast{}", page::ratio_text(speed.value),
                     speed.has_interval() ? " " + interval_text(speed.interval) : "");
}

std::string per_words(const std::optional<Ratio>& per, const char* what) {
  return per ? fmt::format("; {} {}", what, times_text(*per)) : "";
}

/// What is said of a mean or a score.
struct Said {
  std::string text;
  Difference difference = Difference::not_judged;
};

Said of_mean(const ComparedGroup& group) {
  const Mean& all = group.means.back();
  Said out{"", all.difference};
  const Mean* mean = &all;
  if (group.judged) {
    mean = &*group.judged;
    out = {
        fmt::format("{}, {}, over the {} of {} problems that are judged", speed_words(mean->speed),
                    name(mean->difference), mean->problems, all.problems),
        mean->difference};
  } else if (all.not_judged > 0 || !all.speed.has_interval()) {
    out.text = fmt::format("not judged; {}", speed_words(all.speed));
  } else {
    out.text = fmt::format("{}, {}", speed_words(all.speed), name(all.difference));
  }
  const bool part = mean->problems_with_energy < mean->problems;
  std::string watts = per_words(mean->per_watt, "per watt");
  if (part && !watts.empty()) watts += fmt::format(" ({} problems)", mean->problems_with_energy);
  out.text += per_words(mean->per_dollar, "per dollar") + watts;
  return out;
}

Said of_score(const CompareTable& table, const SideComparison& comparison, const Score* score) {
  if (score == nullptr)
    return {"no score: none of the weighted problems was compared", Difference::not_judged};
  if (!score->value) return {missing_text(*score, *table.weights), Difference::not_judged};
  Said out{fmt::format("score {}, {}", speed_words(*score->value),
                       difference_text(score->difference, score->not_judged)),
           score->difference};
  const Side &a = table.sides.front(), &b = table.sides[comparison.side];
  if (a.price && b.price) {
    out.text += per_words(per_dollar(*score->value, *a.price, *b.price), "per dollar");
  }
  if (a.power && b.power) {
    out.text += per_words(per_watt(*score->value, *a.power, *b.power), "per watt");
  }
  if (score->missing > 0) out.text += "; " + missing_text(*score, *table.weights);
  return out;
}

std::string kind_words(record::Origin kind) {
  return kind == record::Origin::measured ? "" : fmt::format(" ({} figures)", name(kind));
}

bool any_few_processes(const SideComparison& comparison) {
  for (const ComparedGroup& group : comparison.best) {
    const auto few = [](const ComparedProblem& row) { return row.few_processes; };
    if (std::ranges::any_of(group.rows, few)) return true;
  }
  return false;
}

std::string left_out_words(const SideComparison& comparison, const Labels& labels) {
  std::string text;
  for (const LeftOutKind& kind : left_out_kinds(comparison)) {
    text += fmt::format("{}{} of {} ({})", text.empty() ? "" : ", ", kind.records.size(),
                        kind.of_baseline ? labels.a : labels.b, name(kind.reason));
  }
  return text;
}

}  // namespace

Conclusion conclusion_of(const CompareTable& table, const SideComparison& comparison) {
  const Labels labels = labels_of(table, comparison);
  Conclusion out;
  const std::string lead = fmt::format("{} against {}: ", labels.b, labels.a);
  if (comparison.best.empty()) {
    out.headline = lead + "nothing in common";
  } else {
    const ComparedGroup& group = comparison.best.front();
    const Said said = table.weights
                          ? of_score(table, comparison, group.score ? &*group.score : nullptr)
                          : of_mean(group);
    out.headline = lead + said.text + kind_words(group.kind);
    out.difference = said.difference;
  }
  for (const ComparedGroup& group : comparison.best) {
    out.details.push_back(counts_text(group) + kind_words(group.kind));
  }
  if (const std::string why = not_judged_text(comparison.best); !why.empty()) {
    out.details.push_back("not judged: " + why);
  }
  if (any_few_processes(comparison)) {
    out.details.emplace_back(
        "this would judge: measure each side with `assay run --repeat 3`, or join runs: "
        "RUN+RUN+RUN");
  }
  if (const std::string left = left_out_words(comparison, labels); !left.empty()) {
    out.details.push_back("not compared: " + left);
  }
  return out;
}

}  // namespace assay::results::compare
