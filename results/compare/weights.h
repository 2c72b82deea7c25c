// A procurement score: a weighted geometric mean over the problems listed in a file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/problem_pattern.h"
#include "results/statistics/ratio.h"

namespace assay::results::compare {

struct WeightedProblem {
  std::string name;     ///< the pattern if the file gives no name
  std::string pattern;  ///< "matmul m=4096 a=bf16": matches every problem with these field values
  claims::ProblemPattern matcher;
  double weight = 1;
  std::string place;  ///< "suite.toml:12"
};

struct Weights {
  std::string title, file;
  std::vector<WeightedProblem> problems;
  bool allow_missing = false;  ///< compute a score without missing problems, and say so
};

/// Reads a TOML file of `title` and [[weight]] tables with `problem`, `weight` and optionally
/// `name`. Throws InputError that names file, line and key.
Weights read_weights(const std::filesystem::path& file);
Weights parse_weights(const std::string& file, std::string_view text);

/// The part of one entry in a score.
struct ScoreTerm {
  const WeightedProblem* entry = nullptr;
  std::size_t problems =
      0;  ///< number of matching problems, 0 if missing; `speed` is their geometric mean
  statistics::Ratio speed;
};

struct Score {
  std::vector<ScoreTerm> terms;
  std::size_t missing = 0;
  std::size_t not_judged =
      0;  ///< number of problems that are not judged; then neither is the score
  /// Absent if a problem is missing and that is not allowed.
  std::optional<statistics::Ratio> value;
  statistics::Difference difference = statistics::Difference::none_shown;
};

/// The formula that is printed next to a score.
std::string_view score_formula();
/// "2 of 5 weighted problems were not compared: no score is computed", or that it is computed
/// without them; empty if none is missing.
std::string missing_text(const Score& score, const Weights& weights);

struct ScoredProblem {
  const std::string* problem = nullptr;  ///< canonical text
  statistics::Ratio speed;
  bool few_samples = false;  ///< then the score shows no difference
  bool not_judged = false;   ///< then the score is not judged
};
/// Absent if no entry matches any problem. Throws InputError if two entries match one problem.
std::optional<Score> score_of(const Weights& weights, const std::vector<ScoredProblem>& problems);

}  // namespace assay::results::compare
