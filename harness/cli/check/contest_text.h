// Systems set side by side, as 80 columns of text, as Markdown, CSV and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/claims/contest.h"

namespace assay::cli {

/// A table by groups of metrics, each cell's kind told, and the sentence that sums it up.
std::string contest_text(const results::claims::ContestTable& table);
std::string contest_markdown(const results::claims::ContestTable& table);
std::string contest_csv(const results::claims::ContestTable& table);
nlohmann::ordered_json to_json(const results::claims::ContestTable& table);

}  // namespace assay::cli
