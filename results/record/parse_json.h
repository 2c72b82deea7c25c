// JSON that others wrote, parsed within limits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/json_library.h"

namespace assay::results::record {

/// Why a text must not be given to the parser: its values are destroyed, copied and written by
/// functions that call themselves for every level, and take some fifty times the memory of the
/// text, and each key of an object is compared with those before it. "is nested more than 64 levels
/// deep", "has more than 64 MiB", "has more than 2 million values" or "has an object with more than
/// 4096 keys"; "" if it may be parsed.
std::string json_excess(std::string_view text);

/// The value is_discarded() if the text is not JSON or has an excess.
template <typename Json>
Json parse_json(std::string_view text) {
  if (!json_excess(text).empty()) return Json(nlohmann::json::value_t::discarded);
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

/// The same, but where an object has a key twice, the first value is taken and not the last.
/// Programs that add users' keys behind their own, as Google Benchmark its counters, mean the
/// first.
template <typename Json>
Json parse_first_of_keys(std::string_view text) {
  if (!json_excess(text).empty()) return Json(nlohmann::json::value_t::discarded);
  std::vector<std::set<std::string>> keys;  // of the objects around, by their level
  const auto first = [&](int level, typename Json::parse_event_t event, const Json& value) {
    const auto at = static_cast<std::size_t>(level);
    keys.resize(std::max(keys.size(), at + 2));
    if (event == Json::parse_event_t::object_start) keys[at + 1].clear();
    if (event != Json::parse_event_t::key) return true;
    return keys[at].insert(value.template get<std::string>()).second;
  };
  return Json::parse(text, first, /*allow_exceptions=*/false);
}

}  // namespace assay::results::record
