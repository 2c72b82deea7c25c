// A comparison of systems as text of 80 columns, Markdown, CSV and JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/claims/contest.h"

namespace assay::cli::check {

/// A table by groups of metrics with the kind of each cell, and a summary in one sentence.
std::string contest_text(const results::claims::ContestTable& table);
std::string contest_markdown(const results::claims::ContestTable& table);
std::string contest_csv(const results::claims::ContestTable& table);
nlohmann::ordered_json to_json(const results::claims::ContestTable& table);

}  // namespace assay::cli::check
