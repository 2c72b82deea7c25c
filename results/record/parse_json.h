// JSON that others wrote, parsed within limits.
#pragma once

#include <string>
#include <string_view>

#include "results/record/json_library.h"

namespace assay::results::record {

/// Why a text must not be given to the parser: its values are destroyed, copied and written by
/// functions that call themselves for every level, and take some fifty times the memory of the
/// text. "is nested more than 64 levels deep", "has more than 64 MiB" or "has more than 2 million
/// values"; "" if it may be parsed.
std::string json_excess(std::string_view text);

/// The value is_discarded() if the text is not JSON or has an excess.
template <typename Json>
Json parse_json(std::string_view text) {
  if (!json_excess(text).empty()) return Json(nlohmann::json::value_t::discarded);
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace assay::results::record
