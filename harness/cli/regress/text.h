// Series of measurements and their changes as text, Markdown and JSON.
#pragma once

#include <cstddef>
#include <string>

#include "results/record/json_library.h"
#include "results/regress/regress.h"

namespace assay::cli::regress {

struct RegressStyle {
  std::size_t width = 80;
  bool colour = false;
  bool all = false;  ///< also list improvements, recoveries and accepted changes
};

std::string regressions_text(const results::regress::Regressions& found, const RegressStyle& style);
/// For a pull request or a chat: a table, regressions first.
std::string regressions_markdown(const results::regress::Regressions& found);
nlohmann::ordered_json to_json(const results::regress::Regressions& found);

/// Each series with its values over time, its present level and its last change.
std::string history_text(const results::regress::Regressions& found, const RegressStyle& style);
/// The same with every run.
nlohmann::ordered_json history_json(const results::regress::Regressions& found);

}  // namespace assay::cli::regress
