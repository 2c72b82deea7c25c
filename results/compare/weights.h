// A procurement score: a weighted geometric mean over problems that a file names.
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
  std::string name;     ///< the pattern where the file gives none
  std::string pattern;  ///< "matmul m=4096 a=bf16": every problem that agrees in these fields
  claims::ProblemPattern matcher;
  double weight = 1;
  std::string place;  ///< "suite.toml:12"
};

struct Weights {
  std::string title, file;
  std::vector<WeightedProblem> problems;
  bool allow_missing = false;  ///< a score is formed without what was not measured, and says so
};

/// A TOML file of `title` and [[weight]] tables with `problem`, `weight` and maybe `name`. Throws
/// InputError with file, line and key.
Weights read_weights(const std::filesystem::path& file);
Weights parse_weights(const std::string& file, std::string_view text);

/// One entry's part in a score.
struct ScoreTerm {
  const WeightedProblem* entry = nullptr;
  std::size_t problems = 0;  ///< that it matched; its ratio is their geometric mean; 0: missing
  statistics::Ratio speed;
};

struct Score {
  std::vector<ScoreTerm> terms;
  std::size_t missing = 0;
  /// None where something is missing and that is not allowed.
  std::optional<statistics::Ratio> value;
  statistics::Difference difference = statistics::Difference::none_shown;
};

/// The formula in words and symbols, as it is printed beside a score.
std::string_view score_formula();
/// "2 of 5 problems were not measured on both sides: no score is formed", or that it is formed
/// without them; empty where nothing is missing.
std::string missing_text(const Score& score, const Weights& weights);

struct ScoredProblem {
  const std::string* problem = nullptr;  ///< canonical text
  statistics::Ratio speed;
  bool few_samples = false;  ///< then the score shows no difference
};
/// None where no entry matches anything. Throws InputError where two entries match one problem.
std::optional<Score> score_of(const Weights& weights, const std::vector<ScoredProblem>& problems);

}  // namespace assay::results::compare
