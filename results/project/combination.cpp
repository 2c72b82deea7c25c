#include "results/project/combination.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <vector>

#include "results/page/text.h"
#include "results/project/cases.h"
#include "results/statistics/statistics.h"

namespace assay::results::project {

namespace {

struct Agreement {
  std::vector<double> errors, speeds;

  void add(double projected, double published, bool rate) {
    errors.push_back(std::abs(projected / published - 1));
    speeds.push_back(rate ? published / projected : projected / published);
  }
};

bool decides(const toml::table& row) {
  const int tensor = row["tp"].value_or(1), experts = row["ep"].value_or(1);
  return row["fitted"].value_or(false) && experts > 1 && experts <= tensor;
}

CombinationFit computed(const claims::Catalogue& catalogue) {
  Agreement reduction, exchange;
  for (const toml::table& row : validation_rows()) {
    if (!decides(row)) continue;
    const std::string id = row["claim"].value_or(std::string());
    const auto claim =
        std::find_if(catalogue.claims.begin(), catalogue.claims.end(),
                     [&](const claims::Claim& one) { return one.id == id && one.value; });
    if (claim == catalogue.claims.end()) continue;
    const auto add = [&](Combination combination, Agreement& out) {
      out.add(nominal_case(catalogue, row, combination), claim->value->value,
              row["rate"].value_or(false));
    };
    add(Combination::reduction, reduction);
    add(Combination::exchange, exchange);
  }
  if (reduction.errors.empty()) return {};
  return {reduction.errors.size(), statistics::median(reduction.errors),
          statistics::median(exchange.errors), statistics::median(reduction.speeds),
          statistics::median(exchange.speeds)};
}

}  // namespace

std::string CombinationFit::reason(Combination chosen) const {
  const bool reduces = chosen == Combination::reduction;
  const char *one = "one reduction", *other = "dispatch and combine";
  if (figures == 0) {
    return fmt::format(
        "experts of a tensor group are combined by {}: the slower of both ways, since no published "
        "figure decides",
        reduces ? one : other);
  }
  return fmt::format(
      "experts of a tensor group are combined by {}: the median error of {} published figures is "
      "{}, with {} it is {}; at the median the published speed is {} of the projected one",
      reduces ? one : other, figures,
      page::percent_text(reduces ? reduction_error : exchange_error), reduces ? other : one,
      page::percent_text(reduces ? exchange_error : reduction_error),
      page::percent_text(reduces ? reduction_speed : exchange_speed));
}

CombinationFit fitted_combination(const claims::Catalogue& catalogue) {
  // A validation or a search for a batch asks many times.
  static std::mutex mutex;
  static std::map<std::string, CombinationFit, std::less<>> known;
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(catalogue.sha256); found != known.end()) return found->second;
  const CombinationFit fit = computed(catalogue);
  if (!catalogue.sha256.empty()) known.emplace(catalogue.sha256, fit);
  return fit;
}

}  // namespace assay::results::project
