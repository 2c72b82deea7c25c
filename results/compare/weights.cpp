#include "results/compare/weights.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/process/read_file.h"
#include "results/record/toml_text.h"

namespace assay::results::compare {

namespace {

/// Gives the place of a node in its file, and throws errors that name it.
struct WeightsFile {
  const std::string& file;

  std::string place(const toml::node& node) const {
    return fmt::format("{}:{}", file, node.source().begin.line);
  }
  [[noreturn]] void fail(const toml::node& node, const std::string& what,
                         const std::string& hint = {}) const {
    throw InputError(fmt::format("{}: {}", place(node), what), hint);
  }
};

template <std::size_t n>
void allow(const WeightsFile& source, const toml::table& table,
           const std::array<std::string, n>& known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    source.fail(
        node, fmt::format("unknown key `{}`", key.str()),
        did_you_mean(key.str(), known, fmt::format("keys here are {}", fmt::join(known, ", "))));
  }
}

std::string text_of(const WeightsFile& source, const toml::table& table, std::string_view key,
                    bool required) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    if (required) source.fail(table, fmt::format("{}: missing", key));
    return {};
  }
  const auto text = node->value_exact<std::string>();
  if (!text || text->empty())
    source.fail(*node, fmt::format("{}: must be a string in quotes", key));
  return *text;
}

double weight_of(const WeightsFile& source, const toml::table& table) {
  const toml::node* node = table.get("weight");
  if (node == nullptr) source.fail(table, "weight: missing", "give each problem a weight above 0");
  const auto weight = node->is_number() ? node->value<double>() : std::nullopt;
  if (!weight || !std::isfinite(*weight) || *weight <= 0) {
    source.fail(*node, "weight: must be a number above 0",
                "remove the entry if the problem must not count");
  }
  return *weight;
}

claims::ProblemPattern pattern_of(const WeightsFile& source, const toml::table& table,
                                  const std::string& pattern) {
  try {
    return claims::ProblemPattern(pattern);
  } catch (const InputError& error) {
    source.fail(*table.get("problem"), fmt::format("problem: {}", error.what()), error.hint());
  }
}

WeightedProblem entry_of(const WeightsFile& source, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr)
    source.fail(node, "weight: must be an array of tables", "write [[weight]] above each entry");
  allow(source, *table, std::array<std::string, 3>{"name", "problem", "weight"});
  const std::string pattern = text_of(source, *table, "problem", true);
  const std::string name = text_of(source, *table, "name", false);
  return {name.empty() ? pattern : name, pattern, pattern_of(source, *table, pattern),
          weight_of(source, *table), source.place(*table)};
}

/// The entry that matches a problem; absent if there is none or if this build cannot parse the
/// text.
std::optional<std::size_t> entry_for(const Weights& weights, const std::string& text) {
  std::optional<kernels::Problem> problem;
  try {
    problem = kernels::Problem::parse(text);
  } catch (const InputError&) {
    return std::nullopt;
  }
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < weights.problems.size(); ++i) {
    const WeightedProblem& entry = weights.problems[i];
    if (!entry.matcher.matches(*problem)) continue;
    if (found) {
      throw InputError(fmt::format("{}: `{}` would count twice: the entry at {} matches it too",
                                   entry.place, text, weights.problems[*found].place),
                       "give more fields, so that only one entry matches each problem");
    }
    found = i;
  }
  return found;
}

}  // namespace

Weights parse_weights(const std::string& file, std::string_view text) {
  const toml::table root = record::parse_toml(text, file);
  const WeightsFile source{file};
  allow(source, root, std::array<std::string, 2>{"title", "weight"});
  Weights weights;
  weights.file = file;
  weights.title = text_of(source, root, "title", false);
  const toml::array* entries = root["weight"].as_array();
  if (entries == nullptr || entries->empty()) {
    throw InputError(fmt::format("{}:1: weight: there is no entry", file),
                     "write [[weight]] with problem = \"matmul a=bf16\" and weight = 1");
  }
  std::map<std::string, std::string> places;  // by name
  for (const toml::node& node : *entries) {
    WeightedProblem entry = entry_of(source, node);
    const auto [other, fresh] = places.emplace(entry.name, entry.place);
    if (!fresh) {
      source.fail(node, fmt::format("the name `{}` is also used at {}", entry.name, other->second));
    }
    weights.problems.push_back(std::move(entry));
  }
  return weights;
}

Weights read_weights(const std::filesystem::path& file) {
  const std::string text = process::read_file(file.string(), process::kLargestToml,
                                              "name a TOML file of [[weight]] tables");
  return parse_weights(file.string(), text);
}

std::string_view score_formula() {
  return "score = exp(Σ w·ln r / Σ w), r: ratio of speeds, the other side / the first one";
}

std::string missing_text(const Score& score, const Weights& weights) {
  if (score.missing == 0) return "";
  const std::string lead =
      fmt::format("{} of {} weighted problems {} not compared", score.missing,
                  weights.problems.size(), score.missing == 1 ? "was" : "were");
  return score.value ? lead + ": the score is computed without them, as requested"
                     : lead + ": no score is computed";
}

std::optional<Score> score_of(const Weights& weights, const std::vector<ScoredProblem>& problems) {
  std::vector<std::vector<statistics::Ratio>> matched(weights.problems.size());
  bool few_samples = false;
  std::size_t not_judged = 0;
  for (const ScoredProblem& scored : problems) {
    if (const auto entry = entry_for(weights, *scored.problem)) {
      matched[*entry].push_back(scored.speed);
      few_samples |= scored.few_samples;
      not_judged += scored.not_judged ? 1 : 0;
    }
  }
  Score score;
  score.not_judged = not_judged;
  std::vector<statistics::Ratio> ratios;
  std::vector<double> factors;
  for (std::size_t i = 0; i < matched.size(); ++i) {
    ScoreTerm& term = score.terms.emplace_back();
    term.entry = &weights.problems[i];
    term.problems = matched[i].size();
    if (matched[i].empty()) {
      ++score.missing;
      continue;
    }
    term.speed = geometric_mean_at_worst(matched[i], std::vector<double>(matched[i].size(), 1));
    ratios.push_back(term.speed);
    factors.push_back(term.entry->weight);
  }
  if (ratios.empty()) return std::nullopt;
  if (score.missing == 0 || weights.allow_missing) {
    // What varies between processes may change all problems alike.
    score.value = geometric_mean_at_worst(ratios, factors);
    score.difference = difference_of(*score.value);
    if (few_samples && score.value->has_interval())
      score.difference = statistics::Difference::none_shown;
    if (not_judged > 0) score.difference = statistics::Difference::not_judged;
  }
  return score;
}

}  // namespace assay::results::compare
